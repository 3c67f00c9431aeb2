"""The audit chain: every recorded change becomes an entry in the transaction that makes it.

An entry's hash covers its columns and the hash before it, its content digest covers the row that it speaks
of; both are HMAC-SHA256 (RFC 2104) under a key that the database does not hold. `docs/audit.md` says what
this finds and what it cannot find.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pyarrow as pa

from fraudkit.domain import Actor
from fraudkit.errors import DatabaseError, FraudkitError
from fraudkit.store import audited
from fraudkit.store.audit_head import EMPTY, Head, HeadFile, StoredHead
from fraudkit.store.database import Change, Cursor, Database, now_us
from fraudkit.words import N_

COLUMNS: Final = (
    "entry_id",
    "happened_at",
    "actor",
    "role",
    "action",
    "subject",
    "content_digest",
    "previous_hash",
    "hash",
)
MIGRATION: Final = "0006_audit"
LATER_TABLES: Final = {"0010_import": ("batch_event", "layout_event")}
"""Tables that the audit records since a later migration."""
ADOPTION: Final = "adoption"
ACCEPTANCE: Final = "acceptance"
_FEW: Final = 8
"""Up to so many entries one statement with values costs less than handing over a table."""

_INSERT: Final = f"INSERT INTO audit_entry ({', '.join(COLUMNS)}) "
_LAST: Final = "SELECT entry_id, hash FROM audit_entry ORDER BY entry_id DESC LIMIT 1"
Entry = tuple[int, int, str, str, str, str, str, str, str]


class AuditError(DatabaseError):
    """The audit chain does not end where the head outside the database says."""


class Audit:
    """The guard of one database's writes.

    Parameters
    ----------
    database
        The open database; it is guarded from now on.
    key
        The secret of the chain.
    head_path
        Where the head is kept.
    """

    def __init__(self, database: Database, key: bytes, head_path: Path) -> None:
        self.key = key
        self.head_file = HeadFile(head_path, key)
        self.problem: FraudkitError | None = None
        self._database = database
        self._last: Head | None = None
        self._next = EMPTY
        self._start()
        database.guard = self

    def digest(self, content: bytes) -> str:
        """Return the keyed digest of a content; that of nothing is empty."""
        return hmac.digest(self.key, content, hashlib.sha256).hex() if content else ""

    def before_commit(self, cursor: Cursor) -> None:
        """Append the entries of a transaction and write the head that it leads to as an intent.

        Raises
        ------
        AuditError
            When the chain was broken: nothing is written over the traces.
        """
        if self.problem is not None:
            raise self.problem
        last = last_head(cursor) if self._last is None else self._last
        self._last = None  # until the commit is known to have worked
        entries = self._chained(cursor.changes, last)
        _insert(cursor, entries)
        self._next = Head(entries[-1][0], entries[-1][-1])
        self._write_head(StoredHead(last, self._next))

    def after_commit(self) -> None:
        """Confirm the head; when the disk does not take it, the intent already says the same."""
        self._last = self._next
        with contextlib.suppress(OSError):
            self.head_file.write(StoredHead(self._next))

    def accept(self, actor: Actor) -> None:
        """Take the chain as it stands, after a restored backup or a lost head; an entry says so for good."""
        with self._database.write() as cursor:
            self.problem, self._last = None, None
            words = audited.canonical(["accepted", last_head(cursor).entries])
            cursor.changes.append(Change(ACCEPTANCE, "audit_entry", actor.name, actor.role, words))

    def _start(self) -> None:
        """Compare the end of the chain with the head; begin the chain of a new database."""
        with self._database.read() as cursor:
            last = last_head(cursor)
        stored = self.head_file.read()
        if stored == "missing" and last == EMPTY and self._begin():
            return
        self.problem = difference(stored, last)
        if isinstance(stored, StoredHead) and self.problem is None:
            self._last = last
            if stored.intent is not None:
                self.head_file.write(StoredHead(last))
            self._adopt_later_tables()

    def _adopt_later_tables(self) -> None:
        """Adopt, once, the rows of tables that the audit did not record before a migration."""
        applied = self._database.applied_now & LATER_TABLES.keys()
        if not applied:
            return
        self._database.guard = self
        with self._database.write() as cursor:
            for name in [name for migration in sorted(applied) for name in LATER_TABLES[migration]]:
                audited.record(cursor, name, cursor.rows(f"SELECT * FROM {name} ORDER BY rowid"))
            cursor.changes = [change._replace(action=ADOPTION) for change in cursor.changes]

    def _begin(self) -> bool:
        """Write the first head; rows from before there was an audit are adopted, once."""
        with self._database.read() as cursor:
            is_new = MIGRATION in self._database.applied_now
            if not is_new and any(cursor.value(f"SELECT count(*) FROM {name}") for name in audited.TABLES):
                return False
        self.head_file.write(StoredHead(EMPTY))
        self._database.guard = self
        with self._database.write() as cursor:
            for name in audited.TABLES:
                audited.record(cursor, name, cursor.rows(f"SELECT * FROM {name} ORDER BY rowid"))
            cursor.changes = [change._replace(action=ADOPTION) for change in cursor.changes]
        return True

    def _chained(self, changes: Sequence[Change], last: Head) -> list[Entry]:
        happened_at = now_us()
        entries: list[Entry] = []
        number, previous = last.entries, last.hash
        for change in changes:
            number += 1
            digest = self.digest(change.content)
            named = (change.actor, change.role, change.action, change.subject)
            previous_hash, previous = (
                previous,
                entry_hash(self.key, (number, happened_at, *named, digest, previous)),
            )
            entries.append((number, happened_at, *named, digest, previous_hash, previous))
        return entries

    def _write_head(self, stored: StoredHead) -> None:
        try:
            self.head_file.write(stored)
        except OSError as error:
            raise DatabaseError(
                N_("The audit's head file {file} cannot be written; nothing was changed."),
                N_("Make room on its disk, or allow writing there."),
                file=self.head_file.path.name,
            ) from error


def entry_hash(key: bytes, columns: Sequence[object]) -> str:
    """Return the hash of an entry from all of its other columns, in their order."""
    return hmac.digest(key, audited.canonical(["audit_entry", *columns]), hashlib.sha256).hex()


def last_head(cursor: Cursor) -> Head:
    """Return where the chain in the database ends."""
    row = cursor.row(_LAST)
    return EMPTY if row is None else Head(row["entry_id"], row["hash"])


def difference(stored: StoredHead | str, last: Head) -> AuditError | None:
    """Return what is wrong between the head outside the database and the end of the chain in it."""
    hint = N_("Restore what is missing, or run “audit accept” as administrator to go on from here.")
    if stored == "missing":
        return AuditError(N_("The head of the audit chain, kept outside the database, is gone."), hint)
    if not isinstance(stored, StoredHead):
        return AuditError(
            N_("The head of the audit chain was changed, or its key is not the one that wrote it."), hint
        )
    if last in stored.accepted:
        return None
    return AuditError(
        N_("The audit chain ends at entry {found}; its head outside the database says {expected}."),
        hint,
        found=last.entries,
        expected=stored.confirmed.entries,
    )


def _insert(cursor: Cursor, entries: Sequence[Entry]) -> None:
    if len(entries) <= _FEW:
        places = ", ".join([f"({', '.join('?' * len(COLUMNS))})"] * len(entries))
        cursor.execute(f"{_INSERT} VALUES {places}", [value for entry in entries for value in entry])
        return
    table = pa.table([pa.array(column) for column in zip(*entries, strict=True)], names=list(COLUMNS))
    with cursor.registered("chained_entry", table):
        cursor.execute(f"{_INSERT} SELECT * FROM chained_entry")
