"""What a file holds: its layout, and what each of its columns means, changeable by a person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pandas as pd
import streamlit as st

from fraudkit.ingest.inspection import Inspection
from fraudkit.ingest.mapping import CREDIT, DEBIT, TIME_OF_DAY, MappedColumn
from fraudkit.schema import COLUMN_BY_NAME
from fraudkit.ui import html
from fraudkit.ui.shell import Page
from fraudkit.words import N_

ROW_HEIGHT: Final = 30
MOST_ROWS: Final = 14
KEPT: Final = N_("kept with the row")
WHY: Final = {
    "chosen": N_("chosen by you"),
    "alias": N_("known by its name"),
    "content": N_("its values decided"),
    "preamble": N_("stands above the header"),
    "secret": N_("left out"),
    "none": N_("not a column that fraudkit knows"),
}


def edit(page: Page, inspection: Inspection, key: str) -> dict[str, str | None] | None:
    """Draw the columns with their meaning; return what a person changed, or None.

    Parameters
    ----------
    page
        The screen.
    inspection
        What was found.
    key
        Names the file, so that an edit is never applied to another one.
    """
    columns = list(inspection.columns)
    labels = _labels(page)
    names = {label: name for name, label in labels.items()}
    frame = _frame(page, columns, labels)
    edited = st.data_editor(
        frame,
        key=f"mapping-{key}",
        hide_index=True,
        num_rows="fixed",
        row_height=ROW_HEIGHT,
        height=ROW_HEIGHT * (min(len(columns), MOST_ROWS) + 1) + 6,
        disabled=["source", "samples", "why"],
        column_config={
            "source": st.column_config.TextColumn(page.words(N_("Column in the file")), width=170),
            "meaning": st.column_config.SelectboxColumn(
                page.words(N_("Meaning")), options=[page.words(KEPT), *names], width=190, required=True
            ),
            "samples": st.column_config.TextColumn(page.words(N_("Sample values")), width=270),
            "why": st.column_config.TextColumn(page.words(N_("Why")), width=250),
        },
        alt=page.words(N_("Columns of the file and what they mean")),
    )
    changed = {
        column.source: names.get(meaning)
        for column, before, meaning in zip(columns, frame["meaning"], edited["meaning"], strict=True)
        if meaning != before
    }
    return changed or None


def _frame(page: Page, columns: Sequence[MappedColumn], labels: dict[str, str]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "source": column.source,
                "meaning": labels.get(column.canonical or "", page.words(KEPT)),
                "samples": " · ".join(column.samples[:3]),
                "why": " ".join(
                    [page.words(WHY[column.why]), *[page.words(doubt) for doubt in column.doubts]]
                ),
            }
            for column in columns
        ]
    )


def layout(page: Page, inspection: Inspection) -> None:
    """Draw how the file is written, in one line."""
    if inspection.layout_name:
        html.show(
            html.line(page.words(N_("Recognised as the layout “{name}”."), name=inspection.layout_name))
        )
    pairs = [f"{page.words(name)}: {page.words(value)}" for name, value in inspection.dialect]
    html.show(html.quiet(" · ".join(pairs)))


def first_rows(page: Page, inspection: Inspection) -> None:
    """Draw the first rows as they stand in the file, on demand."""
    if not inspection.rows:
        return
    folded = st.expander(page.words(N_("First rows of the file")), on_change="rerun", key="first-rows")
    if folded.open:
        with folded:
            rows = pd.DataFrame(list(inspection.rows), columns=list(inspection.names))
            st.dataframe(
                rows, hide_index=True, row_height=ROW_HEIGHT, alt=page.words(N_("First rows of the file"))
            )


def problem(page: Page, inspection: Inspection) -> None:
    """Draw why the file cannot be loaded as it is; open questions are drawn by themselves."""
    if inspection.problem is not None and not inspection.questions:
        message, hint = inspection.problem.localised(page.formats.language)
        st.warning(hint or message, title=message if hint else None)


def _labels(page: Page) -> dict[str, str]:
    """Return the meanings that a column can have, by canonical name."""
    labels = {name: page.words(column.label) for name, column in COLUMN_BY_NAME.items()}
    return {
        **labels,
        TIME_OF_DAY: page.words(N_("Time of day, completes the date")),
        DEBIT: page.words(N_("Debit, the negative side of the amount")),
        CREDIT: page.words(N_("Credit, the positive side of the amount")),
    }
