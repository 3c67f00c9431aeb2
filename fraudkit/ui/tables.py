"""The queue as a grid: a viewer of one page of rows; what is selected is a case, never a position."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any, Final

import pandas as pd
import streamlit as st

from fraudkit.services.queueing import QueuePage, QueueRow
from fraudkit.taxonomy import PRIORITY_LABELS, STATUS_LABELS, VERDICT_LABELS
from fraudkit.ui import leans, standing, text
from fraudkit.ui.shell import Page
from fraudkit.words import N_

ROW_HEIGHT: Final = 30
SHOWN_ROWS: Final = 12
_HEADS: Final = {
    "rank": N_("Rank"),
    "loss": N_("Expected loss"),
    "because": N_("Ranked by"),
    "severity": N_("Severity"),
    "why": N_("Why"),
    "who": N_("Who"),
    "merchant": N_("Merchant"),
    "age": N_("Age"),
    "service": N_("Due"),
    "priority": N_("Priority"),
    "assignee": N_("Assigned to"),
    "status": N_("Status"),
}
_WIDTHS: Final = {
    "rank": 52,
    "loss": 104,
    "because": 148,
    "severity": 88,
    "why": 282,
    "who": 104,
    "merchant": 104,
    "age": 84,
    "service": 84,
    "priority": 66,
    "assignee": 84,
    "status": 118,
}
_UNCALIBRATED: Final = ("rank", "severity", "because", *list(_HEADS)[4:])
"""Without an expected loss the severity is what comes first."""
_RIGHT: Final = ("rank", "loss", "because")


def queue_grid(page: Page, found: QueuePage, preferred_case: int | None) -> tuple[str, QueueRow]:
    """Draw one page of the queue with the line of today's capacity; return the grid's key and what is chosen.

    Streamlit keeps a selection by position, also when other rows have come to stand there. The key
    therefore names exactly these rows in this order: different rows are a different grid.
    """
    line = line_place(found)
    entries = _entries(found.rows, line)
    key = grid_key(found.rows, line)
    start = next(
        (place for place, row in enumerate(entries) if row is not None and row.case_id == preferred_case),
        0 if entries[0] is not None else 1,
    )
    state: Any = st.dataframe(
        _frame(page, found, entries),
        key=key,
        hide_index=True,
        height=ROW_HEIGHT * (min(len(entries), SHOWN_ROWS) + 1) + 6,
        row_height=ROW_HEIGHT,
        column_config=_columns(page),
        selection_mode="single-row-required",
        selection_default={"selection": {"rows": [start]}},
        on_select="rerun",
        alt=page.words(N_("Cases of the queue, one in each row")),
    )
    return key, _selected(entries, _position(state, start, len(entries)))


def line_place(found: QueuePage) -> int | None:
    """Return before which row of this page today's capacity ends; None when that is not on this page.

    The list must stand in the order of work, where every later row lies below the line as well.
    """
    left = found.capacity.left
    below = [row.standing < 2 and row.place is not None and row.place > left for row in found.rows]  # noqa: PLR2004
    if not any(below):
        return None
    first = below.index(True)
    is_first_below = found.rows[first].place == left + 1 or first > 0
    places = [row.place for row in found.rows if row.place is not None]
    return first if is_first_below and places == sorted(places) else None


def grid_key(rows: Sequence[QueueRow], line: int | None = None) -> str:
    """Return a key that names these cases, their versions, their order and where the line stands."""
    named = ",".join(f"{row.case_id}.{row.version}.{row.transaction_id}" for row in rows)
    return "queue-" + hashlib.sha256(f"{named}|{line}".encode()).hexdigest()[:16]


def move(key: str, rows: int, step: int) -> None:
    """Move the selection of a grid up or down; a callback."""
    state = st.session_state.get(key) or {}
    chosen = (state.get("selection") or {}).get("rows") or [0]
    place = min(max(int(chosen[0]) + step, 0), rows - 1)
    st.session_state[key] = {"selection": {"rows": [place], "columns": [], "cells": []}}


def _entries(rows: Sequence[QueueRow], line: int | None) -> list[QueueRow | None]:
    """Return the rows with None where the line is drawn."""
    if line is None:
        return list(rows)
    return [*rows[:line], None, *rows[line:]]


def _selected(entries: Sequence[QueueRow | None], place: int) -> QueueRow:
    """Return the case at a place; the line itself stands for the case after it."""
    return next(row for row in (*entries[place:], *entries[::-1]) if row is not None)


def _position(state: Any, start: int, count: int) -> int:
    chosen = state.selection.rows if state else []
    place = int(chosen[0]) if chosen else start
    return place if 0 <= place < count else 0


def _frame(page: Page, found: QueuePage, entries: Sequence[QueueRow | None]) -> Any:
    heads = list(_UNCALIBRATED if found.calibration is None else _HEADS)
    hidden = leans.concealed(page, found.rows)
    cells = [_line(page, found) if row is None else _seen(page, row, found.now, hidden) for row in entries]
    frame = pd.DataFrame(cells, columns=heads)
    if None not in entries:
        return frame
    place = list(entries).index(None)
    style = f"background-color: {page.colours.line}; font-weight: 600"
    return frame.style.apply(lambda row: [style if row.name == place else ""] * len(row), axis=1)


def _line(page: Page, found: QueuePage) -> dict[str, object]:
    """Return the row that marks today's capacity, each figure below the head that it belongs to."""
    formats, currency = page.formats, page.workbench.settings.base_currency
    expected = found.below.expected_loss
    blank: dict[str, object] = dict.fromkeys(_HEADS, "")
    return blank | {
        "loss": "" if expected is None else formats.amount(expected, currency),
        "because": formats.amount(found.below.amount, currency),
        "severity": None,
        "why": page.words(N_("Today’s capacity ends here; below it:")),
        "who": formats.plural(N_("{count} case"), N_("{count} cases"), found.below.cases),
        "service": [],
    }


def _seen(page: Page, row: QueueRow, now: int, hidden: leans.Concealed) -> dict[str, object]:
    """Return the cells of a case as this person may see them."""
    cells = _cells(page, row, now)
    if row.case_id in hidden.score:
        because = page.words(N_("facts first"))
        return cells | {"loss": text.EMPTY, "because": because, "severity": None, "why": text.EMPTY}
    if row.case_id in hidden.verdict:
        return cells | {"status": page.words(STATUS_LABELS["new"]), "assignee": text.EMPTY}
    return cells


def _cells(page: Page, row: QueueRow, now: int) -> dict[str, object]:
    formats, currency = page.formats, page.workbench.settings.base_currency
    closed = row.verdict and not row.undecided
    return {
        "rank": text.EMPTY if row.place is None else formats.number(row.place),
        "loss": text.EMPTY if row.expected_loss is None else formats.amount(row.expected_loss, currency),
        "because": standing.because(page, row),
        "severity": min(int(row.severity * 100) / 100, 99.99),
        "why": " · ".join(text.feature_label(name, formats) for name in row.reasons[:2]),
        "who": row.name or text.entity(row.entity_kind, row.entity_id, formats),
        "merchant": row.merchant or text.EMPTY,
        "age": formats.since(row.opened_at, max(now, row.opened_at)),
        "service": [] if row.service is None else [page.words(standing.SERVICE_LABELS[row.service])],
        "priority": page.words(PRIORITY_LABELS[row.priority]),
        "assignee": row.assignee or text.EMPTY,
        "status": standing.jumped(page, row)
        or page.words(VERDICT_LABELS[row.verdict] if closed and row.verdict else STATUS_LABELS[row.status]),
    }


def _columns(page: Page) -> dict[str, Any]:
    column = st.column_config
    heads = {name: page.words(head) for name, head in _HEADS.items()}
    levels = standing.SERVICE_LABELS
    plain: dict[str, Any] = {
        name: column.TextColumn(
            heads[name], width=_WIDTHS[name], alignment="right" if name in _RIGHT else None
        )
        for name in _HEADS
    }
    return plain | {
        "severity": column.ProgressColumn(
            heads["severity"],
            help=page.words(
                N_("Share of the reference transactions that are less unusual; the bar starts at 90.")
            ),
            min_value=90.0,
            max_value=100.0,
            format="%.2f",
            width=_WIDTHS["severity"],
            color="primary",
        ),
        "service": column.MultiselectColumn(
            heads["service"],
            width=_WIDTHS["service"],
            options=[page.words(label) for label in levels.values()],
            color=[standing.SERVICE_COLOURS[level] for level in levels],
        ),
    }
