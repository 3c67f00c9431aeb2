from __future__ import annotations

from decimal import Decimal

import pytest

from fraudkit.domain import Actor, CaseState
from fraudkit.errors import ConflictError, InvalidInputError, PermissionDeniedError
from fraudkit.services import approving, auditing, deciding, policies, reviewing, working
from fraudkit.services.deciding import Decision, VerdictDetails
from fraudkit.services.workbench import Workbench
from fraudkit.store import rankings
from tests.services.ledger import add_alerts, add_transactions

ANA, ROSA, HUGO = Actor("Ana"), Actor("Rosa", "lead"), Actor("Hugo", "manager")
CHECKED = VerdictDetails(checklist=("flow_of_funds", "linked_accounts"))


@pytest.fixture
def bench(workbench: Workbench) -> Workbench:
    """Case 1 of customer A with alerts of 100 and 300, case 2 of customer B with one of 200."""
    add_alerts(workbench, add_transactions(workbench, ["A", "B", "A"]), [3.0, 2.0, 1.0])
    return workbench


def stands(workbench: Workbench, case_id: int = 1) -> CaseState:
    return reviewing.case_view(workbench, case_id).state


def propose(workbench: Workbench, actor: Actor = ANA, case_id: int = 1) -> Decision:
    version = stands(workbench, case_id).version
    return deciding.decide(
        workbench, actor, case_id, version, "fraud", "mule", details=CHECKED, note="4532015112830366"
    )


def learned(workbench: Workbench) -> set[str]:
    with workbench.database.read() as cursor:
        return {row["transaction_id"] for row in rankings.learning_labels(cursor)}


def test_a_proposed_verdict_is_no_label_until_a_second_person_approves(bench: Workbench) -> None:
    proposed = propose(bench)
    assert (proposed.status, proposed.label_ids, proposed.approval) == (
        "pending_approval",
        (),
        ("sensitive_type",),
    )
    view = reviewing.case_view(bench, 1)
    assert (view.state.maker, view.state.undecided, view.labels) == ("Ana", 2, ())
    assert learned(bench) == set()

    done = approving.approve(bench, ROSA, 1, proposed.version)
    assert done.status == "closed"
    labels = reviewing.case_view(bench, 1).labels
    assert {(label["actor"], label["role"], label["approved_by"]) for label in labels} == {
        ("Ana", "analyst", "Rosa")
    }
    assert [label["approval_of"] for label in labels] == [1, 2]
    assert all(label["note"] and "4532015112830366" not in label["note"] for label in labels)
    assert learned(bench) == {"T1", "T3"}
    assert stands(bench).assignee == "Ana"
    assert auditing.verify(bench).is_whole


@pytest.mark.parametrize("name", ["Ana", "ANA", "  ana ", "\uff21na"])
def test_the_maker_never_approves_in_whatever_role_or_spelling(bench: Workbench, name: str) -> None:
    proposed = propose(bench)
    with pytest.raises(PermissionDeniedError, match="one's own"):
        approving.approve(bench, Actor(name, "lead"), 1, proposed.version)
    with pytest.raises(PermissionDeniedError, match="one's own"):
        approving.send_back(bench, Actor(name, "lead"), 1, proposed.version, "why?")
    assert not approving.may_approve(stands(bench), Actor(name, "lead"))
    assert stands(bench).status == "pending_approval"


@pytest.mark.parametrize("role", ["analyst", "administrator"])
def test_only_roles_with_the_right_approve(bench: Workbench, role: str) -> None:
    proposed = propose(bench)
    with pytest.raises(PermissionDeniedError):
        approving.approve(bench, Actor("Luis", role), 1, proposed.version)  # type: ignore[arg-type]
    assert approving.may_approve(stands(bench), HUGO)
    assert approving.approve(bench, HUGO, 1, proposed.version).status == "closed"


def test_a_returned_verdict_goes_to_its_maker_with_the_comment(bench: Workbench) -> None:
    proposed = propose(bench)
    with pytest.raises(InvalidInputError, match="comment"):
        approving.send_back(bench, ROSA, 1, proposed.version, " ")
    state = approving.send_back(bench, ROSA, 1, proposed.version, "Which account received it?")
    assert (state.status, state.assignee, state.returned_by, state.maker) == ("new", "Ana", "Rosa", None)
    view = reviewing.case_view(bench, 1)
    assert view.events[-1].remark == "Which account received it?"
    assert not view.labels
    with pytest.raises(ConflictError, match="kept for Ana"):
        deciding.decide(bench, Actor("Luis"), 1, state.version, "genuine", "travel")
    assert propose(bench).status == "pending_approval"


def test_while_a_verdict_waits_nothing_else_can_be_decided(bench: Workbench) -> None:
    version = propose(bench).version
    for actor in (ANA, ROSA):
        with pytest.raises(ConflictError, match="A verdict of Ana on case 1 waits"):
            deciding.decide(bench, actor, 1, version, "genuine", "travel")
    with pytest.raises(ConflictError, match="waits for approval"):
        working.claim(bench, ROSA, 1, version)
    with pytest.raises(ConflictError, match="No verdict of case 2"):
        approving.approve(bench, ROSA, 2, stands(bench, 2).version)


def test_the_maker_takes_a_proposal_back(bench: Workbench) -> None:
    undone = deciding.undo(bench, ANA, 1, propose(bench).version)
    assert (undone.status, stands(bench).undecided, stands(bench).assignee) == ("in_review", 2, "Ana")
    assert not reviewing.case_view(bench, 1).labels


def test_an_alert_that_joins_meanwhile_is_not_approved_with_the_others(bench: Workbench) -> None:
    propose(bench)
    add_alerts(bench, add_transactions(bench, ["A"], first=10), [9.0], first=10)
    done = approving.approve(bench, ROSA, 1, stands(bench).version)
    assert (done.status, len(done.label_ids), stands(bench).undecided) == ("in_review", 2, 1)


def test_what_was_erased_cannot_be_approved(bench: Workbench) -> None:
    proposed = propose(bench)
    auditing.erase(bench, Actor("Eva", "administrator"), "label_proposal", (1,))
    with pytest.raises(ConflictError, match="no longer there"):
        approving.approve(bench, ROSA, 1, proposed.version)
    assert auditing.verify(bench).is_whole


def test_a_stale_approval_is_refused(bench: Workbench) -> None:
    proposed = propose(bench)
    approving.approve(bench, ROSA, 1, proposed.version)
    with pytest.raises(ConflictError, match="Rosa approved its verdict"):
        approving.approve(bench, HUGO, 1, proposed.version)


def decided(workbench: Workbench, verdict: str, reason: str, **more: object) -> tuple[str, ...]:
    version = stands(workbench).version
    return deciding.decide(workbench, ANA, 1, version, verdict, reason, **more).approval  # type: ignore[arg-type]


def test_large_amounts_need_a_second_person(bench: Workbench) -> None:
    policies.change(bench, ROSA, approval_amount=400)
    assert decided(bench, "undetermined", "insufficient_data") == ()
    policies.change(bench, ROSA, approval_amount=400.01, approve_reversal=False)
    assert decided(bench, "genuine", "travel", transaction_ids=["T1", "T3"]) == ()
    policies.change(bench, ROSA, approval_amount=400)
    assert decided(bench, "fraud", "card", transaction_ids=["T1", "T3"]) == ("amount",)


def test_many_at_once_need_a_second_person(bench: Workbench) -> None:
    policies.change(bench, ROSA, bulk_limit=2)
    assert decided(bench, "genuine", "travel", at_once=3) == ("bulk",)


def test_genuine_on_high_priority_needs_a_second_person(bench: Workbench) -> None:
    working.prioritise(bench, ROSA, 1, stands(bench).version, "high", "a complaint")
    assert decided(bench, "genuine", "travel") == ("high_to_genuine",)


def test_another_verdict_on_what_was_closed_needs_a_second_person(bench: Workbench) -> None:
    assert decided(bench, "genuine", "travel") == ()
    assert decided(bench, "genuine", "one_off_purchase", transaction_ids=["T1"]) == ()
    assert decided(bench, "fraud", "card", transaction_ids=["T1"]) == ("reversal",)
    returned = approving.send_back(bench, ROSA, 1, stands(bench).version, "The first verdict was right.")
    assert (returned.status, returned.verdict) == ("closed", "genuine")


def test_each_guard_can_be_switched_off(bench: Workbench) -> None:
    policies.change(
        bench,
        ROSA,
        approval_amount=1e9,
        approve_sensitive_types=False,
        approve_high_genuine=False,
        approve_reversal=False,
    )
    working.prioritise(bench, ROSA, 1, stands(bench).version, "high", "a complaint")
    assert decided(bench, "genuine", "travel") == ()
    assert decided(bench, "fraud", "mule", transaction_ids=["T1"], details=CHECKED) == ()


def test_an_approved_verdict_carries_all_that_was_said(bench: Workbench) -> None:
    details = VerdictDetails(
        fraud_subtype="mule_unwitting",
        alert_was_useful=True,
        gross_amount=Decimal("400.00"),
        prevented_amount=Decimal("100.50"),
        liability="bank",
        detected_by="model",
        actions=("temporary_block", "contacted"),
        reason_feedback={"amount_ratio": "decisive"},
        seconds_on_case=41.5,
        checklist=CHECKED.checklist,
    )
    version = stands(bench).version
    deciding.decide(bench, ANA, 1, version, "fraud", "mule", certainty="assumed", details=details)
    approving.approve(bench, ROSA, 1, version + 1)
    label, other = reviewing.case_view(bench, 1).labels
    assert label["certainty"] == "assumed"
    assert [label["gross_amount"], other["gross_amount"]] == [Decimal("100.00"), Decimal("300.00")]
    assert label["prevented_amount"] + other["prevented_amount"] == Decimal("100.50")
    assert (label["recovered_amount"], label["liability"]) == (None, "bank")
    assert label["actions"] == '["temporary_block", "contacted"]'
    assert label["reason_feedback"] == '{"amount_ratio": "decisive"}'
    assert label["seconds_on_case"] == 41.5
    assert '"model_id": "test"' in label["evidence"]
