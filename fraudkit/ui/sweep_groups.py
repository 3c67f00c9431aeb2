"""The groups of siblings on the Sweep page: one line each, chosen with a digit, and the siblings below."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from typing import Any, Final

import pandas as pd
import streamlit as st

from fraudkit.domain import Verdict
from fraudkit.services.siblings import ALIKE, Family, Group, Sibling
from fraudkit.taxonomy import VERDICT_LABELS
from fraudkit.ui import html, markdown, text
from fraudkit.ui.shell import Page
from fraudkit.words import N_

ROW_HEIGHT: Final = 28
SHOWN_ROWS: Final = 10
MOST_DIGITS: Final = 9
_WIDTHS: Final = (5.2, 1.0, 1.1, 1.2, 1.5, 1.2, 1.3)
_CHOSEN: Final = "_sweep_groups"
_HEADS: Final = (
    N_("What they share with the case"),
    N_("Undecided"),
    N_("Below the line"),
    N_("Customers"),
    N_("Open amount"),
    N_("Already decided"),
    N_("Decided otherwise"),
)


def chosen_groups(family: Family) -> frozenset[str]:
    """Return the keys of the groups that are chosen in this session for this case."""
    kept: dict[int, frozenset[str]] = st.session_state.get(_CHOSEN, {})
    known = {group.key for group in family.groups}
    return kept.get(family.case_id, frozenset()) & known


def forget_choice(case_id: int) -> None:
    """Choose no group of a case any more; a callback."""
    st.session_state.get(_CHOSEN, {}).pop(case_id, None)


def table(page: Page, family: Family, chosen: Collection[str], *, with_keys: bool) -> None:
    """Draw the groups; a digit chooses one or leaves it."""
    with st.container(key="groups", gap=None):
        for place, (column, head) in enumerate(zip(st.columns(_WIDTHS, gap="small"), _HEADS, strict=True)):
            with column:
                html.show(
                    html.figure(page.words(head), quiet=True) if place else html.quiet(page.words(head))
                )
        for place, group in enumerate(family.groups, start=1):
            _line(page, family, group, place, chosen=group.key in chosen, with_keys=with_keys)


def grid(page: Page, siblings: Sequence[Sibling]) -> tuple[Sibling, ...]:
    """Draw undecided siblings; return those that the sweep takes, all of them at first."""
    named = ",".join(f"{one.transaction_id}.{one.version}" for one in siblings)
    edited = st.data_editor(
        pd.DataFrame([_cells(page, one) for one in siblings]),
        key="siblings-" + hashlib.sha256(named.encode()).hexdigest()[:16],
        hide_index=True,
        height=ROW_HEIGHT * (min(len(siblings), SHOWN_ROWS) + 1) + 8,
        row_height=ROW_HEIGHT,
        disabled=["amount", "when", "who", "partner", "severity", "case", "assignee"],
        column_config=_columns(page),
        num_rows="fixed",
        alt=page.words(N_("Undecided siblings, one in each row")),
    )
    return tuple(one for one, taken in zip(siblings, edited["take"], strict=True) if taken)


def disagreeing(page: Page, family: Family, chosen: Collection[str], verdict: Verdict | None) -> None:
    """Draw the siblings of the chosen groups that were decided the other way."""
    found = {one for group in family.groups if group.key in chosen for one in group.disagreeing(verdict)}
    if not found:
        return
    st.subheader(page.words(N_("Decided otherwise")), anchor=False)
    rows = [
        (
            page.words(N_("Case {case_id}"), case_id=one.case_id) if one.case_id else text.EMPTY,
            page.words(VERDICT_LABELS[one.verdict]) if one.verdict else text.EMPTY,
            one.decided_by or text.EMPTY,
            page.formats.moment(one.ts_us, one.utc_offset_minutes),
            page.formats.amount(one.amount, one.currency),
        )
        for one in sorted(found, key=lambda one: (one.ts_us, one.position))
    ]
    heads = (N_("Case"), N_("Verdict"), N_("Who"), N_("When"), N_("Amount"))
    html.show(html.table([page.words(head) for head in heads], rows, numbers=[4]))


def _line(page: Page, family: Family, group: Group, place: int, *, chosen: bool, with_keys: bool) -> None:
    columns = st.columns(_WIDTHS, gap="small", vertical_alignment="center")
    undecided = group.undecided
    with columns[0]:
        st.button(
            name(page, group),
            key=f"group-{place}",
            icon=":material/check_box:" if chosen else ":material/check_box_outline_blank:",
            type="tertiary",
            shortcut=str(place) if with_keys and place <= MOST_DIGITS and undecided else None,
            disabled=not undecided,
            on_click=_toggle,
            args=(family.case_id, group.key),
        )
    for column, figure in zip(columns[1:], _figures(page, family, group), strict=True):
        with column:
            html.show(html.figure(figure))


def _figures(page: Page, family: Family, group: Group) -> list[str]:
    formats, undecided = page.formats, group.undecided
    if group.is_common:
        return [formats.number(group.count), *[text.EMPTY] * 4, page.words(N_("too common"))]
    currency = page.workbench.settings.base_currency
    return [
        formats.number(len(undecided)),
        formats.number(sum(one.place == "below" for one in undecided)),
        formats.number(group.entities),
        formats.amount(sum(one.base_amount or 0.0 for one in undecided), currency),
        formats.number(group.decided),
        formats.number(len(group.disagreeing(family.verdict))),
    ]


def name(page: Page, group: Group) -> str:
    """Return what the members of a group share, as words."""
    value = group.value
    if group.link.code == ALIKE:
        value = " · ".join(text.feature_label(part, page.formats) for part in value.split(","))
    return markdown.escaped(page.words(group.link.label, value=value))


def _toggle(case_id: int, key: str) -> None:
    kept: dict[int, frozenset[str]] = st.session_state.setdefault(_CHOSEN, {})
    kept[case_id] = kept.get(case_id, frozenset()) ^ {key}


def _cells(page: Page, one: Sibling) -> dict[str, object]:
    formats = page.formats
    return {
        "take": True,
        "amount": formats.amount(one.amount, one.currency),
        "when": formats.moment(one.ts_us, one.utc_offset_minutes),
        "who": text.entity(one.entity_kind, one.entity_id, formats),
        "partner": one.partner or text.EMPTY,
        "severity": text.EMPTY if one.severity is None else formats.severity(one.severity),
        "case": page.words(N_("below the line")) if one.case_id is None else str(one.case_id),
        "assignee": one.assignee or text.EMPTY,
    }


def _columns(page: Page) -> dict[str, Any]:
    column, words = st.column_config, page.words
    return {
        "take": column.CheckboxColumn(words(N_("Sweep")), width=65),
        "amount": column.TextColumn(words(N_("Amount")), width=110, alignment="right"),
        "when": column.TextColumn(words(N_("When")), width=150),
        "who": column.TextColumn(words(N_("Who")), width=130),
        "partner": column.TextColumn(words(N_("Merchant")), width=190),
        "severity": column.TextColumn(words(N_("Severity")), width=80, alignment="right"),
        "case": column.TextColumn(words(N_("Case")), width=120),
        "assignee": column.TextColumn(words(N_("Assigned to")), width=120),
    }
