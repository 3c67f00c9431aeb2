"""What the values of one batch look like: counted in SQL over the batch, and an even sample of its rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fraudkit.store.database import Cursor


def counted(
    cursor: Cursor, batch_id: int, texts: Sequence[str], numbers: Sequence[str], impossible: dict[str, str]
) -> dict[str, Any]:
    """Return, in one pass over the batch, its rows and what is filled, constant and impossible.

    Returns
    -------
    dict
        `rows`; `filled_<column>` for all columns, `constant_<column>` for texts, `least_`, `most_`, `mean_`
        and `deviation_<column>` for numbers, `impossible_<column>` for the given conditions.
    """
    parts = ["count(*) AS rows"]
    for name in texts:
        parts += [f"count({name}) AS filled_{name}", f"min({name}) = max({name}) AS constant_{name}"]
    for name in numbers:
        parts += [
            f"count({name}) AS filled_{name}",
            f"min({name})::DOUBLE AS least_{name}",
            f"max({name})::DOUBLE AS most_{name}",
            f"avg({name})::DOUBLE AS mean_{name}",
            f"stddev_pop({name}::DOUBLE) AS deviation_{name}",
        ]
    parts += [f"count(*) FILTER ({condition}) AS impossible_{name}" for name, condition in impossible.items()]
    return cursor.row(f"SELECT {', '.join(parts)} FROM transactions WHERE batch_id = ?", [batch_id]) or {}


def present_columns(cursor: Cursor, batch_id: int, names: Sequence[str]) -> list[str]:
    """Return the columns of which the batch has at least one value."""
    parts = ", ".join(f"count({name}) > 0 AS {name}" for name in names)
    found = cursor.row(f"SELECT {parts} FROM transactions WHERE batch_id = ?", [batch_id]) or {}
    return [name for name, is_present in found.items() if is_present]


def sample(cursor: Cursor, batch_id: int, names: Sequence[str], every: int) -> dict[str, list[Any]]:
    """Return every so many-th row of a batch, by column; `hour` is the local hour of day."""
    hour = "(ts_us // 60000000 + utc_offset_minutes) // 60 % 24 AS hour"
    sql = f"SELECT {', '.join([hour, *names])} FROM transactions WHERE batch_id = ? AND position % ? = 0"
    found: dict[str, list[Any]] = cursor.arrow(sql, [batch_id, every]).to_pydict()
    return found


def outlying(
    cursor: Cursor, batch_id: int, bounds: dict[str, tuple[float, float, float, float]]
) -> dict[str, Any]:
    """Return how many values lie far out: `mad_<column>` and `z_<column>`.

    Parameters
    ----------
    cursor
        Any cursor.
    batch_id
        The batch.
    bounds
        Centre and greatest distance by median, then by mean, of each column.
    """
    parts, values = [], []
    for name, limits in bounds.items():
        for kind, centre, distance in (("mad", *limits[:2]), ("z", *limits[2:])):
            parts.append(f"count(*) FILTER (abs({name}::DOUBLE - ?) > ?) AS {kind}_{name}")
            values += [centre, distance]
    sql = f"SELECT {', '.join(parts)} FROM transactions WHERE batch_id = ?"
    return cursor.row(sql, [*values, batch_id]) or {}


def days(cursor: Cursor, batch_id: int) -> list[int]:
    """Return the local days, counted from 1970, on which the batch has transactions."""
    rows = cursor.rows(
        "SELECT DISTINCT (ts_us + utc_offset_minutes::BIGINT * 60000000) // 86400000000 AS day "
        "FROM transactions WHERE batch_id = ? ORDER BY day",
        [batch_id],
    )
    return [row["day"] for row in rows]


def last_report(cursor: Cursor, before: int) -> str | None:
    """Return the report, JSON, of the last batch before one that still counts."""
    found: str | None = cursor.value(
        "SELECT report FROM batch_report ANTI JOIN batch_event "
        "ON batch_event.batch_id = batch_report.batch_id AND batch_event.kind = 'withdrawn' "
        "WHERE batch_report.batch_id < ? AND (report -> 'rows')::BIGINT > 0 "
        "ORDER BY batch_report.batch_id DESC LIMIT 1",
        [before],
    )
    return found


def append_median(cursor: Cursor, batch_id: int, name: str) -> float | None:
    """Record the median of a column of a batch; None where all of its values are there, or none is."""
    sql = (
        f"INSERT INTO batch_fill SELECT batch_id, ?, median({name})::DOUBLE, count(*) - count({name}) "
        f"FROM transactions WHERE batch_id = ? GROUP BY batch_id "
        f"HAVING count({name}) BETWEEN 1 AND count(*) - 1 RETURNING value"
    )
    found: float | None = cursor.value(sql, [name, batch_id])
    return found


def medians(cursor: Cursor) -> dict[str, tuple[list[int], list[float]]]:
    """Return batches and values of the recorded medians, by column."""
    found: dict[str, tuple[list[int], list[float]]] = {}
    for row in cursor.rows("SELECT batch_id, column_name, value FROM batch_fill ORDER BY batch_id"):
        batches, values = found.setdefault(row["column_name"], ([], []))
        batches.append(row["batch_id"])
        values.append(row["value"])
    return found
