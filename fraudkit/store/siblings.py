"""Transactions that share something with those of a case: a device, an address, a merchant, a pattern."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from fraudkit.domain import MICROSECONDS_PER_DAY
from fraudkit.store import preferences
from fraudkit.store.database import Cursor, Row
from fraudkit.store.statements import query

HABIT_ENDS_BEFORE_US: Final = MICROSECONDS_PER_DAY
"""What a customer did more than a day before the case's first transaction is habit, not part of the case."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A transaction of the case whose siblings are looked for.

    Parameters
    ----------
    position
        Which transaction.
    ts_us
        When it was made.
    values
        The values of its columns, by name.
    """

    position: int
    ts_us: int
    values: Row


def subjects(cursor: Cursor, positions: Sequence[int]) -> list[Subject]:
    """Return the transactions of a case by their positions."""
    rows = cursor.rows(
        "SELECT * FROM transactions WHERE position IN (SELECT unnest(?::BIGINT[])) ORDER BY position",
        [list(positions)],
    )
    return [Subject(row["position"], row["ts_us"], row) for row in rows]


def linked(
    cursor: Cursor, column: str, found: Sequence[Subject], own: Sequence[int], reach_us: int
) -> list[Row]:
    """Return `value` and `position` of transactions with a subject's value in a column, near it in time.

    Parameters
    ----------
    cursor
        For reading.
    column
        A declared column.
    found
        The subjects; those without a value there have no siblings by it.
    own
        Positions of the case's own transactions, which are no siblings.
    reach_us
        How far from a subject, before or after.
    """
    known = [(one.values[column], one.ts_us) for one in found if one.values[column] is not None]
    if not known:
        return []
    moments = [ts_us for _, ts_us in known]
    return cursor.rows(
        query("siblings_linked").replace(":column:", column),
        {
            "values": [value for value, _ in known],
            "moments": moments,
            "reach": reach_us,
            "earliest": min(moments) - reach_us,
            "latest": max(moments) + reach_us,
            "own": list(own),
            "habit_until": min(one.ts_us for one in found) - HABIT_ENDS_BEFORE_US,
            "entities": [entity for one in found if (entity := _entity(one.values))],
        },
    )


def _entity(values: Row) -> str | None:
    """Return whose a transaction is."""
    return next((values[name] for name in ("customer_id", "account_id", "card_id") if values[name]), None)


def alike(cursor: Cursor, case_id: int, subject_positions: Sequence[int]) -> list[Row]:
    """Return `value` and `position` of other cases' alerts with a subject's two strongest reasons."""
    return cursor.rows(query("siblings_alike"), {"case_id": case_id, "own": list(subject_positions)})


def facts(cursor: Cursor, positions: Sequence[int], base_currency: str) -> list[Row]:
    """Return what is known about transactions at some positions, in the order of time."""
    if not positions:
        return []
    rates = preferences.currency_rates(cursor, base_currency)
    return cursor.rows(
        query("siblings"),
        {
            "positions": list(positions),
            "first": min(positions),
            "last": max(positions),
            "currencies": list(rates),
            "factors": list(rates.values()),
            "base_currency": base_currency,
        },
    )
