"""What a file holds: its layout, and what each of its columns means, changeable by a person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd
import streamlit as st

from fraudkit.ingest.inspection import Inspection
from fraudkit.ingest.mapping import CREDIT, DEBIT, TIME_OF_DAY
from fraudkit.ingest.missing import HANDLINGS
from fraudkit.ingest.questions import MISSING
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


@dataclass(frozen=True, slots=True)
class Edited:
    """What a person changed of what was proposed.

    Parameters
    ----------
    mapping
        Canonical column, or None to keep the column under its own name, by column of the file.
    answers
        What to do where a column is empty, named as in `ingest.missing`.
    """

    mapping: Mapping[str, str | None]
    answers: Mapping[str, str]

    def __bool__(self) -> bool:
        return bool(self.mapping or self.answers)


UNCHANGED: Final = Edited({}, {})


def edit(page: Page, inspection: Inspection, key: str) -> Edited:
    """Draw the columns with their meaning; return what a person changed.

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
    names = {label: name for name, label in _labels(page).items()}
    handlings = {page.words(label): name for name, label in HANDLINGS.items()}
    frame = _frame(page, inspection)
    edited = st.data_editor(
        frame,
        key=f"mapping-{key}",
        hide_index=True,
        num_rows="fixed",
        row_height=ROW_HEIGHT,
        height=ROW_HEIGHT * (min(len(columns), MOST_ROWS) + 1) + 6,
        disabled=["source", "samples", "why"],
        column_config=_column_config(page, names, handlings),
        alt=page.words(N_("Columns of the file and what they mean")),
    )
    mapping: dict[str, str | None] = {}
    answers: dict[str, str] = {}
    for place, column in enumerate(columns):
        before, after = frame.iloc[place], edited.iloc[place]
        if after["meaning"] != before["meaning"]:
            mapping[column.source] = names.get(after["meaning"])
        canonical = mapping.get(column.source, column.canonical)
        if canonical is not None and after["missing"] != before["missing"]:
            answers[f"{MISSING}{canonical}"] = handlings[after["missing"]]
    return Edited(mapping, answers)


def _column_config(page: Page, names: Iterable[str], handlings: Iterable[str]) -> dict[str, Any]:
    return {
        "source": st.column_config.TextColumn(page.words(N_("Column in the file")), width=150),
        "meaning": st.column_config.SelectboxColumn(
            page.words(N_("Meaning")), options=[page.words(KEPT), *names], width=170, required=True
        ),
        "samples": st.column_config.TextColumn(page.words(N_("Sample values")), width=210),
        "missing": st.column_config.SelectboxColumn(
            page.words(N_("Where it is empty")),
            options=list(handlings),
            width=130,
            required=True,
            help=page.words(
                N_("The median of the file stands in for features only; the transaction stays as it came.")
            ),
        ),
        "why": st.column_config.TextColumn(page.words(N_("Why")), width=200),
    }


def _frame(page: Page, inspection: Inspection) -> pd.DataFrame:
    labels = _labels(page)
    return pd.DataFrame(
        [
            {
                "source": column.source,
                "meaning": labels.get(column.canonical or "", page.words(KEPT)),
                "samples": " · ".join(column.samples[:3]),
                "missing": page.words(HANDLINGS[inspection.missing.get(column.canonical or "", "keep")]),
                "why": " ".join(
                    [page.words(WHY[column.why]), *[page.words(doubt) for doubt in column.doubts]]
                ),
            }
            for column in inspection.columns
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
