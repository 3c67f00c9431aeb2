"""Buttons that save something as a file: exports as CSV and XLSX, the evidence pack of a case."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from fraudkit.services import evidence_pack, export_tables, exporting
from fraudkit.services.evidence_pack import Pack
from fraudkit.services.exporting import FORMATS, MIME, FileFormat, Table
from fraudkit.services.reviewing import CaseView, QueueFilter
from fraudkit.ui.shell import Page
from fraudkit.words import N_


def keys(page: Page, name: str, table: Callable[[], Table]) -> None:
    """Draw one button for each format; the table is read when a button is pressed."""
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key=f"export-{name}"):
        for file_format in FORMATS:
            st.download_button(
                page.words(N_("Save as {format}"), format=file_format.upper()),
                data=_content(page, table, file_format),
                file_name=f"{name}.{file_format}",
                mime=MIME[file_format],
                on_click="ignore",
                key=f"export-{name}-{file_format}",
                type="tertiary",
                icon=":material/download:",
            )


def queue(page: Page, chosen: QueueFilter) -> None:
    """Draw the buttons that save the queue as it is filtered."""
    keys(page, "queue", lambda: export_tables.queue(page.workbench, chosen, page.formats))


def labels(page: Page) -> None:
    """Draw the buttons that save the ledger of labels."""
    st.subheader(page.words(N_("Ledger of labels")), anchor=False)
    keys(page, "labels", lambda: export_tables.labels(page.workbench, page.formats))


def evidence(page: Page, view: CaseView) -> None:
    """Draw the two buttons that save the evidence pack of a case."""
    case_id = view.state.case_id
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="evidence-pack"):
        for ending, mime in (("pdf", "application/pdf"), ("json", "application/json")):
            st.download_button(
                page.words(N_("Evidence as {format}"), format=ending.upper()),
                data=_pack(page, case_id, ending),
                file_name=Pack(case_id, b"", b"").name(ending),
                mime=mime,
                on_click="ignore",
                key=f"evidence-{ending}",
                type="tertiary",
                icon=":material/download:",
                help=page.words(N_("Facts, reasons, plots, verdicts, hashes. The audit notes it.")),
            )


def _content(page: Page, table: Callable[[], Table], file_format: FileFormat) -> Callable[[], bytes]:
    return lambda: exporting.make(page.workbench, page.actor, table(), file_format)


def _pack(page: Page, case_id: int, ending: str) -> Callable[[], bytes]:
    def made() -> bytes:
        pack = evidence_pack.make(page.workbench, case_id, page.formats)
        evidence_pack.note(page.workbench, page.actor, pack)
        return pack.pdf if ending == "pdf" else pack.json

    return made
