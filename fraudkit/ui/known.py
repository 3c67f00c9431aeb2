"""Rows of a file that were known already: what each repeats, and declaring some of them separate."""

from __future__ import annotations

from typing import Final

import pandas as pd
import streamlit as st

from fraudkit.domain import Progress
from fraudkit.services import intake, separating
from fraudkit.services.import_result import ImportResult
from fraudkit.store import Row
from fraudkit.ui import html, work
from fraudkit.ui.shell import Page, attempt
from fraudkit.words import N_

JOB: Final = "import"
"""Runs as an import: one at a time, with the same progress and result."""
ROW_HEIGHT: Final = 30
MOST_SHOWN: Final = 8
EXPLAINED: Final = N_(
    "They were not loaded again. Two payments can look alike: choose the rows that are transactions of their"
    " own. A row with an identifier always is the transaction with that identifier."
)


def rows(page: Page, batch_id: int) -> None:
    """Draw the known rows of a batch; those without an identifier can be declared separate."""
    found = separating.repeated(page.workbench, batch_id).rows
    if not found:
        return
    st.subheader(page.words(N_("Rows that were known already")), anchor=False)
    html.show(html.quiet(page.words(EXPLAINED)))
    event = st.dataframe(
        pd.DataFrame([_cells(page, row) for row in found]),
        key=f"known-{batch_id}-{len(found)}",
        hide_index=True,
        row_height=ROW_HEIGHT,
        height=ROW_HEIGHT * (min(len(found), MOST_SHOWN) + 1) + 6,
        selection_mode="multi-row",
        on_select="rerun",
        column_config=_column_config(page),
        alt=page.words(N_("Rows that were known already")),
    )
    chosen = [found[place] for place in event["selection"]["rows"]]
    free = [row["source_row"] for row in chosen if not row["has_identifier"]]
    busy = work.running(page, JOB) is not None
    st.button(
        page.words(N_("Declare them separate")),
        key="separate",
        disabled=busy or not free or len(free) < len(chosen),
        on_click=_submit,
        args=(page, batch_id, free),
    )


def _cells(page: Page, row: Row) -> dict[str, object]:
    return {
        "line": row["source_row"],
        "repeats": f"{row['known_file']} · {row['known_row']}",
        "when": page.formats.moment(row["ts_us"], row["utc_offset_minutes"]),
        "amount": page.formats.amount(row["amount"], row["currency"]),
        "who": " · ".join(value for value in (row["customer_id"], row["merchant"]) if value),
        "identifier": row["transaction_id"] if row["has_identifier"] else "",
    }


def _column_config(page: Page) -> dict[str, str]:
    return {
        "line": page.words(N_("Line")),
        "repeats": page.words(N_("Known from file and line")),
        "when": page.words(N_("Date and time")),
        "amount": page.words(N_("Amount")),
        "who": page.words(N_("Customer, merchant")),
        "identifier": page.words(N_("Identifier")),
    }


def _submit(page: Page, batch_id: int, source_rows: list[int]) -> None:
    def run(progress: Progress) -> ImportResult:
        result = separating.separate(page.workbench, batch_id, source_rows, page.actor)
        return intake.with_ranking(page.workbench, result, progress)

    def write() -> None:
        page.workbench.jobs.submit(JOB, run)

    attempt(write)
