"""The life of a case: how each event changes its state.

One pure function serves both the live write and the rebuild of the projection, so the two cannot differ.
What time alone changes (a lease lapses, a waiting case wakes) is computed when a case is read: `seen`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Final, cast

from fraudkit.domain import (
    MICROSECONDS_PER_HOUR,
    CaseEvent,
    CaseState,
    CaseStatus,
    EntityKind,
    Priority,
    Verdict,
)
from fraudkit.errors import ConflictError
from fraudkit.words import N_

OPEN_STATUSES: Final[tuple[CaseStatus, ...]] = (
    "new",
    "in_review",
    "waiting",
    "escalated",
    "pending_approval",
)
WORKED_STATUSES: Final[tuple[CaseStatus, ...]] = ("new", "in_review", "waiting", "escalated")
"""Open, and nobody has to approve anything first."""

PRIORITY_ORDER: Final[dict[Priority, int]] = {"low": 0, "medium": 1, "high": 2}
PRIORITY_FROM_AMOUNT: Final[tuple[tuple[float, Priority], ...]] = ((5_000.0, "high"), (500.0, "medium"))
"""Least amount in base currency for each priority, before a probability is calibrated."""

HOURS_OF_PRIORITY: Final[dict[Priority, float]] = {"high": 4, "medium": 24, "low": 72}
"""Hours until a case is due, for events that do not carry the policy of their day."""

TRANSITIONS: Final[dict[str, tuple[CaseStatus, ...]]] = {
    "alert_raised": OPEN_STATUSES,
    "alert_withdrawn": OPEN_STATUSES,
    "claimed": ("new", "escalated"),
    "renewed": ("in_review",),
    "released": ("in_review",),
    "lapsed": ("in_review",),
    "waited": ("new", "in_review"),
    "woken": ("waiting",),
    "escalated": ("new", "in_review"),
    "assigned": WORKED_STATUSES,
    "prioritised": OPEN_STATUSES,
    "submitted": (*WORKED_STATUSES, "closed"),
    "approved": ("pending_approval",),
    "returned": ("pending_approval",),
    "decided": (*WORKED_STATUSES, "closed"),
    "undone": ("in_review", "pending_approval", "closed"),
    "reopened": (*OPEN_STATUSES, "closed", "auto_closed"),
    "merged": ("new", "in_review"),
}
"""From which states each event may happen; `opened` makes a case."""


def priority_of_amount(amount: float) -> Priority:
    """Return the priority of an alert from its amount in base currency."""
    return next((priority for least, priority in PRIORITY_FROM_AMOUNT if amount >= least), "low")


def apply(state: CaseState | None, event: CaseEvent) -> CaseState:
    """Return the state of a case after one more event.

    Raises
    ------
    ConflictError
        When the event does not follow the state's version, or may not happen in its status.
    """
    if event.version != (state.version if state else 0) + 1:
        raise ConflictError(
            N_("Case {case_id} has moved on to version {version}."),
            N_("Look at what changed and decide again."),
            case_id=event.case_id,
            version=state.version if state else 0,
        )
    if state is None:
        return _opened(event)
    if state.status not in TRANSITIONS[event.kind]:
        raise ConflictError(
            N_("Case {case_id} is in a state that does not allow this."),
            N_("Look at the case again; its course says what happened."),
            case_id=event.case_id,
        )
    moved = replace(state, version=event.version, changed_at=event.happened_at)
    return _CHANGES[event.kind](moved, event)


def project(events: Iterable[CaseEvent]) -> dict[int, CaseState]:
    """Return the state of every case from all events, in the order of their versions."""
    states: dict[int, CaseState] = {}
    for event in events:
        states[event.case_id] = apply(states.get(event.case_id), event)
    return states


def has_lapsed(state: CaseState, now: int) -> bool:
    """Return whether a case stands in review although nobody holds it any more."""
    return state.status == "in_review" and (state.lease_until or 0) <= now


def has_woken(state: CaseState, now: int) -> bool:
    """Return whether a waiting case is due to be looked at again."""
    return state.status == "waiting" and (state.waiting_until or 0) <= now


def seen(state: CaseState, now: int) -> CaseState:
    """Return a case as it stands now: lapsed leases and finished waits are taken into account."""
    if has_lapsed(state, now):
        return replace(state, status="new", assignee=None, lease_until=None)
    if has_woken(state, now):
        return _awake(state, state.waiting_until or now)
    return state


def _awake(state: CaseState, woken_at: int) -> CaseState:
    return replace(
        state, status="new", waiting_until=None, waiting_reason=None, lease_until=None, woken_at=woken_at
    )


def _opened(event: CaseEvent) -> CaseState:
    return CaseState(
        case_id=event.case_id,
        version=event.version,
        status="new",
        entity_kind=cast("EntityKind", event.payload["entity_kind"]),
        entity_id=str(event.payload["entity_id"]),
        priority="low",
        assignee=None,
        verdict=None,
        opened_at=event.happened_at,
        changed_at=event.happened_at,
        closed_at=None,
        alerts=0,
        undecided=0,
        due_at=_due_at(event.happened_at, "low", event),
    )


def _due_at(opened_at: int, priority: Priority, event: CaseEvent) -> int:
    hours = cast("float", event.payload.get("due_hours", HOURS_OF_PRIORITY[priority]))
    return opened_at + round(hours * MICROSECONDS_PER_HOUR)


def _alert_raised(state: CaseState, event: CaseEvent) -> CaseState:
    more = replace(state, alerts=state.alerts + 1, undecided=state.undecided + 1)
    priority = cast("Priority", event.payload["priority"])
    if PRIORITY_ORDER[priority] <= PRIORITY_ORDER[state.priority]:
        return more
    return replace(more, priority=priority, due_at=_due_at(state.opened_at, priority, event))


def _alert_withdrawn(state: CaseState, event: CaseEvent) -> CaseState:
    """Drop an undecided alert whose batch was withdrawn; a case without open alerts closes by itself."""
    left = replace(state, alerts=state.alerts - 1, undecided=state.undecided - 1)
    if left.undecided:
        return left
    return _closed(left, event, "closed" if left.verdict else "auto_closed")


def _closed(state: CaseState, event: CaseEvent, status: CaseStatus = "closed") -> CaseState:
    return replace(
        _taken_up(state), status=status, closed_at=event.happened_at, lease_until=None, escalated_by=None
    )


def _taken_up(state: CaseState) -> CaseState:
    """Return the state without what only stands until somebody takes the case up."""
    return replace(
        state, waiting_until=None, waiting_reason=None, maker=None, woken_at=None, returned_by=None
    )


def _lease(event: CaseEvent) -> int | None:
    return cast("int | None", event.payload.get("lease_until"))


def _claimed(state: CaseState, event: CaseEvent) -> CaseState:
    return replace(_taken_up(state), status="in_review", assignee=event.actor.name, lease_until=_lease(event))


def _renewed(state: CaseState, event: CaseEvent) -> CaseState:
    return replace(state, lease_until=_lease(event))


def _released(state: CaseState, _event: CaseEvent) -> CaseState:
    return replace(state, status="new", assignee=None, lease_until=None)


def _waited(state: CaseState, event: CaseEvent) -> CaseState:
    return replace(
        _taken_up(state),
        status="waiting",
        assignee=event.actor.name,
        lease_until=None,
        waiting_until=cast("int", event.payload["until"]),
        waiting_reason=str(event.payload["reason"]),
    )


def _woken(state: CaseState, event: CaseEvent) -> CaseState:
    return _awake(state, event.happened_at)


def _escalated(state: CaseState, event: CaseEvent) -> CaseState:
    return replace(
        _taken_up(state),
        status="escalated",
        assignee=None,
        lease_until=None,
        escalated_by=event.actor.name,
    )


def _assigned(state: CaseState, event: CaseEvent) -> CaseState:
    """Keep a case for somebody; who worked on it until now no longer holds it."""
    status: CaseStatus = "new" if state.status == "in_review" else state.status
    assignee = cast("str | None", event.payload["assignee"])
    return replace(state, status=status, assignee=assignee, lease_until=None, returned_by=None)


def _prioritised(state: CaseState, event: CaseEvent) -> CaseState:
    priority = cast("Priority", event.payload["priority"])
    return replace(state, priority=priority, due_at=_due_at(state.opened_at, priority, event))


def _submitted(state: CaseState, event: CaseEvent) -> CaseState:
    return replace(
        _taken_up(state),
        status="pending_approval",
        assignee=event.actor.name,
        maker=event.actor.name,
        lease_until=None,
        closed_at=None,
    )


def _approved(state: CaseState, event: CaseEvent) -> CaseState:
    """Let the maker's verdict stand; the case stays the maker's."""
    return _with_verdict(state, event, state.maker)


def _returned(state: CaseState, event: CaseEvent) -> CaseState:
    """Give a verdict back to its maker; a case that was closed before is closed again."""
    if state.undecided == 0:
        return _closed(state, event)
    return replace(_taken_up(state), status="new", assignee=state.maker, returned_by=event.actor.name)


def _decided(state: CaseState, event: CaseEvent) -> CaseState:
    return _with_verdict(state, event, event.actor.name)


def _with_verdict(state: CaseState, event: CaseEvent, assignee: str | None) -> CaseState:
    undecided = state.undecided - cast("int", event.payload["newly_decided"])
    decided = replace(
        _taken_up(state),
        undecided=undecided,
        verdict=cast("Verdict", event.payload["case_verdict"]),
        assignee=assignee,
    )
    if undecided:
        return replace(decided, status="in_review", lease_until=_lease(event))
    return _closed(decided, event)


def _undone(state: CaseState, event: CaseEvent) -> CaseState:
    undecided = state.undecided + cast("int", event.payload["reopened"])
    verdict = cast("Verdict | None", event.payload["case_verdict"])
    left = replace(_taken_up(state), undecided=undecided, verdict=verdict)
    if not undecided:
        return _closed(left, event)
    return replace(
        left, status="in_review", assignee=event.actor.name, closed_at=None, lease_until=_lease(event)
    )


def _reopened(state: CaseState, event: CaseEvent) -> CaseState:
    waiting = cast("int", event.payload.get("undecided", 0))
    more = replace(state, undecided=state.undecided + waiting)
    if state.status in OPEN_STATUSES:
        return more
    return replace(more, status="new", closed_at=None, assignee=None)


def _merged(state: CaseState, event: CaseEvent) -> CaseState:
    return _closed(replace(state, undecided=0), event, "merged")


_CHANGES: Final[dict[str, Callable[[CaseState, CaseEvent], CaseState]]] = {
    "alert_raised": _alert_raised,
    "alert_withdrawn": _alert_withdrawn,
    "claimed": _claimed,
    "renewed": _renewed,
    "released": _released,
    "lapsed": _released,
    "waited": _waited,
    "woken": _woken,
    "escalated": _escalated,
    "assigned": _assigned,
    "prioritised": _prioritised,
    "submitted": _submitted,
    "approved": _approved,
    "returned": _returned,
    "decided": _decided,
    "undone": _undone,
    "reopened": _reopened,
    "merged": _merged,
}
