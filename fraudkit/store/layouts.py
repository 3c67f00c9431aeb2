"""Layouts that people confirmed: mapping and answers by the signature of a file's columns."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from fraudkit.domain import Actor
from fraudkit.store.database import Cursor, Row, now_us


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
    """Return the layout that was confirmed last for a signature."""
    row = cursor.row(
        "SELECT * FROM layout_event WHERE signature = ? ORDER BY happened_at DESC, rowid DESC LIMIT 1",
        [signature],
    )
    if row is None:
        return None
    return NamedLayout(signature, row["name"], json.loads(row["mapping"]), json.loads(row["answers"]))


def append_layout(cursor: Cursor, layout: NamedLayout, batch_id: int, actor: Actor) -> None:
    """Append a layout; from now on it counts for its signature."""
    cursor.execute(
        "INSERT INTO layout_event VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            layout.signature,
            layout.name,
            json.dumps(dict(layout.mapping), ensure_ascii=False),
            json.dumps(dict(layout.answers), ensure_ascii=False),
            batch_id,
            actor.name,
            actor.role,
            now_us(),
        ],
    )


def all_layouts(cursor: Cursor) -> list[Row]:
    """Return the layouts that count, by name."""
    return cursor.rows(
        "SELECT name, mapping, answers, actor, happened_at FROM layout_event "
        "QUALIFY row_number() OVER (PARTITION BY signature ORDER BY happened_at DESC, rowid DESC) = 1 "
        "ORDER BY name"
    )
