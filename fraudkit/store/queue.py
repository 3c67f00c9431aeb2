"""The queue of cases: filters, order and pages in SQL."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, get_args

from fraudkit.domain import Priority
from fraudkit.store import preferences
from fraudkit.store.database import Cursor, Row
from fraudkit.store.statements import query
from fraudkit.workflow import OPEN_STATUSES

QueueSort = Literal["risk", "amount", "newest"]
QueueStatus = Literal["open", "closed", "all"]

_ORDER: Final[dict[QueueSort, str]] = {
    "risk": "score DESC, abs(amount) DESC, case_id",
    "amount": "open_amount DESC, score DESC, case_id",
    "newest": "ts_us DESC, score DESC, case_id",
}
_CLOSED: Final = ("closed", "merged", "auto_closed")
_STATUSES: Final[dict[QueueStatus, tuple[str, ...]]] = {
    "open": OPEN_STATUSES,
    "closed": _CLOSED,
    "all": (*OPEN_STATUSES, *_CLOSED),
}
SORTS: Final[tuple[QueueSort, ...]] = get_args(QueueSort)


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """Which cases, and in which order; None means any.

    Parameters
    ----------
    status
        Open cases, closed ones or all.
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
    sort
        By risk (score, then amount), by open amount in base currency, or newest first.
    """

    status: QueueStatus = "open"
    search: str | None = None
    channel: str | None = None
    transaction_type: str | None = None
    minimum_amount: float | None = None
    reason: str | None = None
    together: tuple[str, ...] | None = None
    priority: Priority | None = None
    sort: QueueSort = "risk"


def page(cursor: Cursor, chosen: QueueFilter, base_currency: str, limit: int, offset: int) -> list[Row]:
    """Return one page of the queue; each row carries the totals of the whole."""
    sql = f"{query('queue')} ORDER BY {_ORDER[chosen.sort]} LIMIT $limit OFFSET $offset"
    return cursor.rows(sql, {**_parameters(cursor, chosen, base_currency), "limit": limit, "offset": offset})


def case_ids(cursor: Cursor, chosen: QueueFilter, base_currency: str) -> list[int]:
    """Return the numbers of all cases of the queue in their order."""
    sql = f"SELECT case_id FROM ({query('queue')}) ORDER BY {_ORDER[chosen.sort]}"
    return [row["case_id"] for row in cursor.rows(sql, _parameters(cursor, chosen, base_currency))]


def _parameters(cursor: Cursor, chosen: QueueFilter, base_currency: str) -> dict[str, object]:
    rates = preferences.currency_rates(cursor, base_currency)
    return {
        "statuses": list(_STATUSES[chosen.status]),
        "search": chosen.search or None,
        "channel": chosen.channel,
        "transaction_type": chosen.transaction_type,
        "minimum_amount": chosen.minimum_amount,
        "reason": chosen.reason,
        "together": None if chosen.together is None else list(chosen.together),
        "priority": chosen.priority,
        "base_currency": base_currency,
        "currencies": list(rates),
        "factors": list(rates.values()),
    }


def choices(cursor: Cursor, column: Literal["channel", "transaction_type"]) -> list[str]:
    """Return the values that a filter can take, as they occur among alerts."""
    rows = cursor.rows(
        f"SELECT DISTINCT {column} AS value FROM alert WHERE {column} IS NOT NULL ORDER BY value"
    )
    return [row["value"] for row in rows]
