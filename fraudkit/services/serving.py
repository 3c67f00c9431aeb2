"""Serving: one case at a time, the first of the order of work that nobody else holds."""

from __future__ import annotations

from typing import Final

from fraudkit.domain import Actor
from fraudkit.errors import ConflictError
from fraudkit.services import queueing, working
from fraudkit.services.workbench import Workbench
from fraudkit.store import queue
from fraudkit.store.queue import QueueFilter, Servable

_TRIES: Final = 20
"""So many cases may be snatched away between reading and claiming before it is read anew."""


def start(workbench: Workbench, actor: Actor, chosen: QueueFilter) -> int | None:
    """Claim the next case for somebody and return it; None when there is nothing to serve.

    What the actor already holds comes first. Never a case that somebody else holds: the claim is atomic, and
    one that others were quicker with is passed over.

    Parameters
    ----------
    workbench, actor
        Who starts.
    chosen
        The filter of the queue that is worked through.
    """
    return _claimed(workbench, actor, _servable(workbench, actor, chosen, _TRIES))


def following(workbench: Workbench, actor: Actor, chosen: QueueFilter, case_id: int) -> int | None:
    """Claim the next case other than this one; None when there is none."""
    found = _servable(workbench, actor, chosen, _TRIES)
    return _claimed(workbench, actor, [case for case in found if case.case_id != case_id])


def upcoming(workbench: Workbench, actor: Actor, chosen: QueueFilter, case_id: int | None) -> int | None:
    """Return the case that would be served after this one, without claiming it."""
    found = _servable(workbench, actor, chosen, 2)
    return next((case.case_id for case in found if case.case_id != case_id), None)


def _claimed(workbench: Workbench, actor: Actor, found: list[Servable]) -> int | None:
    for case in found:
        if case.is_held:
            return case.case_id
        try:
            working.claim(workbench, actor, case.case_id, case.version)
        except ConflictError:
            continue
        return case.case_id
    return None


def _servable(workbench: Workbench, actor: Actor, chosen: QueueFilter, most: int) -> list[Servable]:
    with workbench.database.read() as cursor:
        agreed = queueing.terms(workbench, cursor)[1]
        return queue.servable(cursor, chosen, agreed, actor.name, most)
