"""The queue screen: one page of cases read in SQL, a sentence and totals above, keys below."""

from __future__ import annotations

import math
from typing import Final

import streamlit as st

from fraudkit.services import reviewing
from fraudkit.services.reviewing import QueueFilter, QueuePage
from fraudkit.ui import filters as filter_row
from fraudkit.ui import html, learning, navigation, state, tables
from fraudkit.ui.shell import Page
from fraudkit.words import N_

PAGE_SIZE: Final = 50
PAGE: Final = "page"


def filters(page: Page) -> QueueFilter:
    """Draw the filters; the filter goes with the analyst to the case screen."""
    chosen = filter_row.queue_filters(page.workbench, page.formats)
    state.keep_queue_filter(chosen)
    return chosen


def read(page: Page, chosen: QueueFilter) -> QueuePage:
    """Return the page of the queue that the address names; past the end, the last one."""
    number = _page_number()
    found = reviewing.queue_page(page.workbench, chosen, number, PAGE_SIZE)
    if not found.rows and number > 1:
        st.session_state[PAGE] = 1
        found = reviewing.queue_page(page.workbench, chosen, 1, PAGE_SIZE)
    return found


def totals(page: Page, chosen: QueueFilter, found: QueuePage) -> None:
    """Draw what the filter says and how much work and money it holds."""
    formats = page.formats
    line = filter_row.sentence(chosen, formats)
    if found.rows:
        cases = formats.plural(N_("{count} case"), N_("{count} cases"), found.total_cases)
        alerts = formats.plural(
            N_("{count} undecided alert"), N_("{count} undecided alerts"), found.total_alerts
        )
        amount = formats.amount(found.total_amount, page.workbench.settings.base_currency)
        line += " " + page.words(
            N_("{cases}, {alerts}, {amount} open."), cases=cases, alerts=alerts, amount=amount
        )
    if learning.is_learning(page.workbench):
        line += " " + page.words(N_("Being ranked anew after the last verdict."))
    with st.container(horizontal=True, vertical_alignment="center", key="totals"):
        html.show(html.line(line))
        if is_narrowed(chosen):
            st.button(
                page.words(N_("Clear filters")),
                key="clear-filters",
                type="tertiary",
                on_click=filter_row.clear,
            )


def grid(page: Page, found: QueuePage) -> tuple[str, int]:
    """Draw the cases; return the grid's key and the selected case."""
    return tables.queue_grid(found.rows, page.formats, state.opened_case())


def keys(page: Page, found: QueuePage, key: str, selected: int) -> None:
    """Draw the keys; every one acts on a case, never on a row."""
    count = len(found.rows)
    with st.bottom, st.container(horizontal=True, vertical_alignment="center", gap="small", key="queue-keys"):
        start = st.button(page.words(N_("Start with the first")), key="start", shortcut="S", type="primary")
        opened = st.button(page.words(N_("Open case {case_id}"), case_id=selected), key="open", shortcut="O")
        entered = st.button(page.words(N_("Open it")), key="enter", shortcut="Enter", type="tertiary")
        st.button(
            page.words(N_("Down")),
            key="down",
            shortcut="J",
            type="tertiary",
            on_click=tables.move,
            args=(key, count, 1),
        )
        st.button(
            page.words(N_("Up")),
            key="up",
            shortcut="K",
            type="tertiary",
            on_click=tables.move,
            args=(key, count, -1),
        )
    if start:
        navigation.open_case(found.rows[0].case_id)
    if opened or entered:
        navigation.open_case(selected)


def pages(found: QueuePage) -> None:
    """Draw the numbers of the pages when there is more than one."""
    count = math.ceil(found.total_cases / PAGE_SIZE)
    if count > 1:
        st.pagination(count, key=PAGE, bind="query-params")


def is_narrowed(chosen: QueueFilter) -> bool:
    """Return whether the filter leaves anything out of the open cases."""
    return QueueFilter(sort=chosen.sort) != chosen


def _page_number() -> int:
    chosen = st.session_state.get(PAGE)
    if chosen is None:
        given = str(st.query_params.get(PAGE, "1"))
        chosen = int(given) if given.isdecimal() and len(given) < 7 else 1  # noqa: PLR2004 - no queue is longer
    return max(int(chosen), 1)
