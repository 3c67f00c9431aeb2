from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from fraudkit import workflow
from fraudkit.domain import Actor
from fraudkit.errors import ConflictError, InvalidInputError
from fraudkit.services import auditing, deciding, policies, reviewing, siblings, sweeping, working
from fraudkit.services.labelling import case_of
from fraudkit.services.siblings import Family, Sibling
from fraudkit.services.sweeping import SiblingsMovedError
from fraudkit.services.workbench import Workbench
from fraudkit.store import cases, now_us
from tests import portfolio

ANA, BEA, LEAD = Actor("Ana"), Actor("Bea"), Actor("Luz", "lead")


@pytest.fixture(scope="module")
def ranked_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return portfolio.build(tmp_path_factory.mktemp("portfolio"))


@pytest.fixture
def workbench(tmp_path: Path, ranked_database: Path) -> Iterator[Workbench]:
    settings = portfolio.settings_in(tmp_path)
    portfolio.copied(ranked_database, settings)
    with portfolio.opened(settings) as opened:
        policies.change(opened, LEAD, bulk_limit=10_000, approval_amount=1e12, approve_high_genuine=False)
        yield opened


def decided_case(workbench: Workbench, *, with_open: int = 1, below: int = 1) -> Family:
    """Decide a case as fraud that has siblings of both kinds, and return them."""
    for row in reviewing.queue_page(workbench, reviewing.QueueFilter(), page_size=200).rows:
        found = siblings.family(workbench, row.case_id)
        places = [one.place for one in found.offered()]
        if places.count("open") >= with_open and places.count("below") >= below:
            deciding.decide(workbench, ANA, row.case_id, row.version, "fraud", "card")
            return siblings.family(workbench, row.case_id)
    pytest.fail("the sample has no such case")


def ledger(workbench: Workbench) -> tuple[list[object], ...]:
    with workbench.database.read() as cursor:
        return (
            cursor.rows("SELECT transaction_id, verdict FROM alert_state ORDER BY ALL"),
            cursor.rows("SELECT case_id, status, alerts, undecided, verdict FROM case_state ORDER BY ALL"),
            cursor.rows("SELECT alert_id FROM alert_rank ORDER BY ALL"),
        )


def is_consistent(workbench: Workbench) -> bool:
    with workbench.database.read() as cursor:
        rebuilt = workflow.project(cases.events(cursor))
        stored = cursor.rows("SELECT * FROM case_state")
    same = all(rebuilt[row["case_id"]] == type(rebuilt[row["case_id"]])(**row) for row in stored)
    return same and auditing.verify(workbench).is_whole


def test_siblings_share_a_value_near_in_time_and_are_not_of_the_case(workbench: Workbench) -> None:
    rows = reviewing.queue_page(workbench, reviewing.QueueFilter(), page_size=200).rows
    with workbench.database.read() as cursor:
        stored = {row["position"]: row for row in cursor.rows("SELECT * FROM transactions")}
    checked = 0
    for row in rows[:30]:
        view = reviewing.case_view(workbench, row.case_id)
        own = {alert.position for alert in view.alerts}
        found = siblings.family(workbench, row.case_id)
        for group in found.groups:
            if group.link.column is None:
                assert all(one.alert_id is not None for one in group.siblings)
                continue
            reach = group.link.days * 86_400_000_000
            moments = [
                stored[place]["ts_us"] for place in own if stored[place][group.link.column] == group.value
            ]
            mine = {stored[place]["customer_id"] for place in own}
            first = min(stored[place]["ts_us"] for place in own)
            expected = {
                place
                for place, one in stored.items()
                if place not in own
                and (one["customer_id"] not in mine or one["ts_us"] >= first - 86_400_000_000)
                and one[group.link.column] == group.value
                and any(abs(one["ts_us"] - moment) <= reach for moment in moments)
            }
            assert group.count == len(expected)
            assert group.is_common or {one.position for one in group.siblings} == expected
            checked += 1
    assert checked > 20


def test_a_sweep_decides_every_sibling_with_one_reason_and_is_undone_as_one(workbench: Workbench) -> None:
    found = decided_case(workbench)
    taken = found.offered()
    before = ledger(workbench)
    done = sweeping.sweep(workbench, ANA, found.case_id, taken, "fraud", "card", note="4111 1111 1111 1111")
    assert (done.transactions, done.raised) == (len(taken), sum(one.place == "below" for one in taken))
    with workbench.database.read() as cursor:
        labels = cursor.rows("SELECT * FROM label_event WHERE sweep_id = ?", [done.sweep_id])
    assert {label["transaction_id"] for label in labels} == {one.transaction_id for one in taken}
    assert {(label["verdict"], label["fraud_type"], label["certainty"]) for label in labels} == {
        ("fraud", "card", "assumed")
    }
    assert all("4111" not in label["note"] for label in labels)
    assert not siblings.family(workbench, found.case_id).offered()
    assert is_consistent(workbench)

    undone = sweeping.undo(workbench, ANA, done.sweep_id)
    assert (undone.transactions, undone.raised) == (done.transactions, done.raised)
    again = siblings.family(workbench, found.case_id).offered()
    assert [one.transaction_id for one in again] == [one.transaction_id for one in taken]
    after = ledger(workbench)
    assert (after[0], after[2]) == (before[0], before[2])
    assert is_consistent(workbench)
    assert [one.state for one in sweeping.recent(workbench)] == ["undone"]
    with pytest.raises(ConflictError):
        sweeping.undo(workbench, ANA, done.sweep_id)


def seen_open(taken: tuple[Sibling, ...]) -> Sibling:
    return next(one for one in taken if one.place == "open")


def test_siblings_that_moved_on_are_named_and_left_out_only_with_consent(workbench: Workbench) -> None:
    found = decided_case(workbench, with_open=2)
    taken = found.offered()
    moved = seen_open(taken)
    assert moved.case_id is not None
    assert moved.version is not None
    deciding.decide(workbench, BEA, moved.case_id, moved.version, "genuine", "travel")
    before = ledger(workbench)
    with pytest.raises(SiblingsMovedError) as refused:
        sweeping.sweep(workbench, ANA, found.case_id, taken, "fraud", "card")
    assert ledger(workbench) == before, "nothing of a refused sweep is written"
    (told,) = refused.value.moved
    assert told.case_id == moved.case_id
    assert "Bea" in str(told.error)
    assert moved.transaction_id in told.transaction_ids
    done = sweeping.sweep(
        workbench, ANA, found.case_id, taken, "fraud", "card", leave_out=told.transaction_ids
    )
    assert done.transactions == len(taken) - len(told.transaction_ids)
    now = {
        one.transaction_id: one
        for group in siblings.family(workbench, found.case_id).groups
        for one in group.siblings
    }
    assert now[moved.transaction_id].verdict == "genuine"
    assert now[moved.transaction_id].disagrees("fraud")


def test_a_transaction_from_below_that_was_raised_meanwhile_is_named(workbench: Workbench) -> None:
    found = decided_case(workbench)
    below = next(one for one in found.offered() if one.place == "below")
    case_of(workbench, BEA, below.transaction_id)
    with pytest.raises(SiblingsMovedError) as refused:
        sweeping.sweep(workbench, ANA, found.case_id, found.offered(), "fraud", "card")
    assert [one.transaction_ids for one in refused.value.moved if one.case_id is None] == [
        (below.transaction_id,)
    ]


def test_what_somebody_else_works_on_is_not_swept(workbench: Workbench) -> None:
    found = decided_case(workbench)
    held = seen_open(found.offered())
    assert held.case_id is not None
    assert held.version is not None
    working.claim(workbench, BEA, held.case_id, held.version)
    fresh = siblings.family(workbench, found.case_id).offered()
    with pytest.raises(SiblingsMovedError) as refused:
        sweeping.sweep(workbench, ANA, found.case_id, fresh, "fraud", "card")
    assert "Bea" in str(refused.value.moved[0].error)


def test_undo_names_cases_that_moved_on_and_leaves_them_only_with_consent(workbench: Workbench) -> None:
    found = decided_case(workbench, with_open=2)
    done = sweeping.sweep(workbench, ANA, found.case_id, found.offered(), "fraud", "card")
    moved = seen_open(found.offered())
    assert moved.case_id is not None
    version = reviewing.case_view(workbench, moved.case_id).state.version
    deciding.decide(
        workbench, ANA, moved.case_id, version, "genuine", "travel", transaction_ids=[moved.transaction_id]
    )
    before = ledger(workbench)
    with pytest.raises(SiblingsMovedError) as refused:
        sweeping.undo(workbench, ANA, done.sweep_id)
    assert ledger(workbench) == before
    assert [one.case_id for one in refused.value.moved] == [moved.case_id]
    sweeping.undo(workbench, ANA, done.sweep_id, leave_out=[moved.case_id])
    now = reviewing.case_view(workbench, moved.case_id)
    assert {alert.verdict for alert in now.alerts if alert.transaction_id == moved.transaction_id} == {
        "genuine"
    }
    assert is_consistent(workbench)


def test_only_the_own_sweep_is_taken_back_and_only_in_time(
    workbench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = decided_case(workbench)
    done = sweeping.sweep(workbench, ANA, found.case_id, found.offered(), "fraud", "card")
    with pytest.raises(ConflictError):
        sweeping.undo(workbench, BEA, done.sweep_id)
    monkeypatch.setattr(sweeping, "now_us", lambda: now_us() + 16 * 60 * 1_000_000)
    with pytest.raises(ConflictError):
        sweeping.undo(workbench, ANA, done.sweep_id)


def test_a_sweep_of_nothing_is_refused(workbench: Workbench) -> None:
    found = decided_case(workbench)
    with pytest.raises(InvalidInputError):
        sweeping.sweep(workbench, ANA, found.case_id, (), "fraud", "card")
    with pytest.raises(InvalidInputError):
        sweeping.sweep(workbench, ANA, found.case_id, found.offered(), "fraud", "travel")
