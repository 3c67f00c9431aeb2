"""The open queue by reason: alerts that stand out by the same two features, to be worked through together."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any, Final

import pandas as pd
import streamlit as st

from fraudkit.services import reasoning
from fraudkit.services.reasoning import ReasonGroup
from fraudkit.ui import filter_words, filters, html, url
from fraudkit.ui.shell import Page
from fraudkit.words import N_

VIEW: Final = "view"
VIEWS: Final = {"cases": N_("Case by case"), "reasons": N_("By reason")}
ROW_HEIGHT: Final = 30


def chosen_view(page: Page) -> str:
    """Draw the switch between cases and groups of reasons; return which is shown."""

    def show(code: str) -> str:
        return page.words(VIEWS[code])

    url.adopt(VIEW, list(VIEWS), show)
    chosen = st.segmented_control(
        page.words(N_("View")),
        list(VIEWS),
        default="cases",
        key=VIEW,
        format_func=show,
        bind="query-params",
        persist_state="session",
        label_visibility="collapsed",
        required=True,
    )
    return str(chosen or "cases")


def table(page: Page) -> None:
    """Draw the groups, the largest first; a click shows the cases of one."""
    groups = reasoning.groups(page.workbench)
    html.show(
        html.line(
            page.words(
                N_("Undecided alerts by their two strongest reasons. Select a row to work through its cases.")
            )
        )
    )
    named = ",".join(f"{filters.JOINED.join(group.features)}:{group.alerts}" for group in groups)
    key = "groups-" + hashlib.sha256(named.encode()).hexdigest()[:16]
    st.dataframe(
        _frame(page, groups),
        key=key,
        hide_index=True,
        row_height=ROW_HEIGHT,
        height=ROW_HEIGHT * (len(groups) + 1) + 6,
        column_config=_columns(page),
        selection_mode="single-row",
        on_select=lambda: choose(key, groups),
        alt=page.words(N_("Groups of alerts, one in each row")),
    )


def choose(key: str, groups: Sequence[ReasonGroup]) -> None:
    """Show the cases of the selected group; a callback."""
    selected = (st.session_state.get(key) or {}).get("selection", {}).get("rows", [])
    if selected and selected[0] < len(groups):
        filters.apply({filters.TOGETHER: filters.JOINED.join(groups[selected[0]].features)})
        st.session_state[VIEW] = "cases"


def _frame(page: Page, groups: Sequence[ReasonGroup]) -> pd.DataFrame:
    formats, currency = page.formats, page.workbench.settings.base_currency
    cells = [
        {
            "why": filter_words.pair(group.features, formats),
            "alerts": group.alerts,
            "cases": group.cases,
            "amount": formats.amount(group.open_amount, currency),
            "severity": min(int(group.severity * 100) / 100, 99.99),
        }
        for group in groups
    ]
    return pd.DataFrame(cells, columns=["why", "alerts", "cases", "amount", "severity"])


def _columns(page: Page) -> dict[str, Any]:
    column, words = st.column_config, page.words
    return {
        "why": column.TextColumn(words(N_("Reasons together")), width=460),
        "alerts": column.NumberColumn(words(N_("Alerts")), width=80),
        "cases": column.NumberColumn(words(N_("Cases")), width=80),
        "amount": column.TextColumn(words(N_("Open amount")), width=150, alignment="right"),
        "severity": column.NumberColumn(words(N_("Highest severity")), width=120, format="%.2f"),
    }
