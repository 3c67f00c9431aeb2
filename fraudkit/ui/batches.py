"""The files so far: what they brought, how good they are, their rejected rows, and taking one back."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import pandas as pd
import streamlit as st

from fraudkit.domain import Progress
from fraudkit.features.catalog import FEATURE_BY_NAME
from fraudkit.ingest.reasons import NOTES, REASONS
from fraudkit.schema import COLUMN_BY_NAME
from fraudkit.services import correcting, importing, intake, refreshing, withdrawing
from fraudkit.services.import_result import ImportResult
from fraudkit.services.withdrawing import Withdrawal
from fraudkit.services.workbench import Workbench
from fraudkit.store import Row
from fraudkit.ui import html, known, work
from fraudkit.ui.shell import Page, attempt
from fraudkit.words import N_, Language, translate

WITHDRAW: Final = "withdraw"
CORRECT: Final = "import"
"""Corrected rows run as an import: one at a time, with the same progress and result."""
REJECTED_DOWNLOADED: Final = 100_000
ROW_HEIGHT: Final = 30
_ASKED: Final = "_withdrawal_asked"
SHIFTED: Final = 0.25


def batches(page: Page) -> None:
    """Draw the files that were loaded, and one of them closely."""
    rows = importing.batches(page.workbench)
    if not rows:
        return
    st.subheader(page.words(N_("Files so far")), anchor=False)
    number = page.formats.number
    heads = [
        N_("Batch"),
        N_("File"),
        N_("Loaded"),
        N_("Rejected"),
        N_("Known"),
        N_("Imported"),
    ]
    body = [
        (
            str(row["batch_id"]),
            _named(page, row),
            number(row["rows_loaded"]),
            number(row["rows_rejected"]),
            number(row["rows_duplicate"]),
            f"{row['actor']}, {page.moment(row['imported_at'])}",
        )
        for row in rows
    ]
    html.show(html.table([page.words(head) for head in heads], body, numbers=[0, 2, 3, 4]))
    chosen = st.selectbox(
        page.words(N_("Look closely at")),
        rows,
        key="batch",
        format_func=lambda row: f"{row['batch_id']} · {row['file_name']}",
    )
    _withdrawal(page, chosen)
    quality(page, chosen)
    if chosen["rows_rejected"]:
        _rejected(page, chosen)
    if chosen["rows_duplicate"] and chosen["withdrawn_at"] is None:
        known.rows(page, chosen["batch_id"])


def _named(page: Page, row: Row) -> str:
    if row["withdrawn_at"] is not None:
        return f"{row['file_name']} · {page.words(N_('withdrawn'))}"
    if row["separates"] is not None:
        words = page.words(N_("separate rows of batch {batch_id}"), batch_id=row["separates"])
        return f"{row['file_name']} · {words}"
    if row["corrects"] is not None:
        return f"{row['file_name']} · {page.words(N_('corrects batch {batch_id}'), batch_id=row['corrects'])}"
    return str(row["file_name"])


def _withdrawal(page: Page, row: Row) -> None:
    """Draw the button that takes the batch back, and what came of the last one."""
    job = work.follow(page, WITHDRAW)
    if job is not None and job.status == "done":
        done: Withdrawal = job.result
        st.success(page.words(withdrawing.DONE, **done.as_json()))
    if row["withdrawn_at"] is None and not page.workbench.shows_sample:
        busy = work.running(page, WITHDRAW) is not None
        st.button(
            page.words(N_("Withdraw this batch")),
            key="withdraw",
            disabled=busy,
            on_click=_ask_first,
            args=(row["batch_id"],),
        )
        if st.session_state.pop(_ASKED, None) == row["batch_id"]:
            _confirm(page, row)


def _ask_first(batch_id: int) -> None:
    st.session_state[_ASKED] = batch_id


def _confirm(page: Page, row: Row) -> None:
    @st.dialog(page.words(N_("Withdraw batch {batch_id}?"), batch_id=row["batch_id"]))
    def ask() -> None:
        st.write(
            page.words(
                N_("{count} transactions will no longer rank nor appear; verdicts stay in the ledger."),
                count=page.formats.number(row["rows_loaded"]),
            )
        )
        confirmed = st.button(
            page.words(N_("Withdraw")),
            key="confirm-withdraw",
            type="primary",
            on_click=_submit,
            args=(page, WITHDRAW, _withdrawing(page, row["batch_id"])),
        )
        if confirmed:
            st.rerun()

    ask()


def _withdrawing(page: Page, batch_id: int) -> Callable[[Progress], Withdrawal]:
    def run(progress: Progress) -> Withdrawal:
        done = withdrawing.withdraw_and_rank(page.workbench, batch_id, page.actor, progress)
        refreshing.after_ranking(page.workbench)
        return done

    return run


def _submit(page: Page, kind: str, run: Callable[[Progress], object]) -> None:
    def write() -> None:
        page.workbench.jobs.submit(kind, run)

    attempt(write)


def quality(page: Page, row: Row) -> None:
    """Draw what was noticed about the values of a batch."""
    report = row["report"]
    if not report or not report["rows"]:
        return
    with st.expander(page.words(N_("Quality of batch {batch_id}"), batch_id=row["batch_id"])):
        heads = [
            N_("Column"),
            N_("Missing"),
            N_("Far out (median)"),
            N_("Far out (z-score)"),
            N_("Impossible"),
            N_("Shift"),
        ]
        body = [_quality_cells(page, report, name) for name in report["columns"]]
        html.show(html.table([page.words(head) for head in heads], body, numbers=[1, 2, 3, 4, 5]))
        for sentence in _remarks(page, row):
            html.show(html.quiet(sentence))


def _quality_cells(page: Page, report: dict[str, Any], name: str) -> tuple[str, ...]:
    column, number = report["columns"][name], page.formats.number
    label = page.words(COLUMN_BY_NAME[name].label)
    shift = report["shifts"].get(name)
    return (
        f"{label} · {page.words(N_('constant'))}" if column["constant"] else label,
        number(column["missing"]),
        *(number(column[key]) if key in column else "" for key in ("outlying_mad", "outlying_z")),
        number(column["impossible"]),
        "" if shift is None else f"{number(shift, 2)}{' !' if shift >= SHIFTED else ''}",
    )


def _remarks(page: Page, row: Row) -> list[str]:
    """Return what does not fit into the table: gaps, absent columns, features that rest, notes."""
    report = row["report"]
    remarks = [
        page.words(N_("{days} days without transactions after {day}."), days=gap["days"], day=gap["after"])
        for gap in report["gaps"]
    ]
    if report["features_off"]:
        names = ", ".join(page.words(FEATURE_BY_NAME[name].label) for name in report["features_off"])
        remarks.append(page.words(N_("Features that its columns cannot feed: {names}."), names=names))
    notes = importing.notes_of(row)
    remarks += [f"{page.words(NOTES[code])}: {page.formats.number(count)}" for code, count in notes.items()]
    return remarks


def _rejected(page: Page, row: Row) -> None:
    """Draw the rejected rows, each value open to correction."""
    found = correcting.correctable(page.workbench, row["batch_id"])
    st.subheader(page.words(N_("Rejected rows")), anchor=False)
    if found.rows:
        frame = pd.DataFrame(
            [(each.source_row, _why(page, each.reason, each.column), *each.cells) for each in found.rows],
            columns=["line", "why", *[f"value_{place}" for place in range(len(found.names))]],
        )
        edited = st.data_editor(
            frame,
            key=f"rejected-{row['batch_id']}-{len(found.rows)}",
            hide_index=True,
            num_rows="fixed",
            row_height=ROW_HEIGHT,
            disabled=["line", "why"],
            column_config={
                "line": st.column_config.NumberColumn(page.words(N_("Line"))),
                "why": st.column_config.TextColumn(page.words(N_("Reason"))),
                **{f"value_{place}": name for place, name in enumerate(found.names)},
            },
            alt=page.words(N_("Rejected rows")),
        )
        _send_again(page, found.batch_id, _changed(frame, edited))
    st.download_button(
        page.words(N_("Download the rejected rows")),
        data=lambda: rejected_file(page.workbench, row["batch_id"], page.formats.language),
        file_name=f"{Path(row['file_name']).stem}.rejected.csv",
        mime="text/csv",
        on_click="ignore",
        key="download-rejected",
    )


def _changed(before: pd.DataFrame, after: pd.DataFrame) -> dict[int, Sequence[str]]:
    """Return the rows that a person changed, by line."""
    values = [name for name in before.columns if name.startswith("value_")]
    was, now = before[values].fillna("").astype(str), after[values].fillna("").astype(str)
    differs = (was != now).any(axis=1)
    return {int(after["line"][place]): tuple(now.loc[place]) for place in before.index[differs]}


def _send_again(page: Page, batch_id: int, changed: dict[int, Sequence[str]]) -> None:
    def run(progress: Progress) -> ImportResult:
        result = correcting.correct(page.workbench, batch_id, changed, page.actor)
        ranked = intake.with_ranking(page.workbench, result, progress)
        refreshing.after_ranking(page.workbench)
        return ranked

    busy = work.running(page, CORRECT) is not None
    st.button(
        page.words(N_("Send corrected rows again")),
        key="correct",
        disabled=busy or not changed,
        on_click=_submit,
        args=(page, CORRECT, run),
    )


def _why(page: Page, reason: str, column: str | None) -> str:
    words = page.words(REASONS.get(reason, reason))
    return f"{column}: {words}" if column else words


def rejected_file(workbench: Workbench, batch_id: int, language: Language) -> bytes:
    """Return the rejected rows as CSV; a cell that a spreadsheet would run as a formula is quoted."""
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(["line", "column", "reason", "value", "raw_text"])
    for row in importing.rejected_rows(workbench, batch_id, REJECTED_DOWNLOADED, 0):
        reason = translate(REASONS.get(row["reason"], str(row["reason"])), language)
        cells = (row["column_name"] or "", reason, row["value"] or "", row["raw_text"])
        writer.writerow([row["source_row"], *[_harmless(cell) for cell in cells]])
    return stream.getvalue().encode("utf-8-sig")


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell[:1] in "=+-@\t\r" else cell
