"""The queue's filters: widgets bound to the address, the filter that they make, the sentence it reads as."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, cast

import streamlit as st

from fraudkit.explain.formats import Formats
from fraudkit.services import history, reasoning
from fraudkit.services.reviewing import QueueFilter
from fraudkit.services.workbench import Workbench
from fraudkit.taxonomy import PRIORITY_LABELS
from fraudkit.ui import text, url
from fraudkit.words import N_

STATUS_LABELS: Final = {"open": N_("Open"), "closed": N_("Decided"), "all": N_("All")}
SORT_LABELS: Final = {
    "risk": N_("Riskiest first"),
    "amount": N_("Largest first"),
    "newest": N_("Newest first"),
}
TOGETHER: Final = "together"
JOINED: Final = "."
"""Between the features of a pair in the address; no feature's name holds it."""
SEARCH: Final = "search"
"""Not bound to the address: what analysts search for are people, and addresses are logged."""


def queue_filters(workbench: Workbench, formats: Formats) -> QueueFilter:
    """Draw the filters in one row and return what they say."""
    choices = history.queue_choices(workbench)

    def shown(code: str) -> str:
        return text.code(code, formats)

    features = {name: text.feature_label(name, formats) for name in choices["reason"]}
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="filters"):
        status = _choice("status", N_("Cases"), STATUS_LABELS, formats, width=110)
        search = st.text_input(
            formats.words(N_("Search")),
            key=SEARCH,
            persist_state="session",
            type="search",
            placeholder=formats.words(N_("Customer, merchant, transaction")),
            width=170,
        )
        channel = _value("channel", N_("Channel"), choices["channel"], formats, shown)
        kind = _value("type", N_("Type"), choices["transaction_type"], formats, shown)
        reason = _value("reason", N_("Reason"), list(features), formats, features.__getitem__, width=170)
        together = _value(
            TOGETHER,
            N_("Reasons together"),
            _pairs(workbench),
            formats,
            lambda code: pair(code.split(JOINED), formats),
            width=170,
        )
        priority = _value(
            "priority",
            N_("Priority"),
            list(PRIORITY_LABELS),
            formats,
            lambda code: formats.words(PRIORITY_LABELS[cast("Any", code)]),
            width=100,
        )
        minimum = st.number_input(
            formats.words(N_("Amount from")),
            min_value=0,
            value=0,
            step=100,
            key="from",
            bind="query-params",
            persist_state="session",
            width=110,
        )
        sort = _choice("sort", N_("Order"), SORT_LABELS, formats, width=150)
    return QueueFilter(
        status=cast("Any", status),
        search=(search or "").strip() or None,
        channel=channel,
        transaction_type=kind,
        minimum_amount=float(minimum) or None,
        reason=reason,
        together=tuple(together.split(JOINED)) if together else None,
        priority=cast("Any", priority),
        sort=cast("Any", sort),
    )


def sentence(chosen: QueueFilter, formats: Formats) -> str:
    """Return the filter in words, as one sentence."""
    words = formats.words
    parts = [
        words(
            {"open": N_("Open cases"), "closed": N_("Decided cases"), "all": N_("All cases")}[chosen.status]
        )
    ]
    if chosen.priority:
        parts.append(
            words(N_("of priority {priority}"), priority=words(PRIORITY_LABELS[chosen.priority]).lower())
        )
    if chosen.transaction_type:
        parts.append(words(N_("of type {type}"), type=text.code(chosen.transaction_type, formats).lower()))
    if chosen.channel:
        parts.append(words(N_("through {channel}"), channel=text.code(chosen.channel, formats).lower()))
    if chosen.minimum_amount:
        parts.append(words(N_("of {amount} or more"), amount=formats.number(chosen.minimum_amount, 2)))
    if chosen.reason:
        label = text.feature_label(chosen.reason, formats)
        parts.append(words(N_("that stand out by “{reason}”"), reason=label))
    if chosen.together:
        parts.append(words(N_("that stand out most by “{reason}”"), reason=pair(chosen.together, formats)))
    if chosen.search:
        parts.append(words(N_("that contain “{search}”"), search=chosen.search))
    order = {
        "risk": N_("riskiest first"),
        "amount": N_("largest open amount first"),
        "newest": N_("newest first"),
    }
    return " ".join(parts) + ", " + words(order[chosen.sort]) + "."


def pair(features: Sequence[str], formats: Formats) -> str:
    """Return reasons that stand together in words."""
    return " + ".join(text.feature_label(name, formats) for name in features)


def _pairs(workbench: Workbench) -> list[str]:
    """Return the codes of the pairs that occur, and of the one that is chosen though its work is done."""
    codes = [JOINED.join(group.features) for group in reasoning.groups(workbench)]
    chosen = st.session_state.get(TOGETHER)
    return codes if chosen is None or chosen in codes else [*codes, chosen]


def clear() -> None:
    """Forget all filters; a callback."""
    for key in ("status", "channel", "type", "reason", TOGETHER, "priority", "from", "sort", SEARCH):
        st.session_state.pop(key, None)


def _choice(key: str, label: str, labels: Mapping[str, str], formats: Formats, width: int) -> str:
    def show(code: str) -> str:
        return formats.words(labels[code])

    url.adopt(key, list(labels), show)
    return st.selectbox(
        formats.words(label),
        list(labels),
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
    show: Callable[[str], str] = str,
    width: int = 120,
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
