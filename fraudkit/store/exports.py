"""What left the workbench: appended events, without the content."""

from __future__ import annotations

from dataclasses import dataclass

from fraudkit.domain import Actor
from fraudkit.store import audited
from fraudkit.store.database import Cursor, now_us


@dataclass(frozen=True, slots=True)
class NewExport:
    """One export about to be noted.

    Parameters
    ----------
    kind, format
        What left, and as which kind of file.
    row_count
        How many rows.
    sha256
        Digest of the bytes.
    subject
        Of whom, where it may name a person.
    case_id
        Of which case.
    """

    kind: str
    format: str
    row_count: int
    sha256: str
    subject: str | None = None
    case_id: int | None = None


def append(cursor: Cursor, export: NewExport, actor: Actor) -> None:
    """Append one export."""
    rows = cursor.rows(
        "INSERT INTO export_event "
        "(kind, format, subject, case_id, row_count, sha256, actor, role, happened_at) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING *",
        [
            export.kind,
            export.format,
            export.subject,
            export.case_id,
            export.row_count,
            export.sha256,
            actor.name,
            actor.role,
            now_us(),
        ],
    )
    audited.record(cursor, "export_event", rows)
