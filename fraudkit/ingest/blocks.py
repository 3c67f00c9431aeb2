"""Rows of one file in blocks: checked, in UTC, each customer's rows together; the refused ones beside."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, get_args

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from fraudkit.domain import TimePrecision
from fraudkit.ingest import clock, expressions, other_columns
from fraudkit.ingest.card_numbers import mask_text
from fraudkit.ingest.plan import Plan, Table, other_name
from fraudkit.ingest.protection import CardGuard
from fraudkit.store.parser import Parser

ROWS_PER_BLOCK: Final = 600_000
BYTES_PER_BLOCK: Final = 256 << 20
ROWS_PER_BATCH: Final = 122_880
FEW_RANKS: Final = 2**16 - 1
ORDER_COLUMNS: Final = ("customer_id", "account_id", "card_id")
REJECTED_SCHEMA: Final = pa.schema(
    [
        ("source_row", pa.int64()),
        ("column_name", pa.string()),
        ("reason", pa.string()),
        ("value", pa.string()),
        ("raw_text", pa.string()),
    ]
)
_FAILURE_COLUMNS: Final = ("reason", "column_name", "refused_value", "raw_text")
NOTED: Final = ("float_noise", "float_identifier", "damaged_identifier")
_WORKING_COLUMNS: Final = ("local_us", "offset_minutes", *NOTED)


@dataclass(frozen=True, slots=True)
class Block:
    """Some rows of a file.

    Parameters
    ----------
    transactions
        The good rows: `source_row`, `ts_us`, `utc_offset_minutes`, `time_precision` and canonical columns, in
        the order in which they are stored.
    rejected
        The others, see `REJECTED_SCHEMA`.
    notes
        What was normalised, counted by kind.
    rows_read
        How many rows both make.
    identifiers
        First and last identifier when they ascend strictly as numbers, so that none occurs twice.
    """

    transactions: pa.Table
    rejected: pa.Table
    notes: Counter[str]
    rows_read: int
    identifiers: tuple[int, int] | None = None


def blocks(parser: Parser, table: Table, plan: Plan, key: bytes) -> Iterator[Block]:
    """Read a file once and yield its rows in blocks of bounded size, without whole card numbers.

    Rejected rows come as they are; `protection.masked_rejects` makes them fit to be kept.
    """
    guard = CardGuard(key, plan)
    names = {name: mask_text(source, key) for name, source in plan.other_names().items()}
    waiting: list[pa.RecordBatch] = []
    rows, size = 0, 0
    first_line = table.first_line
    for batch in parser.blocks(expressions.rows_of(plan, table), ROWS_PER_BATCH):
        waiting.append(batch)
        rows, size = rows + batch.num_rows, size + batch.nbytes
        if rows >= ROWS_PER_BLOCK or size >= BYTES_PER_BLOCK:
            yield _block(_taken(waiting), plan, guard, names, first_line)
            first_line, rows, size = first_line + rows, 0, 0
    if waiting:
        yield _block(_taken(waiting), plan, guard, names, first_line)


def _taken(batches: list[pa.RecordBatch]) -> pa.Table:
    """Return batches as one table and forget them, so that each column is freed as soon as it is replaced."""
    rows = pa.Table.from_batches(batches)
    batches.clear()
    return rows


def _block(rows: pa.Table, plan: Plan, guard: CardGuard, names: Mapping[str, str], first_line: int) -> Block:
    if rows["source_row"].null_count:
        numbers = np.arange(first_line, first_line + rows.num_rows, dtype=np.int64)
        rows = rows.set_column(rows.column_names.index("source_row"), "source_row", pa.array(numbers))
    read = rows.num_rows
    refused = pc.is_valid(rows["reason"])
    rejected = _as_rejected(rows.filter(refused))
    if rejected.num_rows:
        rows = rows.filter(pc.invert(refused))
    rows = rows.drop_columns(list(_FAILURE_COLUMNS))
    rows, skipped, notes = _in_utc(rows, plan)
    for kind in NOTED:
        notes[kind] += pc.sum(rows[kind]).as_py() or 0
    if skipped.num_rows:
        rejected = pa.concat_tables([rejected, skipped])
    rows = rows.drop_columns(list(_WORKING_COLUMNS))
    if rows.num_rows:
        rows, protected = guard.protect(_without_empty(_with_others(rows, plan)))
        notes += protected
    identifiers = _ascending_identifiers(rows)
    if rows.num_rows:
        rows = _arranged(other_columns.joined(rows, names))
    return Block(rows, rejected, +notes, read, identifiers)


def _with_others(rows: pa.Table, plan: Plan) -> pa.Table:
    """Give each column that is kept with the row a place of its own."""
    packed = rows["others"].combine_chunks()
    rows = rows.drop_columns(["others"])
    for place, column in enumerate(plan.others()):
        rows = rows.append_column(other_name(column), pc.list_element(packed, place))
    return rows


def _ascending_identifiers(rows: pa.Table) -> tuple[int, int] | None:
    if "transaction_id" not in rows.column_names or not rows.num_rows or rows["transaction_id"].null_count:
        return None
    try:
        numbers = rows["transaction_id"].cast(pa.int64()).to_numpy()
    except pa.ArrowInvalid:
        return None
    return (int(numbers[0]), int(numbers[-1])) if np.all(numbers[1:] > numbers[:-1]) else None


def _as_rejected(rows: pa.Table) -> pa.Table:
    columns = [rows[name] for name in ("source_row", "column_name", "reason", "refused_value", "raw_text")]
    return pa.table(columns, schema=REJECTED_SCHEMA)


def _in_utc(rows: pa.Table, plan: Plan) -> tuple[pa.Table, pa.Table, Counter[str]]:
    """Add moments in UTC and the bank's offset; set apart the hours that its clock skipped."""
    zone = clock.zone(plan.time_zone)
    local = rows["local_us"].to_numpy()
    written = rows["offset_minutes"]
    utc, exists, shown_twice = zone.to_utc(local)
    notes: Counter[str] = Counter()
    if written.null_count < len(written):
        has_zone = pc.is_valid(written).to_numpy()
        offsets = pc.fill_null(written, 0).to_numpy().astype(np.int64)
        utc = np.where(has_zone, local - offsets * clock.MICROSECONDS_PER_MINUTE, utc)
        exists |= has_zone
        shown_twice &= ~has_zone
        notes["zones_converted"] = int(has_zone.sum())
    if plan.dates.family == "step" or not exists.all():
        is_date = rows["time_precision"].to_numpy() == get_args(TimePrecision).index("date")
        exists |= is_date  # a date without a time names no hour that could be skipped
    notes["clock_shown_twice"] = int(shown_twice.sum())
    minutes = (zone.offsets_at(utc) // clock.MICROSECONDS_PER_MINUTE).astype(np.int16)
    rows = rows.append_column("ts_us", pa.array(utc)).append_column("utc_offset_minutes", pa.array(minutes))
    if exists.all():
        return rows, REJECTED_SCHEMA.empty_table(), notes
    skipped = rows.filter(pa.array(~exists))
    dates = plan.column("transaction_datetime")
    texts = [str(np.datetime64(moment, "us")) for moment in skipped["local_us"].to_pylist()]
    count = skipped.num_rows
    rejected = pa.table(
        [
            skipped["source_row"],
            pa.array([dates.source if dates else None] * count, pa.string()),
            pa.array(["clock_skipped"] * count, pa.string()),
            pa.array(texts, pa.string()),
            pa.nulls(count, pa.string()),
        ],
        schema=REJECTED_SCHEMA,
    )
    return rows.filter(pa.array(exists)), rejected, notes


def _arranged(rows: pa.Table) -> pa.Table:
    """Order rows by customer and time, so that a history lies together."""
    name = next((name for name in ORDER_COLUMNS if name in rows.column_names), None)
    moments = rows["ts_us"].to_numpy()
    precision = pa.array(get_args(TimePrecision))
    if name is None:
        order = np.argsort(moments, kind="stable")
    else:
        rows = _encoded(rows, name)
        order = _order(_ranks(rows[name].combine_chunks()), moments)
    rows = rows.take(pa.array(order))
    codes = rows["time_precision"].combine_chunks()
    place = rows.column_names.index("time_precision")
    return rows.set_column(place, "time_precision", pa.DictionaryArray.from_arrays(codes, precision))


def _order(ranks: npt.NDArray[np.int64], moments: npt.NDArray[np.int64]) -> npt.NDArray[np.intp]:
    """Return the order by rank, then by moment; an extract that came in order of time is only dealt out."""
    few = ranks.size > 0 and ranks.max() < FEW_RANKS
    if few and np.all(moments[1:] >= moments[:-1]):
        return np.argsort((ranks + 1).astype(np.uint16), kind="stable")  # a radix sort
    return np.lexsort((moments, ranks))


def _encoded(rows: pa.Table, name: str) -> pa.Table:
    """Return the rows with one column as codes: cheaper to sort and to move than its text."""
    codes = rows[name].combine_chunks().dictionary_encode()
    return rows.set_column(rows.column_names.index(name), name, codes)


def _ranks(encoded: pa.DictionaryArray) -> npt.NDArray[np.int64]:
    """Return the rank of each row's text among all texts, as the engine's zone maps compare; NULL first."""
    by_text = pc.sort_indices(encoded.dictionary).to_numpy()
    rank_of_code = np.empty(by_text.size + 1, dtype=np.int64)
    rank_of_code[by_text] = np.arange(by_text.size)
    rank_of_code[-1] = -1
    codes: npt.NDArray[np.int64] = pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False)
    return rank_of_code[codes]


def _without_empty(rows: pa.Table) -> pa.Table:
    empty = [name for name in rows.column_names if rows[name].null_count == rows.num_rows]
    return rows.drop_columns(empty)
