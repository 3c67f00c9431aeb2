"""The life of a case: how each event changes its state.

One pure function serves both the live write and the rebuild of the projection, so the two cannot differ.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final, cast

from fraudkit.domain import CaseEvent, CaseState, CaseStatus, EntityKind, Priority, Verdict
from fraudkit.errors import ConflictError
from fraudkit.words import N_

OPEN_STATUSES: Final[tuple[CaseStatus, ...]] = (
    "new",
    "in_review",
    "waiting",
    "escalated",
    "pending_approval",
)
PRIORITY_ORDER: Final[dict[Priority, int]] = {"low": 0, "medium": 1, "high": 2}
PRIORITY_FROM_AMOUNT: Final[tuple[tuple[float, Priority], ...]] = ((5_000.0, "high"), (500.0, "medium"))
"""Least amount in base currency for each priority, before a probability is calibrated."""


def priority_of_amount(amount: float) -> Priority:
    """Return the priority of an alert from its amount in base currency."""
    return next((priority for least, priority in PRIORITY_FROM_AMOUNT if amount >= least), "low")


def apply(state: CaseState | None, event: CaseEvent) -> CaseState:
    """Return the state of a case after one more event.

    Raises
    ------
    ConflictError
        When the event does not follow the state's version.
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
    moved = replace(state, version=event.version, changed_at=event.happened_at)
    return _CHANGES[event.kind](moved, event)


def project(events: Iterable[CaseEvent]) -> dict[int, CaseState]:
    """Return the state of every case from all events, in the order of their versions."""
    states: dict[int, CaseState] = {}
    for event in events:
        states[event.case_id] = apply(states.get(event.case_id), event)
    return states


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
    )


def _alert_raised(state: CaseState, event: CaseEvent) -> CaseState:
    priority = cast("Priority", event.payload["priority"])
    higher = max(state.priority, priority, key=PRIORITY_ORDER.__getitem__)
    return replace(state, alerts=state.alerts + 1, undecided=state.undecided + 1, priority=higher)


def _claimed(state: CaseState, event: CaseEvent) -> CaseState:
    return replace(state, status="in_review", assignee=event.actor.name)


def _released(state: CaseState, _event: CaseEvent) -> CaseState:
    return replace(state, status="new", assignee=None)


def _decided(state: CaseState, event: CaseEvent) -> CaseState:
    undecided = state.undecided - cast("int", event.payload["newly_decided"])
    decided = replace(
        state,
        undecided=undecided,
        verdict=cast("Verdict", event.payload["case_verdict"]),
        assignee=event.actor.name,
    )
    if undecided:
        return replace(decided, status="in_review")
    return replace(decided, status="closed", closed_at=event.happened_at)


def _undone(state: CaseState, event: CaseEvent) -> CaseState:
    undecided = state.undecided + cast("int", event.payload["reopened"])
    verdict = cast("Verdict | None", event.payload["case_verdict"])
    if undecided:
        return replace(state, status="in_review", undecided=undecided, verdict=verdict, closed_at=None)
    return replace(state, verdict=verdict)


def _reopened(state: CaseState, event: CaseEvent) -> CaseState:
    waiting = cast("int", event.payload.get("undecided", 0))
    return replace(state, status="new", closed_at=None, undecided=state.undecided + waiting)


def _alert_withdrawn(state: CaseState, event: CaseEvent) -> CaseState:
    """Drop an undecided alert whose batch was withdrawn; a case without open alerts closes by itself."""
    left = replace(state, alerts=state.alerts - 1, undecided=state.undecided - 1)
    if left.undecided:
        return left
    status: CaseStatus = "closed" if left.verdict else "auto_closed"
    return replace(left, status=status, closed_at=event.happened_at)


_CHANGES: Final = {
    "alert_raised": _alert_raised,
    "claimed": _claimed,
    "released": _released,
    "decided": _decided,
    "undone": _undone,
    "reopened": _reopened,
    "alert_withdrawn": _alert_withdrawn,
}
