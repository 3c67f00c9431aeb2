"""The queue's filters: widgets bound to the address, and the filter that they make."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final, cast

import streamlit as st
from streamlit.errors import StreamlitAPIException

from fraudkit.explain.formats import Formats
from fraudkit.services import history, queueing, reasoning, shift
from fraudkit.services.queueing import NOBODY, QueueFilter
from fraudkit.taxonomy import PRIORITY_LABELS
from fraudkit.ui import text, url
from fraudkit.ui.filter_words import COURSE_LABELS, SORT_LABELS, STATUS_LABELS, pair
from fraudkit.ui.shell import Page
from fraudkit.ui.standing import SERVICE_LABELS
from fraudkit.words import N_

TOGETHER: Final = "together"
JOINED: Final = "."
"""Between the features of a pair in the address; no feature's name holds it."""
SEARCH: Final = "search"
"""Not bound to the address: what analysts search for are people, and addresses are logged."""
ME: Final = "@me"
FREE: Final = "@nobody"
LINK: Final = "set"
"""In the address of a link that brings its own filters: those of the session give way."""

DEFAULTS: Final = {"status": "open", "sort": "order"}
KEYS: Final = (
    "status",
    "assignee",
    "service",
    "course",
    "priority",
    "channel",
    "type",
    "reason",
    TOGETHER,
    "from",
    "sort",
)
"""The filters by their names in the address, the search left out."""
_MORE: Final = ("priority", "channel", "type", "reason", TOGETHER, "from")


def queue_filters(page: Page) -> QueueFilter:
    """Draw the filters and return what they say; call `adopt_link` first."""
    formats = page.formats
    status = _choice("status", N_("Cases"), STATUS_LABELS, formats, width=150)
    who = _assignee(page)
    service = _value(
        "service", N_("Due"), list(SERVICE_LABELS), formats, _words(SERVICE_LABELS, formats), 120
    )
    course = _value(
        "course", N_("What happened"), list(COURSE_LABELS), formats, _words(COURSE_LABELS, formats), 170
    )
    search = st.text_input(
        formats.words(N_("Search")),
        key=SEARCH,
        persist_state="session",
        type="search",
        placeholder=formats.words(N_("Customer, merchant, transaction")),
        width=190,
    )
    sort = _choice("sort", N_("Order"), SORT_LABELS, formats, width=165)
    more = _more(page)
    return QueueFilter(
        status=cast("Any", status),
        search=(search or "").strip() or None,
        assignee={ME: page.actor.name, FREE: NOBODY}.get(who or "", who),
        service=cast("Any", service),
        course=cast("Any", course),
        since=shift.last_visit(page.workbench, page.actor) if course else None,
        sort=cast("Any", sort),
        **more,
    )


def chosen() -> dict[str, str]:
    """Return the filters that say something, by their names in the address; the search is left out."""
    values = {key: st.session_state.get(key) for key in KEYS}
    return {
        key: str(value)
        for key, value in values.items()
        if value not in (None, 0, "") and value != DEFAULTS.get(key)
    }


def apply(wanted: Mapping[str, str]) -> None:
    """Set the filters to these and no others; a callback, or before they are drawn."""
    clear()
    for key in KEYS:
        value = wanted.get(key)
        if value:
            st.session_state[key] = int(value) if key == "from" else value
        with suppress(StreamlitAPIException):  # one that was drawn writes its own part of the address
            if value:
                st.query_params[key] = value
            else:
                st.query_params.pop(key, None)


def adopt_link() -> None:
    """Take the filters from the address when a link brought them."""
    if st.query_params.pop(LINK, None) is not None:
        known = {key: str(st.query_params[key]) for key in KEYS if key in st.query_params}
        apply({key: value for key, value in known.items() if key != "from" or value.isdecimal()})


def clear() -> None:
    """Forget all filters; a callback."""
    for key in (*KEYS, SEARCH):
        st.session_state.pop(key, None)


def address(wanted: QueueFilter, me: str) -> dict[str, str]:
    """Return the address of a filter that the shift page links to."""
    who = {me: ME, NOBODY: FREE}.get(wanted.assignee or "", wanted.assignee)
    values = {
        "status": wanted.status,
        "assignee": who,
        "service": wanted.service,
        "course": wanted.course,
        "priority": wanted.priority,
        "sort": wanted.sort,
    }
    said = {key: value for key, value in values.items() if value and value != DEFAULTS.get(key)}
    return {LINK: "1", **said}


def _more(page: Page) -> dict[str, Any]:
    """Draw the rarer filters behind one button that says how many are set."""
    formats = page.formats
    choices = history.queue_choices(page.workbench)
    count = sum(1 for key in _MORE if st.session_state.get(key) not in (None, 0))
    label = formats.words(N_("More filters"))
    features = {name: text.feature_label(name, formats) for name in choices["reason"]}

    def shown(code: str) -> str:
        return text.code(code, formats)

    with st.popover(f"{label} ({count})" if count else label, key="more-filters"):
        priority = _value(
            "priority", N_("Priority"), list(PRIORITY_LABELS), formats, _words(PRIORITY_LABELS, formats), 280
        )
        channel = _value("channel", N_("Channel"), choices["channel"], formats, shown, 280)
        kind = _value("type", N_("Type"), choices["transaction_type"], formats, shown, 280)
        reason = _value("reason", N_("Reason"), list(features), formats, features.__getitem__, 280)
        together = _value(
            TOGETHER,
            N_("Reasons together"),
            _pairs(page),
            formats,
            lambda code: pair(code.split(JOINED), formats),
            280,
        )
        minimum = st.number_input(
            formats.words(N_("Amount from")),
            min_value=0,
            value=0,
            step=100,
            key="from",
            bind="query-params",
            persist_state="session",
            width=280,
        )
    return {
        "priority": priority,
        "channel": channel,
        "transaction_type": kind,
        "reason": reason,
        "together": tuple(together.split(JOINED)) if together else None,
        "minimum_amount": float(minimum) or None,
    }


def _assignee(page: Page) -> str | None:
    people = [name for name in queueing.assignees(page.workbench) if name != page.actor.name]
    chosen_one = st.session_state.get("assignee")
    if chosen_one not in (None, ME, FREE, *people):
        people.append(str(chosen_one))
    own = {ME: page.words(N_("me")), FREE: page.words(N_("nobody"))}
    return _value(
        "assignee",
        N_("Assigned to"),
        [ME, FREE, *people],
        page.formats,
        lambda code: own.get(code, code),
        130,
    )


def _pairs(page: Page) -> list[str]:
    """Return the codes of the pairs that occur, and of the one that is chosen though its work is done."""
    codes = [JOINED.join(group.features) for group in reasoning.groups(page.workbench)]
    selected = st.session_state.get(TOGETHER)
    return codes if selected is None or selected in codes else [*codes, selected]


def _words(labels: Mapping[Any, str], formats: Formats) -> Callable[[str], str]:
    return lambda code: formats.words(labels[code])


def _choice(key: str, label: str, labels: Mapping[Any, str], formats: Formats, width: int) -> str:
    show = _words(labels, formats)
    options = [str(code) for code in labels]
    url.adopt(key, options, show)
    return st.selectbox(
        formats.words(label),
        options,
        key=key,
        format_func=show,
        bind="query-params",
        persist_state="session",
        width=width,
    )


def _value(
    key: str,
    label: str,
    values: Sequence[str],
    formats: Formats,
    show: Callable[[str], str],
    width: int,
) -> str | None:
    url.adopt(key, values, show)
    return st.selectbox(
        formats.words(label),
        values,
        index=None,
        key=key,
        format_func=show,
        bind="query-params",
        persist_state="session",
        placeholder=formats.words(N_("any")),
        width=width,
    )
