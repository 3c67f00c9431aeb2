"""On some cases the score waits for a lean; a second reading shows nothing of the first."""

from __future__ import annotations

from typing import cast

from streamlit.testing.v1 import AppTest

from fraudkit.config import Settings
from fraudkit.domain import Actor
from fraudkit.services import blind_review, deciding, policies, reviewing
from fraudkit.services.reviewing import QueueFilter
from fraudkit.ui import identity, state
from tests.pages.conftest import Open
from tests.pages.test_screens import shown

LEAD, BEA = Actor("Luz", "lead"), Actor("Bea")
SELF = Actor(identity.DEFAULT_NAME, identity.DEFAULT_ROLE)


def first_case() -> int:
    return reviewing.queue_page(state.workbench(), QueueFilter()).rows[0].case_id


def keys(at: AppTest) -> set[str]:
    return {cast("str", button.key) for button in at.button}


def test_the_score_waits_until_a_lean_is_given(ranked: Settings, open_screen: Open) -> None:
    workbench, case_id = state.workbench(), first_case()
    policies.change(workbench, LEAD, data_first_share=1.0)
    at = open_screen("case", case=str(case_id))
    assert "Facts first" in shown(at)
    assert "More unusual than" not in shown(at)
    assert "verdict-fraud" not in keys(at), "first the lean"
    shortcuts = [button.proto.shortcut for button in at.button if button.proto.shortcut]
    assert {"f", "g", "u"} <= set(shortcuts)
    assert len(shortcuts) == len(set(shortcuts))
    at.button(key="lean-genuine").click().run()
    assert not at.exception, at.exception
    assert "More unusual than" in shown(at)
    at.button(key="verdict-fraud").click().run()
    at.button(key="reason-1").click().run()
    labels = reviewing.case_view(workbench, case_id).labels
    assert {(row["data_first"], row["lean_before_score"]) for row in labels} == {(True, "genuine")}


def test_a_second_reading_tells_nothing_of_the_first_and_leaves_it_alone(
    ranked: Settings, open_screen: Open
) -> None:
    workbench, case_id = state.workbench(), first_case()
    policies.change(workbench, LEAD, double_review_share=1.0)
    version = reviewing.case_view(workbench, case_id).state.version
    deciding.decide(workbench, BEA, case_id, version, "fraud", "card", note="clearly cloned")
    assert blind_review.serve(workbench, SELF) == case_id
    before = reviewing.case_view(workbench, case_id)
    at = open_screen("case", case=str(case_id))
    text = shown(at)
    for told in ("Bea", "Fraud ·", "clearly cloned", "evidence points", "Closed"):
        assert told not in text, told
    at.button(key="verdict-genuine").click().run()
    at.button(key="reason-2").click().run()
    assert not at.exception, at.exception
    assert reviewing.case_view(workbench, case_id) == before
    (pair,) = blind_review.pairs(workbench)
    assert (pair.first, pair.second, pair.second_by) == ("fraud", "genuine", SELF.name)
