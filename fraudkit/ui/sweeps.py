"""The Sweep page: choose groups of siblings, decide them in one batch, take the batch back as one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import streamlit as st

from fraudkit.domain import Certainty, Verdict
from fraudkit.services import serving, siblings, sweeping
from fraudkit.services.siblings import Family, Sibling
from fraudkit.services.sweeping import SiblingsMovedError, Sweep
from fraudkit.taxonomy import REASONS_BY_VERDICT, VERDICT_LABELS
from fraudkit.ui import html, learning, navigation, shell, state, sweep_groups
from fraudkit.ui.decisions import QUESTIONS, VERDICT_KEYS
from fraudkit.ui.shell import Page
from fraudkit.words import N_

CERTAINTIES: Final[dict[Certainty, str]] = {
    "assumed": N_("Assumed: like the case"),
    "confirmed": N_("Confirmed: each one looked at"),
}
_PENDING: Final = "_pending_sweep"
_MOVED: Final = "_sweep_moved"
_LAST: Final = "_last_sweep"
_CERTAINTY: Final = "sweep-certainty"


@dataclass(frozen=True, slots=True)
class _Pending:
    """A verdict on siblings that still waits for its reason."""

    case_id: int
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class _Refused:
    """A sweep that was refused because siblings moved on, as it would be repeated without them."""

    case_id: int
    taken: tuple[Sibling, ...]
    verdict: Verdict
    reason: str
    error: SiblingsMovedError


def show(page: Page, case_id: int) -> None:
    """Draw the page for one case."""
    family = siblings.family(page.workbench, case_id)
    _head(page, family)
    _moved(page, case_id)
    if not family.groups:
        st.info(page.words(N_("No other transaction shares anything with this case.")))
        _bar(page, family, ())
        return
    chosen = sweep_groups.chosen_groups(family)
    pending = _pending(family)
    sweep_groups.table(page, family, chosen, with_keys=pending is None)
    found = family.undecided(chosen)
    taken = sweep_groups.grid(page, found) if found else ()
    sweep_groups.disagreeing(page, family, chosen, pending.verdict if pending else family.verdict)
    _bar(page, family, taken)


def recent(page: Page) -> None:
    """Draw the sweeps of the last days; those that may still be taken back carry a key."""
    html.show(html.head(page.words(N_("Sweeps"))))
    found = sweeping.recent(page.workbench)
    if not found:
        st.info(
            page.words(N_("Nothing was swept yet. After a verdict of fraud, a case offers its siblings."))
        )
        return
    heads = (
        N_("When"),
        N_("Who"),
        N_("From case"),
        N_("Verdict"),
        N_("Cases"),
        N_("Transactions"),
        N_("State"),
    )
    rows = [
        (
            page.moment(one.happened_at),
            one.actor,
            str(one.case_id),
            page.words(VERDICT_LABELS[one.verdict]),
            page.formats.number(one.cases),
            page.formats.number(one.transactions),
            page.words(_STATES[one.state]),
        )
        for one in found
    ]
    html.show(html.table([page.words(head) for head in heads], rows, numbers=[4, 5]))
    with st.bottom, st.container(horizontal=True, vertical_alignment="center", gap="small", key="sweep-bar"):
        st.space("stretch")
        _undo_key(page)
        _queue_key(page)


_STATES: Final = {
    "stands": N_("stands"),
    "undone": N_("taken back"),
    "waits": N_("waits for approval"),
}


def _head(page: Page, family: Family) -> None:
    words, formats = page.words, page.formats
    tags = [(words(VERDICT_LABELS[family.verdict]), family.verdict == "fraud")] if family.verdict else []
    count = formats.plural(
        N_("siblings of {count} transaction"),
        N_("siblings of {count} transactions"),
        len(family.transaction_ids),
    )
    html.show(html.head(words(N_("Sweep from case {case_id}"), case_id=family.case_id), tags, count))


def _moved(page: Page, case_id: int) -> None:
    """Say which siblings moved on, and offer to write the rest without them."""
    refused: _Refused | None = st.session_state.get(_MOVED)
    if refused is None or refused.case_id != case_id:
        return
    gone = {name for one in refused.error.moved for name in one.transaction_ids}
    rest = tuple(one for one in refused.taken if one.transaction_id not in gone)
    with st.container(border=True, key="moved"):
        html.show(html.line(page.words(N_("Nothing was written: these moved on meanwhile."))))
        rows = [(one.error.localised(page.formats.language)[0],) for one in refused.error.moved]
        html.show(html.table([page.words(N_("What happened"))], rows))
        with st.container(horizontal=True, gap="small"):
            st.button(
                page.formats.plural(
                    N_("Leave them out and decide the other {count}"),
                    N_("Leave them out and decide the other {count}"),
                    len(rest),
                ),
                key="leave-out",
                type="primary",
                shortcut="L",
                disabled=not rest,
                on_click=_write,
                args=(page, case_id, rest, refused.verdict, refused.reason),
            )
            st.button(page.words(N_("Look again")), key="look-again", type="tertiary", on_click=_forget_moved)


def _forget_moved() -> None:
    st.session_state.pop(_MOVED, None)


def _bar(page: Page, family: Family, taken: Sequence[Sibling]) -> None:
    pending = _pending(family)
    with st.bottom:
        if pending and taken:
            _reason_keys(page, pending, tuple(taken))
        else:
            _verdict_keys(page, family, taken)


def _verdict_keys(page: Page, family: Family, taken: Sequence[Sibling]) -> None:
    words = page.words
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="sweep-bar"):
        for verdict, shortcut in VERDICT_KEYS.items():
            st.button(
                words(VERDICT_LABELS[verdict]),
                key=f"sweep-{verdict}",
                shortcut=shortcut,
                type="primary" if taken and verdict == family.verdict else "secondary",
                disabled=not taken,
                on_click=_ask_reason,
                args=(_Pending(family.case_id, verdict),),
            )
        st.caption(_what_for(page, taken), width="content")
        st.space("stretch")
        _undo_key(page)
        if st.button(words(N_("Next case")), key="next", shortcut="S", type="tertiary"):
            _open_next(page, family.case_id)
        _queue_key(page)


def _reason_keys(page: Page, pending: _Pending, taken: tuple[Sibling, ...]) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="sweep-reasons"):
        st.markdown(f"**{page.words(QUESTIONS[pending.verdict])}**", width="content")
        for digit, term in enumerate(REASONS_BY_VERDICT[pending.verdict], start=1):
            st.button(
                page.words(term.label),
                key=f"sweep-reason-{digit}",
                shortcut=str(digit),
                on_click=_write,
                args=(page, pending.case_id, taken, pending.verdict, term.code),
            )
        st.button(
            page.words(N_("Cancel")), key="cancel", shortcut="Escape", type="tertiary", on_click=_cancel
        )
        st.segmented_control(
            page.words(N_("Certainty")),
            list(CERTAINTIES),
            key=_CERTAINTY,
            default="assumed",
            format_func=lambda code: page.words(CERTAINTIES[code]),
            label_visibility="collapsed",
            required=True,
        )


def _what_for(page: Page, taken: Sequence[Sibling]) -> str:
    if not taken:
        return page.words(N_("Choose groups with the digits."))
    cases = len({one.case_id for one in taken if one.case_id is not None})
    below = sum(one.case_id is None for one in taken)
    parts = [
        page.formats.plural(N_("for {count} transaction"), N_("for {count} transactions"), len(taken)),
    ]
    if cases:
        parts.append(page.formats.plural(N_("in {count} open case"), N_("in {count} open cases"), cases))
    if below:
        parts.append(
            page.formats.plural(N_("{count} from below the line"), N_("{count} from below the line"), below)
        )
    money = sum(one.base_amount or 0.0 for one in taken)
    return ", ".join([*parts, page.formats.amount(money, page.workbench.settings.base_currency)])


def _undo_key(page: Page) -> None:
    last: Sweep | None = st.session_state.get(_LAST)
    st.button(
        page.words(N_("Take the sweep back")),
        key="undo-sweep",
        shortcut="Z",
        type="tertiary",
        disabled=last is None,
        on_click=_undo,
        args=(page,),
    )


def _open_next(page: Page, case_id: int) -> None:
    following = serving.following(page.workbench, page.actor, state.queue_filter(), case_id)
    if following is None:
        navigation.go("queue")
    else:
        navigation.open_case(following)


def _queue_key(page: Page) -> None:
    if st.button(page.words(N_("Back to the queue")), key="back", shortcut="Escape", type="tertiary"):
        navigation.go("queue")


def _pending(family: Family) -> _Pending | None:
    pending: _Pending | None = st.session_state.get(_PENDING)
    return pending if pending and pending.case_id == family.case_id else None


def _ask_reason(pending: _Pending) -> None:
    st.session_state[_PENDING] = pending


def _cancel() -> None:
    st.session_state.pop(_PENDING, None)


def _write(page: Page, case_id: int, taken: tuple[Sibling, ...], verdict: Verdict, reason: str) -> None:
    def write() -> str:
        certainty: Certainty = st.session_state.get(_CERTAINTY) or "assumed"
        try:
            done = sweeping.sweep(
                page.workbench, page.actor, case_id, taken, verdict, reason, certainty=certainty
            )
        except SiblingsMovedError as error:
            st.session_state[_MOVED] = _Refused(case_id, taken, verdict, reason, error)
            return ""
        learning.learn_soon(page.workbench)
        st.session_state[_LAST] = done
        sweep_groups.forget_choice(case_id)
        return _said(page, done, verdict)

    st.session_state.pop(_PENDING, None)
    st.session_state.pop(_MOVED, None)
    shell.attempt(write)


def _said(page: Page, done: Sweep, verdict: Verdict) -> str:
    count = page.formats.plural(N_("{count} transaction"), N_("{count} transactions"), done.transactions)
    if done.waiting:
        return page.words(
            N_("{transactions}: {verdict}, once a second person approves it."),
            transactions=count,
            verdict=page.words(VERDICT_LABELS[verdict]).lower(),
        )
    return page.words(
        N_("{transactions}: {verdict}. Z takes the sweep back."),
        transactions=count,
        verdict=page.words(VERDICT_LABELS[verdict]).lower(),
    )


def _undo(page: Page) -> None:
    last: Sweep | None = st.session_state.pop(_LAST, None)
    if last is None:
        return

    def write() -> str:
        done = sweeping.undo(page.workbench, page.actor, last.sweep_id)
        learning.learn_soon(page.workbench)
        return page.formats.plural(
            N_("The sweep is taken back: {count} transaction is open again."),
            N_("The sweep is taken back: {count} transactions are open again."),
            done.transactions,
        )

    shell.attempt(write)
