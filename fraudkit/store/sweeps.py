"""Sweeps in the database: one event when a batch is decided, one when it is taken back."""

from __future__ import annotations

import json
from typing import Any, Final, Literal

from fraudkit.domain import Actor
from fraudkit.store import audited
from fraudkit.store.database import Cursor, Row, now_us
from fraudkit.store.statements import query

SweepKind = Literal["swept", "undone"]
SWEPT: Final[SweepKind] = "swept"
UNDONE: Final[SweepKind] = "undone"


def append(
    cursor: Cursor, sweep_id: str, kind: SweepKind, case_id: int, actor: Actor, payload: dict[str, Any]
) -> None:
    """Append that a batch was swept or undone."""
    rows = cursor.rows(
        "INSERT INTO sweep_event VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING *",
        [sweep_id, kind, case_id, json.dumps(payload), actor.name, actor.role, now_us()],
    )
    audited.record(cursor, "sweep_event", rows)


def events(cursor: Cursor, sweep_id: str) -> list[Row]:
    """Return the events of one sweep, oldest first, their payload parsed."""
    rows = cursor.rows("SELECT * FROM sweep_event WHERE sweep_id = ? ORDER BY happened_at", [sweep_id])
    return [{**row, "payload": json.loads(row["payload"])} for row in rows]


def decided(cursor: Cursor, case_id: int, version: int) -> list[Row]:
    """Return the transactions that one version of a case decided."""
    return cursor.rows(
        "SELECT transaction_id FROM label_event WHERE case_id = ? AND case_version = ? ORDER BY label_id",
        [case_id, version],
    )


def last(cursor: Cursor, most: int) -> list[Row]:
    """Return the last sweeps, newest first."""
    return cursor.rows(query("sweeps"), [most])
