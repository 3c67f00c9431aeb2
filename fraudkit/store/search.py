"""Search in the database: bound values, few rows of each kind, the totals beside them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from fraudkit.store.database import Cursor, Row
from fraudkit.store.entities import ENTITY_COLUMNS
from fraudkit.store.statements import query

_NOBODY: Final = "\N{NULL}"
"""A text that stands in no value: import drops the character."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was typed, read in the ways that it can be read.

    Parameters
    ----------
    text, lower
        As typed, and in small letters; for starts of identifiers.
    part
        For a search within texts; None when it is too short for that.
    number
        A case number.
    amounts
        Least and largest amount.
    """

    text: str
    lower: str
    part: str | None
    number: int | None
    amounts: tuple[Decimal, Decimal] | None


def transactions(cursor: Cursor, wanted: Wanted, limit: int) -> tuple[list[Row], int]:
    """Return the newest transactions that fit, and how many there are."""
    least, most = wanted.amounts or (None, None)
    values = {
        "text": wanted.text,
        "lower": wanted.lower,
        "has_letters": wanted.lower != wanted.text.upper(),
        "part": wanted.part or _NOBODY,
        "least": least,
        "most": most,
    }
    rows = cursor.rows(query("search_transactions"), {**values, "limit": limit})
    return rows, len(rows) if len(rows) < limit else int(cursor.value(query("search_count"), values))


def entities(cursor: Cursor, kind: str, wanted: Wanted, limit: int) -> tuple[list[Row], int]:
    """Return the entities of one kind that fit, and how many there are."""
    if wanted.part is None:
        return [], 0
    sql = query("search_entities").replace(":entity:", ENTITY_COLUMNS[kind])
    return _counted(cursor.rows(sql, {"lower": wanted.lower, "part": wanted.part, "limit": limit}))


def cases(cursor: Cursor, wanted: Wanted, limit: int) -> tuple[list[Row], int]:
    """Return the cases that fit, and how many there are."""
    values = {"number": wanted.number, "part": wanted.part or _NOBODY, "limit": limit}
    return _counted(cursor.rows(query("search_cases"), values))


def notes(cursor: Cursor, wanted: Wanted, limit: int) -> tuple[list[Row], int]:
    """Return the standing notes that fit, and how many there are."""
    if wanted.part is None:
        return [], 0
    return _counted(cursor.rows(query("search_notes"), {"part": wanted.part, "limit": limit}))


def _counted(rows: list[Row]) -> tuple[list[Row], int]:
    return rows, int(rows[0]["total"]) if rows else 0
