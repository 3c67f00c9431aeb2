"""Working a case: who holds it, and where it goes when it is not decided."""

from __future__ import annotations

from fraudkit import workflow
from fraudkit.domain import Actor, CaseState
from fraudkit.errors import ConflictError
from fraudkit.services import policies
from fraudkit.services.case_writing import append, clock, expected, lease, settled
from fraudkit.services.permissions import holds
from fraudkit.services.workbench import Workbench
from fraudkit.store import now_us
from fraudkit.words import N_


def claim(workbench: Workbench, actor: Actor, case_id: int, version: int) -> CaseState:
    """Take a case up: nobody else can write to it until the lease lapses.

    Raises
    ------
    ConflictError
        When the case has moved on, or somebody else holds it.
    """
    with workbench.database.write() as cursor:
        state = expected(workbench, cursor, actor, case_id, version)
        require_free(workbench, state, actor)
        state = settled(cursor, state, actor)
        return append(cursor, state, "claimed", actor, lease(policies.read(cursor)))


def release(workbench: Workbench, actor: Actor, case_id: int, version: int) -> CaseState:
    """Put a case back into the queue.

    Raises
    ------
    ConflictError
        When the case has moved on, or somebody else holds it.
    """
    with workbench.database.write() as cursor:
        state = expected(workbench, cursor, actor, case_id, version)
        require_free(workbench, state, actor)
        return append(cursor, state, "released", actor, {})


def require_free(workbench: Workbench, state: CaseState, actor: Actor) -> None:
    """Refuse a write to a case that somebody else holds now.

    Raises
    ------
    ConflictError
        When the lease of somebody else has not lapsed and the actor may not assign cases.
    """
    seen = workflow.seen(state, now_us())
    if seen.status == "in_review" and seen.assignee != actor.name and not holds(actor, "assign"):
        raise ConflictError(
            N_("{holder} is working on case {case_id} and holds it until {time}."),
            N_("Take the next case, or ask a team lead to assign this one to you."),
            holder=seen.assignee,
            case_id=state.case_id,
            time=clock(workbench, seen.lease_until or 0),
        )
