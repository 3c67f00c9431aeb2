"""The queue of cases: filters, order and pages in SQL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, get_args

from fraudkit.domain import Priority
from fraudkit.evaluate.calibration import Calibration
from fraudkit.evaluate.service_level import AT_RISK, DUE_SOON, ServiceLevel
from fraudkit.store import preferences
from fraudkit.store.database import Cursor, Row
from fraudkit.store.statements import query
from fraudkit.workflow import OPEN_STATUSES

QueueSort = Literal["order", "risk", "amount", "newest", "due"]
QueueStatus = Literal["open", "new", "in_review", "waiting", "escalated", "pending_approval", "closed", "all"]
Course = Literal[
    "due_today", "returned", "woken", "decided_today", "reopened", "new_alerts", "new_transactions"
]

_ORDER: Final[dict[QueueSort, str]] = {
    "order": "place NULLS LAST, closed_at DESC, score DESC, case_id",
    "risk": "score DESC, abs(amount) DESC, case_id",
    "amount": "open_amount DESC, score DESC, case_id",
    "newest": "ts_us DESC, score DESC, case_id",
    "due": "due_at, place NULLS LAST, case_id",
}
_CLOSED: Final = ("closed", "merged", "auto_closed")
_STATUSES: Final[dict[QueueStatus, tuple[str, ...]]] = {
    "open": OPEN_STATUSES,
    "new": ("new",),
    "in_review": ("in_review",),
    "waiting": ("waiting",),
    "escalated": ("escalated",),
    "pending_approval": ("pending_approval",),
    "closed": _CLOSED,
    "all": (*OPEN_STATUSES, *_CLOSED),
}
_COURSES: Final[dict[Course, str]] = {
    "due_today": "SELECT case_id FROM case_state WHERE due_at >= $now AND due_at < $day_end",
    "returned": "SELECT case_id FROM case_state WHERE status = 'new' AND returned_by IS NOT NULL",
    "woken": "SELECT case_id FROM case_state WHERE (status = 'new' AND woken_at IS NOT NULL) "
    "OR (status = 'waiting' AND coalesce(waiting_until, 0) <= $now)",
    "decided_today": query("decided_since"),
    "reopened": "SELECT case_id FROM case_event WHERE kind = 'reopened' AND happened_at >= $since",
    "new_alerts": "SELECT case_id FROM alert WHERE raised_at >= $since",
    "new_transactions": query("arrivals_since"),
}
"""What happened to a case, as a query of the cases that it happened to."""

_SUMS: Final = {
    "cases": "count(*)",
    "alerts": "sum(undecided)",
    "amount": "sum(open_amount)",
    "expected": "sum(expected_loss)",
}
SORTS: Final[tuple[QueueSort, ...]] = get_args(QueueSort)
STATUSES: Final[tuple[QueueStatus, ...]] = get_args(QueueStatus)
COURSES: Final[tuple[Course, ...]] = get_args(Course)
NOBODY: Final = "\u2205"
"""Instead of a name: cases that nobody has."""


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """Which cases, and in which order; None means any.

    Parameters
    ----------
    status
        Open cases, those of one status, closed ones or all.
    search
        Text within customer, transaction, merchant or case number.
    channel, transaction_type
        Of the alert that leads the case.
    minimum_amount
        Least amount of that alert, in its own currency.
    reason
        Name of a feature among its strongest reasons.
    together
        Names of the two strongest reasons of an undecided alert of the case, in alphabetical order (one
        name where it has one).
    priority
        Priority of the case.
    assignee
        Who has it, or `NOBODY`.
    service
        How it stands against its due time.
    course
        What happened to it, such as woken or due today.
    since
        From when on things count as new, microseconds UTC; for the courses that need it.
    sort
        In the order of work, by score, by open amount in base currency, newest first, or next due first.
    """

    status: QueueStatus = "open"
    search: str | None = None
    channel: str | None = None
    transaction_type: str | None = None
    minimum_amount: float | None = None
    reason: str | None = None
    together: tuple[str, ...] | None = None
    priority: Priority | None = None
    assignee: str | None = None
    service: ServiceLevel | None = None
    course: Course | None = None
    since: int | None = None
    sort: QueueSort = "order"


@dataclass(frozen=True, slots=True)
class QueueTerms:
    """What the order of work depends on beside the cases.

    Parameters
    ----------
    base_currency
        Currency of all sums.
    now, day_start, day_end
        The moment, and the bounds of the day in the bank's zone; microseconds UTC.
    calibration
        Probability by score; None before enough verdicts.
    line
        How many cases the team can still work today; None draws no line.
    """

    base_currency: str
    now: int
    day_start: int
    day_end: int
    calibration: Calibration | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Servable:
    """A case that may be served: its version, and whether it is held already."""

    case_id: int
    version: int
    is_held: bool


def page(cursor: Cursor, chosen: QueueFilter, terms: QueueTerms, limit: int, offset: int) -> list[Row]:
    """Return one page of the queue; each row carries the totals of the whole."""
    sql = f"{query('queue')} ORDER BY {_ORDER[chosen.sort]} LIMIT $limit OFFSET $offset"
    return cursor.rows(sql, {**_parameters(cursor, chosen, terms), "limit": limit, "offset": offset})


def totals(cursor: Cursor, filters: Mapping[str, QueueFilter], terms: QueueTerms) -> dict[str, Row]:
    """Return `cases`, `alerts`, `amount` and `expected` of several filters from one reading of the queue.

    Of a filter the parts that concern the work count: status, assignee, service level and course.
    """
    parameters = _parameters(cursor, QueueFilter(status="all"), terms)
    columns: list[str] = []
    for name, chosen in filters.items():
        named = _named(cursor, chosen, terms)
        unassigned = chosen.assignee == NOBODY
        parameters |= {
            f"{name}_statuses": list(_STATUSES[chosen.status]),
            f"{name}_assignee": None if unassigned else chosen.assignee,
            f"{name}_unassigned": unassigned,
            f"{name}_service": chosen.service,
            f"{name}_named": named,
        }
        columns += [f"{what} FILTER (WHERE {_work(name)}) AS {name}_{part}" for part, what in _SUMS.items()]
    row = cursor.row(f"SELECT {', '.join(columns)} FROM ({query('queue')})", parameters) or {}
    return {name: {part: row[f"{name}_{part}"] for part in _SUMS} for name in filters}


def _work(name: str) -> str:
    """Return the condition of one filter on its work; `name` is one of the caller's own."""
    return (
        f"list_contains(${name}_statuses::VARCHAR[], status) "
        f"AND (${name}_assignee::VARCHAR IS NULL OR assignee = ${name}_assignee) "
        f"AND (NOT ${name}_unassigned OR assignee IS NULL) "
        f"AND (${name}_service::VARCHAR IS NULL OR service = ${name}_service) "
        f"AND (${name}_named::BIGINT[] IS NULL OR list_contains(${name}_named::BIGINT[], case_id))"
    )


def servable(cursor: Cursor, chosen: QueueFilter, terms: QueueTerms, who: str, limit: int) -> list[Servable]:
    """Return the cases that may be served to somebody, in the filter's order.

    What one already holds comes first; what others hold, what waits and what stands with a second person is
    never among them.
    """
    sql = (
        f"SELECT case_id, version, status = 'in_review' AS is_held FROM ({query('queue')}) "
        f"ORDER BY is_held DESC, {_ORDER[chosen.sort]} LIMIT $limit"
    )
    parameters = {**_parameters(cursor, chosen, terms), "server": who, "limit": limit}
    return [Servable(**row) for row in cursor.rows(sql, parameters)]


def decided_money(cursor: Cursor, case_ids: list[int], base_currency: str) -> list[Row]:
    """Return `case_id`, `verdict` and the money of that verdict for each decided case."""
    rates = preferences.currency_rates(cursor, base_currency)
    parameters = {
        "cases": case_ids,
        "base_currency": base_currency,
        "currencies": list(rates),
        "factors": list(rates.values()),
    }
    return cursor.rows(query("decided_money"), parameters)


def other_columns(cursor: Cursor, positions: list[int]) -> dict[int, str]:
    """Return the columns that the schema does not know, as JSON, of some transactions that have any."""
    some = cursor.value("SELECT 1 FROM transactions WHERE other_columns IS NOT NULL LIMIT 1")
    if some is None or not positions:
        return {}
    rows = cursor.rows(
        "SELECT position, other_columns FROM transactions "
        "WHERE position IN (SELECT unnest(?::BIGINT[])) AND other_columns IS NOT NULL",
        [positions],
    )
    return {row["position"]: row["other_columns"] for row in rows}


def assignees(cursor: Cursor) -> list[str]:
    """Return everybody who has a case."""
    rows = cursor.rows("SELECT DISTINCT assignee FROM case_state WHERE assignee IS NOT NULL ORDER BY 1")
    return [row["assignee"] for row in rows]


def choices(cursor: Cursor, column: Literal["channel", "transaction_type"]) -> list[str]:
    """Return the values that a filter can take, as they occur among alerts."""
    rows = cursor.rows(
        f"SELECT DISTINCT {column} AS value FROM alert WHERE {column} IS NOT NULL ORDER BY value"
    )
    return [row["value"] for row in rows]


def _parameters(cursor: Cursor, chosen: QueueFilter, terms: QueueTerms) -> dict[str, object]:
    rates = preferences.currency_rates(cursor, terms.base_currency)
    bands = terms.calibration.bands if terms.calibration else ()
    return {
        "open": list(OPEN_STATUSES),
        "statuses": list(_STATUSES[chosen.status]),
        "search": chosen.search or None,
        "channel": chosen.channel,
        "transaction_type": chosen.transaction_type,
        "minimum_amount": chosen.minimum_amount,
        "reason": chosen.reason,
        "together": None if chosen.together is None else list(chosen.together),
        "priority": chosen.priority,
        "assignee": None if chosen.assignee == NOBODY else chosen.assignee,
        "unassigned": chosen.assignee == NOBODY,
        "service": chosen.service,
        "named": _named(cursor, chosen, terms),
        "server": None,
        "base_currency": terms.base_currency,
        "currencies": list(rates),
        "factors": list(rates.values()),
        "band_lowest": [band.lowest for band in bands],
        "band_probability": [band.probability for band in bands],
        "now": terms.now,
        "at_risk": AT_RISK,
        "due_soon": DUE_SOON,
        "line": terms.line,
    }


def _named(cursor: Cursor, chosen: QueueFilter, terms: QueueTerms) -> list[int] | None:
    """Return the cases that the course names; None without one."""
    if chosen.course is None:
        return None
    sql = _COURSES[chosen.course]
    offered = {
        "now": terms.now,
        "day_end": terms.day_end,
        "day_start": terms.day_start,
        "since": terms.day_start if chosen.since is None else chosen.since,
        "who": None if chosen.assignee == NOBODY else chosen.assignee,
        "open": list(OPEN_STATUSES),
    }
    used = {name: value for name, value in offered.items() if f"${name}" in sql}
    return [row["case_id"] for row in cursor.rows(sql, used)]
