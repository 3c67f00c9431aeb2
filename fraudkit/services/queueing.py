"""The queue as it is read: its order of work, its pages, and what lies below today's capacity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Final
from weakref import WeakKeyDictionary

from fraudkit.domain import CaseStatus, EntityKind, Priority, Verdict
from fraudkit.evaluate.calibration import Calibration
from fraudkit.evaluate.service_level import ServiceLevel
from fraudkit.explain.people import person
from fraudkit.services import calibrating
from fraudkit.services.capacity import Capacity, today
from fraudkit.services.capacity import read as read_capacity
from fraudkit.services.workbench import Workbench
from fraudkit.store import Cursor, Database, Row, queue
from fraudkit.store.queue import NOBODY, QueueFilter, QueueTerms

__all__ = [
    "NOBODY",
    "Below",
    "QueueFilter",
    "QueuePage",
    "QueueRow",
    "Totals",
    "assignees",
    "queue_page",
    "terms",
    "totals",
]


@dataclass(frozen=True, slots=True)
class QueueRow:
    """A case as the queue shows it, led by its riskiest undecided alert.

    Parameters
    ----------
    rank
        Its row in this list.
    place
        Its place in the order of work of the whole queue; None once it is closed.
    standing
        0 woken or returned, 1 to be worked, 2 with somebody else first, 3 closed.
    open_amount, expected_loss
        In base currency; the latter None before calibration and without a rate.
    is_unpriced
        Whether some of its money has no rate.
    service
        How it stands against its due time; None once it is closed.
    name
        Of the customer, where the extract has one.
    """

    rank: int
    place: int | None
    standing: int
    case_id: int
    version: int
    status: CaseStatus
    entity_kind: EntityKind
    entity_id: str
    priority: Priority
    assignee: str | None
    verdict: Verdict | None
    opened_at: int
    due_at: int | None
    woken_at: int | None
    returned_by: str | None
    waiting_until: int | None
    maker: str | None
    service: ServiceLevel | None
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
    expected_loss: float | None
    is_unpriced: bool
    name: str | None

    @property
    def probability(self) -> float | None:
        """Expected loss ÷ open amount: the probability of its alerts, weighted by their money."""
        if self.expected_loss is None or not self.open_amount:
            return None
        return self.expected_loss / self.open_amount


@dataclass(frozen=True, slots=True)
class Below:
    """What lies below the line of today's capacity, money in base currency."""

    cases: int
    amount: float
    expected_loss: float | None


@dataclass(frozen=True, slots=True)
class Totals:
    """How much work and money a filter holds, money in base currency."""

    cases: int
    alerts: int
    amount: float
    expected_loss: float | None


@dataclass(frozen=True, slots=True)
class QueuePage:
    """One page of the queue, the totals of all its pages, and where today's work ends.

    Parameters
    ----------
    rows
        The cases of this page.
    total_cases, total_alerts, total_amount, total_expected
        Over all pages.
    capacity
        What the team can work today.
    below
        What of this list lies below the line.
    calibration
        Probability by score; None while not yet calibrated.
    now
        The moment for which ages and service levels hold, microseconds UTC.
    """

    rows: tuple[QueueRow, ...]
    total_cases: int
    total_alerts: int
    total_amount: float
    total_expected: float | None
    capacity: Capacity
    below: Below
    calibration: Calibration | None
    now: int


_FROM_ELSEWHERE: Final = {"rank", "name"}
_NAMES: Final[WeakKeyDictionary[Database, dict[int, str | None]]] = WeakKeyDictionary()


def queue_page(workbench: Workbench, chosen: QueueFilter, page: int = 1, page_size: int = 50) -> QueuePage:
    """Return one page of the queue, counted from 1."""
    offset = (max(page, 1) - 1) * page_size
    with workbench.database.read() as cursor:
        able, agreed = terms(workbench, cursor)
        found = queue.page(cursor, chosen, agreed, page_size, offset)
        names = _names(workbench.database, cursor, [row["position"] for row in found])
    rows = tuple(
        _queue_row(row, offset + place, _name(row, names)) for place, row in enumerate(found, start=1)
    )
    all_of_it, below = _totals(found), _below(found)
    return QueuePage(
        rows,
        all_of_it.cases,
        all_of_it.alerts,
        all_of_it.amount,
        all_of_it.expected_loss,
        able,
        below,
        agreed.calibration,
        agreed.now,
    )


def totals(workbench: Workbench, chosen: Mapping[str, QueueFilter]) -> dict[str, Totals]:
    """Return how much work and money several filters hold, from one reading of the queue.

    The names are the caller's own; of a filter its status, assignee, service level and course count.
    """
    with workbench.database.read() as cursor:
        found = queue.totals(cursor, chosen, terms(workbench, cursor)[1])
    return {
        name: Totals(row["cases"], int(row["alerts"] or 0), float(row["amount"] or 0.0), row["expected"])
        for name, row in found.items()
    }


def assignees(workbench: Workbench) -> list[str]:
    """Return everybody who has a case."""
    with workbench.database.read() as cursor:
        return queue.assignees(cursor)


def terms(workbench: Workbench, cursor: Cursor) -> tuple[Capacity, QueueTerms]:
    """Return what the order of work depends on now, beside the cases."""
    day = today(workbench)
    able = read_capacity(cursor, day)
    calibration = calibrating.read(workbench.database, cursor)
    base = workbench.settings.base_currency
    return able, QueueTerms(base, day.now, day.start, day.end, calibration, able.left)


def _queue_row(row: Row, rank: int, name: str | None) -> QueueRow:
    values = {field.name: row[field.name] for field in fields(QueueRow) if field.name not in _FROM_ELSEWHERE}
    changed = {"amount": float(row["amount"]), "reasons": tuple(row["reasons"])}
    return QueueRow(**{**values, **changed, "rank": rank, "name": name})


def _names(database: Database, cursor: Cursor, positions: list[int]) -> dict[int, str | None]:
    """Return the customers' names; a row of the portfolio never changes, so each is read once."""
    known = _NAMES.setdefault(database, {})
    fresh = [position for position in positions if position not in known]
    found = queue.other_columns(cursor, fresh)
    known |= {position: person(found.get(position)) for position in fresh}
    return known


def _name(row: Row, names: dict[int, str | None]) -> str | None:
    """Return the customer's name; a terminal's case is nobody's in particular."""
    return None if row["entity_kind"] == "terminal" else names.get(row["position"])


def _totals(found: list[Row]) -> Totals:
    if not found:
        return Totals(0, 0, 0.0, None)
    first = found[0]
    return Totals(
        int(first["total_cases"]),
        int(first["total_alerts"]),
        float(first["total_amount"]),
        first["total_expected"],
    )


def _below(found: list[Row]) -> Below:
    if not found:
        return Below(0, 0.0, None)
    first = found[0]
    return Below(int(first["below_cases"]), float(first["below_amount"] or 0.0), first["below_expected"])
