"""Working a case: who holds it, and where it goes when it is not decided."""

from __future__ import annotations

from fraudkit import workflow
from fraudkit.domain import Actor, CaseState, Priority
from fraudkit.errors import ConflictError, InvalidInputError, PermissionDeniedError
from fraudkit.services import blind_review, policies
from fraudkit.services.case_writing import (
    append,
    clock,
    expected,
    lease,
    masked,
    require_mine,
    settled,
)
from fraudkit.services.guarding import is_same_person
from fraudkit.services.permissions import holds, require
from fraudkit.services.workbench import Workbench
from fraudkit.store import cases, now_us
from fraudkit.taxonomy import ESCALATION_REASONS, WAITING_REASONS, require_code
from fraudkit.words import N_


def claim(workbench: Workbench, actor: Actor, case_id: int, version: int) -> CaseState:
    """Take a case up: nobody else can write to it until the lease lapses.

    Of several who try at once exactly one succeeds. Who holds the case already keeps it; nothing is written.
    A waiting case wakes when the person for whom it is kept takes it up. A second reading holds nothing.

    Raises
    ------
    PermissionDeniedError
        When the role does not review, or the case was escalated and the role does not take such cases.
    ConflictError
        When the case has moved on, is decided, or is somebody else's.
    """
    require(actor, "review")
    with workbench.database.write() as cursor:
        state = expected(workbench, cursor, actor, case_id, version)
        if blind_review.takes_second(cursor, actor, case_id):
            return state
        require_mine(workbench, state, actor)
        if state.status == "in_review" and not workflow.has_lapsed(state, now_us()):
            return state
        state = settled(cursor, state, actor)
        if state.status == "waiting":
            state = append(cursor, state, "woken", actor, {"cause": "person"})
        kind = "renewed" if state.status == "in_review" else "claimed"
        return append(cursor, state, kind, actor, lease(policies.read(cursor)))


def renew(workbench: Workbench, actor: Actor, case_id: int, version: int) -> CaseState:
    """Hold a case a while longer because its screen is still open; rarely writes.

    A lease is renewed once half of it is over. A case that the actor does not hold is left as it is.

    Raises
    ------
    NotFoundError
        When there is no such case.
    """
    with workbench.database.read() as cursor:
        state, in_force = cases.state(cursor, case_id), policies.read(cursor)
    holder = state.status == "in_review" and is_same_person(state.assignee, actor.name)
    if not holder or (state.lease_until or 0) - now_us() > in_force.lease_us // 2:
        return state
    with workbench.database.write() as cursor:
        state = expected(workbench, cursor, actor, case_id, version)
        return append(cursor, state, "renewed", actor, lease(in_force))


def release(workbench: Workbench, actor: Actor, case_id: int, version: int) -> CaseState:
    """Put a case that one holds back into the queue.

    Raises
    ------
    ConflictError
        When the case has moved on, or the actor does not hold it.
    """
    with workbench.database.write() as cursor:
        state = expected(workbench, cursor, actor, case_id, version)
        require_mine(workbench, state, actor)
        return append(cursor, state, "released", actor, {})


def wait(
    workbench: Workbench,
    actor: Actor,
    case_id: int,
    version: int,
    reason: str,
    until: int,
    remark: str = "",
) -> CaseState:
    """Let a case wait for an answer; it comes back by itself, to the same person.

    The time until it is due runs on. A wait beyond that needs a team lead.

    Parameters
    ----------
    workbench, actor, case_id, version
        Who, which case, and the version that was seen.
    reason
        One of `WAITING_REASONS`.
    until
        When it comes back, microseconds UTC.
    remark
        What a person adds; card numbers are masked.

    Raises
    ------
    InvalidInputError
        When the reason is unknown or the time has passed.
    PermissionDeniedError
        When the wait goes beyond the due time and the actor is no team lead.
    ConflictError
        When the case has moved on or is somebody else's.
    """
    require(actor, "review")
    require_code(reason, WAITING_REASONS, "reason")
    if until <= now_us():
        raise InvalidInputError(
            N_("A case cannot wait until a time that has passed."), N_("Choose a later time.")
        )
    with workbench.database.write() as cursor:
        state = expected(workbench, cursor, actor, case_id, version)
        require_mine(workbench, state, actor)
        if state.due_at is not None and until > state.due_at and not holds(actor, "wait_beyond_due"):
            raise PermissionDeniedError(
                N_("Case {case_id} is due at {time}; only a team lead lets it wait longer."),
                N_("Choose an earlier time, or escalate it."),
                case_id=case_id,
                time=clock(workbench, state.due_at, with_day=True),
            )
        state = settled(cursor, state, actor)
        payload: dict[str, object] = {"reason": reason, "until": until}
        return append(cursor, state, "waited", actor, payload, masked(workbench, remark))


def escalate(
    workbench: Workbench, actor: Actor, case_id: int, version: int, reason: str, remark: str = ""
) -> CaseState:
    """Pass a case on to whoever takes escalated ones.

    Raises
    ------
    InvalidInputError
        When the reason is none of `ESCALATION_REASONS`.
    ConflictError
        When the case has moved on or is somebody else's.
    """
    require(actor, "review")
    require_code(reason, ESCALATION_REASONS, "reason")
    with workbench.database.write() as cursor:
        state = expected(workbench, cursor, actor, case_id, version)
        require_mine(workbench, state, actor)
        state = settled(cursor, state, actor)
        return append(cursor, state, "escalated", actor, {"reason": reason}, masked(workbench, remark))


def assign(
    workbench: Workbench, actor: Actor, case_id: int, version: int, assignee: str | None, remark: str
) -> CaseState:
    """Keep a case for somebody, or for nobody in particular; who worked on it no longer holds it.

    Raises
    ------
    PermissionDeniedError
        When the actor's role does not assign.
    InvalidInputError
        Without a reason.
    ConflictError
        When the case has moved on, or its state does not allow it.
    """
    require(actor, "assign")
    remark = _stated(masked(workbench, remark))
    name = (assignee or "").strip() or None
    with workbench.database.write() as cursor:
        state = expected(workbench, cursor, actor, case_id, version)
        payload: dict[str, object] = {"assignee": name, "former": state.assignee}
        return append(cursor, state, "assigned", actor, payload, remark)


def prioritise(
    workbench: Workbench, actor: Actor, case_id: int, version: int, priority: Priority, remark: str
) -> CaseState:
    """Change the priority of a case; when it is due is reckoned anew from when it was opened.

    Raises
    ------
    PermissionDeniedError
        When the actor's role does not set priorities.
    InvalidInputError
        Without a reason, or when it has this priority already.
    ConflictError
        When the case has moved on or is closed.
    """
    require(actor, "prioritise")
    remark = _stated(masked(workbench, remark))
    with workbench.database.write() as cursor:
        state = expected(workbench, cursor, actor, case_id, version)
        if state.priority == priority:
            raise InvalidInputError(
                N_("Case {case_id} has this priority already."), N_("Choose another one."), case_id=case_id
            )
        payload: dict[str, object] = {
            "priority": priority,
            "former": state.priority,
            "due_hours": policies.read(cursor).hours(priority),
        }
        return append(cursor, state, "prioritised", actor, payload, remark)


def reopen(workbench: Workbench, actor: Actor, case_id: int, version: int, remark: str) -> CaseState:
    """Open a closed case again; its verdicts stand until new ones are given.

    Raises
    ------
    PermissionDeniedError
        When the actor's role does not reopen cases.
    InvalidInputError
        Without a reason.
    ConflictError
        When the case has moved on or is open.
    """
    require(actor, "reopen")
    remark = _stated(masked(workbench, remark))
    with workbench.database.write() as cursor:
        state = expected(workbench, cursor, actor, case_id, version)
        if state.status in workflow.OPEN_STATUSES:
            raise ConflictError(
                N_("Case {case_id} is open."), N_("Take it up from the queue."), case_id=case_id
            )
        return append(cursor, state, "reopened", actor, {"undecided": 0, "cause": "person"}, remark)


def _stated(remark: str) -> str:
    if not remark.strip():
        raise InvalidInputError(N_("This needs a reason."), N_("Say why in a sentence; it stays on record."))
    return remark.strip()
