"""Reviewing: the queue, a case, a verdict and its undo."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Final

from fraudkit.domain import (
    MICROSECONDS_PER_SECOND,
    Actor,
    CaseEvent,
    CaseState,
    CaseStatus,
    Certainty,
    EntityKind,
    Priority,
    Verdict,
)
from fraudkit.errors import ConflictError, InvalidInputError
from fraudkit.ingest.card_key import load_key
from fraudkit.ingest.card_numbers import mask_text
from fraudkit.services.workbench import Workbench
from fraudkit.store import Cursor, Row, cases, labels, now_us, queue
from fraudkit.store.queue import QueueFilter
from fraudkit.store.statements import query
from fraudkit.taxonomy import reason_of
from fraudkit.words import N_

UNDO_MINUTES: Final = 15
_STRENGTH: Final[tuple[Verdict, ...]] = ("fraud", "genuine", "undetermined")

__all__ = [
    "AlertRow",
    "CaseView",
    "Decision",
    "QueueFilter",
    "QueuePage",
    "QueueRow",
    "case_view",
    "decide",
    "neighbours",
    "queue_page",
    "undo",
]


@dataclass(frozen=True, slots=True)
class QueueRow:
    """A case as the queue shows it, led by its riskiest undecided alert."""

    rank: int
    case_id: int
    version: int
    status: CaseStatus
    entity_kind: EntityKind
    entity_id: str
    priority: Priority
    assignee: str | None
    verdict: Verdict | None
    opened_at: int
    alerts: int
    undecided: int
    transaction_id: str
    ts_us: int
    utc_offset_minutes: int
    amount: float
    currency: str | None
    transaction_type: str | None
    channel: str | None
    merchant: str | None
    score: float
    severity: float
    reasons: tuple[str, ...]
    open_amount: float


@dataclass(frozen=True, slots=True)
class QueuePage:
    """One page of the queue and the totals of all its pages, money in base currency."""

    rows: tuple[QueueRow, ...]
    total_cases: int
    total_alerts: int
    total_amount: float


@dataclass(frozen=True, slots=True)
class AlertRow:
    """One alert of a case."""

    alert_id: int
    transaction_id: str
    position: int
    origin: str
    raised_at: int
    ts_us: int
    utc_offset_minutes: int
    amount: float
    currency: str | None
    transaction_type: str | None
    channel: str | None
    merchant: str | None
    score: float
    severity: float
    reasons: tuple[str, ...]
    verdict: Verdict | None
    label_id: int | None


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case with everything that is known about its course."""

    state: CaseState
    alerts: tuple[AlertRow, ...]
    events: tuple[CaseEvent, ...]
    labels: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """What a verdict, or its undo, has written."""

    case_id: int
    version: int
    label_ids: tuple[int, ...]


def queue_page(workbench: Workbench, chosen: QueueFilter, page: int = 1, page_size: int = 50) -> QueuePage:
    """Return one page of the queue, counted from 1."""
    offset = (max(page, 1) - 1) * page_size
    with workbench.database.read() as cursor:
        found = queue.page(cursor, chosen, workbench.settings.base_currency, page_size, offset)
    rows = tuple(_queue_row(row, offset + place) for place, row in enumerate(found, start=1))
    if not found:
        return QueuePage((), 0, 0, 0.0)
    first = found[0]
    return QueuePage(
        rows, int(first["total_cases"]), int(first["total_alerts"]), float(first["total_amount"])
    )


def neighbours(workbench: Workbench, chosen: QueueFilter, case_id: int) -> tuple[int | None, int | None]:
    """Return the cases before and after one in the queue; past the end the riskiest other case follows."""
    with workbench.database.read() as cursor:
        ordered = queue.case_ids(cursor, chosen, workbench.settings.base_currency)
    if case_id not in ordered:
        return None, next(iter(ordered), None)
    place = ordered.index(case_id)
    before = ordered[place - 1] if place else None
    others = [*ordered[place + 1 :], *ordered[:place]]
    return before, next(iter(others), None)


def case_view(workbench: Workbench, case_id: int) -> CaseView:
    """Return a case with its alerts, events and labels.

    Raises
    ------
    NotFoundError
        When there is no such case.
    """
    with workbench.database.read() as cursor:
        return CaseView(
            state=cases.state(cursor, case_id),
            alerts=_alerts(cursor, case_id),
            events=tuple(cases.events(cursor, case_id)),
            labels=tuple(labels.of_case(cursor, case_id)),
        )


def decide(
    workbench: Workbench,
    actor: Actor,
    case_id: int,
    version: int,
    verdict: Verdict,
    reason: str | None,
    *,
    certainty: Certainty = "confirmed",
    transaction_ids: Sequence[str] | None = None,
    note: str = "",
) -> Decision:
    """Give a verdict on transactions of a case: all undecided ones unless some are named.

    Parameters
    ----------
    workbench
        The open workbench.
    actor
        Who decides.
    case_id, version
        The case and the version that the actor saw.
    verdict, reason
        The verdict and the code of its reason (for fraud, its type); None when it was not stated, which
        the pages do not allow.
    certainty
        Confirmed or assumed.
    transaction_ids
        Which alerts; all undecided ones when None.
    note
        Free text; card numbers in it are masked.

    Raises
    ------
    ConflictError
        When the case has moved on; nothing is written.
    InvalidInputError
        When the reason does not belong to the verdict, or there is nothing to decide.
    """
    if reason is not None:
        reason_of(verdict, reason)
    note = mask_text(note, load_key(workbench.settings.card_key))
    with workbench.database.write() as cursor:
        state = _expected(cursor, case_id, version)
        alerts = _alerts(cursor, case_id)
        chosen = _chosen(alerts, transaction_ids, case_id)
        fresh = [
            labels.NewLabel(
                transaction_id=alert.transaction_id,
                verdict=verdict,
                certainty=certainty,
                fraud_type=reason if verdict == "fraud" else None,
                reason=None if verdict == "fraud" else reason,
                source="analyst",
                case_id=case_id,
                case_version=version + 1,
                supersedes=alert.label_id,
                note=note,
                evidence=_evidence(cursor, alert),
            )
            for alert in chosen
        ]
        label_ids = labels.append(cursor, fresh, actor, now_us())
        payload: dict[str, object] = {
            "verdict": verdict,
            "reason": reason,
            "certainty": certainty,
            "transactions": [alert.transaction_id for alert in chosen],
            "label_ids": label_ids,
            "newly_decided": sum(alert.verdict is None for alert in chosen),
            "case_verdict": _case_verdict([verdict, state.verdict]),
            "former_verdict": state.verdict,
        }
        _append(cursor, state, "decided", actor, payload)
    return Decision(case_id, version + 1, tuple(label_ids))


def undo(workbench: Workbench, actor: Actor, case_id: int, version: int) -> Decision:
    """Take the last verdict of a case back, within fifteen minutes and by whoever gave it or a lead.

    Raises
    ------
    ConflictError
        When the case has moved on, or its last event is no verdict that may still be undone.
    """
    with workbench.database.write() as cursor:
        state = _expected(cursor, case_id, version)
        last = cases.events(cursor, case_id)[-1]
        _require_undoable(last, actor)
        given = labels.of_case(cursor, case_id, last.version)
        former = labels.by_number(cursor, [row["supersedes"] for row in given if row["supersedes"]])
        restored = [_restored(row, former.get(row["supersedes"]), case_id, version + 1) for row in given]
        label_ids = labels.append(cursor, restored, actor, now_us())
        payload: dict[str, object] = {
            "undone_version": last.version,
            "label_ids": label_ids,
            "reopened": last.payload["newly_decided"],
            "case_verdict": last.payload["former_verdict"],
        }
        _append(cursor, state, "undone", actor, payload)
    return Decision(case_id, version + 1, tuple(label_ids))


def _queue_row(row: Row, rank: int) -> QueueRow:
    values = {field.name: row[field.name] for field in fields(QueueRow) if field.name != "rank"}
    return QueueRow(
        **{**values, "rank": rank, "amount": float(row["amount"]), "reasons": tuple(row["reasons"])}
    )


def _alerts(cursor: Cursor, case_id: int) -> tuple[AlertRow, ...]:
    rows = cursor.rows(query("case_alerts"), [case_id])
    return tuple(
        AlertRow(**{**row, "amount": float(row["amount"]), "reasons": tuple(row["reasons"])}) for row in rows
    )


def _expected(cursor: Cursor, case_id: int, version: int) -> CaseState:
    state = cases.state(cursor, case_id)
    if state.version != version:
        last = cases.events(cursor, case_id)[-1]
        raise ConflictError(
            N_("Case {case_id} has moved on: {actor} wrote “{kind}” meanwhile."),
            N_("Look at what changed and decide again; your verdict was not written."),
            case_id=case_id,
            actor=last.actor.name,
            kind=last.kind,
        )
    return state


def _chosen(
    alerts: Sequence[AlertRow], transaction_ids: Sequence[str] | None, case_id: int
) -> list[AlertRow]:
    if transaction_ids is None:
        chosen = [alert for alert in alerts if alert.verdict is None]
    else:
        wanted = set(transaction_ids)
        chosen = [alert for alert in alerts if alert.transaction_id in wanted]
        if len(chosen) != len(wanted):
            raise InvalidInputError(
                N_("Case {case_id} does not hold all of the transactions that were named."),
                N_("Name transactions that stand in this case."),
                case_id=case_id,
            )
    if not chosen:
        raise InvalidInputError(
            N_("Nothing in case {case_id} waits for a verdict."),
            N_("Name the transactions whose verdict you want to change, or undo the last one."),
            case_id=case_id,
        )
    return chosen


def _evidence(cursor: Cursor, alert: AlertRow) -> dict[str, Any]:
    """Freeze what stood on the screen; it never changes when the model does."""
    row = cursor.row(query("frozen_evidence"), [alert.alert_id]) or {}
    return {**row, "features": [None if math.isnan(value) else value for value in row["features"]]}


def _case_verdict(verdicts: Sequence[Verdict | None]) -> Verdict | None:
    return next((verdict for verdict in _STRENGTH if verdict in verdicts), None)


def _append(cursor: Cursor, state: CaseState, kind: str, actor: Actor, payload: dict[str, object]) -> None:
    event = CaseEvent(state.case_id, state.version + 1, kind, actor, now_us(), payload)
    cases.append(cursor, [event], {state.case_id: state})


def _require_undoable(last: CaseEvent, actor: Actor) -> None:
    too_late = now_us() - last.happened_at > UNDO_MINUTES * 60 * MICROSECONDS_PER_SECOND
    foreign = last.actor.name != actor.name and actor.role == "analyst"
    if last.kind != "decided" or too_late or foreign:
        raise ConflictError(
            N_("There is no verdict of yours from the last {minutes} minutes to undo here."),
            N_("Give a new verdict instead; the former one stays in the ledger."),
            minutes=UNDO_MINUTES,
        )


def _restored(given: Row, former: Row | None, case_id: int, case_version: int) -> labels.NewLabel:
    """Return the label that takes `given` back: the one before it, or none."""
    source = former or given
    return labels.NewLabel(
        transaction_id=given["transaction_id"],
        verdict=former["verdict"] if former else "withdrawn",
        certainty=source["certainty"],
        fraud_type=former["fraud_type"] if former else None,
        reason=former["reason"] if former else None,
        source=source["source"],
        case_id=case_id,
        case_version=case_version,
        supersedes=given["label_id"],
        note="",
        evidence={},
    )
