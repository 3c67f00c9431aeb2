"""The main job on the screens: decide with two keys, move on, undo; filters; reasons."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from fraudkit.config import Settings
from fraudkit.services import reviewing
from fraudkit.services.reviewing import QueueFilter
from fraudkit.taxonomy import REASONS_BY_VERDICT
from fraudkit.ui import state
from fraudkit.ui.decisions import VERDICT_KEYS
from tests.pages.conftest import Open
from tests.pages.test_screens import shown


def shortcuts(at: AppTest) -> list[str]:
    return [button.proto.shortcut for button in at.button if button.proto.shortcut]


@pytest.mark.parametrize("verdict", VERDICT_KEYS)
def test_two_keys_decide_and_the_next_case_comes(ranked: Settings, open_screen: Open, verdict: str) -> None:
    workbench = state.workbench()
    first, second = [row.case_id for row in reviewing.queue_page(workbench, QueueFilter()).rows[:2]]
    at = open_screen("case", case=str(first))
    at.button(key=f"verdict-{verdict}").click().run()
    assert not reviewing.case_view(workbench, first).labels, "a verdict without its reason was written"
    at.button(key="reason-1").click().run()
    view = reviewing.case_view(workbench, first)
    assert {label["verdict"] for label in view.labels} == {verdict}
    assert at.query_params["case"] == [str(second)] or at.query_params["case"] == str(second)
    at.button(key="undo").click().run()
    assert reviewing.case_view(workbench, first).state.undecided == view.state.alerts


@pytest.mark.parametrize("verdict", VERDICT_KEYS)
def test_every_reason_has_its_digit(ranked: Settings, open_screen: Open, verdict: str) -> None:
    at = open_screen("case", case="1")
    at.button(key=f"verdict-{verdict}").click().run()
    digits = [key for key in shortcuts(at) if key.isdigit()]
    terms = REASONS_BY_VERDICT[verdict]  # type: ignore[index]
    assert digits == [str(place) for place in range(1, len(terms) + 1)]


@pytest.mark.parametrize("key", ["queue", "case", "customer", "search", "import", "model"])
def test_no_screen_gives_one_key_two_meanings(ranked: Settings, open_screen: Open, key: str) -> None:
    at = open_screen(key, **({"case": "1"} if key == "case" else {}))
    assert len(shortcuts(at)) == len(set(shortcuts(at)))


def test_the_bars_and_the_score_add_up_on_the_screen(ranked: Settings, open_screen: Open) -> None:
    at = open_screen("case", case="1")
    text = shown(at.button(key="view-V").click().run())
    line = next(part for part in text.splitlines() if "evidence points" in part)
    numbers = [
        float(word.replace("−", "-"))
        for word in line.replace("<", " ").split()
        if word.strip("+−").replace(".", "").isdigit()
    ]
    start, evidence, score = numbers
    assert start + evidence == pytest.approx(score, abs=0.011)  # three numbers cut to two decimals


def test_the_case_says_how_unusual_it_is_and_what_that_does_not_mean(
    ranked: Settings, open_screen: Open
) -> None:
    text = shown(open_screen("case", case="1"))
    assert "More unusual than" in text
    assert "Unusual is not fraud" in text
    assert "What would look normal" in text
    assert 2 <= text.count("<li>") <= 4


def test_a_filter_reads_as_a_sentence(ranked: Settings, open_screen: Open) -> None:
    at = open_screen("queue")
    at.selectbox(key="priority").set_value("high").run()
    at.selectbox(key="sort").set_value("amount").run()
    assert set(at.dataframe[0].value["priority"]) == {"High"}
    assert "of priority high, largest open amount first." in shown(at)


def test_what_analysts_search_for_never_stands_in_the_address(ranked: Settings, open_screen: Open) -> None:
    at = open_screen("queue")
    who = at.dataframe[0].value["who"].iloc[0]
    at.text_input(key="search").set_value(who).run()
    assert set(at.dataframe[0].value["who"]) == {who}
    assert who not in str(dict(at.query_params))


def test_a_filter_that_leaves_nothing_says_so_and_can_be_cleared(ranked: Settings, open_screen: Open) -> None:
    at = open_screen("queue")
    at.text_input(key="search").set_value("nobody is called so").run()
    assert "No case fits this filter" in shown(at)
    at.button(key="clear-filters").click().run()
    assert len(at.dataframe[0].value) > 10


def test_the_queue_is_paged_in_sql(ranked: Settings, open_screen: Open) -> None:
    at = open_screen("queue")
    assert len(at.dataframe[0].value) <= 50
