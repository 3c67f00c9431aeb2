"""The decision bar: a verdict key, a reason key, and the next case comes by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import streamlit as st

from fraudkit.domain import Actor, Verdict
from fraudkit.explain.formats import Formats
from fraudkit.services import deciding, reviewing
from fraudkit.services.reviewing import CaseView
from fraudkit.services.workbench import Workbench
from fraudkit.taxonomy import REASONS_BY_VERDICT, VERDICT_LABELS
from fraudkit.ui import learning, navigation, shell, state, url
from fraudkit.words import N_

VERDICT_KEYS: Final[dict[Verdict, str]] = {"fraud": "F", "genuine": "G", "undetermined": "U"}
_PENDING: Final = "_pending_verdict"
_LAST: Final = "_last_decision"
QUESTIONS: Final[dict[Verdict, str]] = {
    "fraud": N_("Fraud of which kind?"),
    "genuine": N_("Genuine, why did it stand out?"),
    "undetermined": N_("Unsure, what is missing?"),
}


@dataclass(frozen=True, slots=True)
class Pending:
    """A verdict that still waits for its reason; it belongs to one version of one case."""

    case_id: int
    version: int
    verdict: Verdict


def bar(page: shell.Page, view: CaseView, chosen: Sequence[str]) -> None:
    """Draw the bar at the foot of the screen.

    Parameters
    ----------
    page
        The screen.
    view
        The case that is shown.
    chosen
        The transactions that the verdict is for; named by identifier, never by row.
    """
    pending = _pending(view)
    with st.bottom:
        if pending:
            _reason_keys(page, pending, tuple(chosen), finishes=_finishes(view, chosen))
        else:
            _verdict_keys(page, view, len(chosen))


def _verdict_keys(page: shell.Page, view: CaseView, count: int) -> None:
    words = page.words
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="decision"):
        for verdict, shortcut in VERDICT_KEYS.items():
            st.button(
                words(VERDICT_LABELS[verdict]),
                key=f"verdict-{verdict}",
                shortcut=shortcut,
                disabled=count == 0,
                on_click=_ask_reason,
                args=(view.state.case_id, view.state.version, verdict),
            )
        st.caption(_what_for(page.formats, view, count), width="content")
        st.space("stretch")
        last = st.session_state.get(_LAST)
        st.button(
            words(N_("Undo")),
            key="undo",
            shortcut="Z",
            type="tertiary",
            disabled=last is None,
            on_click=_undo,
            args=(page.workbench, page.actor, page.formats),
        )
        st.button(
            words(N_("Next without a verdict")),
            key="skip",
            shortcut="N",
            type="tertiary",
            on_click=_skip,
            args=(page.workbench, view.state.case_id),
        )
        if st.button(words(N_("Back to the queue")), key="back", shortcut="Escape", type="tertiary"):
            navigation.go("queue")


def _reason_keys(page: shell.Page, pending: Pending, chosen: tuple[str, ...], *, finishes: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="reasons"):
        st.markdown(f"**{page.words(QUESTIONS[pending.verdict])}**", width="content")
        for digit, term in enumerate(REASONS_BY_VERDICT[pending.verdict], start=1):
            st.button(
                page.words(term.label),
                key=f"reason-{digit}",
                shortcut=str(digit),
                on_click=_decide,
                args=(page.workbench, page.actor, page.formats, pending, term.code, chosen, finishes),
            )
        st.button(
            page.words(N_("Cancel")), key="cancel", shortcut="Escape", type="tertiary", on_click=_cancel
        )


def _what_for(formats: Formats, view: CaseView, count: int) -> str:
    if count == 0:
        return formats.words(N_("Choose at least one transaction."))
    if len(view.alerts) == 1:
        return formats.words(N_("for this transaction"))
    return formats.plural(N_("for {count} transaction"), N_("for {count} transactions"), count)


def _pending(view: CaseView) -> Pending | None:
    pending = st.session_state.get(_PENDING)
    if pending and (pending.case_id, pending.version) == (view.state.case_id, view.state.version):
        return pending  # type: ignore[no-any-return]
    return None


def _ask_reason(case_id: int, version: int, verdict: Verdict) -> None:
    st.session_state[_PENDING] = Pending(case_id, version, verdict)


def _cancel() -> None:
    st.session_state.pop(_PENDING, None)


def _finishes(view: CaseView, chosen: Sequence[str]) -> bool:
    """Return whether a verdict on the chosen transactions leaves nothing undecided in the case."""
    return {alert.transaction_id for alert in view.alerts if alert.verdict is None} <= set(chosen)


def _decide(
    workbench: Workbench,
    actor: Actor,
    formats: Formats,
    pending: Pending,
    reason: str,
    chosen: tuple[str, ...],
    finishes: bool,
) -> None:
    def write() -> str:
        following = reviewing.neighbours(workbench, state.queue_filter(), pending.case_id)[1]
        decision = deciding.decide(
            workbench,
            actor,
            pending.case_id,
            pending.version,
            pending.verdict,
            reason,
            transaction_ids=chosen,
        )
        learning.learn_soon(workbench)
        st.session_state[_LAST] = decision
        if finishes:
            url.show_case(following)
        return formats.words(
            N_("Case {case_id}: {verdict}. Z takes it back."),
            case_id=pending.case_id,
            verdict=formats.words(VERDICT_LABELS[pending.verdict]).lower(),
        )

    st.session_state.pop(_PENDING, None)
    shell.attempt(write)


def _undo(workbench: Workbench, actor: Actor, formats: Formats) -> None:
    last = st.session_state.pop(_LAST, None)
    if last is None:
        return

    def write() -> str:
        deciding.undo(workbench, actor, last.case_id, last.version)
        learning.learn_soon(workbench)
        url.show_case(last.case_id)
        return formats.words(N_("Case {case_id} is open again."), case_id=last.case_id)

    shell.attempt(write)


def _skip(workbench: Workbench, case_id: int) -> None:
    following = reviewing.neighbours(workbench, state.queue_filter(), case_id)[1]
    url.show_case(following if following is not None else case_id)


def last_decision() -> deciding.Decision | None:
    """Return the verdict that this session gave last and may still take back."""
    last: deciding.Decision | None = st.session_state.get(_LAST)
    return last
