"""Reviewing: the queue and a case as they are read."""

from __future__ import annotations

from dataclasses import dataclass, fields

from fraudkit import workflow
from fraudkit.domain import CaseEvent, CaseState, CaseStatus, EntityKind, Priority, Verdict
from fraudkit.services.workbench import Workbench
from fraudkit.store import Cursor, Row, cases, labels, now_us, queue
from fraudkit.store.queue import QueueFilter
from fraudkit.store.statements import query

__all__ = [
    "AlertRow",
    "CaseView",
    "QueueFilter",
    "QueuePage",
    "QueueRow",
    "alerts_of",
    "case_view",
    "neighbours",
    "queue_page",
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
    """A case with everything that is known about its course; lapsed leases and waits are counted in."""

    state: CaseState
    alerts: tuple[AlertRow, ...]
    events: tuple[CaseEvent, ...]
    labels: tuple[Row, ...]


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
            state=workflow.seen(cases.state(cursor, case_id), now_us()),
            alerts=alerts_of(cursor, case_id),
            events=tuple(cases.events(cursor, case_id)),
            labels=tuple(labels.of_case(cursor, case_id)),
        )


def alerts_of(cursor: Cursor, case_id: int) -> tuple[AlertRow, ...]:
    """Return the alerts of a case, undecided first, then the riskiest."""
    rows = cursor.rows(query("case_alerts"), [case_id])
    return tuple(
        AlertRow(**{**row, "amount": float(row["amount"]), "reasons": tuple(row["reasons"])}) for row in rows
    )


def _queue_row(row: Row, rank: int) -> QueueRow:
    values = {field.name: row[field.name] for field in fields(QueueRow) if field.name != "rank"}
    return QueueRow(
        **{**values, "rank": rank, "amount": float(row["amount"]), "reasons": tuple(row["reasons"])}
    )
