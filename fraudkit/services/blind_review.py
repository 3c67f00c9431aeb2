"""Blind double review: a share of the closed cases is read a second time, without the first verdict.

A second reading is an opinion, not a label: it stands in the events of quality and changes neither the
ledger nor what the forest learns. Where two people disagree, a lead looks at both and either keeps the
verdict or gives a new one in the ordinary way, which then counts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from fraudkit.domain import MICROSECONDS_PER_DAY, Actor, Verdict
from fraudkit.errors import ConflictError, InvalidInputError
from fraudkit.evaluate.agreement import Agreement, agreement
from fraudkit.evaluate.draws import is_drawn
from fraudkit.services import draw_key, policies
from fraudkit.services.permissions import require
from fraudkit.services.reviewing import CaseView
from fraudkit.services.workbench import Workbench
from fraudkit.store import Cursor, Row, now_us, quality_events
from fraudkit.store.statements import query
from fraudkit.taxonomy import reason_of
from fraudkit.words import N_

PURPOSE: Final = "double-review"
SERVING: Final = "serving"
SERVED_SHARE: Final = 0.2
"""Of the cases that a person is served, at most so many are second readings; none when none waits."""

REVIEW_DAYS: Final = 30
"""A case that was closed longer ago is not read again: people remember, and data change."""


@dataclass(frozen=True, slots=True)
class BlindPair:
    """Two readings of one case.

    Parameters
    ----------
    case_id
        The case.
    first_by, first
        Who closed it, and the verdict.
    second_by, second, second_reason
        Who read it again, and how.
    read_at
        When it was read again, in microseconds UTC.
    is_settled
        Whether a lead has looked at it, or the case has another verdict since.
    """

    case_id: int
    first_by: str
    first: Verdict
    second_by: str
    second: Verdict
    second_reason: str | None
    read_at: int
    is_settled: bool

    @property
    def agrees(self) -> bool:
        """Whether both said the same."""
        return self.first == self.second


def serve(workbench: Workbench, actor: Actor) -> int | None:
    """Return a closed case for this person to read blind and note that it was served; None when none waits.

    A case that was served and not answered comes first.
    """
    with workbench.database.read() as cursor:
        served = _unanswered(cursor, actor)
        waiting = served or _waiting(workbench, cursor, actor)
    if not waiting:
        return None
    if not served:
        with workbench.database.write() as cursor:
            quality_events.append(cursor, "served", waiting[0], actor, {})
    return waiting[0]


def hidden_cases(workbench: Workbench, actor: Actor) -> frozenset[int]:
    """Return the cases whose first verdict this person must not see now."""
    with workbench.database.read() as cursor:
        return frozenset(_unanswered(cursor, actor))


def masked(workbench: Workbench, actor: Actor, view: CaseView) -> CaseView:
    """Return a case as this person may see it: without its verdict while it is read blind."""
    if view.state.case_id not in hidden_cases(workbench, actor):
        return view
    state = replace(
        view.state,
        status="new",
        verdict=None,
        assignee=None,
        closed_at=None,
        undecided=view.state.alerts,
    )
    alerts = tuple(replace(alert, verdict=None, label_id=None) for alert in view.alerts)
    events = tuple(event for event in view.events if event.kind in ("opened", "alert_raised"))
    return replace(view, state=state, alerts=alerts, events=events, labels=())


def following(workbench: Workbench, actor: Actor, decided: int, queued: int | None) -> int | None:
    """Return the case to serve after one that was decided: the queue's, or now and then a second reading.

    Parameters
    ----------
    workbench, actor
        Where, and who works.
    decided
        The case that was decided; with the person it draws whether a second reading comes next.
    queued
        The case that the queue would serve.
    """
    key = draw_key.of_quality(workbench)
    share = SERVED_SHARE if queued is not None else 1.0
    second = serve(workbench, actor) if is_drawn(key, SERVING, f"{decided}/{actor.name}", share) else None
    return queued if second is None else second


def takes_second(cursor: Cursor, actor: Actor, case_id: int) -> bool:
    """Return whether a verdict of this person on this case is a second reading."""
    return case_id in _unanswered(cursor, actor)


def record(
    cursor: Cursor, actor: Actor, case_id: int, version: int, verdict: Verdict, reason: str | None
) -> None:
    """Record a second reading inside a write transaction; the first verdict stands as it is.

    Raises
    ------
    ConflictError
        When the case was not served to this person.
    """
    if reason is not None:
        reason_of(verdict, reason)
    if not takes_second(cursor, actor, case_id):
        raise ConflictError(
            N_("Case {case_id} was not given to you for a second reading."),
            N_("Take the next case."),
            case_id=case_id,
        )
    first = cursor.row(query("first_reading"), [case_id]) or {}
    payload = {
        "verdict": verdict,
        "reason": reason,
        "version": version,
        "first": first.get("verdict"),
        "first_by": first.get("actor"),
    }
    quality_events.append(cursor, "second", case_id, actor, payload)


def withdraw(cursor: Cursor, actor: Actor, case_id: int) -> bool:
    """Take a person's own second reading back inside a write transaction; return whether there was one.

    Only while nothing else happened to the case, and within the policy's minutes.
    """
    rows = cursor.rows(query("blind_pairs"))
    own = next((row for row in rows if row["case_id"] == case_id and row["second_by"] == actor.name), None)
    in_time = own is not None and now_us() - own["read_at"] <= policies.read(cursor).undo_us
    if own is None or own["is_settled"] or not in_time:
        return False
    quality_events.append(cursor, "second_withdrawn", case_id, actor, {})
    return True


def pairs(workbench: Workbench) -> list[BlindPair]:
    """Return all cases that were read twice, newest first."""
    with workbench.database.read() as cursor:
        return [BlindPair(**row) for row in cursor.rows(query("blind_pairs"))]


def agreement_of(found: list[BlindPair], actor: str | None = None) -> Agreement:
    """Return how far first and second readings agree: all of them, or those of one person."""
    chosen = [pair for pair in found if actor is None or actor in (pair.first_by, pair.second_by)]
    return agreement([pair.first for pair in chosen], [pair.second for pair in chosen])


def settle(workbench: Workbench, actor: Actor, case_id: int) -> None:
    """Keep the first verdict of a case on which two people disagree; a lead says so.

    Raises
    ------
    PermissionDeniedError
        When the actor may not approve.
    InvalidInputError
        When nobody disagrees on the case.
    """
    require(actor, "approve")
    with workbench.database.write() as cursor:
        rows = [BlindPair(**row) for row in cursor.rows(query("blind_pairs"))]
        if not any(pair.case_id == case_id and not pair.agrees and not pair.is_settled for pair in rows):
            raise InvalidInputError(
                N_("There is no open disagreement on case {case_id}."),
                N_("The Supervisor page lists them."),
                case_id=case_id,
            )
        quality_events.append(cursor, "settled", case_id, actor, {})


def _unanswered(cursor: Cursor, actor: Actor) -> list[int]:
    """Return the cases that were served to a person and not read yet."""
    rows = cursor.rows(query("blind_unanswered"), [actor.name, actor.name])
    return [row["case_id"] for row in rows]


def _waiting(workbench: Workbench, cursor: Cursor, actor: Actor) -> list[int]:
    """Return the drawn cases that wait for a second person, oldest first."""
    share = policies.read(cursor).double_review_share
    since = now_us() - REVIEW_DAYS * MICROSECONDS_PER_DAY
    rows: list[Row] = cursor.rows(query("blind_candidates"), {"since": since, "actor": actor.name})
    key = draw_key.of_quality(workbench)
    return [row["case_id"] for row in rows if is_drawn(key, PURPOSE, row["case_id"], share)]
