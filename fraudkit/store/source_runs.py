"""The memory of sources: appended rows, one per file that a reading brought."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from typing import Final, Literal

from fraudkit.domain import Actor
from fraudkit.store.database import Cursor, Row

RunOutcome = Literal["load", "partial", "refuse", "ask", "nothing", "failed"]

IMPORTED: Final[tuple[RunOutcome, ...]] = ("load", "partial")
TRIED: Final[tuple[RunOutcome, ...]] = ("load", "partial", "refuse", "ask")


@dataclass(frozen=True, slots=True)
class SourceRun:
    """What became of one file of a reading, or of a reading that brought none."""

    source: str
    started_at: int
    finished_at: int
    outcome: RunOutcome
    file_name: str | None = None
    file_version: str | None = None
    batch_id: int | None = None
    rows_read: int = 0
    rows_loaded: int = 0
    rows_rejected: int = 0
    rows_duplicate: int = 0
    message: str = ""


def append(cursor: Cursor, run: SourceRun, actor: Actor) -> None:
    """Append what became of one file."""
    values = [*astuple(run), actor.name, actor.role]
    columns = (
        "source, started_at, finished_at, outcome, file_name, file_version, batch_id, rows_read, "
        "rows_loaded, rows_rejected, rows_duplicate, message, actor, role"
    )
    cursor.execute(f"INSERT INTO source_run ({columns}) VALUES ({', '.join('?' * len(values))})", values)


def last_run(cursor: Cursor, source: str) -> Row | None:
    """Return the last row of a source."""
    return cursor.row("SELECT * FROM source_run WHERE source = ? ORDER BY run_id DESC LIMIT 1", [source])


def history(cursor: Cursor, source: str, limit: int = 50) -> list[Row]:
    """Return the last rows of a source, newest first."""
    return cursor.rows(
        "SELECT * FROM source_run WHERE source = ? ORDER BY run_id DESC LIMIT ?", [source, limit]
    )


def known_versions(cursor: Cursor, source: str, outcomes: tuple[RunOutcome, ...]) -> frozenset[str]:
    """Return the versions of a source's files that ended in one of these outcomes."""
    found = cursor.rows(
        "SELECT DISTINCT file_version FROM source_run WHERE source = ? AND file_version IS NOT NULL "
        "AND list_contains(?::VARCHAR[], outcome)",
        [source, list(outcomes)],
    )
    return frozenset(row["file_version"] for row in found)
