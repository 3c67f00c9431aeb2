"""Layouts that people confirmed: mapping and answers by the signature of a file's columns."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from fraudkit.domain import Actor
from fraudkit.store import audited
from fraudkit.store.database import Cursor, Row, now_us

CONFIRMED: Final = "confirmed"
RENAMED: Final = "renamed"
FORGOTTEN: Final = "forgotten"


@dataclass(frozen=True, slots=True)
class NamedLayout:
    """What a person said about files with these columns.

    Parameters
    ----------
    signature
        Digest of the columns' names.
    name
        The name that people gave it.
    mapping
        Canonical column, or None, by column of the file.
    answers
        Answer by the identifier of its question.
    """

    signature: str
    name: str
    mapping: Mapping[str, str | None]
    answers: Mapping[str, str]


def layout_of(cursor: Cursor, signature: str) -> NamedLayout | None:
    """Return the layout that counts for a signature; none after it was forgotten."""
    row = cursor.row(
        "SELECT * FROM layout_event WHERE signature = ? ORDER BY happened_at DESC, rowid DESC LIMIT 1",
        [signature],
    )
    if row is None or row["kind"] == FORGOTTEN:
        return None
    return NamedLayout(signature, row["name"], json.loads(row["mapping"]), json.loads(row["answers"]))


def append_layout(
    cursor: Cursor, layout: NamedLayout, actor: Actor, *, kind: str = CONFIRMED, batch_id: int | None = None
) -> None:
    """Append what a person said of a layout; from now on it counts for its signature."""
    rows = cursor.rows(
        "INSERT INTO layout_event VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING *",
        [
            layout.signature,
            layout.name,
            json.dumps(dict(layout.mapping), ensure_ascii=False),
            json.dumps(dict(layout.answers), ensure_ascii=False),
            batch_id,
            actor.name,
            actor.role,
            now_us(),
            kind,
        ],
    )
    audited.record(cursor, "layout_event", rows)


def all_layouts(cursor: Cursor) -> list[Row]:
    """Return the layouts that count, by name."""
    return cursor.rows(
        "SELECT signature, name, mapping, answers, actor, happened_at FROM layout_event "
        "QUALIFY row_number() OVER (PARTITION BY signature ORDER BY happened_at DESC, rowid DESC) = 1 "
        "AND kind IS DISTINCT FROM ? ORDER BY name, signature",
        [FORGOTTEN],
    )
