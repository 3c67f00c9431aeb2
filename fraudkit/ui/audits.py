"""The audit on the screen: state of the chain, verification, entries by who, what, case and time."""

from __future__ import annotations

import math
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st

from fraudkit.domain import MICROSECONDS_PER_SECOND
from fraudkit.explain.action_words import AREA_LABELS, action
from fraudkit.services import audit_reading, auditing, export_tables, exporting
from fraudkit.services.audit_reading import JOB, EntryFilter, Verified
from fraudkit.store import Row
from fraudkit.ui import exporting as buttons
from fraudkit.ui import html, identity, navigation, work
from fraudkit.ui.shell import Page
from fraudkit.words import N_

ROW_HEIGHT: Final = 30
SHOWN_ROWS: Final = 14
PAGE: Final = "audit-page"
_HASH_LETTERS: Final = 12


def chain(page: Page) -> None:
    """Draw where the chain stands, and the button that follows it from its first entry."""
    state = audit_reading.state(page.workbench, page.actor)
    number = page.formats.number(state.entries)
    tags = [
        (
            page.words(N_("ends as its head says") if state.is_as_head else N_("broken at its end")),
            not state.is_as_head,
        )
    ]
    html.show(html.head(page.words(N_("Audit chain: {entries} entries"), entries=number), tags))
    if state.first is not None and state.last is not None:
        said = N_("From {first} to {last}. Last hash {hash}…; its head lies in {file}, its key elsewhere.")
        html.show(
            html.quiet(
                page.words(
                    said,
                    first=page.moment(state.first),
                    last=page.moment(state.last),
                    hash=state.hash[:_HASH_LETTERS],
                    file=state.head_file,
                )
            )
        )
    _verification(page)


def _verification(page: Page) -> None:
    busy = work.running(page, JOB) is not None
    work.button(page, N_("Verify the whole chain"), "verify", lambda: _start(page), busy=busy, primary=True)
    job = work.follow(page, JOB)
    if job is not None and job.status == "done":
        _outcome(page, job.result)


def _start(page: Page) -> None:
    workbench = page.workbench
    workbench.jobs.submit(JOB, lambda progress: audit_reading.verify(workbench, progress), "background")


def _outcome(page: Page, verified: Verified) -> None:
    """Say what the verification found, the first bad entry first."""
    lines = verified.report.sentences(page.formats.language)
    at = page.words(N_("Verified {moment}."), moment=page.moment(verified.at))
    if verified.report.is_whole:
        st.success(f"{lines[0]} {at}")
        return
    found = verified.report.verification.findings
    st.error(" ".join([*lines[1:], at]), title=lines[0])
    rows = [
        (
            "" if each.entry_id is None else str(each.entry_id),
            each.subject,
            page.words(each.reason, **each.values),
        )
        for each in found[: auditing.SHOWN]
    ]
    heads = [page.words(head) for head in (N_("Entry"), N_("Row"), N_("What is wrong"))]
    html.show(html.table(heads, rows, numbers=[0]))


def entries(page: Page) -> None:
    """Draw the filter and one page of entries; a chosen one leads to its case."""
    chosen = _filter(page)
    number = max(int(st.session_state.get(PAGE) or 1), 1)
    rows, total = audit_reading.entries(page.workbench, page.actor, chosen, number)
    if not rows and number > 1:
        rows, total = audit_reading.entries(page.workbench, page.actor, chosen, 1)
    if not rows:
        st.info(page.words(N_("No entry fits. Choose less.")))
        return
    count = page.formats.plural(N_("{count} entry"), N_("{count} entries"), total)
    html.show(html.quiet(page.words(N_("{entries}, newest first."), entries=count)))
    selected: Any = st.dataframe(
        pd.DataFrame([_cells(page, row) for row in rows]),
        key=f"entries-{rows[0]['entry_id']}-{rows[-1]['entry_id']}",
        hide_index=True,
        height=ROW_HEIGHT * (min(len(rows), SHOWN_ROWS) + 1) + 6,
        row_height=ROW_HEIGHT,
        column_config=_columns(page),
        selection_mode="single-row",
        on_select="rerun",
        alt=page.words(N_("Entries of the audit chain, one in each row")),
    )
    places = selected.selection.rows if selected else []
    if places and places[0] < len(rows):
        _entry(page, rows[places[0]])
    if total > audit_reading.PAGE_SIZE:
        st.pagination(math.ceil(total / audit_reading.PAGE_SIZE), key=PAGE)
    buttons.keys(page, "audit", lambda: _table(page, chosen))


def _filter(page: Page) -> EntryFilter:
    actors, areas = audit_reading.choices(page.workbench, page.actor)
    with st.container(horizontal=True, gap="small", key="audit-filter"):
        actor = st.selectbox(
            page.words(N_("Who")), actors, index=None, key="audit-actor", placeholder=_all(page)
        )
        area = st.selectbox(
            page.words(N_("What")),
            areas,
            index=None,
            key="audit-area",
            placeholder=_all(page),
            format_func=lambda each: page.words(AREA_LABELS[each]) if each in AREA_LABELS else each,
        )
        case_id = st.number_input(
            page.words(N_("Case")), min_value=1, value=None, step=1, key="audit-case", placeholder=_all(page)
        )
        since = st.date_input(page.words(N_("From")), value=None, key="audit-since")
        until = st.date_input(page.words(N_("To")), value=None, key="audit-until")
    return EntryFilter(
        actor,
        area,
        None if case_id is None else int(case_id),
        _start_of(page, since),
        _start_of(page, until, days=1),
    )


def _all(page: Page) -> str:
    return page.words(N_("All"))


def _start_of(page: Page, day: date | None, days: int = 0) -> int | None:
    """Return when a day begins on the bank's clock, in microseconds UTC."""
    if day is None:
        return None
    zone = ZoneInfo(page.workbench.settings.time_zone)
    moment = datetime.combine(day + timedelta(days=days), time(), zone)
    return round(moment.timestamp() * MICROSECONDS_PER_SECOND)


def _entry(page: Page, row: Row) -> None:
    """Draw one entry in full with the way to what it speaks of."""
    if row["case_id"] is not None:
        label = page.words(N_("Case {case_id}"), case_id=row["case_id"])
        navigation.link("case", label, case=str(row["case_id"]))
    html.show(
        html.facts(
            [
                (page.words(N_("Row")), row["subject"]),
                (page.words(N_("Digest of its content")), row["content_digest"]),
                (page.words(N_("Hash before it")), row["previous_hash"]),
                (page.words(N_("Hash")), row["hash"]),
            ]
        )
    )


def _cells(page: Page, row: Row) -> dict[str, object]:
    return {
        "entry": row["entry_id"],
        "when": page.moment(row["happened_at"]),
        "who": row["actor"],
        "role": page.words(identity.ROLE_LABELS[row["role"]])
        if row["role"] in identity.ROLE_LABELS
        else row["role"],
        "what": action(row["action"], page.formats),
        "case": "" if row["case_id"] is None else str(row["case_id"]),
        "row": row["subject"],
        "hash": row["hash"][:_HASH_LETTERS],
    }


def _columns(page: Page) -> dict[str, Any]:
    column = st.column_config
    return {
        "entry": column.NumberColumn(page.words(N_("Entry")), width=80),
        "when": column.TextColumn(page.words(N_("When")), width=160),
        "who": column.TextColumn(page.words(N_("Who")), width=150),
        "role": column.TextColumn(page.words(N_("Role")), width=120),
        "what": column.TextColumn(page.words(N_("What")), width=260),
        "case": column.TextColumn(page.words(N_("Case")), width=70, alignment="right"),
        "row": column.TextColumn(page.words(N_("Row")), width=240),
        "hash": column.TextColumn(page.words(N_("Hash")), width=130),
    }


def _table(page: Page, chosen: EntryFilter) -> exporting.Table:
    rows, _ = audit_reading.entries(page.workbench, page.actor, chosen, 1, exporting.MOST_ROWS + 1)
    return export_tables.audit(rows, page.formats)
