"""Notes: what people write about a case, a customer or a transaction, whom they mention, what they attach."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, cast

from fraudkit.domain import Actor
from fraudkit.errors import ConflictError, InvalidInputError, NotFoundError, PermissionDeniedError
from fraudkit.ingest.card_key import load_key
from fraudkit.ingest.card_numbers import mask_text
from fraudkit.services import attachments
from fraudkit.services.reviewing import CaseView
from fraudkit.services.workbench import Workbench
from fraudkit.store import Row
from fraudkit.store import notes as store
from fraudkit.store.notes import NewNote, Subject, SubjectKind
from fraudkit.words import N_

LONGEST: Final = 4_000
_WORD: Final = re.compile(r"\w(?:[\w.\-]{0,58}\w)?")
_BEFORE: Final = re.compile(r"[\w@.]")

__all__ = ["Note", "NoteFile", "Subject", "SubjectKind", "Upload"]


@dataclass(frozen=True, slots=True)
class NoteFile:
    """A file that a note carries; `name` is empty once it was erased."""

    name: str
    kind: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Note:
    """A note as people read it.

    Parameters
    ----------
    note_id
        Its number.
    subject
        What it belongs to.
    case_id
        The case on whose page it was written.
    body
        The text; None when its personal data were erased.
    mentions
        Names of colleagues in it.
    file
        What is attached.
    actor, happened_at
        Who wrote it and when.
    struck_by, struck_at
        Who took it back and when.
    """

    note_id: int
    subject: Subject
    case_id: int | None
    body: str | None
    mentions: tuple[str, ...]
    file: NoteFile | None
    actor: str
    happened_at: int
    struck_by: str | None = None
    struck_at: int | None = None

    @property
    def is_erased(self) -> bool:
        """Whether nothing is left of what it said."""
        return self.body is None and (self.file is None or not self.file.name)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it was handed in."""

    name: str
    content: bytes


def subjects_of_case(view: CaseView) -> list[Subject]:
    """Return everything whose notes a case shows: itself, its entity, its transactions."""
    state = view.state
    own: list[Subject] = [("case", str(state.case_id)), (state.entity_kind, state.entity_id)]
    return own + [("transaction", alert.transaction_id) for alert in view.alerts]


def about(workbench: Workbench, subjects: Sequence[Subject]) -> list[Note]:
    """Return the notes on any of the subjects, oldest first."""
    with workbench.database.read() as cursor:
        return [_note(row) for row in store.about(cursor, subjects)]


def write(
    workbench: Workbench,
    actor: Actor,
    subject: Subject,
    body: str,
    *,
    case_id: int | None = None,
    upload: Upload | None = None,
) -> int:
    """Append a note and return its number.

    Parameters
    ----------
    workbench
        The open workbench.
    actor
        Who writes.
    subject
        What the note belongs to: one on a customer is shown on all of the customer's cases.
    body
        The text; card numbers in it are masked.
    case_id
        The case on whose page it is written.
    upload
        A file to keep with it.

    Raises
    ------
    InvalidInputError
        When there is nothing to write, it is too long, or the file cannot be kept.
    """
    key = load_key(workbench.settings.card_key)
    body = mask_text(body.strip(), key)
    if not body and upload is None:
        raise InvalidInputError(N_("The note is empty."), N_("Write something, or attach a file."))
    if len(body) > LONGEST:
        raise InvalidInputError(
            N_("The note has {length} characters; {longest} are the most."),
            N_("Shorten it, or attach the text as a file."),
            length=len(body),
            longest=LONGEST,
        )
    megabytes = workbench.settings.attachment_megabytes
    file = attachments.accept(upload.name, upload.content, key, megabytes) if upload else None
    with workbench.database.write() as cursor:
        mentions = mentioned(body, store.people(cursor)) if "@" in body else []
        return store.append(cursor, NewNote(subject, body, mentions, case_id, file=file), actor)


def strike(workbench: Workbench, actor: Actor, note_id: int) -> None:
    """Take a note back: it stays readable, struck through, with who did it.

    Raises
    ------
    NotFoundError
        When there is no such note.
    PermissionDeniedError
        When an analyst strikes the note of somebody else.
    ConflictError
        When it was struck already.
    """
    with workbench.database.write() as cursor:
        row = store.by_number(cursor, note_id)
        if row is None:
            raise _unknown(note_id)
        if row["actor"] != actor.name and actor.role == "analyst":
            raise PermissionDeniedError(
                N_("Only {actor} or a team lead may strike this note."),
                N_("Write a note of your own that corrects it."),
                actor=row["actor"],
            )
        if store.is_struck(cursor, note_id):
            raise ConflictError(N_("This note was struck already."), N_("Look at the notes again."))
        subject = (cast("SubjectKind", row["subject_kind"]), str(row["subject_id"]))
        store.append(cursor, NewNote(subject, case_id=row["case_id"], strikes=note_id), actor)


def file_content(workbench: Workbench, note_id: int) -> bytes:
    """Return the bytes of a note's file.

    Raises
    ------
    NotFoundError
        When the note carries none.
    """
    with workbench.database.read() as cursor:
        found = store.content(cursor, note_id)
    if found is None:
        raise _unknown(note_id)
    return found


def mentions_of(workbench: Workbench, name: str, since_us: int = 0) -> list[Note]:
    """Return standing notes of others that mention somebody, newest first."""
    with workbench.database.read() as cursor:
        return [_note(row) for row in store.mentioning(cursor, name, since_us)]


def people(workbench: Workbench) -> list[str]:
    """Return who can be mentioned: everybody who ever did something here."""
    with workbench.database.read() as cursor:
        return store.people(cursor)


def mentioned(text: str, known: Sequence[str]) -> list[str]:
    """Return the names that follow an @, each once: the longest known name, else the word.

    Examples
    --------
    >>> mentioned("ask @Ana Ríos and @luis, not ana@bank.pe", ["Ana", "Ana Ríos"])
    ['Ana Ríos', 'luis']
    """
    longest_first = sorted(known, key=len, reverse=True)
    found: list[str] = []
    for place in (match.end() for match in re.finditer("@", text)):
        if place > 1 and _BEFORE.match(text[place - 2]):
            continue
        name = next((each for each in longest_first if _stands_at(text, place, each)), None)
        word = _WORD.match(text, place)
        chosen = name or (word.group() if word else None)
        if chosen and chosen not in found:
            found.append(chosen)
    return found


def _stands_at(text: str, place: int, name: str) -> bool:
    end = place + len(name)
    return (
        bool(name)
        and text[place:end].casefold() == name.casefold()
        and not (end < len(text) and text[end].isalnum())
    )


def _note(row: Row) -> Note:
    file = None
    if row["file_kind"] is not None:
        name, digest = row["file_name"] or "", row["file_sha256"] or ""
        file = NoteFile(name, row["file_kind"], row["file_bytes"], digest)
    erased = row["body"] is None and (file is None or not file.name)
    return Note(
        note_id=row["note_id"],
        subject=(row["subject_kind"], row["subject_id"]),
        case_id=row["case_id"],
        body=None if erased else row["body"] or "",
        mentions=tuple(json.loads(row["mentions"] or "[]")),
        file=file,
        actor=row["actor"],
        happened_at=row["happened_at"],
        struck_by=row.get("struck_by"),
        struck_at=row.get("struck_at"),
    )


def _unknown(note_id: int) -> NotFoundError:
    return NotFoundError(
        N_("There is no note {note_id} with what you asked for."),
        N_("Its personal data may have been erased; the audit says so."),
        note_id=note_id,
    )
