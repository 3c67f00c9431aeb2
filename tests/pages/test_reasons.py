"""The queue by reason, and the pairs that act together on one case."""

from __future__ import annotations

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from fraudkit.config import PROJECT_ROOT, Settings
from fraudkit.services import reasoning, reviewing, scoring
from fraudkit.services.reviewing import QueueFilter
from fraudkit.ui import filters, grouping, preparing
from tests import portfolio
from tests.pages.conftest import Open
from tests.pages.test_screens import shown


def open_queue(**query: str) -> AppTest:
    """Enter the queue by an address, in a fresh session."""
    at = AppTest.from_file(str(PROJECT_ROOT / "app.py"), default_timeout=30)
    at.switch_page("pages/queue.py")
    for name, value in {"lang": "en", **query}.items():
        at.query_params[name] = value
    at.run()
    assert not at.exception, at.exception
    return at


def test_groups_cover_the_queue_and_filter_it(ranked: Settings) -> None:
    with portfolio.opened(ranked) as workbench:
        groups = reasoning.groups(workbench)
        everything = reviewing.queue_page(workbench, QueueFilter())
        for group in groups:
            page = reviewing.queue_page(workbench, QueueFilter(together=group.features))
            assert page.total_cases == group.cases
    assert len(groups) > 1
    assert sum(group.alerts for group in groups) == everything.total_alerts
    assert sum(group.open_amount for group in groups) == pytest.approx(everything.total_amount)


def test_a_pair_in_the_address_filters_the_queue(ranked: Settings) -> None:
    with portfolio.opened(ranked) as workbench:
        group = reasoning.groups(workbench)[-1]
    at = open_queue(together=filters.JOINED.join(group.features))
    assert at.dataframe[0].value.shape[0] == group.cases
    assert "that stand out most by" in shown(at)


def test_the_view_by_reason_lists_the_groups(ranked: Settings) -> None:
    with portfolio.opened(ranked) as workbench:
        groups = reasoning.groups(workbench)
    at = open_queue(view="reasons")
    found = at.dataframe[0].value
    assert list(found["alerts"]) == [group.alerts for group in groups]
    assert " + " in found["why"][0]


def test_a_selected_group_becomes_the_filter(ranked: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    with portfolio.opened(ranked) as workbench:
        groups = reasoning.groups(workbench)
    state: dict[str, object] = {"grid": {"selection": {"rows": [1]}}, "channel": "atm"}
    monkeypatch.setattr(st, "session_state", state)
    monkeypatch.setattr(st, "query_params", {})
    grouping.choose("grid", groups)
    assert state[filters.TOGETHER] == filters.JOINED.join(groups[1].features)
    assert st.query_params == {filters.TOGETHER: state[filters.TOGETHER]}
    assert state[grouping.VIEW] == "cases"
    assert "channel" not in state


def test_pairs_add_up_to_the_evidence(ranked: Settings) -> None:
    with portfolio.opened(ranked) as workbench:
        leading = reviewing.queue_page(workbench, QueueFilter()).rows[0].transaction_id
        pairs = scoring.interactions(workbench, leading)
        evidence = {part.feature: part.evidence for part in scoring.explain(workbench, leading).contributions}
        model = scoring.active_model(workbench)
        assert [abs(pair.effect) for pair in pairs] == sorted(
            (abs(pair.effect) for pair in pairs), reverse=True
        )
        assert {name for pair in pairs for name in pair.features} <= set(evidence)
        assert len(pairs) > 10
        assert model.manifest.features


def test_pairs_are_computed_only_while_they_are_looked_at(
    ranked: Settings, open_screen: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    compute = scoring.interactions
    monkeypatch.setattr(scoring, "interactions", lambda *given: asked.append(given) or compute(*given))
    at = open_screen("case", case="1")
    at.button(key="view-V").click().run()
    assert not asked
    at.session_state["pairs"] = True
    at.run()
    assert len(asked) == 1
    assert "What they say" in shown(at)


def test_a_case_opens_while_the_engine_is_being_prepared(
    ranked: Settings, open_screen: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preparing, "is_ready", lambda _page: False)
    at = open_screen("case", case="1")
    assert "The explanation follows" in shown(at)
    assert "verdict-fraud" in [button.key for button in at.button]
