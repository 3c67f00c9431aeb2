"""Serving: one case at a time, the first of the order of work that nobody else holds."""

from __future__ import annotations

from typing import Final

from fraudkit.domain import Actor
from fraudkit.errors import ConflictError
from fraudkit.services import blind_review, queueing, working
from fraudkit.services.workbench import Workbench
from fraudkit.store import queue
from fraudkit.store.queue import QueueFilter, Servable

_TRIES: Final = 20
"""So many cases may be snatched away between reading and claiming."""
_ALL: Final = 10_000


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
    found = _claimed(workbench, actor, _servable(workbench, actor, chosen, _TRIES))
    return blind_review.following(workbench, actor, 0 if found is None else found, found)


def following(workbench: Workbench, actor: Actor, chosen: QueueFilter, case_id: int) -> int | None:
    """Claim the next case after this one, now and then a second reading; None when there is no other.

    Past the end of the queue it begins anew, so that whoever skips sees every case once.
    """
    queued = _claimed(workbench, actor, _after(workbench, actor, chosen, case_id))
    return blind_review.following(workbench, actor, case_id, queued)


def upcoming(workbench: Workbench, actor: Actor, chosen: QueueFilter, case_id: int | None) -> int | None:
    """Return the case that would be served after this one, without claiming it."""
    found = _after(workbench, actor, chosen, case_id)
    return found[0].case_id if found else None


def _after(workbench: Workbench, actor: Actor, chosen: QueueFilter, case_id: int | None) -> list[Servable]:
    """Return what may be served: what is held already, then what stands behind a case, then the rest."""
    found = _servable(workbench, actor, chosen, _ALL)
    numbers = [case.case_id for case in found]
    if case_id not in numbers:
        return found
    place = numbers.index(case_id)
    others = [*found[place + 1 :], *found[:place]]
    return sorted(others, key=lambda case: not case.is_held)


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
