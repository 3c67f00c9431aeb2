"""The queue screen: one page of cases read in SQL, a sentence and totals above, keys below."""

from __future__ import annotations

import math
from typing import Final

import streamlit as st

from fraudkit.errors import NotFoundError
from fraudkit.services import calibrating, queueing, serving
from fraudkit.services.queueing import QueueFilter, QueuePage, QueueRow
from fraudkit.ui import (
    filter_words,
    filters,
    html,
    learning,
    navigation,
    saved_views,
    shell,
    standing,
    state,
    tables,
)
from fraudkit.ui.shell import Page
from fraudkit.words import N_

PAGE_SIZE: Final = 50
PAGE: Final = "page"
_SERVED: Final = "_served_case"


def chosen_filter(page: Page) -> QueueFilter:
    """Draw views and filters in one row; the filter goes with the analyst to the case screen."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="filters"):
        filters.adopt_link()
        saved_views.chooser(page)
        chosen = filters.queue_filters(page)
    state.keep_queue_filter(chosen)
    return chosen


def read(page: Page, chosen: QueueFilter) -> QueuePage:
    """Return the page of the queue that the address names; past the end, the last one."""
    number = _page_number()
    found = queueing.queue_page(page.workbench, chosen, number, PAGE_SIZE)
    if not found.rows and number > 1:
        st.session_state[PAGE] = 1
        found = queueing.queue_page(page.workbench, chosen, 1, PAGE_SIZE)
    return found


def totals(page: Page, chosen: QueueFilter, found: QueuePage) -> None:
    """Draw what the filter says, how much work and money it holds, and what fits into the day."""
    line = filter_words.sentence(chosen, page)
    if found.rows:
        line += " " + _holds(page, found)
    if learning.is_learning(page.workbench):
        line += " " + page.words(N_("Being ranked anew after the last verdict."))
    with st.container(horizontal=True, vertical_alignment="center", key="totals"):
        html.show(html.line(line))
        if is_narrowed(chosen):
            st.button(
                page.words(N_("Clear filters")),
                key="clear-filters",
                type="tertiary",
                on_click=filters.clear,
            )
    if found.rows:
        html.show(html.quiet(_capacity(page, found)))


def grid(page: Page, found: QueuePage) -> tuple[str, QueueRow]:
    """Draw the cases; return the grid's key and the chosen case."""
    return tables.queue_grid(page, found, state.opened_case())


def keys(page: Page, chosen: QueueFilter, found: QueuePage, key: str, selected: QueueRow) -> None:
    """Draw why the chosen case stands where it stands, and the keys; these act on a case, never on a row."""
    progress = None if found.calibration else calibrating.progress(page.workbench)
    with st.bottom:
        html.show(html.quiet(standing.sentence(page, selected, found, progress)))
        _keys(page, chosen, found, key, selected)


def _keys(page: Page, chosen: QueueFilter, found: QueuePage, key: str, selected: QueueRow) -> None:
    count = len(found.rows) + (tables.line_place(found) is not None)
    case_id = selected.case_id
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="queue-keys"):
        start_key(page, chosen)
        opened = st.button(page.words(N_("Open case {case_id}"), case_id=case_id), key="open", shortcut="O")
        entered = st.button(page.words(N_("Open it")), key="enter", shortcut="Enter", type="tertiary")
        for name, label, shortcut, step in (("down", N_("Down"), "J", 1), ("up", N_("Up"), "K", -1)):
            st.button(
                page.words(label),
                key=name,
                shortcut=shortcut,
                type="tertiary",
                on_click=tables.move,
                args=(key, count, step),
            )
    if opened or entered:
        navigation.open_case(case_id)


def start_key(page: Page, chosen: QueueFilter, *, disabled: bool = False) -> None:
    """Draw the one button that serves: it claims the next case and goes there."""
    st.button(
        page.words(N_("Start")),
        key="start",
        shortcut="S",
        type="primary",
        disabled=disabled,
        on_click=_serve,
        args=(page, chosen),
    )
    served = st.session_state.pop(_SERVED, None)
    if served is not None:
        navigation.open_case(served)


def _serve(page: Page, chosen: QueueFilter) -> None:
    def write() -> None:
        case_id = serving.start(page.workbench, page.actor, chosen)
        if case_id is None:
            raise NotFoundError(
                N_("There is no case to serve you here."),
                N_("What is left is held by others, waits, or stands with a team lead."),
            )
        st.session_state[_SERVED] = case_id

    shell.attempt(write)


def pages(found: QueuePage) -> None:
    """Draw the numbers of the pages when there is more than one."""
    count = math.ceil(found.total_cases / PAGE_SIZE)
    if count > 1:
        st.pagination(count, key=PAGE, bind="query-params")


def is_narrowed(chosen: QueueFilter) -> bool:
    """Return whether the filter leaves anything out of the open cases."""
    return QueueFilter(sort=chosen.sort) != chosen


def _holds(page: Page, found: QueuePage) -> str:
    formats, currency = page.formats, page.workbench.settings.base_currency
    cases = formats.plural(N_("{count} case"), N_("{count} cases"), found.total_cases)
    alerts = formats.plural(N_("{count} undecided alert"), N_("{count} undecided alerts"), found.total_alerts)
    amount = formats.amount(found.total_amount, currency)
    if found.total_expected is None:
        return page.words(N_("{cases}, {alerts}, {amount} open."), cases=cases, alerts=alerts, amount=amount)
    return page.words(
        N_("{cases}, {alerts}, {amount} open, expected loss {loss}."),
        cases=cases,
        alerts=alerts,
        amount=amount,
        loss=formats.amount(found.total_expected, currency),
    )


def _capacity(page: Page, found: QueuePage) -> str:
    """Return what the team can work today, from what that is reckoned, and what lies below it."""
    formats, able, below = page.formats, found.capacity, found.below
    reckoned = page.words(
        N_("Your team can work {cases} today ({people} × {hours} h ÷ {minutes} min)."),
        cases=formats.number(able.a_day),
        people=formats.number(able.people),
        hours=formats.number(able.hours, 1),
        minutes=formats.number(able.minutes, 1),
    )
    if able.done:
        reckoned += " " + formats.plural(N_("{count} is done."), N_("{count} are done."), able.done)
    if not below.cases:
        return f"{reckoned} {page.words(N_('All of this list fits.'))}"
    return f"{reckoned} {_below(page, found)}"


def _below(page: Page, found: QueuePage) -> str:
    formats, currency, below = page.formats, page.workbench.settings.base_currency, found.below
    cases = formats.plural(N_("{count} case"), N_("{count} cases"), below.cases)
    amount = formats.amount(below.amount, currency)
    if below.expected_loss is None:
        return page.words(N_("Below that line: {cases}, {amount}."), cases=cases, amount=amount)
    return page.words(
        N_("Below that line: {cases}, {amount}, expected {loss}."),
        cases=cases,
        amount=amount,
        loss=formats.amount(below.expected_loss, currency),
    )


def _page_number() -> int:
    chosen = st.session_state.get(PAGE)
    if chosen is None:
        given = str(st.query_params.get(PAGE, "1"))
        chosen = int(given) if given.isdecimal() and len(given) < 7 else 1  # noqa: PLR2004 - no queue is longer
    return max(int(chosen), 1)
