"""Work on a case beside the ordinary verdict: More, wait, escalate, four eyes, cases of other people."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from streamlit.testing.v1 import AppTest

from fraudkit.config import Settings
from fraudkit.domain import Actor, CaseState
from fraudkit.services import approving, deciding, policies, reviewing, working
from fraudkit.services.deciding import VerdictDetails
from fraudkit.ui import state
from fraudkit.ui.identity import DEFAULT_NAME
from tests.pages.conftest import Open
from tests.pages.test_screens import shown

ANA, ROSA = Actor("Ana"), Actor("Rosa", "lead")
ME = Actor(DEFAULT_NAME, "lead")
CASE = 1
EVERY_POLICY = {
    "approval_amount": 20_000,
    "approve_sensitive_types": True,
    "approve_high_genuine": True,
    "approve_reversal": True,
}


def stands(case_id: int = CASE) -> CaseState:
    return reviewing.case_view(state.workbench(), case_id).state


def keys(at: AppTest) -> set[str]:
    return {button.key for button in at.button}


def become(at: AppTest, role: str) -> AppTest:
    at.session_state["_actor_role"] = role
    return at.run()


def test_the_first_deciding_key_takes_the_case_up(ranked: Settings, open_screen: Open) -> None:
    at = open_screen("case", case=str(CASE))
    assert stands().status == "new", "looking at a case claimed it"
    at.button(key="verdict-fraud").click().run()
    assert (stands().status, stands().assignee) == ("in_review", ME.name)
    at.button(key="cancel").click().run()
    at.button(key="skip").click().run()
    assert stands().status == "new", "who moves on without a verdict gives the case back"


def test_more_is_frozen_with_the_verdict(ranked: Settings, open_screen: Open) -> None:
    at = open_screen("case", case=str(CASE))
    at.button(key="more-key").click().run()
    at.segmented_control(key=f"more-{CASE}-certainty").set_value("assumed").run()
    at.number_input(key=f"more-{CASE}-gross").set_value(12.5).run()
    at.multiselect(key=f"more-{CASE}-actions").set_value(["contacted", "temporary_block"]).run()
    at.text_input(key=f"more-{CASE}-note").set_value("4532015112830366 called").run()
    asked = [each.key for each in at.segmented_control if "feedback" in str(each.key)]
    at.segmented_control(key=asked[0]).set_value("decisive").run()
    at.button(key="verdict-fraud").click().run()
    at.button(key="reason-1").click().run()
    assert not reviewing.case_view(state.workbench(), CASE).labels, "with More open, Enter confirms"
    at.selectbox(key=f"more-{CASE}-subtype").set_value("card_not_present").run()
    at.button(key="confirm").click().run()
    labels = reviewing.case_view(state.workbench(), CASE).labels
    assert {(label["certainty"], label["fraud_subtype"]) for label in labels} == {
        ("assumed", "card_not_present")
    }
    assert sum(label["gross_amount"] for label in labels) == Decimal("12.50")
    assert all("4532015112830366" not in label["note"] for label in labels)
    assert json.loads(labels[0]["actions"]) == ["contacted", "temporary_block"]
    assert list(json.loads(labels[0]["reason_feedback"]).values()) == ["decisive"]
    assert labels[0]["seconds_on_case"] >= 0
    evidence = [json.loads(label["evidence"]) for label in labels]
    assert any("evidence" in each for each in evidence)
    assert evidence[0]["model_sha256"]


def test_an_accusation_needs_its_checklist_and_then_a_second_person(
    ranked: Settings, open_screen: Open
) -> None:
    policies.change(state.workbench(), ROSA, **EVERY_POLICY)
    at = open_screen("case", case=str(CASE))
    at.button(key="verdict-fraud").click().run()
    at.button(key="reason-5").click().run()
    assert at.button(key="confirm").disabled
    for item in ("flow_of_funds", "linked_accounts"):
        at.checkbox(key=f"more-{CASE}-check-{item}").check().run()
    at.button(key="confirm").click().run()
    assert (stands().status, stands().maker) == ("pending_approval", ME.name)
    assert "sensitive" in at.toast[0].value
    at.query_params["case"] = str(CASE)
    at.run()
    assert "approve" not in keys(at), "the maker was offered to approve"
    assert not {"verdict-fraud", "verdict-genuine"} & keys(at)
    at.button(key="undo").click().run()
    assert stands().status == "in_review"


@pytest.mark.parametrize("step", ["approve", "return"])
def test_a_second_person_approves_or_returns(ranked: Settings, open_screen: Open, step: str) -> None:
    policies.change(state.workbench(), ROSA, **EVERY_POLICY)
    done = VerdictDetails(checklist=("flow_of_funds", "linked_accounts"))
    deciding.decide(
        state.workbench(), ANA, CASE, stands().version, "fraud", "mule", details=done, note="see account 7"
    )
    at = open_screen("case", case=str(CASE))
    text = shown(at)
    assert "Ana proposes “Fraud · Mule or receiver”" in text
    assert "see account 7" in text
    if step == "approve":
        at.button(key="approve").click().run()
        assert (stands().status, stands().verdict) == ("closed", "fraud")
        return
    at.button(key="ask-return").click().run()
    at.button(key="return-now").click().run()
    assert stands().status == "pending_approval", "returned without a comment"
    at.text_input(key="move-remark").set_value("Which account?").run()
    at.button(key="return-now").click().run()
    assert (stands().status, stands().assignee, stands().returned_by) == ("new", "Ana", ME.name)


def test_waiting_and_escalating_take_two_keys(ranked: Settings, open_screen: Open) -> None:
    at = open_screen("case", case=str(CASE))
    at.button(key="ask-wait").click().run()
    at.button(key="move-1").click().run()
    assert (stands().status, stands().waiting_reason) == ("waiting", "customer_contact")
    at = open_screen("case", case="2")
    at.button(key="ask-escalate").click().run()
    at.text_input(key="move-remark").set_value("same device").run()
    at.button(key="move-3").click().run()
    assert (stands(2).status, stands(2).escalated_by) == ("escalated", ME.name)


def test_an_analyst_is_not_offered_to_wait_beyond_the_due_time(ranked: Settings, open_screen: Open) -> None:
    at = become(open_screen("case", case=str(CASE)), "analyst")
    at.button(key="ask-wait").click().run()
    offered = at.segmented_control(key="wait-until").options
    assert offered[-1].startswith("Due ")


def test_a_case_that_somebody_works_on_says_so_and_offers_no_verdict(
    ranked: Settings, open_screen: Open
) -> None:
    working.claim(state.workbench(), ANA, CASE, stands().version)
    at = open_screen("case", case=str(CASE))
    assert "Ana is working on this case" in shown(at)
    assert "verdict-fraud" not in keys(at)
    assert {"skip", "back", "ask-manage"} <= keys(at)
    at.button(key="ask-manage").click().run()
    at.button(key="take-over").click().run()
    assert stands().assignee == "Ana", "taken over without a reason"
    at.text_input(key="move-remark").set_value("she went home").run()
    at.button(key="take-over").click().run()
    assert stands().assignee == ME.name
    assert "verdict-fraud" in keys(at)


def test_roles_are_offered_what_they_may_do(ranked: Settings, open_screen: Open) -> None:
    at = open_screen("case", case=str(CASE))
    assert {"verdict-fraud", "ask-manage"} <= keys(at)
    assert {"verdict-fraud"} <= keys(become(at, "analyst"))
    assert "ask-manage" not in keys(at)
    assert "verdict-fraud" not in keys(become(at, "manager"))
    assert "Your role reads cases" in shown(at)


def test_a_closed_verdict_can_be_changed_and_the_change_needs_approval(
    ranked: Settings, open_screen: Open
) -> None:
    bench = state.workbench()
    deciding.decide(bench, ANA, CASE, stands().version, "genuine", "travel")
    policies.change(bench, ROSA, approve_reversal=True)
    at = open_screen("case", case=str(CASE))
    assert "Closed: Genuine" in shown(at)
    at.button(key="ask-change").click().run()
    at.button(key="verdict-fraud").click().run()
    at.button(key="reason-1").click().run()
    assert stands().status == "pending_approval"
    approving.approve(bench, ROSA, CASE, stands().version)
    assert stands().verdict == "fraud"
