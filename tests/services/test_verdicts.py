from __future__ import annotations

import json
from decimal import Decimal
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fraudkit.domain import Actor
from fraudkit.errors import InvalidInputError, PermissionDeniedError
from fraudkit.services import deciding, policies, reviewing, verdicts
from fraudkit.services.deciding import VerdictDetails
from fraudkit.services.scoring import Contribution, TransactionExplanation
from fraudkit.services.workbench import Workbench
from fraudkit.taxonomy import CHECKLISTS, FRAUD_SUBTYPES, FRAUD_TYPES
from tests.services.ledger import add_alerts, add_transactions

ANA, ROSA = Actor("Ana"), Actor("Rosa", "lead")


@pytest.fixture
def bench(workbench: Workbench) -> Workbench:
    add_alerts(workbench, add_transactions(workbench, ["A", "A"]), [3.0, 1.0])
    return workbench


@pytest.mark.parametrize(
    ("verdict", "reason", "details"),
    [
        ("fraud", "card", VerdictDetails(fraud_subtype="mule_complicit")),
        ("genuine", "travel", VerdictDetails(fraud_subtype="stolen")),
        ("fraud", "card", VerdictDetails(actions=("prayed",))),
        ("fraud", "card", VerdictDetails(liability="nobody")),  # type: ignore[arg-type]
        ("fraud", "card", VerdictDetails(detected_by="luck")),
        ("fraud", "card", VerdictDetails(gross_amount=Decimal(-1))),
        ("fraud", "card", VerdictDetails(gross_amount=Decimal("1e16"))),
        ("fraud", "card", VerdictDetails(reason_feedback={"amount": "maybe"})),  # type: ignore[dict-item]
        ("fraud", "mule", VerdictDetails(checklist=("flow_of_funds",))),
        ("fraud", "mule_complicit", VerdictDetails()),
    ],
)
def test_what_does_not_belong_is_refused_and_nothing_is_written(
    bench: Workbench, verdict: str, reason: str, details: VerdictDetails
) -> None:
    with pytest.raises(InvalidInputError):
        deciding.decide(bench, ANA, 1, 3, verdict, reason, details=details)  # type: ignore[arg-type]
    assert reviewing.case_view(bench, 1).state.version == 3


def test_a_subtype_as_reason_names_both_levels(bench: Workbench) -> None:
    deciding.decide(bench, ANA, 1, 3, "fraud", "card_not_present")
    label = reviewing.case_view(bench, 1).labels[0]
    assert (label["fraud_type"], label["fraud_subtype"]) == ("card", "card_not_present")


def test_a_case_can_be_one_thing_and_its_transactions_others(bench: Workbench) -> None:
    first = deciding.decide(bench, ANA, 1, 3, "fraud", "card", transaction_ids=["T1"])
    second = deciding.decide(bench, ANA, 1, first.version, "genuine", "travel", transaction_ids=["T2"])
    view = reviewing.case_view(bench, 1)
    assert (second.status, view.state.verdict) == ("closed", "fraud")
    assert {alert.transaction_id: alert.verdict for alert in view.alerts} == {"T1": "fraud", "T2": "genuine"}


def test_a_case_is_what_its_transactions_are_after_a_change(bench: Workbench) -> None:
    policies.change(bench, ROSA, approve_reversal=False)
    first = deciding.decide(bench, ANA, 1, 3, "fraud", "card")
    deciding.decide(bench, ANA, 1, first.version, "genuine", "travel", transaction_ids=["T1", "T2"])
    assert reviewing.case_view(bench, 1).state.verdict == "genuine"


def test_the_verdict_on_the_case_can_be_said_apart(bench: Workbench) -> None:
    deciding.decide(bench, ANA, 1, 3, "genuine", "travel", case_verdict="undetermined")
    view = reviewing.case_view(bench, 1)
    assert (view.state.verdict, view.alerts[0].verdict) == ("undetermined", "genuine")


def test_what_was_on_the_screen_is_frozen(bench: Workbench) -> None:
    shown = TransactionExplanation(
        "test", 0, 99.0, 3.0, 1.0, (Contribution("amount_ratio", 7.0, 2.0), Contribution("hour", 3.0, 0.0))
    )
    details = VerdictDetails(shown={"T1": shown}, seconds_on_case=12.0)
    deciding.decide(bench, ANA, 1, 3, "fraud", "card", details=details)
    first, second = (json.loads(label["evidence"]) for label in reviewing.case_view(bench, 1).labels)
    assert (first["evidence"], first["base"]) == ({"amount_ratio": 2.0, "hour": 0.0}, 1.0)
    assert "evidence" not in second, "the other alert was not explained on the screen"
    assert (first["line_score"], first["source_row"], second["source_row"]) == (0.0, 2, 3)


def test_undo_of_a_change_brings_back_all_that_was_said_before(bench: Workbench) -> None:
    policies.change(bench, ROSA, approve_reversal=False)
    details = VerdictDetails(fraud_subtype="stolen", actions=("contacted",), gross_amount=Decimal("5.00"))
    first = deciding.decide(bench, ANA, 1, 3, "fraud", "card", transaction_ids=["T1"], details=details)
    second = deciding.decide(bench, ANA, 1, first.version, "genuine", "travel", transaction_ids=["T1"])
    deciding.undo(bench, ANA, 1, second.version)
    label = reviewing.case_view(bench, 1).labels[-1]
    assert (label["fraud_subtype"], label["actions"]) == ("stolen", '["contacted"]')
    assert label["gross_amount"] == Decimal("5.00")


def test_the_time_for_an_undo_is_a_policy(bench: Workbench) -> None:
    policies.change(bench, ROSA, undo_minutes=0)
    given = deciding.decide(bench, ANA, 1, 3, "fraud", "card")
    with pytest.raises(Exception, match="last 0 minutes"):
        deciding.undo(bench, ANA, 1, given.version)


def test_who_only_reads_does_not_decide(bench: Workbench) -> None:
    with pytest.raises(PermissionDeniedError):
        deciding.decide(bench, Actor("Hugo", "manager"), 1, 3, "genuine", "travel")


def test_checklists_and_subtypes_belong_to_declared_types() -> None:
    types = {term.code for term in FRAUD_TYPES}
    assert set(CHECKLISTS) <= types
    assert {term.parent for term in FRAUD_SUBTYPES} <= types
    assert all(term.iso_20022 for term in FRAUD_SUBTYPES)


@pytest.mark.parametrize("fraud_type", ["card", "account", "deception", "merchant", "unknown"])
def test_ordinary_frauds_still_take_one_key_and_one_reason(bench: Workbench, fraud_type: str) -> None:
    assert deciding.decide(bench, ANA, 1, 3, "fraud", fraud_type).status == "closed"


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=9), st.integers(0, 10**12))
def test_parts_of_an_amount_add_up_to_it(cents: list[int], total_cents: int) -> None:
    total = Decimal(total_cents) / 100
    chosen = [SimpleNamespace(amount=amount / 100) for amount in cents]
    parts = verdicts._shares(total, chosen)  # type: ignore[arg-type]
    assert sum(part or 0 for part in parts) == total
    assert all(part is not None and part >= 0 for part in parts)
