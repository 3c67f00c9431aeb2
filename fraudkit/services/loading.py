"""One batch on its way into the database: blocks appended, compared with what is known, counted."""

from __future__ import annotations

import json
from collections import Counter

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from fraudkit.domain import Actor, Progress
from fraudkit.errors import InvalidInputError
from fraudkit.ingest import line_numbers, tables
from fraudkit.ingest.blocks import REJECTED_SCHEMA, blocks
from fraudkit.ingest.line_numbers import Shifts
from fraudkit.ingest.missing import Handling
from fraudkit.ingest.plan import Plan, Table
from fraudkit.ingest.protection import masked_rejects, without_secrets
from fraudkit.ingest.receive import Received
from fraudkit.ingest.repair import Record, shortened
from fraudkit.services import quality
from fraudkit.services.import_result import Changes, ImportResult
from fraudkit.services.reopening import reopen_contradicted
from fraudkit.store import batches, transactions
from fraudkit.store.database import Cursor, Row
from fraudkit.store.parser import Parser
from fraudkit.words import N_


class Loading:
    """One batch, inside one write transaction."""

    def __init__(
        self, cursor: Cursor, batch_id: int, last_known: int, key: bytes, shifts: Shifts = ()
    ) -> None:
        self._cursor = cursor
        self._batch_id = batch_id
        self._last_known = last_known
        self._key = key
        self._shifts = shifts
        self._read = 0
        self._rejected = 0
        self._appended = 0
        self._notes: Counter[str] = Counter()
        self._reasons: Counter[str] = Counter()
        self._settled = transactions.Settled(0, [])
        self._last_identifier: int | None = -1
        self._missing: dict[str, Handling] = {}

    @property
    def batch_id(self) -> int:
        """The number of the batch."""
        return self._batch_id

    def load(
        self, parser: Parser, table: Table, plan: Plan, set_apart: list[Record], progress: Progress
    ) -> None:
        """Append all rows of a file.

        Raises
        ------
        InvalidInputError
            When not one row has a readable date, or not one a readable amount.
        """
        self._missing = dict(plan.missing)
        if plan.secret_places:
            self._notes["security_codes"] = len(plan.secret_places)
        self._reject(without_secrets(_as_table(set_apart), plan, table))
        self._read += len(set_apart)
        for block in blocks(parser, table, plan, self._key):
            first = self._last_known + self._appended + 1
            rows = _renumbered(block.transactions, self._shifts)
            transactions.append_rows(self._cursor, rows, self._batch_id, first)
            self._appended += block.transactions.num_rows
            self._read += block.rows_read
            self._notes.update(block.notes)
            self._follow(block.identifiers)
            self._reject(_with_raw_text(block.rejected, plan, table, parser))
            progress(min(0.8, 0.1 + self._read / 1e7), N_("Loading the transactions"))
            del block, rows  # else it would be held while the next one is made
        self._refuse_unreadable(plan)
        progress(0.8, N_("Comparing with what is known"))
        self._settled = transactions.settle(
            self._cursor, self._last_known, are_distinct=self._last_identifier is not None
        )
        conflicts = _conflicts(self._settled.conflicts, self._shifts)
        self._reject(_with_raw_text(conflicts, plan, table, parser))

    def finish(self, file: Received, layout: str, actor: Actor, is_sample: bool) -> ImportResult:
        """Append late labels and the batch itself; return what became of the file."""
        labels = transactions.append_labels(self._cursor, self._batch_id, actor)
        reopened = reopen_contradicted(self._cursor, self._batch_id, actor) if labels else ()
        arrived = batches.arrivals_in_open_cases(self._cursor, self._batch_id)
        if labels:
            self._notes["late_labels"] = labels
        self._notes.update({remark.code: remark.count for remark in file.remarks})
        loaded = self._read - self._rejected - self._settled.duplicates
        batch = transactions.NewBatch(
            file.file_name,
            file.sha256,
            file.file_format,
            file.file_bytes,
            layout,
            json.dumps(dict(self._notes)),
            self._read,
            loaded,
            self._rejected,
            self._settled.duplicates,
            is_sample,
        )
        report = quality.describe(
            self._cursor, self._batch_id, self._settled.duplicates, self._missing, has_labels=labels > 0
        )
        batches.append_report(self._cursor, self._batch_id, report)
        batches.follow_alerts(self._cursor, self._batch_id)
        transactions.append_batch(self._cursor, self._batch_id, batch, actor)
        return ImportResult(
            "partial" if self._rejected else "load",
            self._read,
            loaded,
            self._rejected,
            self._settled.duplicates,
            self._batch_id,
            N_("{loaded} transactions loaded, {rejected} rows rejected, {duplicate} already known."),
            N_("The rejected rows are listed with line number and reason.") if self._rejected else "",
            {"loaded": loaded, "rejected": self._rejected, "duplicate": self._settled.duplicates},
            notes=dict(self._notes),
            changes=Changes(0, arrived, reopened),
        )

    def _follow(self, identifiers: tuple[int, int] | None) -> None:
        """Note whether identifiers ascend from block to block; None once they do not."""
        last = self._last_identifier
        follows = identifiers is not None and last is not None and identifiers[0] > last
        self._last_identifier = identifiers[1] if identifiers is not None and follows else None

    def _reject(self, rows: pa.Table) -> None:
        self._rejected += rows.num_rows
        self._reasons.update(rows["reason"].to_pylist())
        rows = masked_rejects(_renumbered(rows, self._shifts), self._key)
        transactions.append_rejected(self._cursor, rows, self._batch_id)

    def _refuse_unreadable(self, plan: Plan) -> None:
        """Refuse a file in which not one row has a date, or not one has an amount."""
        unreadable = {
            "transaction_datetime": ("date_missing", "date_unreadable", "date_impossible"),
            "transaction_amount": ("amount_missing", "number_unreadable", "not_finite", "formula"),
        }
        for canonical, reasons in unreadable.items():
            column = plan.column(canonical)
            if column is not None and self._read == sum(self._reasons[reason] for reason in reasons):
                raise InvalidInputError(
                    N_("No row has a readable value in the column “{column}”, such as “{example}”."),
                    N_("Choose another column for it in the mapping, or export the file again."),
                    column=column.source,
                    example=(column.samples or ("",))[0],
                )


def _renumbered(rows: pa.Table, shifts: Shifts) -> pa.Table:
    """Return rows with their line numbers in the file as it came."""
    if not shifts or not rows.num_rows:
        return rows
    lines = line_numbers.original(rows["source_row"].to_numpy(), shifts)
    return rows.set_column(rows.column_names.index("source_row"), "source_row", pa.array(lines))


def _as_table(records: list[Record]) -> pa.Table:
    rows = [
        {"source_row": record.line, "reason": record.reason, "raw_text": shortened(record.raw)}
        for record in records
    ]
    return pa.Table.from_pylist(rows, schema=REJECTED_SCHEMA)


def _conflicts(conflicts: list[Row], shifts: Shifts) -> pa.Table:
    stored = np.array([conflict["source_row"] for conflict in conflicts], np.int64)
    rows = [
        {
            "source_row": line,
            "column_name": conflict["column_name"],
            "reason": "conflict",
            "value": conflict["transaction_id"],
        }
        for line, conflict in zip(line_numbers.converted(stored, shifts).tolist(), conflicts, strict=True)
    ]
    return pa.Table.from_pylist(rows, schema=REJECTED_SCHEMA)


def _with_raw_text(rows: pa.Table, plan: Plan, table: Table, parser: Parser) -> pa.Table:
    """Fill in the raw text of rejected rows that came without; nowhere a security code is left in it."""
    missing = rows.filter(pc.is_null(rows["raw_text"]))["source_row"].to_pylist()
    if missing:
        found = tables.raw_texts(parser, table, missing)
        texts = [
            found.get(line, "") if raw is None else raw
            for line, raw in zip(rows["source_row"].to_pylist(), rows["raw_text"].to_pylist(), strict=True)
        ]
        place = rows.column_names.index("raw_text")
        rows = rows.set_column(place, "raw_text", pa.array(texts, pa.string()))
    return without_secrets(rows, plan, table)
