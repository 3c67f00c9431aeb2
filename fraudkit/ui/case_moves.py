"""What can be done to a case beside deciding it: wait, escalate, assign, approve, return, reopen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from datetime import time as clock_time
from typing import Any, Final
from zoneinfo import ZoneInfo

import streamlit as st

from fraudkit.domain import MICROSECONDS_PER_SECOND, Actor, CaseState, Priority
from fraudkit.services import approving, supervising, working
from fraudkit.services.guarding import is_same_person
from fraudkit.services.permissions import holds
from fraudkit.services.reviewing import CaseView
from fraudkit.taxonomy import (
    APPROVAL_LABELS,
    CERTAINTY_LABELS,
    ESCALATION_REASONS,
    PRIORITY_LABELS,
    VERDICT_LABELS,
    WAITING_REASONS,
    reason_of,
)
from fraudkit.ui import learning, markdown, pending
from fraudkit.ui.pending import Pending
from fraudkit.ui.shell import Page, attempt
from fraudkit.words import N_

MORNING: Final = clock_time(9)
_UNTIL: Final = "wait-until"
_REMARK: Final = "move-remark"


def is_at_rest(view: CaseView, actor: Actor) -> bool:
    """Return whether the case is not for this person to decide now."""
    state = view.state
    foreign = state.assignee is not None and not is_same_person(state.assignee, actor.name)
    escalated = state.status == "escalated" and state.assignee is None and not holds(actor, "take_escalated")
    closed = state.status in ("closed", "merged", "auto_closed")
    return closed or foreign or escalated or state.status == "pending_approval" or not holds(actor, "review")


def keys(page: Page, view: CaseView) -> None:
    """Draw the keys that lead a case elsewhere."""
    with st.container(horizontal=True, gap="small", width="content"):
        _key(page, view, N_("Wait"), "W", "wait")
        _key(page, view, N_("Escalate"), "E", "escalate", disabled=view.state.status == "escalated")
        if holds(page.actor, "assign"):
            _key(page, view, N_("Assign"), "P", "manage")


def at_rest(page: Page, view: CaseView) -> None:
    """Say who has the case and what can be done about it, inside the caller's row."""
    state, actor = view.state, page.actor
    st.markdown(markdown.escaped(_standing(page, view)), width="content")
    if approving.may_approve(state, actor):
        st.button(
            page.words(N_("Approve")),
            key="approve",
            shortcut="A",
            type="primary",
            on_click=_approve,
            args=(page, state),
        )
        _key(page, view, N_("Return"), "B", "return")
    elif state.status == "closed" and holds(actor, "review"):
        _key(page, view, N_("Change the verdict"), "Y", "change")
    if holds(actor, "assign") and state.status != "pending_approval":
        _key(page, view, N_("Assign") if state.closed_at is None else N_("Reopen"), "P", "manage")


def panel(page: Page, view: CaseView, asked: Pending) -> None:
    """Draw the question that was asked."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="move"):
        _PANELS[asked.panel](page, view)
        st.button(
            page.words(N_("Cancel")), key="cancel", shortcut="Escape", type="tertiary", on_click=pending.drop
        )


def _wait(page: Page, view: CaseView) -> None:
    choices = waits(page, view.state)
    if not choices:
        st.markdown(
            page.words(N_("This case is due; only a team lead lets it wait. Escalate it instead.")),
            width="content",
        )
        return
    st.segmented_control(
        page.words(N_("Wait until")),
        list(choices),
        default=next(iter(choices)),
        required=True,
        format_func=lambda moment: page.words(choices[moment], time=page.moment(moment)),
        key=_UNTIL,
    )
    _reason_buttons(
        page, N_("For what?"), [(term.code, term.label) for term in WAITING_REASONS], _wait_for, view.state
    )


def waits(page: Page, state: CaseState) -> dict[int, str]:
    """Return the moments until which a case may wait, each with its words; none beyond the due time."""
    zone = ZoneInfo(page.workbench.settings.time_zone)
    now = datetime.now(zone)
    tomorrow = datetime.combine(now.date() + timedelta(days=1), MORNING, zone)
    in_three = datetime.combine(now.date() + timedelta(days=3), MORNING, zone)
    moments = {
        now + timedelta(hours=1): N_("1 hour"),
        now + timedelta(hours=4): N_("4 hours"),
        tomorrow: N_("Tomorrow 09:00"),
        in_three: N_("In 3 days 09:00"),
    }
    found = {round(moment.timestamp()) * MICROSECONDS_PER_SECOND: words for moment, words in moments.items()}
    if holds(page.actor, "wait_beyond_due") or state.due_at is None:
        return found
    allowed = {moment: words for moment, words in found.items() if moment <= state.due_at}
    if state.due_at > now.timestamp() * MICROSECONDS_PER_SECOND:
        allowed[state.due_at] = N_("Due {time}")
    return allowed


def _escalate(page: Page, view: CaseView) -> None:
    st.text_input(page.words(N_("What should they know?")), key=_REMARK, max_chars=2_000, width=280)
    _reason_buttons(
        page,
        N_("Why?"),
        [(term.code, term.label) for term in ESCALATION_REASONS],
        _escalate_for,
        view.state,
    )


def _return(page: Page, view: CaseView) -> None:
    st.text_input(page.words(N_("What should the maker do?")), key=_REMARK, max_chars=2_000, width="stretch")
    _do(page, N_("Return"), "return-now", "Enter", _send_back, view.state)


def _manage(page: Page, view: CaseView) -> None:
    """Ask for another person or another priority, or open a closed case again; all with a reason."""
    state = view.state
    st.text_input(page.words(N_("Reason")), key=_REMARK, max_chars=2_000, width=280)
    if state.closed_at is not None:
        _do(page, N_("Reopen"), "reopen", "Enter", _reopen, state)
        return
    st.selectbox(
        page.words(N_("Assign to")),
        supervising.people(page.workbench),
        index=None,
        placeholder=page.words(N_("Nobody in particular")),
        accept_new_options=True,
        key="assign-to",
        width=220,
    )
    _do(page, N_("Assign"), "assign", None, _assign, state)
    if not is_same_person(state.assignee, page.actor.name) and holds(page.actor, "review"):
        _do(page, N_("Take it myself"), "take-over", None, _take_over, state)
    for priority, label in PRIORITY_LABELS.items():
        if priority != state.priority and holds(page.actor, "prioritise"):
            said = page.words(N_("Priority: {priority}"), priority=page.words(label).lower())
            st.button(
                said,
                key=f"priority-{priority}",
                type="tertiary",
                on_click=_prioritise,
                args=(page, state, priority),
            )


_PANELS: Final[dict[str, Callable[[Page, CaseView], None]]] = {
    "wait": _wait,
    "escalate": _escalate,
    "return": _return,
    "manage": _manage,
}


def _standing(page: Page, view: CaseView) -> str:
    """Return in one sentence whose the case is now."""
    state, words = view.state, page.words
    proposed = approving.proposal(page.workbench, view)
    if proposed is not None:
        return _proposed(page, proposed)
    verdict = words(VERDICT_LABELS[state.verdict]) if state.verdict else words(N_("No verdict"))
    moment = state.closed_at or state.waiting_until or state.lease_until or 0
    return words(
        _sentence(state),
        holder=state.assignee,
        person=state.escalated_by,
        verdict=verdict,
        time=page.moment(moment),
    )


def _sentence(state: CaseState) -> str:
    if state.closed_at is not None:
        return N_("Closed: {verdict}, {time}.")
    if state.status == "in_review":
        return N_("{holder} is working on this case, until {time} at the latest.")
    if state.status == "waiting":
        return N_("{holder} waits for an answer until {time}.")
    if state.status == "escalated" and state.assignee is None:
        return N_("{person} escalated this case; a team lead takes it up.")
    if state.assignee:
        return N_("This case is kept for {holder}.")
    return N_("Your role reads cases; it does not decide them.")


def _proposed(page: Page, found: approving.Proposal) -> str:
    words = page.words
    said = words(VERDICT_LABELS[found.verdict])
    if found.reason:
        said += f" · {words(reason_of(found.verdict, found.reason).label)}"
    if found.certainty == "assumed":
        said += f" · {words(CERTAINTY_LABELS['assumed']).lower()}"
    why = ", ".join(words(APPROVAL_LABELS[code]) for code in found.approval)
    sentence = words(
        N_("{maker} proposes “{verdict}” and a second person approves it: {why}."),
        maker=found.maker,
        verdict=said,
        why=why,
    )
    return f"{sentence} “{found.note}”" if found.note else sentence


def _key(
    page: Page, view: CaseView, label: str, shortcut: str, asked: pending.Panel, *, disabled: bool = False
) -> None:
    st.button(
        page.words(label),
        key=f"ask-{asked}",
        shortcut=shortcut,
        type="tertiary",
        disabled=disabled,
        on_click=pending.ask,
        args=(view.state, asked),
    )


def _do(
    page: Page,
    label: str,
    key: str,
    shortcut: str | None,
    act: Callable[[Page, CaseState], None],
    state: CaseState,
) -> None:
    st.button(page.words(label), key=key, shortcut=shortcut, on_click=act, args=(page, state))


def _reason_buttons(
    page: Page,
    question: str,
    reasons: list[tuple[str, str]],
    act: Callable[[Page, CaseState, str], None],
    state: CaseState,
) -> None:
    st.markdown(f"**{page.words(question)}**", width="content")
    for digit, (code, label) in enumerate(reasons, start=1):
        st.button(
            page.words(label),
            key=f"move-{digit}",
            shortcut=str(digit),
            on_click=act,
            args=(page, state, code),
        )


def _wait_for(page: Page, state: CaseState, reason: str) -> None:
    until = int(st.session_state[_UNTIL])
    _write(
        page, state, lambda w, a, c, v: working.wait(w, a, c, v, reason, until), N_("Case {case_id} waits.")
    )


def _escalate_for(page: Page, state: CaseState, reason: str) -> None:
    _write(
        page,
        state,
        lambda w, a, c, v: working.escalate(w, a, c, v, reason, _remark()),
        N_("Case {case_id} is escalated."),
    )


def _approve(page: Page, state: CaseState) -> None:
    _write(page, state, approving.approve, N_("Case {case_id}: the verdict stands."))
    learning.learn_soon(page.workbench)


def _send_back(page: Page, state: CaseState) -> None:
    _write(
        page,
        state,
        lambda w, a, c, v: approving.send_back(w, a, c, v, _remark()),
        N_("Case {case_id} goes back to its maker."),
    )


def _assign(page: Page, state: CaseState) -> None:
    name = st.session_state.get("assign-to")
    _write(
        page,
        state,
        lambda w, a, c, v: working.assign(w, a, c, v, name, _remark()),
        N_("Case {case_id} is assigned."),
    )


def _take_over(page: Page, state: CaseState) -> None:
    _write(
        page,
        state,
        lambda w, a, c, v: working.assign(w, a, c, v, a.name, _remark()),
        N_("Case {case_id} is yours."),
    )


def _prioritise(page: Page, state: CaseState, priority: Priority) -> None:
    _write(
        page,
        state,
        lambda w, a, c, v: working.prioritise(w, a, c, v, priority, _remark()),
        N_("Case {case_id} has another priority."),
    )


def _reopen(page: Page, state: CaseState) -> None:
    _write(
        page,
        state,
        lambda w, a, c, v: working.reopen(w, a, c, v, _remark()),
        N_("Case {case_id} is open again."),
    )


def _remark() -> str:
    return str(st.session_state.get(_REMARK) or "")


def _write(page: Page, state: CaseState, act: Callable[..., Any], said: str) -> None:
    """Write, say what came of it, and keep the question where it was refused."""

    def write() -> str:
        act(page.workbench, page.actor, state.case_id, state.version)
        return page.words(said, case_id=state.case_id)

    if attempt(write):
        pending.drop()
