"""Sweeping: the siblings of a case are decided in one batch with one reason, and taken back as one.

All of it is written, or nothing. Every sibling is compared with what the person saw: those that moved on
meanwhile are named, and the rest is written only when the person agrees to leave them out.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final, Literal

from fraudkit.domain import Actor, CaseEvent, Certainty, Verdict
from fraudkit.errors import ConflictError, FraudkitError, InvalidInputError, NotFoundError
from fraudkit.services import alerting, deciding, policies, raising, working
from fraudkit.services.case_writing import expected, require_mine
from fraudkit.services.deciding import VerdictDetails
from fraudkit.services.permissions import holds
from fraudkit.services.scoring import active_model
from fraudkit.services.siblings import Sibling
from fraudkit.services.workbench import Workbench
from fraudkit.store import Cursor, Row, batches, cases, now_us, siblings, sweeps
from fraudkit.taxonomy import reason_of
from fraudkit.words import N_

SweepState = Literal["stands", "undone", "waits"]
SHOWN_SWEEPS: Final = 50


@dataclass(frozen=True, slots=True)
class Moved:
    """Something that is no longer as the person saw it.

    Parameters
    ----------
    case_id
        Its case; None below the line.
    transaction_ids
        The siblings that it holds.
    error
        What happened, as one sentence and a hint.
    """

    case_id: int | None
    transaction_ids: tuple[str, ...]
    error: FraudkitError


class SiblingsMovedError(ConflictError):
    """Some siblings moved on; nothing was written.

    Attributes
    ----------
    moved
        Which ones, and what happened to them.
    """

    def __init__(self, moved: Sequence[Moved]) -> None:
        self.moved = tuple(moved)
        super().__init__(
            N_("{count} of the siblings moved on meanwhile; nothing was written."),
            N_("See what happened, and leave them out if the rest is to be written."),
            count=len({name for one in moved for name in one.transaction_ids}),
        )


@dataclass(frozen=True, slots=True)
class Sweep:
    """What a sweep, or its undo, has written.

    Parameters
    ----------
    sweep_id
        The batch.
    cases, transactions
        How many cases and transactions it decided.
    raised
        How many of them came from below the line.
    waiting
        How many of the cases wait for a second person; they are decided once that one approves.
    """

    sweep_id: str
    cases: int
    transactions: int
    raised: int
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class PastSweep:
    """A sweep as the list shows it.

    Parameters
    ----------
    sweep_id, case_id
        The batch, and the case whose siblings they are.
    actor, happened_at
        Who, and when (microseconds UTC).
    verdict, cases, transactions
        What was decided on how many.
    state
        Whether it stands, was taken back, or waits for a second person.
    """

    sweep_id: str
    case_id: int
    actor: str
    happened_at: int
    verdict: Verdict
    cases: int
    transactions: int
    state: SweepState


def sweep(
    workbench: Workbench,
    actor: Actor,
    case_id: int,
    seen: Sequence[Sibling],
    verdict: Verdict,
    reason: str,
    *,
    certainty: Certainty = "assumed",
    note: str = "",
    leave_out: Collection[str] = (),
) -> Sweep:
    """Decide siblings of a case in one batch.

    Parameters
    ----------
    workbench, actor
        Where, and who decides.
    case_id
        The case whose siblings they are.
    seen
        The siblings as the person saw them.
    verdict, reason
        One for all.
    certainty
        Assumed, unless each was looked at by itself.
    note
        Free text; card numbers in it are masked.
    leave_out
        Transactions that moved on and are left out with the person's consent.

    Raises
    ------
    SiblingsMovedError
        When others moved on; nothing is written.
    InvalidInputError
        When the reason does not belong to the verdict, or nothing is left to decide.
    """
    reason_of(verdict, reason)
    chosen = [one for one in seen if one.transaction_id not in leave_out]
    if not chosen:
        raise InvalidInputError(
            N_("There is nothing left to decide."), N_("Choose at least one group with open siblings.")
        )
    below = [one.transaction_id for one in chosen if one.place == "below"]
    raised = raising.candidates(workbench, below)
    model_id = active_model(workbench).model_id if below else ""
    details = VerdictDetails(sweep_id=uuid.uuid4().hex[:16])
    with workbench.database.write() as cursor:
        _require_unmoved(workbench, cursor, actor, chosen)
        alerting.raise_alerts(cursor, raised, model_id, origin="manual", actor=actor)
        decided = [
            deciding.decide(
                workbench,
                actor,
                number,
                cases.state(cursor, number).version,
                verdict,
                reason,
                certainty=certainty,
                transaction_ids=names,
                note=note,
                details=details,
                at_once=len(chosen),
            )
            for number, names in _by_case(cursor, chosen).items()
        ]
        waiting = sum(one.status == "pending_approval" for one in decided)
        payload = {
            "verdict": verdict,
            "reason": reason,
            "certainty": certainty,
            "transactions": sorted(one.transaction_id for one in chosen),
            "raised": sorted(below),
            "left_out": sorted(leave_out),
            "cases": len(decided),
            "waiting": waiting,
            "versions": {str(one.case_id): one.version for one in decided},
        }
        sweeps.append(cursor, str(details.sweep_id), sweeps.SWEPT, case_id, actor, payload)
    return Sweep(str(details.sweep_id), len(decided), len(chosen), len(below), waiting)


def undo(workbench: Workbench, actor: Actor, sweep_id: str, *, leave_out: Collection[int] = ()) -> Sweep:
    """Take a sweep back as one: its verdicts, and the alerts that it raised from below the line.

    Parameters
    ----------
    workbench, actor
        Where, and who takes it back: whoever swept, or a lead.
    sweep_id
        Which sweep.
    leave_out
        Cases that moved on and keep their verdict with the person's consent.

    Raises
    ------
    NotFoundError
        When there is no such sweep.
    ConflictError
        When it is too late, it is somebody else's, or it was taken back before.
    SiblingsMovedError
        When cases have moved on since; nothing is written.
    """
    with workbench.database.write() as cursor:
        swept = _require_undoable(cursor, actor, sweep_id)
        payload = swept["payload"]
        versions = {int(one): version for one, version in payload["versions"].items()}
        chosen = {one: version for one, version in versions.items() if one not in leave_out}
        _require_as_left(workbench, cursor, actor, chosen)
        for case_id, version in chosen.items():
            after = deciding.undo(workbench, actor, case_id, version)
            if after.status == "in_review":
                working.release(workbench, actor, case_id, after.version)
        raised = _drop_raised(cursor, actor, sweep_id, payload["raised"], chosen)
        sweeps.append(
            cursor,
            sweep_id,
            sweeps.UNDONE,
            swept["case_id"],
            actor,
            {"left_out": sorted(leave_out), "cases": sorted(chosen)},
        )
    return Sweep(sweep_id, len(chosen), len(payload["transactions"]), raised)


def recent(workbench: Workbench, most: int = SHOWN_SWEEPS) -> list[PastSweep]:
    """Return the last sweeps, newest first."""
    with workbench.database.read() as cursor:
        return [PastSweep(**row) for row in sweeps.last(cursor, most)]


def _require_unmoved(workbench: Workbench, cursor: Cursor, actor: Actor, chosen: Sequence[Sibling]) -> None:
    """Compare every sibling with what is stored now, and name those that differ."""
    moved = _moved_below(cursor, [one for one in chosen if one.place == "below"], workbench)
    ordered = sorted((one for one in chosen if one.case_id is not None), key=lambda one: one.case_id or 0)
    for case_id, group in groupby(ordered, key=lambda one: one.case_id or 0):
        found = list(group)
        try:
            state = expected(workbench, cursor, actor, case_id, found[0].version or 0)
            require_mine(workbench, state, actor)
        except FraudkitError as error:
            moved.append(Moved(case_id, tuple(one.transaction_id for one in found), error))
    if moved:
        raise SiblingsMovedError(moved)


def _moved_below(cursor: Cursor, below: Sequence[Sibling], workbench: Workbench) -> list[Moved]:
    rows = siblings.facts(cursor, [one.position for one in below], workbench.settings.base_currency)
    now = {row["transaction_id"]: row for row in rows}
    moved = []
    for one in below:
        row = now.get(one.transaction_id)
        if row is None or row["alert_id"] is not None or row["verdict"] is not None:
            error = ConflictError(
                N_("Transaction {transaction_id} is no longer below the line."),
                N_("Look at the siblings again."),
                transaction_id=one.transaction_id,
            )
            moved.append(Moved(None, (one.transaction_id,), error))
    return moved


def _by_case(cursor: Cursor, chosen: Sequence[Sibling]) -> Mapping[int, list[str]]:
    """Return the transactions by their cases, those that were only now raised included."""
    names = [one.transaction_id for one in chosen]
    rows = cursor.rows(
        "SELECT case_id, transaction_id FROM alert_state "
        "WHERE transaction_id IN (SELECT unnest(?::VARCHAR[])) ORDER BY case_id, transaction_id",
        [names],
    )
    grouped = groupby(rows, key=lambda row: int(row["case_id"]))
    return {case_id: [row["transaction_id"] for row in group] for case_id, group in grouped}


def _require_undoable(cursor: Cursor, actor: Actor, sweep_id: str) -> Row:
    """Return the event of a sweep that may still be taken back by this person."""
    events = sweeps.events(cursor, sweep_id)
    if not events:
        raise NotFoundError(
            N_("There is no sweep {sweep_id}."), N_("The Sweep page lists them."), sweep_id=sweep_id
        )
    in_force = policies.read(cursor)
    too_late = now_us() - events[0]["happened_at"] > in_force.undo_us
    foreign = events[0]["actor"] != actor.name and not holds(actor, "undo_of_others")
    if len(events) > 1 or too_late or foreign:
        raise ConflictError(
            N_("There is no sweep of yours from the last {minutes} minutes to take back here."),
            N_("Give the cases new verdicts instead; the former ones stay in the ledger."),
            minutes=in_force.undo_minutes,
        )
    return events[0]


def _require_as_left(workbench: Workbench, cursor: Cursor, actor: Actor, versions: Mapping[int, int]) -> None:
    moved = []
    for case_id, version in versions.items():
        try:
            expected(workbench, cursor, actor, case_id, version)
        except ConflictError as error:
            names = tuple(row["transaction_id"] for row in sweeps.decided(cursor, case_id, version))
            moved.append(Moved(case_id, names, error))
    if moved:
        raise SiblingsMovedError(moved)


def _drop_raised(
    cursor: Cursor, actor: Actor, sweep_id: str, raised: Sequence[str], versions: Iterable[int]
) -> int:
    """Put the transactions that the sweep raised below the line again; their cases keep the events."""
    rows = cursor.rows(
        "SELECT alert_id, case_id, transaction_id FROM alert_state "
        "WHERE transaction_id IN (SELECT unnest(?::VARCHAR[])) AND case_id IN (SELECT unnest(?::BIGINT[])) "
        "AND verdict IS NULL ORDER BY alert_id",
        [list(raised), list(versions)],
    )
    if not rows:
        return 0
    states = {row["case_id"]: cases.state(cursor, row["case_id"]) for row in rows}
    numbers = {case_id: state.version for case_id, state in states.items()}
    events, happened_at = [], now_us()
    for row in rows:
        numbers[row["case_id"]] += 1
        payload: dict[str, object] = {"transaction_id": row["transaction_id"], "sweep_id": sweep_id}
        version = numbers[row["case_id"]]
        events.append(CaseEvent(row["case_id"], version, "alert_withdrawn", actor, happened_at, payload))
    cases.append(cursor, events, states)
    batches.drop_alerts(cursor, [row["alert_id"] for row in rows])
    return len(rows)
