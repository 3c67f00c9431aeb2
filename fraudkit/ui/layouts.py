"""The layouts that people confirmed: by name, to be renamed or forgotten."""

from __future__ import annotations

import json

import streamlit as st

from fraudkit.ingest.missing import HANDLINGS
from fraudkit.ingest.questions import HEADER, MISSING
from fraudkit.schema import COLUMN_BY_NAME
from fraudkit.services import layouts
from fraudkit.store import Row
from fraudkit.ui import html
from fraudkit.ui.shell import Page, attempt
from fraudkit.words import N_


def remembered(page: Page) -> None:
    """Draw the layouts; one that is chosen can be renamed or forgotten."""
    rows = layouts.all_layouts(page.workbench)
    if not rows:
        return
    folded = st.expander(page.words(N_("Remembered layouts")), on_change="rerun", key="layouts")
    if not folded.open:
        return
    with folded:
        heads = [page.words(head) for head in (N_("Name"), N_("What was said"), N_("Who"), N_("When"))]
        body = [
            (row["name"], _said(page, row), row["actor"], page.moment(row["happened_at"])) for row in rows
        ]
        html.show(html.table(heads, body))
        by_signature = {row["signature"]: row for row in rows}
        chosen = st.selectbox(
            page.words(N_("Change a layout")),
            list(by_signature),
            index=None,
            key="layout",
            placeholder=page.words(N_("none chosen")),
            format_func=lambda signature: by_signature[signature]["name"],
        )
        if chosen is not None:
            _change(page, by_signature[chosen])


def _said(page: Page, row: Row) -> str:
    """Return what a person said of such files: meanings, answers, empty values."""
    parts = []
    for source, canonical in json.loads(row["mapping"]).items():
        meaning = page.words(COLUMN_BY_NAME[canonical].label) if canonical in COLUMN_BY_NAME else "–"
        parts.append(f"{source} = {meaning}")
    for name, value in json.loads(row["answers"]).items():
        if name.startswith(MISSING):
            column = page.words(COLUMN_BY_NAME[name.removeprefix(MISSING)].label)
            parts.append(f"{column}: {page.words(HANDLINGS[value])}")
        elif name == HEADER:
            parts.append(page.words(N_("columns named by hand")))
        else:
            parts.append(f"{name} = {value}")
    return " · ".join(parts)


def _change(page: Page, row: Row) -> None:
    signature = row["signature"]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.text_input(page.words(N_("Name")), value=row["name"], key=f"layout-name-{signature}")
        st.button(
            page.words(N_("Rename")),
            key="rename-layout",
            disabled=name.strip() in {"", row["name"]},
            on_click=_rename,
            args=(page, signature, name),
        )
        st.button(
            page.words(N_("Forget")),
            key="forget-layout",
            help=page.words(N_("The next such file is mapped and asked about as if it were the first.")),
            on_click=_forget,
            args=(page, signature, row["name"]),
        )


def _rename(page: Page, signature: str, name: str) -> None:
    def write() -> str:
        layouts.rename(page.workbench, signature, name, page.actor)
        return page.words(N_("The layout is called “{name}” now."), name=name.strip())

    attempt(write)


def _forget(page: Page, signature: str, name: str) -> None:
    def write() -> str:
        layouts.forget(page.workbench, signature, page.actor)
        return page.words(N_("The layout “{name}” is forgotten."), name=name)

    attempt(write)
