"""Facts before the score: on some cases the score waits until one key says what the facts suggest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import streamlit as st

from fraudkit.domain import Verdict
from fraudkit.services import blind_review, data_first
from fraudkit.services.queueing import QueueRow
from fraudkit.services.reviewing import CaseView
from fraudkit.ui import html, navigation, shell
from fraudkit.ui.shell import Page
from fraudkit.words import N_

LEAN_KEYS: Final[dict[Verdict, tuple[str, str]]] = {
    "fraud": ("F", N_("Looks like fraud")),
    "genuine": ("G", N_("Looks genuine")),
    "undetermined": ("U", N_("Cannot tell")),
}


def seen_by(page: Page, view: CaseView) -> CaseView:
    """Return the case as this person may see it: a second reading shows no first verdict."""
    return blind_review.masked(page.workbench, page.actor, view)


def reads_blind(page: Page, case_id: int) -> bool:
    """Return whether this person reads the case a second time; what was learned from it stays hidden."""
    return case_id in blind_review.hidden_cases(page.workbench, page.actor)


def hides_score(page: Page, view: CaseView) -> bool:
    """Return whether score, reasons and bars wait until this person has said what the facts suggest."""
    return data_first.hides_score(page.workbench, page.actor, view)


@dataclass(frozen=True, slots=True)
class Concealed:
    """What a list must not tell this person.

    Parameters
    ----------
    score
        Cases whose score, reasons and expected loss wait for a lean.
    verdict
        Cases that this person reads a second time.
    """

    score: frozenset[int]
    verdict: frozenset[int]


def concealed(page: Page, rows: Sequence[QueueRow]) -> Concealed:
    """Return what the rows of a list must not tell this person."""
    undecided = {row.case_id: row.transaction_id for row in rows if row.verdict is None}
    return Concealed(
        data_first.hidden_cases(page.workbench, page.actor, undecided),
        blind_review.hidden_cases(page.workbench, page.actor),
    )


def notice(page: Page, *, is_blind: bool) -> None:
    """Say why the score is not there."""
    why = N_("Facts first: the score appears once you say what the facts suggest.")
    if is_blind:
        why = N_("A second reading by the facts alone: decide as if nobody had looked before.")
    html.show(html.quiet(page.words(why)))


def bar(page: Page, view: CaseView) -> None:
    """Draw the keys of the lean in the place of the verdict's."""
    with st.bottom, st.container(horizontal=True, vertical_alignment="center", gap="small", key="lean"):
        for lean, (shortcut, label) in LEAN_KEYS.items():
            st.button(
                page.words(label),
                key=f"lean-{lean}",
                shortcut=shortcut,
                on_click=_record,
                args=(page, view.state.case_id, view.state.version, lean),
            )
        st.caption(page.words(N_("By the facts alone; the verdict comes after.")), width="content")
        st.space("stretch")
        if st.button(page.words(N_("Back to the queue")), key="back", shortcut="Escape", type="tertiary"):
            navigation.go("queue")


def _record(page: Page, case_id: int, version: int, lean: Verdict) -> None:
    def write() -> None:
        data_first.record(page.workbench, page.actor, case_id, version, lean)

    shell.attempt(write)
