"""The audit chain as a list: who did what, on which row, filtered and page by page."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from fraudkit.store.database import Cursor, Row
from fraudkit.store.statements import query


@dataclass(frozen=True, slots=True)
class EntryFilter:
    """Which entries to list; None leaves all.

    Parameters
    ----------
    actor
        Who.
    area
        What: an action such as `label.fraud`, or the word before its dot.
    case_id
        Of which case.
    since, until
        From when (included) to when (excluded), microseconds UTC.
    """

    actor: str | None = None
    area: str | None = None
    case_id: int | None = None
    since: int | None = None
    until: int | None = None


def entries(cursor: Cursor, chosen: EntryFilter, limit: int, offset: int) -> tuple[list[Row], int]:
    """Return a page of entries, newest first, and how many fit."""
    rows = cursor.rows(query("audit_entries"), {**asdict(chosen), "limit": limit, "offset": offset})
    return rows, int(rows[0]["total"]) if rows else 0


def choices(cursor: Cursor) -> tuple[list[str], list[str]]:
    """Return who and what occurs in the chain."""
    actors = cursor.rows("SELECT DISTINCT actor FROM audit_entry ORDER BY actor")
    areas = cursor.rows("SELECT DISTINCT split_part(action, '.', 1) AS area FROM audit_entry ORDER BY area")
    return [row["actor"] for row in actors], [row["area"] for row in areas]


def span(cursor: Cursor) -> Row:
    """Return how many entries there are, the first and last moment, and the last hash."""
    return cursor.rows(
        "SELECT count(*) AS entries, min(happened_at) AS first, max(happened_at) AS last, "
        "arg_max(hash, entry_id) AS hash FROM audit_entry"
    )[0]
