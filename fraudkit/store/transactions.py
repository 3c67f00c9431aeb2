"""Transactions enter here: batch, rows, rejected rows and late labels, inside the caller's transaction.

Rows are appended first and compared afterwards, because nearly all are new: identifiers that occur twice are
found by one grouping, and only those rows are compared value by value.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from fraudkit.domain import MICROSECONDS_PER_DAY, Actor
from fraudkit.schema import COLUMNS
from fraudkit.store import audited, statements
from fraudkit.store.database import Cursor, Row, now_us

NO_POSITION: Final = 2**62
"""A position that no transaction reaches."""
LABEL_DELAY: Final = 7 * MICROSECONDS_PER_DAY
"""How long after its transaction a fraud became known, where the extract does not say."""

VALUE_COLUMNS: Final = tuple(
    column.name
    for column in COLUMNS
    if column.name not in {"transaction_id", "transaction_datetime", "fraud_label"}
)
COMPARED_COLUMNS: Final = ("ts_us", *VALUE_COLUMNS, "other_columns")


@dataclass(frozen=True, slots=True)
class NewBatch:
    """What is kept about one import.

    Parameters
    ----------
    file_name, file_sha256, file_format, file_bytes
        The file.
    layout, notes
        JSON: how it was read, what was normalised.
    rows_read, rows_loaded, rows_rejected, rows_duplicate
        Its rows; the first is the sum of the others.
    is_sample
        Whether it is the bundled sample.
    """

    file_name: str
    file_sha256: str
    file_format: str
    file_bytes: int
    layout: str
    notes: str
    rows_read: int
    rows_loaded: int
    rows_rejected: int
    rows_duplicate: int
    is_sample: bool


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of the rows whose identifier was known.

    Parameters
    ----------
    duplicates
        Rows that were already there, value by value.
    conflicts
        Rows with other values: `source_row`, `transaction_id`, `column_name`.
    """

    duplicates: int
    conflicts: list[Row]


def open_batch(cursor: Cursor) -> int:
    """Return the number of a new batch and make room for its late labels."""
    cursor.execute(statements.query("import_pending_labels"))
    return int(cursor.value("SELECT nextval('batch_number')"))


def last_position(cursor: Cursor) -> int:
    """Return the last position that was ever given, 0 when there is none; it is not given again."""
    tables = "SELECT position FROM transactions UNION ALL SELECT position FROM withdrawn_transaction"
    return int(cursor.value(f"SELECT coalesce(max(position), 0) FROM ({tables})"))


def batch_of_file(cursor: Cursor, sha256: str) -> Row | None:
    """Return the batch that loaded a file with the same content and still counts."""
    return cursor.row(
        "SELECT * FROM batch ANTI JOIN batch_event ON batch_event.batch_id = batch.batch_id "
        "AND batch_event.kind = 'withdrawn' WHERE file_sha256 = ? ORDER BY batch_id LIMIT 1",
        [sha256],
    )


def append_rows(cursor: Cursor, rows: pa.Table, batch_id: int, first_position: int) -> None:
    """Append rows in their order; rows with a true `fraud_label` are remembered for `append_labels`.

    Parameters
    ----------
    cursor
        Inside a write transaction.
    rows
        `source_row`, `ts_us`, `utc_offset_minutes`, `time_precision`, any canonical columns, and
        `other_columns` as JSON.
    batch_id
        Their batch.
    first_position
        Position of the first row.
    """
    if not rows.num_rows:
        return
    positions = np.arange(first_position, first_position + rows.num_rows, dtype=np.int64)
    if "fraud_label" in rows.column_names:
        is_fraud = pc.fill_null(rows["fraud_label"], fill_value=False).to_numpy()
        _remember_labels(cursor, positions[is_fraud])
        rows = rows.drop_columns(["fraud_label"])
    rows = rows.append_column("position", pa.array(positions))
    names = [name for name in rows.column_names if name != "transaction_id"]
    identity, schema, batches = _identity(rows), rows.schema, rows.to_batches()
    del rows
    # Until it commits, a transaction holds what was registered in it: a reader that was read holds no rows.
    with cursor.registered("arriving", pa.RecordBatchReader.from_batches(schema, _handed_over(batches))):
        cursor.execute(
            f"INSERT INTO transactions BY NAME SELECT {', '.join(names)}, "
            f"CAST(? AS INTEGER) AS batch_id, {identity} FROM arriving",
            [batch_id],
        )


def _handed_over(batches: list[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Yield batches and forget each."""
    batches.reverse()
    while batches:
        yield batches.pop()


def _identity(rows: pa.Table) -> str:
    """Return the expressions for identifier and whether the file gave it."""
    key = _content_key(rows.column_names)
    if "transaction_id" not in rows.column_names:
        return f"{key} AS transaction_id, false AS has_identifier"
    if rows["transaction_id"].null_count == 0:
        return "transaction_id, true AS has_identifier"
    return f"coalesce(transaction_id, {key}) AS transaction_id, transaction_id IS NOT NULL AS has_identifier"


def _remember_labels(cursor: Cursor, positions: npt.NDArray[np.int64]) -> None:
    with cursor.registered("arriving_label", pa.table({"position": positions})):
        cursor.execute("INSERT INTO pending_label SELECT position FROM arriving_label")


def _content_key(names: list[str]) -> str:
    """Return the expression for the key of a row without identifier: a digest of its values.

    Each value carries its column's name and empty ones are left out, so that the key does not depend on the
    order of columns, nor on columns that a later version adds.
    """
    parts = [f"'{name}=' || CAST({name} AS VARCHAR)" for name in COMPARED_COLUMNS if name in names]
    return f"'h' || left(sha256(concat_ws(chr(31), {', '.join(parts)})), 32) || '-1'"


def settle(cursor: Cursor, last_known: int, *, are_distinct: bool = False) -> Settled:
    """Sort out rows whose identifier occurs twice, in the batch or before it.

    Equal rows without an identifier inside the batch are separate transactions and get their own number.
    Any other row is dropped: as a duplicate when all its values are known, as a conflict otherwise.

    Parameters
    ----------
    cursor
        Inside the write transaction that appended the rows.
    last_known
        Position of the last transaction before the batch.
    are_distinct
        Whether no identifier occurs twice in the batch, so that nothing needs to be looked for in it.
    """
    cursor.execute(statements.query("import_repeated"), [NO_POSITION if are_distinct else last_known])
    if not cursor.value("SELECT count(*) FROM repeated_key") and not last_known:
        return Settled(0, [])
    cursor.execute(statements.query("import_number_equal_rows"), [last_known])
    cursor.execute(statements.query("import_known"), {"last": last_known})
    differing = " ".join(
        f"WHEN arriving.{name} IS DISTINCT FROM known.{name} THEN '{name}'" for name in COMPARED_COLUMNS
    )
    cursor.execute(
        "CREATE OR REPLACE TEMP TABLE compared_row AS "
        "SELECT arriving.position, arriving.batch_id, arriving.source_row, arriving.transaction_id, "
        "arriving.has_identifier, "
        f"CASE {differing} END AS column_name "
        "FROM known_row JOIN transactions AS arriving ON arriving.position = known_row.position "
        "JOIN transactions AS known ON known.position = known_row.known_position"
    )
    conflicts = cursor.rows(
        "SELECT source_row, transaction_id, column_name FROM compared_row WHERE column_name IS NOT NULL"
    )
    total = int(cursor.value("SELECT count(*) FROM compared_row"))
    cursor.execute(
        "INSERT INTO repeated_row SELECT batch_id, source_row, transaction_id, has_identifier "
        "FROM compared_row WHERE column_name IS NULL ORDER BY source_row"
    )
    cursor.execute(statements.query("import_move_labels"))
    cursor.execute("DELETE FROM transactions WHERE position IN (SELECT position FROM compared_row)")
    return Settled(total - len(conflicts), conflicts)


def append_labels(cursor: Cursor, batch_id: int, actor: Actor) -> int:
    """Append a label event for each fraud that the ledger does not have yet; return how many."""
    rows = cursor.rows(
        statements.query("import_labels"),
        {
            "batch_id": batch_id,
            "delay": LABEL_DELAY,
            "actor": actor.name,
            "role": actor.role,
            "now": now_us(),
        },
    )
    audited.record(cursor, "label_event", rows)
    return len(rows)


def append_rejected(cursor: Cursor, rows: pa.Table, batch_id: int) -> None:
    """Append rejected rows: `source_row`, `column_name`, `reason`, `value`, `raw_text`."""
    if rows.num_rows:
        with cursor.registered("rejected_arriving", rows):
            cursor.execute(
                "INSERT INTO rejected_row BY NAME "
                "SELECT CAST(? AS INTEGER) AS batch_id, * REPLACE (coalesce(raw_text, '') AS raw_text) "
                "FROM rejected_arriving",
                [batch_id],
            )


def append_batch(cursor: Cursor, batch_id: int, batch: NewBatch, actor: Actor) -> None:
    """Append the batch itself."""
    rows = cursor.rows(
        statements.query("import_batch"),
        [
            batch_id,
            batch.file_name,
            batch.file_sha256,
            batch.file_format,
            batch.file_bytes,
            batch.layout,
            batch.notes,
            batch.rows_read,
            batch.rows_loaded,
            batch.rows_rejected,
            batch.rows_duplicate,
            batch.is_sample,
            actor.name,
            actor.role,
            now_us(),
        ],
    )
    audited.record(cursor, "batch", rows)


def rejected_rows(cursor: Cursor, batch_id: int, limit: int, offset: int) -> list[Row]:
    """Return a page of a batch's rejected rows, in the order of the file."""
    return cursor.rows(
        "SELECT source_row, column_name, reason, value, raw_text FROM rejected_row "
        "WHERE batch_id = ? ORDER BY source_row LIMIT ? OFFSET ?",
        [batch_id, limit, offset],
    )
