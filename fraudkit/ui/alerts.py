"""The alerts of a case: which one is looked at, and which ones a verdict is for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import pandas as pd
import streamlit as st

from fraudkit.explain.formats import Formats
from fraudkit.services.reviewing import AlertRow, CaseView
from fraudkit.taxonomy import VERDICT_LABELS
from fraudkit.ui import text
from fraudkit.ui.shell import Page
from fraudkit.words import N_

_FOCUS: Final = "_focus"
ROW_HEIGHT: Final = 28
SHOWN_ROWS: Final = 4


def focused(view: CaseView) -> AlertRow:
    """Return the alert that is looked at: the chosen one, else the riskiest undecided one."""
    chosen = st.session_state.get(_FOCUS)
    return next((alert for alert in view.alerts if alert.transaction_id == chosen), view.alerts[0])


def chosen(page: Page, view: CaseView, focus: AlertRow) -> list[str]:
    """Draw the alerts and return the transactions that the verdict is for; at first all undecided ones.

    Edits are kept by row, so rows stand in the order of time, which learning does not change, and the
    key names the case's version: another version starts anew.
    """
    if len(view.alerts) == 1:
        return [alert.transaction_id for alert in view.alerts if alert.verdict is None]
    ordered = sorted(view.alerts, key=lambda alert: (alert.ts_us, alert.alert_id))
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="focus"):
        st.subheader(page.words(N_("Alerts of this case")), anchor=False, width="stretch")
        _focus_keys(page, ordered, focus)
    edited = st.data_editor(
        _frame(ordered, focus, page.formats),
        key=f"alerts-{view.state.case_id}-{view.state.version}",
        hide_index=True,
        height=ROW_HEIGHT * (min(len(view.alerts), SHOWN_ROWS) + 1) + 8,
        row_height=ROW_HEIGHT,
        disabled=["mark", "amount", "when", "severity", "verdict"],
        column_config=_columns(page.formats),
        num_rows="fixed",
        alt=page.words(N_("Alerts of this case")),
    )
    return [alert.transaction_id for alert, wanted in zip(ordered, edited["decide"], strict=True) if wanted]


def _focus_keys(page: Page, ordered: Sequence[AlertRow], focus: AlertRow) -> None:
    place = ordered.index(focus)
    for key, label, step in (("J", N_("Next"), 1), ("K", N_("Previous"), -1)):
        target = ordered[(place + step) % len(ordered)].transaction_id
        st.button(
            page.words(label),
            key=f"focus-{key}",
            shortcut=key,
            type="tertiary",
            on_click=_look_at,
            args=(target,),
        )


def _look_at(transaction_id: str) -> None:
    st.session_state[_FOCUS] = transaction_id


def _frame(alerts: Sequence[AlertRow], focus: AlertRow, formats: Formats) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "mark": "▸" if alert is focus else "",
                "decide": alert.verdict is None,
                "severity": formats.severity(alert.severity),
                "amount": formats.amount(alert.amount, alert.currency),
                "when": formats.moment(alert.ts_us, alert.utc_offset_minutes),
                "verdict": formats.words(VERDICT_LABELS[alert.verdict]) if alert.verdict else text.EMPTY,
            }
            for alert in alerts
        ]
    )


def _columns(formats: Formats) -> dict[str, Any]:
    column = st.column_config
    return {
        "mark": column.TextColumn("", width=28),
        "decide": column.CheckboxColumn(formats.words(N_("Decide")), width=60),
        "severity": column.TextColumn(formats.words(N_("Severity")), width=70, alignment="right"),
        "amount": column.TextColumn(formats.words(N_("Amount")), width=100, alignment="right"),
        "when": column.TextColumn(formats.words(N_("When")), width=130),
        "verdict": column.TextColumn(formats.words(N_("Verdict")), width=85),
    }
