"""Reviewing: the queue and a case as they are read."""

from __future__ import annotations

from dataclasses import dataclass

from fraudkit import workflow
from fraudkit.domain import CaseEvent, CaseState, Verdict
from fraudkit.services.queueing import QueueFilter, QueuePage, QueueRow, queue_page
from fraudkit.services.workbench import Workbench
from fraudkit.store import Cursor, Row, cases, labels, now_us
from fraudkit.store.statements import query

__all__ = [
    "AlertRow",
    "CaseView",
    "QueueFilter",
    "QueuePage",
    "QueueRow",
    "alerts_of",
    "case_view",
    "queue_page",
]


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
