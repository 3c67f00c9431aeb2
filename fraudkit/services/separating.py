"""Rows taken for known ones, declared transactions of their own: a batch that names the one they were in."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from fraudkit.domain import Actor
from fraudkit.errors import ConflictError, InvalidInputError, NotFoundError
from fraudkit.services import quality
from fraudkit.services.import_result import Changes, ImportResult
from fraudkit.services.workbench import Workbench
from fraudkit.store import batches, transactions
from fraudkit.store.database import Cursor, Row
from fraudkit.words import N_

MOST_ROWS: Final = 200
FORMAT: Final = "separated"


@dataclass(frozen=True, slots=True)
class Repeated:
    """Rows of a batch that were known already.

    Parameters
    ----------
    batch_id
        Their batch.
    rows
        At most `MOST_ROWS` of them, in the order of the file: `source_row`, `has_identifier`, and of the
        transaction that each repeats `transaction_id`, `known_batch`, `known_row`, `known_file`, `ts_us`,
        `utc_offset_minutes`, `amount`, `currency`, `customer_id` and `merchant`.
    """

    batch_id: int
    rows: tuple[Row, ...]


def repeated(workbench: Workbench, batch_id: int) -> Repeated:
    """Return the rows of a batch that were known already and that nobody declared separate."""
    with workbench.database.read() as cursor:
        return Repeated(batch_id, tuple(batches.repeated_rows(cursor, batch_id, MOST_ROWS)))


def separate(workbench: Workbench, batch_id: int, source_rows: Sequence[int], actor: Actor) -> ImportResult:
    """Declare known rows of a batch transactions of their own, in one transaction.

    Rows with an identifier of their own cannot be: the same identifier is the same transaction.

    Raises
    ------
    NotFoundError
        When there is no such batch.
    ConflictError
        When the batch was withdrawn.
    InvalidInputError
        When a row is not one of its open known rows, or has an identifier.
    """
    with workbench.database.write() as cursor:
        file_name = _file_of(cursor, batch_id)
        _require_open(cursor, batch_id, source_rows)
        last = transactions.last_position(cursor)
        number = transactions.open_batch(cursor)
        count = batches.append_separate(cursor, batch_id, sorted(source_rows), number, last)
        payload = {"batch_id": batch_id, "source_rows": sorted(source_rows)}
        batches.append_event(cursor, number, batches.SEPARATES, payload, actor)
        report = quality.describe(cursor, number, 0, has_labels=False)
        batches.append_report(cursor, number, report)
        arrived = batches.arrivals_in_open_cases(cursor, number)
        transactions.append_batch(cursor, number, _new_batch(file_name, payload, count), actor)
    return ImportResult(
        "load",
        count,
        count,
        0,
        0,
        number,
        N_("{loaded} rows were declared transactions of their own, as batch {batch_id}."),
        values={"loaded": count, "batch_id": number},
        changes=Changes(0, arrived),
    )


def _file_of(cursor: Cursor, batch_id: int) -> str:
    row = cursor.row("SELECT file_name FROM batch WHERE batch_id = ?", [batch_id])
    if row is None:
        raise NotFoundError(
            N_("There is no batch {batch_id}."), N_("The Import page lists all batches."), batch_id=batch_id
        )
    if batches.is_withdrawn(cursor, batch_id):
        raise ConflictError(
            N_("Batch {batch_id} was withdrawn before."),
            N_("Import the file again if its transactions are to count."),
            batch_id=batch_id,
        )
    return str(row["file_name"])


def _require_open(cursor: Cursor, batch_id: int, source_rows: Sequence[int]) -> None:
    found = cursor.rows(
        "SELECT source_row FROM repeated_row WHERE batch_id = ? AND NOT has_identifier "
        "AND transaction_id IN (SELECT transaction_id FROM transactions)",
        [batch_id],
    )
    open_rows = {row["source_row"] for row in found} - batches.separated_rows(cursor, batch_id)
    if not source_rows or not set(source_rows) <= open_rows:
        raise InvalidInputError(
            N_("These are not open known rows of batch {batch_id} without an identifier."),
            N_("Look at the known rows again; the same identifier is always the same transaction."),
            batch_id=batch_id,
        )


def _new_batch(file_name: str, payload: dict[str, object], count: int) -> transactions.NewBatch:
    digest = hashlib.sha256(json.dumps([FORMAT, payload]).encode()).hexdigest()
    return transactions.NewBatch(
        file_name, digest, FORMAT, 0, "{}", "{}", count, count, 0, 0, is_sample=False
    )
