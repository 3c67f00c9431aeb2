"""What the audit records: the tables whose rows are events, and how a row becomes an entry's content.

Digests are taken of a row as the database gives it back, columns that are NULL left out: a later layout may
add a column without changing the digest of a row that has nothing in it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from fraudkit.domain import Actor
from fraudkit.errors import NotFoundError
from fraudkit.store.database import Change, Cursor, Row
from fraudkit.words import N_


@dataclass(frozen=True, slots=True)
class AuditedTable:
    """One table of events.

    Parameters
    ----------
    name
        The table.
    key
        The columns that name a row.
    action, kind
        What an entry says was done: the word and, when there is one, the value of the column `kind`.
    erasable
        Columns that may hold personal data and may be emptied, with what is left in them.
    """

    name: str
    key: tuple[str, ...]
    action: str
    kind: str | None
    erasable: tuple[tuple[str, str | None], ...] = ()

    def subject(self, row: Row) -> str:
        """Return the name of a row, such as `label_event/17`."""
        return "/".join([self.name, *(str(row[column]) for column in self.key)])

    def action_of(self, row: Row) -> str:
        """Return what the row says was done, such as `label.fraud`."""
        return self.action if self.kind is None else f"{self.action}.{row[self.kind]}"


TABLES: Final[dict[str, AuditedTable]] = {
    table.name: table
    for table in (
        AuditedTable("label_event", ("label_id",), "label", "verdict", (("note", None), ("evidence", None))),
        AuditedTable("label_proposal", ("proposal_id",), "proposal", "verdict", (("label", None),)),
        AuditedTable("case_event", ("event_id",), "case", "kind", (("remark", None),)),
        AuditedTable(
            "note_event",
            ("note_id",),
            "note",
            "kind",
            (("body", None), ("mentions", None), ("file_name", None), ("file_sha256", None)),
        ),
        AuditedTable("export_event", ("export_id",), "export", "kind", (("subject", None),)),
        AuditedTable("erasure_event", ("erasure_id",), "erasure", "kind"),
        AuditedTable("batch", ("batch_id",), "import", None, (("file_name", ""),)),
        AuditedTable("batch_event", ("batch_id", "kind", "happened_at"), "batch", "kind"),
        AuditedTable("layout_event", ("signature", "happened_at"), "layout", "kind", (("name", ""),)),
        AuditedTable("model_event", ("model_id", "kind", "happened_at"), "model", "kind"),
        AuditedTable("quality_event", ("event_id",), "quality", "kind"),
        AuditedTable("sweep_event", ("sweep_id", "kind"), "sweep", "kind"),
        AuditedTable("setting_event", ("name", "happened_at"), "setting", "name"),
        AuditedTable("view_event", ("event_id",), "view", "kind"),
    )
}
ERASURE: Final = "erasure"
_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)


def canonical(value: object) -> bytes:
    """Return the one JSON text of a value; a lone half of a character pair stays as it is.

    Amounts are written as text, with the two decimals of their column.
    """
    return _ENCODER.encode(value).encode("utf-8", "surrogatepass")


def content(table: str, row: Row) -> bytes:
    """Return the canonical form of a row."""
    return canonical([table, {name: value for name, value in row.items() if value is not None}])


def record(cursor: Cursor, table: str, rows: Iterable[Row]) -> None:
    """Note rows that this transaction has appended, as `INSERT … RETURNING *` gives them back.

    Parameters
    ----------
    cursor
        Inside a write transaction; the audit writes the entries when it commits.
    table
        One of `TABLES`.
    rows
        All columns; actor and role of an entry are the row's own.
    """
    audited = TABLES[table]
    cursor.changes.extend(
        Change(audited.action_of(row), audited.subject(row), row["actor"], row["role"], content(table, row))
        for row in rows
    )


def erase(cursor: Cursor, table: str, key: Sequence[object], actor: Actor) -> None:
    """Empty the columns of one row that may hold personal data, and note that it was done.

    Parameters
    ----------
    cursor
        Inside a write transaction.
    table, key
        The row: one of `TABLES` and the values of its key.
    actor
        Who erases.

    Raises
    ------
    NotFoundError
        When there is no such row, or the table holds nothing that can be erased.
    """
    audited = TABLES.get(table)
    where = " AND ".join(f"{column} = ?" for column in audited.key) if audited else ""
    row = None
    if audited is not None and audited.erasable:
        emptied = ", ".join(f"{column} = ?" for column, _ in audited.erasable)
        left = [value for _, value in audited.erasable]
        cursor.execute(f"UPDATE {audited.name} SET {emptied} WHERE {where}", [*left, *key])
        row = cursor.row(f"SELECT * FROM {audited.name} WHERE {where}", list(key))
    if audited is None or row is None:
        raise NotFoundError(
            N_("There is nothing to erase under {subject}."),
            N_("Name a row as the audit does, such as label_event/17."),
            subject="/".join([table, *(str(part) for part in key)]),
        )
    note_erasure(cursor, table, row, actor)


def note_erasure(cursor: Cursor, table: str, row: Row, actor: Actor) -> None:
    """Note that personal data were taken out of a row, which stands now as it is given here."""
    subject = TABLES[table].subject(row)
    cursor.changes.append(Change(ERASURE, subject, actor.name, actor.role, content(table, row)))
