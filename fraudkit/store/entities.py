"""What the database knows of one customer, account, card, terminal, device, merchant or counterparty."""

from __future__ import annotations

from typing import Final

from fraudkit.store.database import Cursor, Row
from fraudkit.store.statements import query

ENTITY_COLUMNS: Final[dict[str, str]] = {
    "customer": "customer_id",
    "account": "account_id",
    "card": "card_id",
    "terminal": "terminal_id",
    "device": "device_id",
    "merchant": "coalesce(merchant_name, merchant_id)",
    "counterparty": "counterparty_account",
}
"""What can be looked at as a whole, and the expression that names it."""


def sums(cursor: Cursor, kind: str, identifier: str) -> list[Row]:
    """Return count, sum, first and last operation by currency."""
    return cursor.rows(_of("entity_sums", kind), {"identifier": identifier})


def distinct(cursor: Cursor, kind: str, identifier: str) -> Row:
    """Return how many others of each kind the entity has dealt with."""
    return cursor.row(_of("entity_distinct", kind), {"identifier": identifier}) or {}


def operations(cursor: Cursor, kind: str, identifier: str, limit: int, offset: int) -> list[Row]:
    """Return some operations, newest first, with case, verdict and severity."""
    values = {"identifier": identifier, "limit": limit, "offset": offset}
    return cursor.rows(_of("entity_operations", kind), values)


def cases(cursor: Cursor, kind: str, identifier: str) -> list[Row]:
    """Return the entity's cases, open ones first."""
    return cursor.rows(_of("entity_cases", kind), {"identifier": identifier, "kind": kind})


def labels(cursor: Cursor, kind: str, identifier: str) -> list[Row]:
    """Return every label of the entity's operations, newest first."""
    return cursor.rows(_of("entity_labels", kind), {"identifier": identifier})


def _of(name: str, kind: str) -> str:
    return query(name).replace(":entity:", ENTITY_COLUMNS[kind])
