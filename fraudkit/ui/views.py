"""What stands below the facts of a case: one view at a time, in one place, each with its key."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import streamlit as st

from fraudkit.explain.reasons import Subject
from fraudkit.services.history import History
from fraudkit.services.reviewing import CaseView
from fraudkit.services.scoring import TransactionExplanation
from fraudkit.store import Row
from fraudkit.ui import evidence, html, linked, raw, similar, timeline
from fraudkit.ui.shell import Page
from fraudkit.words import N_

_CHOSEN: Final = "_case_view"


@dataclass(frozen=True, slots=True)
class Shown:
    """What the views speak of.

    Parameters
    ----------
    view
        The case.
    row
        The transaction that is looked at.
    past
        Its entity's history; None when its file was withdrawn.
    explanation, subject
        Why it ranks where it does; None while that cannot be computed.
    facts_only
        Whether what the model says stays hidden.
    """

    view: CaseView
    row: Row
    past: History | None
    explanation: TransactionExplanation | None
    subject: Subject | None
    facts_only: bool = False


@dataclass(frozen=True, slots=True)
class _View:
    key: str
    label: str
    draw: Callable[[Page, Shown], None]
    tells_score: bool = False


def panel(page: Page, shown: Shown) -> None:
    """Draw the row of views and the chosen one; changing it draws nothing else anew."""
    st.fragment(_views)(page, shown)


def _views(page: Page, shown: Shown) -> None:
    place = (shown.view.state.case_id, shown.row["transaction_id"])
    kept = st.session_state.get(_CHOSEN)
    first = "T" if shown.past is not None else "D"
    offered = {view.key: view for view in _VIEWS if not (shown.facts_only and view.tells_score)}
    chosen = kept[1] if kept and kept[0] == place and kept[1] in offered else first
    with st.container(horizontal=True, gap="small", key="views"):
        for view in offered.values():
            st.button(
                page.words(view.label),
                key=f"view-{view.key}",
                shortcut=view.key,
                type="secondary" if view.key == chosen else "tertiary",
                on_click=_choose,
                args=(place, view.key),
            )
    offered[chosen].draw(page, shown)


def _choose(place: tuple[int, str], key: str) -> None:
    st.session_state[_CHOSEN] = (place, key)


def _timeline(page: Page, shown: Shown) -> None:
    if shown.past is None:
        _not_computed(page)
    else:
        timeline.panel(page, shown.past, facts_only=shown.facts_only)


def _evidence(page: Page, shown: Shown) -> None:
    if shown.explanation is None or shown.subject is None or shown.past is None:
        _not_computed(page)
    else:
        evidence.panel(page, shown.explanation, shown.subject, shown.past)


def _similar(page: Page, shown: Shown) -> None:
    if shown.explanation is None:
        _not_computed(page)
    else:
        similar.panel(page, shown.view.state.case_id, shown.explanation)


def _linked(page: Page, shown: Shown) -> None:
    linked.panel(page, shown.view)


def _raw(page: Page, shown: Shown) -> None:
    raw.panel(page, shown.row)


def _not_computed(page: Page) -> None:
    html.show(html.quiet(page.words(N_("Not computed for this transaction."))))


_VIEWS: Final = (
    _View("T", N_("Timeline"), _timeline),
    _View("V", N_("Evidence"), _evidence, tells_score=True),
    _View("M", N_("Similar cases"), _similar, tells_score=True),
    _View("L", N_("Linked parties"), _linked),
    _View("D", N_("Source row"), _raw),
)
