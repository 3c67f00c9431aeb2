"""The queue as a grid: a viewer of one page of rows; what is selected is a case, never a position."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any, Final

import pandas as pd
import streamlit as st

from fraudkit.explain.formats import Formats
from fraudkit.services.reviewing import QueueRow
from fraudkit.taxonomy import PRIORITY_LABELS, STATUS_LABELS, VERDICT_LABELS
from fraudkit.ui import text
from fraudkit.words import N_

ROW_HEIGHT: Final = 30
SHOWN_ROWS: Final = 18
_HEADS: Final = {
    "rank": N_("Rank"),
    "severity": N_("Severity"),
    "amount": N_("Amount"),
    "why": N_("Why"),
    "who": N_("Who"),
    "merchant": N_("Merchant"),
    "what": N_("Type and channel"),
    "when": N_("When"),
    "alerts": N_("Alerts"),
    "priority": N_("Priority"),
    "status": N_("Status"),
    "assignee": N_("Assigned to"),
}


def queue_grid(rows: Sequence[QueueRow], formats: Formats, preferred_case: int | None) -> tuple[str, int]:
    """Draw one page of the queue; return the grid's key and the selected case.

    Streamlit keeps a selection by position, also when other rows have come to stand there. The key
    therefore names exactly these rows in this order: different rows are a different grid.
    """
    key = grid_key(rows)
    start = next((place for place, row in enumerate(rows) if row.case_id == preferred_case), 0)
    state: Any = st.dataframe(
        _frame(rows, formats),
        key=key,
        hide_index=True,
        height=ROW_HEIGHT * (min(len(rows), SHOWN_ROWS) + 1) + 6,
        row_height=ROW_HEIGHT,
        column_config=_columns(formats),
        selection_mode="single-row-required",
        selection_default={"selection": {"rows": [start]}},
        on_select="rerun",
        alt=formats.words(N_("Cases of the queue, one in each row")),
    )
    return key, rows[_position(state, start, len(rows))].case_id


def grid_key(rows: Sequence[QueueRow]) -> str:
    """Return a key that names these cases, their versions and their order."""
    named = ",".join(f"{row.case_id}.{row.version}.{row.transaction_id}" for row in rows)
    return "queue-" + hashlib.sha256(named.encode()).hexdigest()[:16]


def move(key: str, rows: int, step: int) -> None:
    """Move the selection of a grid up or down; a callback."""
    state = st.session_state.get(key) or {}
    chosen = (state.get("selection") or {}).get("rows") or [0]
    place = min(max(int(chosen[0]) + step, 0), rows - 1)
    st.session_state[key] = {"selection": {"rows": [place], "columns": [], "cells": []}}


def _position(state: Any, start: int, count: int) -> int:
    chosen = state.selection.rows if state else []
    place = int(chosen[0]) if chosen else start
    return place if 0 <= place < count else 0


def _frame(rows: Sequence[QueueRow], formats: Formats) -> pd.DataFrame:
    return pd.DataFrame([_cells(row, formats) for row in rows], columns=list(_HEADS))


def _cells(row: QueueRow, formats: Formats) -> dict[str, object]:
    status = formats.words(
        VERDICT_LABELS[row.verdict] if row.verdict and not row.undecided else STATUS_LABELS[row.status]
    )
    open_of_all = f"{row.undecided}/{row.alerts}" if row.undecided != row.alerts else str(row.alerts)
    return {
        "rank": row.rank,
        "severity": min(int(row.severity * 100) / 100, 99.99),
        "amount": formats.amount(row.amount, row.currency),
        "why": " · ".join(text.feature_label(name, formats) for name in row.reasons[:2]),
        "who": text.entity(row.entity_kind, row.entity_id, formats),
        "merchant": row.merchant or text.EMPTY,
        "what": " · ".join(text.code(part, formats) for part in (row.transaction_type, row.channel) if part),
        "when": formats.moment(row.ts_us, row.utc_offset_minutes),
        "alerts": open_of_all,
        "priority": formats.words(PRIORITY_LABELS[row.priority]),
        "status": status,
        "assignee": row.assignee or text.EMPTY,
    }


def _columns(formats: Formats) -> dict[str, Any]:
    heads = {name: formats.words(head) for name, head in _HEADS.items()}
    column = st.column_config
    return {
        "rank": column.NumberColumn(heads["rank"], width=50),
        "severity": column.ProgressColumn(
            heads["severity"],
            help=formats.words(
                N_("Share of the reference transactions that are less unusual; the bar starts at 90.")
            ),
            min_value=90.0,
            max_value=100.0,
            format="%.2f",
            width=105,
            color="primary",
        ),
        "amount": column.TextColumn(heads["amount"], width=115, alignment="right"),
        "why": column.TextColumn(heads["why"], width=390),
        "who": column.TextColumn(heads["who"], width=100),
        "merchant": column.TextColumn(heads["merchant"], width=150),
        "what": column.TextColumn(heads["what"], width=165),
        "when": column.TextColumn(heads["when"], width=140),
        "alerts": column.TextColumn(heads["alerts"], width=55),
        "priority": column.TextColumn(heads["priority"], width=75),
        "status": column.TextColumn(heads["status"], width=90),
        "assignee": column.TextColumn(heads["assignee"], width=95),
    }
