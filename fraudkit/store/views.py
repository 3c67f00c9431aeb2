"""Saved views of the queue: appended events; the last one of a view counts."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Literal

from fraudkit.domain import Actor
from fraudkit.store import audited
from fraudkit.store.database import Cursor, Row, now_us

ViewEventKind = Literal["saved", "renamed", "shared", "unshared", "deleted", "restored"]


@dataclass(frozen=True, slots=True)
class View:
    """One saved view.

    Parameters
    ----------
    view_id
        Its number.
    name, owner
        What it is called, and who made it.
    is_shared
        Whether everybody sees it.
    chosen
        The filters, by their names in the address.
    """

    view_id: int
    name: str
    owner: str
    is_shared: bool
    chosen: dict[str, str]


def standing(cursor: Cursor) -> list[View]:
    """Return all views that are not deleted, by name."""
    rows = cursor.rows(
        "SELECT * FROM view_event "
        "QUALIFY row_number() OVER (PARTITION BY view_id ORDER BY event_id DESC) = 1 "
        "ORDER BY lower(name), view_id"
    )
    return [_view(row) for row in rows if row["kind"] != "deleted"]


def course(cursor: Cursor, view_id: int) -> list[tuple[str, str, View]]:
    """Return what happened to a view, oldest first: kind, who, and the view after it."""
    rows = cursor.rows("SELECT * FROM view_event WHERE view_id = ? ORDER BY event_id", [view_id])
    return [(row["kind"], row["actor"], _view(row)) for row in rows]


def new_number(cursor: Cursor) -> int:
    """Draw a number that no other view has."""
    return int(cursor.value("SELECT nextval('view_number')"))


def append(cursor: Cursor, kind: ViewEventKind, view: View, actor: Actor) -> None:
    """Append what a view is from now on."""
    rows = cursor.rows(
        "INSERT INTO view_event BY NAME SELECT ? AS view_id, ? AS kind, ? AS name, ? AS owner, "
        "? AS is_shared, ? AS chosen, ? AS actor, ? AS role, ? AS happened_at RETURNING *",
        [
            view.view_id,
            kind,
            view.name,
            view.owner,
            view.is_shared,
            json.dumps(view.chosen, ensure_ascii=False, sort_keys=True),
            actor.name,
            actor.role,
            now_us(),
        ],
    )
    audited.record(cursor, "view_event", rows)


def _view(row: Row) -> View:
    return View(row["view_id"], row["name"], row["owner"], row["is_shared"], json.loads(row["chosen"]))
