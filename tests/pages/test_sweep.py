"""The Sweep page: groups by digit, two keys decide all of it, one key takes it back."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from fraudkit.config import Settings
from fraudkit.domain import Actor
from fraudkit.services import deciding, policies, reviewing, siblings
from fraudkit.services.siblings import Family
from fraudkit.services.workbench import Workbench
from fraudkit.ui import state
from tests.pages.conftest import Open
from tests.pages.test_screens import shown

LEAD = Actor("Luz", "lead")


def case_with_siblings(workbench: Workbench) -> Family:
    policies.change(workbench, LEAD, bulk_limit=10_000, approval_amount=1e12, approve_high_genuine=False)
    rows = reviewing.queue_page(workbench, reviewing.QueueFilter(), page_size=200).rows
    families = [siblings.family(workbench, row.case_id) for row in rows[:40]]
    return next(one for one in families if {two.place for two in one.offered()} == {"open", "below"})


def strongest(found: Family) -> tuple[int, siblings.Group]:
    return next(
        (place, group)
        for place, group in enumerate(found.groups, start=1)
        if {one.place for one in group.undecided} >= {"open"}
    )


def press(at: AppTest, *keys: str) -> None:
    for key in keys:
        at.button(key=key).click().run()
        assert not at.exception, at.exception


def test_a_fraud_offers_its_siblings_which_are_swept_and_taken_back(
    ranked: Settings, open_screen: Open
) -> None:
    workbench = state.workbench()
    found = case_with_siblings(workbench)
    at = open_screen("case", case=str(found.case_id))
    press(at, "verdict-fraud", "reason-1")
    offer = at.button(key="sweep-offer")
    assert str(len(found.offered())) in offer.label
    assert offer.proto.shortcut == "x"

    at = open_screen("sweep", case=str(found.case_id))
    place, group = strongest(siblings.family(workbench, found.case_id))
    assert at.button(key="sweep-fraud").disabled, "nothing is chosen in advance"
    press(at, f"group-{place}", "sweep-fraud")
    assert not [button for button in at.button if button.key == f"group-{place}" and button.proto.shortcut]
    press(at, "sweep-reason-1")
    names = {one.transaction_id for one in group.undecided}
    with workbench.database.read() as cursor:
        swept = cursor.rows("SELECT transaction_id, verdict FROM label_event WHERE sweep_id IS NOT NULL")
    assert {row["transaction_id"] for row in swept} == names
    assert {row["verdict"] for row in swept} == {"fraud"}
    press(at, "undo-sweep")
    again = siblings.family(workbench, found.case_id)
    assert names <= {one.transaction_id for one in again.offered() or again.undecided({group.key})}


def test_siblings_that_moved_on_are_told_and_left_out_on_request(ranked: Settings, open_screen: Open) -> None:
    workbench = state.workbench()
    found = case_with_siblings(workbench)
    at = open_screen("sweep", case=str(found.case_id))
    keys = [f"group-{place}" for place, group in enumerate(found.groups[:9], 1) if group.undecided]
    press(at, *keys, "sweep-fraud")
    moved = next(one for one in found.offered() if one.place == "open")
    assert moved.case_id is not None
    assert moved.version is not None
    deciding.decide(workbench, Actor("Bea"), moved.case_id, moved.version, "genuine", "travel")
    assert not at.button(key="sweep-reason-1").disabled
    # the page still holds what it showed before Bea decided
    press(at, "sweep-reason-1")
    assert "Bea" in shown(at)
    press(at, "leave-out")
    with workbench.database.read() as cursor:
        swept = cursor.rows("SELECT transaction_id FROM label_event WHERE sweep_id IS NOT NULL")
        (stands,) = cursor.rows(
            "SELECT verdict FROM alert_state WHERE transaction_id = ?", [moved.transaction_id]
        )
    assert swept
    assert stands["verdict"] == "genuine"


@pytest.mark.parametrize("query", [{}, {"case": "999999"}])
def test_without_a_case_the_page_says_what_to_do(
    ranked: Settings, open_screen: Open, query: dict[str, str]
) -> None:
    at = open_screen("sweep", **query)
    assert at.info or at.error
