"""The screen of one's own shift: numbers that are links, what changed, the handover note."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd
import streamlit as st

from fraudkit.services import capacity, handover, queueing, serving, shift
from fraudkit.services.queueing import QueueFilter, QueueRow
from fraudkit.services.shift import Heap, Shift
from fraudkit.ui import filters, html, navigation, standing, state, tables, text
from fraudkit.ui import queueing as queue_screen
from fraudkit.ui.shell import Page
from fraudkit.words import N_

_MINE: Final[dict[Heap, str]] = {
    "mine": N_("Mine"),
    "due_today": N_("Due today"),
    "breached": N_("Past due"),
    "returned": N_("Returned to me"),
    "woken": N_("Back from waiting"),
    "waiting": N_("In waiting"),
}
_CHANGED: Final[dict[Heap, tuple[str, str]]] = {
    "new_alerts": (N_("{count} case with new alerts"), N_("{count} cases with new alerts")),
    "new_transactions": (
        N_("{count} case of mine with new transactions"),
        N_("{count} cases of mine with new transactions"),
    ),
    "contradicted": (
        N_("{count} verdict contradicted by a late label"),
        N_("{count} verdicts contradicted by a late label"),
    ),
}
_NOTE: Final = "handover-note"
_FREE: Final = QueueFilter(status="new")
_NEXT_HEADS: Final = (N_("Case"), N_("Who"), N_("Why"), N_("Ranked by"), N_("Due"))
NEXT: Final = 6


def head(page: Page, found: Shift) -> None:
    """Draw whose shift it is and the one button: start, with what it serves."""
    held = found.heaps["mine"].cases + found.heaps["free"].cases
    with st.container(horizontal=True, vertical_alignment="center", gap="medium", key="shift-head"):
        html.show(html.head(page.words(N_("Shift of {who}"), who=page.actor.name)))
        st.space("stretch")
        html.show(html.quiet(_serves(page, found)))
        queue_screen.start_key(page, QueueFilter(), disabled=held == 0)


def mine(page: Page, found: Shift) -> None:
    """Draw what is mine, each number a link to the list behind it."""
    with st.container(horizontal=True, gap="small", key="shift-mine"):
        for heap, label in _MINE.items():
            _tile(page, heap, found, page.words(label))
    if not found.heaps["mine"].cases:
        html.show(
            html.quiet(page.words(N_("You hold no case. Start serves the next one and claims it for you.")))
        )


def today(page: Page, found: Shift) -> None:
    """Draw what was done today, one's own time, and what the team can still work."""
    formats = page.formats
    st.subheader(page.words(N_("Today")), anchor=False)
    decided = found.heaps["decided_today"].cases
    with st.container(horizontal=True, vertical_alignment="center", gap="medium", key="shift-today"):
        _link(
            page,
            "decided_today",
            found,
            formats.plural(N_("{count} case decided by me"), N_("{count} cases decided by me"), decided),
        )
        free = found.heaps["free"].cases
        _link(
            page,
            "free",
            found,
            formats.plural(N_("{count} case that nobody has"), N_("{count} cases that nobody has"), free),
        )
    html.show(html.quiet(_time(page, found)))


def changed(page: Page, found: Shift) -> None:
    """Draw what came in since the person was here last."""
    title = (
        page.words(N_("Since your last visit, {moment}"), moment=page.moment(found.since))
        if found.has_been_here
        else page.words(N_("Since yesterday"))
    )
    st.subheader(title, anchor=False)
    news = [heap for heap in _CHANGED if found.heaps[heap].cases]
    if not news:
        html.show(html.quiet(page.words(N_("Nothing new: no alerts, no transactions, no late labels."))))
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="medium", key="shift-changed"):
        for heap in news:
            singular, plural = _CHANGED[heap]
            _link(page, heap, found, page.formats.plural(singular, plural, found.heaps[heap].cases))


def following(page: Page) -> None:
    """Draw what comes next: the cases one has, next due first, else the first of the queue."""
    mine = queueing.queue_page(
        page.workbench, QueueFilter(assignee=page.actor.name, sort="due"), page_size=NEXT
    )
    found = mine if mine.rows else queueing.queue_page(page.workbench, _FREE, page_size=NEXT)
    if not found.rows:
        return
    title = N_("My cases, next due first") if mine.rows else N_("Next in the order of work")
    st.subheader(page.words(title), anchor=False)
    rows = [_next(page, row) for row in found.rows]
    key = tables.grid_key(found.rows)
    chosen: Any = st.dataframe(
        pd.DataFrame(rows, columns=[page.words(head) for head in _NEXT_HEADS]),
        key=f"next-{key}",
        hide_index=True,
        height="content",
        row_height=tables.ROW_HEIGHT,
        selection_mode="single-row",
        on_select="rerun",
        alt=page.words(title),
    )
    if chosen.selection.rows:
        navigation.open_case(found.rows[chosen.selection.rows[0]].case_id)


def _next(page: Page, row: QueueRow) -> list[str]:
    names = [text.feature_label(name, page.formats) for name in row.reasons[:1]]
    return [
        page.formats.number(row.case_id),
        row.name or text.entity(row.entity_kind, row.entity_id, page.formats),
        " · ".join(names),
        standing.because(page, row),
        page.words(standing.SERVICE_LABELS[row.service]) if row.service else text.EMPTY,
    ]


def handing_over(page: Page) -> None:
    """Draw the note behind a button: written from the events, then the person's own to change."""
    st.subheader(page.words(N_("Handover")), anchor=False)
    if st.session_state.get(_NOTE) is None:
        html.show(
            html.quiet(
                page.words(N_("What you did, what waits on whom, and what falls due before ten tomorrow."))
            )
        )
        st.button(
            page.words(N_("Write the note")), key="write-note", shortcut="H", on_click=_write, args=(page,)
        )
        return
    written = st.text_area(page.words(N_("Your note")), key=_NOTE, height=260, persist_state="session")
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="note-keys"):
        st.download_button(
            page.words(N_("Download")),
            data=(written or "").encode("utf-8"),
            file_name=f"{page.words(N_('handover'))}.txt",
            mime="text/plain; charset=utf-8",
            key="download-note",
            on_click="ignore",
        )
        with st.popover(page.words(N_("Copy"))):
            st.code(written or "", language=None, wrap_lines=True)
        st.button(
            page.words(N_("Write it anew")), key="write-note", type="tertiary", on_click=_write, args=(page,)
        )


def _write(page: Page) -> None:
    st.session_state[_NOTE] = handover.write(page.workbench, page.actor, page.formats)


def _tile(page: Page, heap: Heap, found: Shift, label: str) -> None:
    held = found.heaps[heap]
    with st.container(border=True, key=f"tile-{heap}", gap="xsmall"):
        _link(page, heap, found, f"**{page.formats.number(held.cases)}** {label}")
        amount = page.formats.amount(held.amount, page.workbench.settings.base_currency)
        html.show(html.quiet(amount if held.cases else text.EMPTY))


def _link(page: Page, heap: Heap, found: Shift, label: str) -> None:
    chosen = shift.filter_of(heap, page.actor, found.since)
    st.page_link(
        navigation.SCREENS["queue"].file,
        label=label,
        query_params={**filters.address(chosen, page.actor.name), **state.address_language()},
    )


def _serves(page: Page, found: Shift) -> str:
    """Say what the button will serve; nothing is claimed by looking."""
    upcoming = serving.upcoming(page.workbench, page.actor, QueueFilter(), None)
    if upcoming is None:
        return page.words(N_("There is nothing to serve. Import newer data, or look at the decided cases."))
    if found.heaps["woken"].cases or found.heaps["returned"].cases:
        return page.words(N_("What woke or was returned to you comes first."))
    return page.words(N_("Serves case {case_id} and claims it for you."), case_id=upcoming)


def _time(page: Page, found: Shift) -> str:
    formats = page.formats
    if found.minutes_today is None:
        own = page.words(N_("Your time per case shows here after your first verdict today."))
    else:
        own = page.words(
            N_("Your median time per case: {minutes} min today"),
            minutes=formats.fixed(found.minutes_today, 1),
        )
        if found.minutes_month is not None:
            own += ", " + page.words(
                N_("{minutes} min in thirty days"), minutes=formats.fixed(found.minutes_month, 1)
            )
        own += ". " + page.words(N_("Only you see this."))
    able = capacity.capacity(page.workbench)
    if not able.left:
        team = page.words(N_("The team’s {cases} cases of today are done."), cases=formats.number(able.a_day))
    else:
        team = page.words(
            N_("The team can work {left} more cases today, of {cases}."),
            left=formats.number(able.left),
            cases=formats.number(able.a_day),
        )
    return f"{own} {team}"
