"""What every write to a case shares: the version that was seen, the sentence of a refusal, the event."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from fraudkit import workflow
from fraudkit.domain import MICROSECONDS_PER_SECOND, Actor, CaseEvent, CaseState
from fraudkit.errors import ConflictError
from fraudkit.ingest.card_key import load_key
from fraudkit.ingest.card_numbers import mask_text
from fraudkit.services.alerting import SYSTEM
from fraudkit.services.guarding import is_same_person
from fraudkit.services.permissions import require
from fraudkit.services.policies import Policies
from fraudkit.services.workbench import Workbench
from fraudkit.store import Cursor, cases, now_us
from fraudkit.words import N_

_MEANWHILE: Final = {
    "alert_raised": N_("Case {case_id} has moved on: a further alert joined it at {time}."),
    "alert_withdrawn": N_("Case {case_id} has moved on: {actor} withdrew the file of an alert at {time}."),
    "claimed": N_("Case {case_id} has moved on: {actor} took it up at {time}."),
    "renewed": N_("Case {case_id} has moved on: {actor} is working on it since before {time}."),
    "released": N_("Case {case_id} has moved on: {actor} put it back at {time}."),
    "lapsed": N_("Case {case_id} has moved on: it was free again at {time}."),
    "waited": N_("Case {case_id} has moved on: {actor} set it to wait at {time}."),
    "woken": N_("Case {case_id} has moved on: it woke at {time}."),
    "escalated": N_("Case {case_id} has moved on: {actor} escalated it at {time}."),
    "assigned": N_("Case {case_id} has moved on: {actor} assigned it at {time}."),
    "prioritised": N_("Case {case_id} has moved on: {actor} changed its priority at {time}."),
    "submitted": N_("Case {case_id} has moved on: {actor} sent a verdict for approval at {time}."),
    "approved": N_("Case {case_id} has moved on: {actor} approved its verdict at {time}."),
    "returned": N_("Case {case_id} has moved on: {actor} returned its verdict at {time}."),
    "decided.fraud": N_("Case {case_id} has moved on: {actor} decided “fraud” at {time}."),
    "decided.genuine": N_("Case {case_id} has moved on: {actor} decided “genuine” at {time}."),
    "decided.undetermined": N_("Case {case_id} has moved on: {actor} decided “undetermined” at {time}."),
    "undone": N_("Case {case_id} has moved on: {actor} took a verdict back at {time}."),
    "reopened": N_("Case {case_id} has moved on: {actor} opened it again at {time}."),
    "merged": N_("Case {case_id} has moved on: {actor} merged it with another at {time}."),
}


def expected(workbench: Workbench, cursor: Cursor, actor: Actor, case_id: int, version: int) -> CaseState:
    """Return a case as its last event left it, if that is what the actor saw.

    A lease that the actor's own screen renewed meanwhile changes nothing that was seen.

    Raises
    ------
    NotFoundError
        When there is no such case.
    ConflictError
        When the case has moved on; the sentence says what the other person did.
    """
    state = cases.state(cursor, case_id)
    if state.version == version:
        return state
    since = [event for event in cases.events(cursor, case_id) if event.version > version]
    if since and all(event.kind == "renewed" and event.actor == actor for event in since):
        return state
    raise _moved_on(workbench, case_id, since)


def append(
    cursor: Cursor,
    state: CaseState,
    kind: str,
    actor: Actor,
    payload: dict[str, object],
    remark: str | None = None,
) -> CaseState:
    """Append one event to a case and return what the case is then."""
    event = CaseEvent(state.case_id, state.version + 1, kind, actor, now_us(), payload, remark or None)
    states = {state.case_id: state}
    cases.append(cursor, [event], states)
    return states[state.case_id]


def settled(cursor: Cursor, state: CaseState, actor: Actor) -> CaseState:
    """Append what time alone has changed, now that somebody else acts upon it."""
    now = now_us()
    if workflow.has_lapsed(state, now) and not is_same_person(state.assignee, actor.name):
        return append(cursor, state, "lapsed", SYSTEM, {"of": state.assignee, "at": state.lease_until})
    if workflow.has_woken(state, now):
        return append(cursor, state, "woken", SYSTEM, {"cause": "due", "at": state.waiting_until})
    return state


def require_mine(workbench: Workbench, state: CaseState, actor: Actor) -> None:
    """Refuse a write to a case that is somebody else's now.

    Raises
    ------
    ConflictError
        When somebody else holds it, it is kept for somebody else, or its verdict waits for approval.
    PermissionDeniedError
        When it is escalated and the actor neither leads nor was given it.
    """
    seen = workflow.seen(state, now_us())
    foreign = seen.assignee is not None and not is_same_person(seen.assignee, actor.name)
    if seen.status == "pending_approval":
        raise ConflictError(
            N_("A verdict of {maker} on case {case_id} waits for approval."),
            N_("Nothing else can be decided here until it is approved or returned."),
            maker=seen.maker,
            case_id=seen.case_id,
        )
    if seen.status == "in_review" and foreign:
        raise ConflictError(
            N_("{holder} is working on case {case_id} and holds it until {time}."),
            N_("Take the next case, or ask a team lead to assign this one to you."),
            holder=seen.assignee,
            case_id=seen.case_id,
            time=clock(workbench, seen.lease_until or 0),
        )
    if seen.status in ("new", "waiting", "escalated") and foreign:
        raise ConflictError(
            N_("Case {case_id} is kept for {holder}."),
            N_("Take the next case, or ask a team lead to assign this one to you."),
            holder=seen.assignee,
            case_id=seen.case_id,
        )
    if seen.status == "escalated" and seen.assignee is None:
        require(actor, "take_escalated")


def lease(policies: Policies) -> dict[str, object]:
    """Return the payload of an event that gives its actor the case for a while."""
    return {"lease_until": now_us() + policies.lease_us}


def masked(workbench: Workbench, text: str) -> str:
    """Return what a person wrote without card numbers."""
    return mask_text(text, load_key(workbench.settings.card_key)) if text else ""


def clock(workbench: Workbench, moment: int, *, with_day: bool = False) -> str:
    """Return hours and minutes of a moment on the clock of the installation's zone, and the day if asked."""
    zone = ZoneInfo(workbench.settings.time_zone)
    shown = "%Y-%m-%d %H:%M" if with_day else "%H:%M"
    return datetime.fromtimestamp(moment / MICROSECONDS_PER_SECOND, zone).strftime(shown)


def _moved_on(workbench: Workbench, case_id: int, since: Sequence[CaseEvent]) -> ConflictError:
    telling = [event for event in since if event.kind not in ("renewed", "lapsed")] or since
    if not telling:
        return ConflictError(
            N_("Case {case_id} has no such version."), N_("Open it from the queue."), case_id=case_id
        )
    last = telling[-1]
    kind = f"decided.{last.payload['verdict']}" if last.kind == "decided" else last.kind
    return ConflictError(
        _MEANWHILE[kind],
        N_("Look at what changed and decide again; what you did was not written."),
        case_id=case_id,
        actor=last.actor.name,
        time=clock(workbench, last.happened_at),
    )
