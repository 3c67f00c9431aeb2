"""Notes and attached files in the database: appended events and the bytes of the files."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from fraudkit.domain import Actor
from fraudkit.store import audited
from fraudkit.store.database import Cursor, Row, now_us
from fraudkit.store.statements import query

SubjectKind = Literal[
    "case", "transaction", "customer", "account", "card", "terminal", "device", "merchant", "counterparty"
]
Subject = tuple[SubjectKind, str]
WRITTEN: Final = "written"
STRUCK: Final = "struck"


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file about to be kept with a note.

    Parameters
    ----------
    name, kind
        Its name and what its content is.
    content, sha256
        Its bytes and their digest.
    """

    name: str
    kind: str
    content: bytes
    sha256: str


@dataclass(frozen=True, slots=True)
class NewNote:
    """One note about to be appended.

    Parameters
    ----------
    subject
        What it belongs to.
    body
        The text, without card numbers.
    mentions
        Names of colleagues in it.
    case_id
        The case on whose page it was written.
    strikes
        The note that this one takes back.
    file
        What is attached.
    """

    subject: Subject
    body: str = ""
    mentions: Sequence[str] = ()
    case_id: int | None = None
    strikes: int | None = None
    file: StoredFile | None = None


def append(cursor: Cursor, note: NewNote, actor: Actor) -> int:
    """Append a note, with its file, and return its number."""
    file = note.file
    columns = {
        "kind": WRITTEN if note.strikes is None else STRUCK,
        "subject_kind": note.subject[0],
        "subject_id": note.subject[1],
        "case_id": note.case_id,
        "body": note.body or None,
        "mentions": json.dumps(list(note.mentions), ensure_ascii=False) if note.mentions else None,
        "strikes": note.strikes,
        "file_name": file.name if file else None,
        "file_kind": file.kind if file else None,
        "file_bytes": len(file.content) if file else None,
        "file_sha256": file.sha256 if file else None,
        "actor": actor.name,
        "role": actor.role,
        "happened_at": now_us(),
    }
    places = ", ".join("?" * len(columns))
    rows = cursor.rows(
        f"INSERT INTO note_event ({', '.join(columns)}) VALUES ({places}) RETURNING *", list(columns.values())
    )
    audited.record(cursor, "note_event", rows)
    number = int(rows[0]["note_id"])
    if file is not None:
        cursor.execute("INSERT INTO attachment VALUES (?, ?)", [number, file.content])
    return number


def about(cursor: Cursor, subjects: Sequence[Subject]) -> list[Row]:
    """Return the notes on any of the subjects, oldest first, each with who struck it and when."""
    return cursor.rows(
        query("notes_about"),
        {"kinds": [kind for kind, _ in subjects], "identifiers": [identifier for _, identifier in subjects]},
    )


def by_number(cursor: Cursor, note_id: int) -> Row | None:
    """Return one note, or None."""
    return cursor.row("SELECT * FROM note_event WHERE note_id = ? AND kind = ?", [note_id, WRITTEN])


def content(cursor: Cursor, note_id: int) -> bytes | None:
    """Return the bytes of an attached file, or None when there is none any more."""
    value = cursor.value("SELECT content FROM attachment WHERE note_id = ?", [note_id])
    return None if value is None else bytes(value)


def is_struck(cursor: Cursor, note_id: int) -> bool:
    """Return whether a note was taken back."""
    return bool(cursor.value("SELECT count(*) FROM note_event WHERE strikes = ?", [note_id]))


def mentioning(cursor: Cursor, name: str, since_us: int) -> list[Row]:
    """Return standing notes of others that mention somebody, newest first."""
    return cursor.rows(query("notes_mentioning"), {"name": name, "since": since_us})


def people(cursor: Cursor) -> list[str]:
    """Return the names of everybody who ever did something here, the program itself left out."""
    rows = cursor.rows("SELECT DISTINCT actor FROM audit_entry WHERE actor <> 'fraudkit' ORDER BY actor")
    return [row["actor"] for row in rows]
