"""Facts first and second readings: who is drawn, what is hidden, what stands in the ledger."""

from __future__ import annotations

import pytest

from fraudkit.domain import Actor
from fraudkit.errors import ConflictError, InvalidInputError, PermissionDeniedError
from fraudkit.services import (
    auditing,
    blind_review,
    data_first,
    deciding,
    own_figures,
    policies,
    reviewing,
    working,
)
from fraudkit.services.workbench import Workbench
from tests.services.ledger import add_alerts, add_transactions

ANA, BEA, LEAD = Actor("Ana"), Actor("Bea"), Actor("Luz", "lead")
CASES = 60


@pytest.fixture
def cases(workbench: Workbench) -> Workbench:
    policies.change(
        workbench,
        LEAD,
        approval_amount=1e12,
        approve_high_genuine=False,
        data_first_share=0.5,
        double_review_share=1.0,
    )
    names = add_transactions(workbench, [f"C{row}" for row in range(CASES)])
    add_alerts(workbench, names, [float(CASES - row) for row in range(CASES)])
    return workbench


def view(workbench: Workbench, case_id: int) -> reviewing.CaseView:
    return reviewing.case_view(workbench, case_id)


def drawn(workbench: Workbench, actor: Actor = ANA) -> list[int]:
    return [n for n in range(1, CASES + 1) if data_first.hides_score(workbench, actor, view(workbench, n))]


def close(workbench: Workbench, case_id: int, verdict: str = "fraud", actor: Actor = ANA) -> None:
    reason = {"fraud": "card", "genuine": "travel", "undetermined": "insufficient_data"}[verdict]
    version = view(workbench, case_id).state.version
    deciding.decide(workbench, actor, case_id, version, verdict, reason)  # type: ignore[arg-type]


def labels(workbench: Workbench, case_id: int) -> list[dict[str, object]]:
    with workbench.database.read() as cursor:
        return cursor.rows("SELECT * FROM label_event WHERE case_id = ? ORDER BY label_id", [case_id])


def test_the_same_cases_hide_their_score_from_everybody_and_for_good(cases: Workbench) -> None:
    chosen = drawn(cases)
    assert 15 <= len(chosen) <= 45
    assert drawn(cases, BEA) == chosen
    assert data_first.hidden_cases(cases, ANA, {n: f"T{n}" for n in range(1, CASES + 1)}) == set(chosen)
    policies.change(cases, LEAD, data_first_share=0.2)
    assert set(drawn(cases)) < set(chosen), "a smaller share keeps some of the same"


def test_a_lean_is_recorded_once_and_stands_in_the_label(cases: Workbench) -> None:
    case_id, plain = drawn(cases)[0], next(n for n in range(1, CASES + 1) if n not in drawn(cases))
    data_first.record(cases, ANA, case_id, 2, "genuine")
    assert not data_first.hides_score(cases, ANA, view(cases, case_id))
    assert data_first.hides_score(cases, BEA, view(cases, case_id)), "what Ana thinks is not Bea's"
    with pytest.raises(ConflictError):
        data_first.record(cases, ANA, case_id, 2, "fraud")
    with pytest.raises(InvalidInputError):
        data_first.record(cases, BEA, case_id, 2, "perhaps")  # type: ignore[arg-type]
    close(cases, case_id)
    close(cases, plain)
    assert [(row["data_first"], row["lean_before_score"]) for row in labels(cases, case_id)] == [
        (True, "genuine")
    ]
    assert [(row["data_first"], row["lean_before_score"]) for row in labels(cases, plain)] == [(None, None)]
    found = data_first.figures(cases)
    assert (found.cases, found.changed) == (1, 1)
    assert auditing.verify(cases).is_whole


def test_a_second_reading_shows_nothing_of_the_first_and_changes_nothing(cases: Workbench) -> None:
    close(cases, 7)
    assert blind_review.serve(cases, ANA) is None, "nobody reads one's own case again"
    assert blind_review.serve(cases, BEA) == 7
    assert blind_review.serve(cases, BEA) == 7, "until it is read"
    assert blind_review.serve(cases, LEAD) is None, "one second reader is enough"
    masked = blind_review.masked(cases, BEA, view(cases, 7))
    assert (masked.state.status, masked.state.verdict, masked.state.undecided) == ("new", None, 1)
    assert {alert.verdict for alert in masked.alerts} == {None}
    assert not masked.labels
    assert "Ana" not in repr(masked)
    assert blind_review.masked(cases, ANA, view(cases, 7)) == view(cases, 7)

    before = labels(cases, 7), view(cases, 7)
    assert working.claim(cases, BEA, 7, masked.state.version) == view(cases, 7).state, "nothing is held"
    close(cases, 7, "genuine", BEA)
    assert (labels(cases, 7), view(cases, 7)) == before, "the first verdict stands as it was"
    (pair,) = blind_review.pairs(cases)
    assert (pair.first_by, pair.first, pair.second_by, pair.second) == ("Ana", "fraud", "Bea", "genuine")
    assert not pair.agrees
    assert not pair.is_settled
    assert blind_review.hidden_cases(cases, BEA) == frozenset()
    assert auditing.verify(cases).is_whole


def test_a_second_reading_is_taken_back_as_an_opinion_only(cases: Workbench) -> None:
    close(cases, 7)
    assert blind_review.serve(cases, LEAD) == 7
    close(cases, 7, "genuine", LEAD)
    before = labels(cases, 7)
    deciding.undo(cases, LEAD, 7, view(cases, 7).state.version)
    assert labels(cases, 7) == before, "a lead's undo must not take Ana's verdict back"
    assert blind_review.pairs(cases) == []
    assert blind_review.serve(cases, LEAD) == 7


def test_a_lead_settles_a_disagreement_or_gives_another_verdict(cases: Workbench) -> None:
    for case_id in (3, 4):
        close(cases, case_id)
        assert blind_review.serve(cases, BEA) == case_id
        close(cases, case_id, "genuine", BEA)
    with pytest.raises(PermissionDeniedError):
        blind_review.settle(cases, ANA, 3)
    blind_review.settle(cases, LEAD, 3)
    with pytest.raises(InvalidInputError):
        blind_review.settle(cases, LEAD, 3)
    policies.change(cases, LEAD, approve_reversal=False)
    deciding.decide(cases, LEAD, 4, view(cases, 4).state.version, "genuine", "travel", transaction_ids=["T4"])
    assert all(pair.is_settled for pair in blind_review.pairs(cases))
    assert labels(cases, 4)[-1]["verdict"] == "genuine", "the new verdict counts"


def test_agreement_and_own_figures(cases: Workbench) -> None:
    assert own_figures.of(cases, ANA).agreement.pairs == 0
    for case_id, first, second in ((1, "fraud", "fraud"), (2, "genuine", "genuine"), (3, "fraud", "genuine")):
        close(cases, case_id, first)
        assert blind_review.serve(cases, BEA) == case_id
        close(cases, case_id, second, BEA)
    found = blind_review.agreement_of(blind_review.pairs(cases))
    assert (found.pairs, found.agreeing) == (3, 2)
    policies.change(cases, LEAD, approve_reversal=False)
    deciding.decide(cases, LEAD, 3, view(cases, 3).state.version, "genuine", "travel", transaction_ids=["T3"])
    own = own_figures.of(cases, ANA)
    assert (own.decided, own.reversed_by_others, own.agreement.pairs) == (3, 1, 3)
    assert own_figures.of(cases, BEA).decided == 0, "an opinion is no verdict"


def test_second_readings_come_now_and_then(cases: Workbench) -> None:
    for case_id in range(1, 31):
        close(cases, case_id)
    served = [blind_review.following(cases, BEA, number, queued=999) for number in range(100)]
    assert 5 <= sum(case_id != 999 for case_id in served) <= 40
    assert blind_review.following(cases, BEA, 5, queued=None) is not None, "nothing else waits"
    assert blind_review.following(cases, Actor("Eva"), 5, queued=None) is not None
