"""Settings that people change while the server runs: appended events, the last one counts."""

from __future__ import annotations

import json
from typing import Any

from fraudkit.domain import Actor
from fraudkit.store import audited
from fraudkit.store.database import Cursor, now_us


def read(cursor: Cursor, name: str, default: Any = None) -> Any:
    """Return the present value of a setting, or the default."""
    value = cursor.value(
        "SELECT value FROM setting_event WHERE name = ? ORDER BY happened_at DESC, rowid DESC LIMIT 1", [name]
    )
    return default if value is None else json.loads(value)


def write(cursor: Cursor, name: str, value: Any, actor: Actor) -> None:
    """Append a new value of a setting."""
    rows = cursor.rows(
        "INSERT INTO setting_event VALUES (?, ?, ?, ?, ?) RETURNING *",
        [name, json.dumps(value, ensure_ascii=False), actor.name, actor.role, now_us()],
    )
    audited.record(cursor, "setting_event", rows)


def currency_rates(cursor: Cursor, base_currency: str) -> dict[str, float]:
    """Return what one unit of each currency is worth in the base currency.

    A currency without a rate is not in the answer: its amounts are never added to others.
    """
    rates = {str(code): float(rate) for code, rate in read(cursor, "currency_rates", {}).items()}
    return {**rates, base_currency: 1.0}


def with_prefix(cursor: Cursor, prefix: str) -> dict[str, tuple[Any, str, int]]:
    """Return the present value, its author and its moment of each setting whose name begins so.

    The names come back without the prefix.
    """
    rows = cursor.rows(
        "SELECT name, value, actor, happened_at FROM setting_event WHERE starts_with(name, ?) "
        "QUALIFY row_number() OVER (PARTITION BY name ORDER BY happened_at DESC, rowid DESC) = 1",
        [prefix],
    )
    return {
        row["name"].removeprefix(prefix): (json.loads(row["value"]), row["actor"], row["happened_at"])
        for row in rows
    }
