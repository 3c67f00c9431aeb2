"""Import an extract: all it holds, checked, in one transaction; or a question; or one clear sentence."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

import pyarrow as pa

from fraudkit.domain import Actor, Progress, silent
from fraudkit.errors import InvalidInputError
from fraudkit.ingest import inspection, tables
from fraudkit.ingest.blocks import REJECTED_SCHEMA, blocks
from fraudkit.ingest.inspection import Inspection, Sample
from fraudkit.ingest.mapping import ChosenMapping, MappedColumn
from fraudkit.ingest.plan import Plan, Table
from fraudkit.ingest.questions import Answers, Question, QuestionsOpenError
from fraudkit.ingest.receive import Received, received
from fraudkit.ingest.repair import Record, shortened
from fraudkit.services.workbench import Workbench
from fraudkit.store import transactions
from fraudkit.store.database import Cursor, Row
from fraudkit.store.parser import Parser, ParserError, opened_parser
from fraudkit.words import DEFAULT_LANGUAGE, N_, Language, translate

Outcome = Literal["load", "partial", "refuse", "ask"]
NOTHING: Final[Mapping[str, Any]] = {}


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What became of a file.

    Parameters
    ----------
    outcome
        All rows loaded or known; some rejected; nothing loaded for a stated reason; a question is open.
    rows_read, rows_loaded, rows_rejected, rows_duplicate
        Its rows; the first is the sum of the others.
    batch_id
        The batch that holds it.
    message_template, hint_template, values
        The sentence for people and its values, see `message` and `hint`.
    questions
        What is open, for the outcome `ask`.
    """

    outcome: Outcome
    rows_read: int = 0
    rows_loaded: int = 0
    rows_rejected: int = 0
    rows_duplicate: int = 0
    batch_id: int | None = None
    message_template: str = ""
    hint_template: str = ""
    values: Mapping[str, object] = field(default_factory=dict)
    questions: tuple[Question, ...] = ()

    @property
    def message(self) -> str:
        """The sentence in English."""
        return self.localised("en")[0]

    @property
    def hint(self) -> str:
        """What to do, in English."""
        return self.localised("en")[1]

    def localised(self, language: Language = DEFAULT_LANGUAGE) -> tuple[str, str]:
        """Return sentence and hint in the reader's language."""
        values = {
            name: translate(value, language) if isinstance(value, str) else value
            for name, value in self.values.items()
        }
        sentence, hint = (translate(text, language) for text in (self.message_template, self.hint_template))
        return sentence.format(**values), hint.format(**values)

    def as_json(self) -> dict[str, object]:
        """Return what commands print."""
        return {
            "outcome": self.outcome,
            "rows_read": self.rows_read,
            "rows_loaded": self.rows_loaded,
            "rows_rejected": self.rows_rejected,
            "rows_duplicate": self.rows_duplicate,
            "batch_id": self.batch_id,
            "message": self.message,
            "hint": self.hint,
            "questions": [_question_as_json(question) for question in self.questions],
        }


def inspect_file(
    workbench: Workbench,
    path: Path,
    file_name: str | None = None,
    answers: Answers = NOTHING,
    mapping: ChosenMapping | None = None,
) -> Inspection:
    """Say what the importer understands of a file; never writes.

    Raises
    ------
    InvalidInputError
        When the file cannot be read at all.
    """
    name = file_name or path.name
    with _opened(workbench, path, name) as (file, parser):
        try:
            table, _ = tables.open_table(file, parser, answers)
        except QuestionsOpenError as asked:
            return Inspection(name, file.kind, questions=asked.questions, problem=asked)
        sample = inspection.sample_of(parser, table)
        return _inspected(workbench, parser, file, table, sample, answers, mapping or {})


def import_file(
    workbench: Workbench,
    path: Path,
    actor: Actor,
    *,
    file_name: str | None = None,
    answers: Answers = NOTHING,
    mapping: ChosenMapping | None = None,
    is_sample: bool = False,
    progress: Progress = silent,
) -> ImportResult:
    """Load a CSV or Parquet extract: the whole batch, or nothing.

    Parameters
    ----------
    workbench
        The open workbench.
    path
        The file; its name is shown, its content decides.
    actor
        Who imports.
    file_name
        The name that people gave the file, when it differs from the path's.
    answers
        Answer by the identifier of its question.
    mapping
        Canonical column, or None to keep the column under its own name, by column of the file; the columns
        that are not named are mapped as proposed.
    is_sample
        Whether this is the bundled sample.
    progress
        Told how far the work is.
    """
    progress(0.0, N_("Reading the file"))
    try:
        with _opened(workbench, path, file_name or path.name) as (file, parser):
            return _import(workbench, parser, file, actor, answers, mapping or {}, is_sample, progress)
    except QuestionsOpenError as asked:
        return ImportResult(
            "ask",
            message_template=asked.template,
            hint_template=asked.hint_template,
            values=asked.values,
            questions=asked.questions,
        )
    except (InvalidInputError, ParserError) as error:
        return ImportResult(
            "refuse",
            message_template=error.template,
            hint_template=error.hint_template,
            values=error.values,
        )


def batches(workbench: Workbench) -> list[Row]:
    """Return all batches, newest first."""
    with workbench.database.read() as cursor:
        return transactions.batches(cursor)


def rejected_rows(workbench: Workbench, batch_id: int, limit: int = 100, offset: int = 0) -> list[Row]:
    """Return a page of the rows that a batch kept apart."""
    with workbench.database.read() as cursor:
        return transactions.rejected_rows(cursor, batch_id, limit, offset)


@contextmanager
def _opened(workbench: Workbench, path: Path, file_name: str) -> Iterator[tuple[Received, Parser]]:
    settings = workbench.settings
    with (
        received(path, file_name, settings.upload_folder) as file,
        opened_parser(file.path.parent, settings.threads) as parser,
    ):
        yield file, parser


def _inspected(
    workbench: Workbench,
    parser: Parser,
    file: Received,
    table: Table,
    sample: Sample,
    answers: Answers,
    chosen: ChosenMapping,
) -> Inspection:
    columns: tuple[MappedColumn, ...] = ()
    problem: InvalidInputError | None = None
    try:
        columns = inspection.mapped_columns(table, sample, chosen, answers)
        inspection.plan_of(parser, table, sample, columns, answers, workbench.settings.time_zone)
    except InvalidInputError as error:
        problem = error
    return Inspection(
        file.file_name,
        file.kind,
        inspection.dialect_in_words(table),
        columns or inspection.unmapped(table, sample, chosen),
        tuple(sample.rows[: inspection.SHOWN_ROWS]),
        table.names,
        problem.questions if isinstance(problem, QuestionsOpenError) else (),
        problem,
    )


def _import(
    workbench: Workbench,
    parser: Parser,
    file: Received,
    actor: Actor,
    answers: Answers,
    chosen: ChosenMapping,
    is_sample: bool,
    progress: Progress,
) -> ImportResult:
    table, set_apart = tables.open_table(file, parser, answers)
    sample = inspection.sample_of(parser, table)
    columns = inspection.mapped_columns(table, sample, chosen, answers)
    time_zone = workbench.settings.time_zone
    plan = inspection.plan_of(parser, table, sample, columns, answers, time_zone)
    progress(0.1, N_("Loading the transactions"))
    layout = plan.layout_json(table.dialect, table.encoding)
    with workbench.database.write() as cursor:
        known = transactions.batch_of_file(cursor, file.sha256)
        if known is not None and known["layout"] == layout:
            return _known_file(known)
        loading = _Loading(cursor, transactions.next_batch_id(cursor), transactions.last_position(cursor))
        loading.load(parser, table, plan, set_apart, progress)
        return loading.finish(file, layout, actor, is_sample)


def _known_file(batch: Row) -> ImportResult:
    """Say that a file with the same content is there; nothing is written."""
    known = batch["rows_loaded"] + batch["rows_duplicate"]
    return ImportResult(
        "partial" if batch["rows_rejected"] else "load",
        batch["rows_read"],
        0,
        batch["rows_rejected"],
        known,
        batch["batch_id"],
        N_("This file is already there as batch {batch_id}; nothing was added."),
        values={"batch_id": batch["batch_id"]},
    )


class _Loading:
    """One batch on its way into the database, inside one transaction."""

    def __init__(self, cursor: Cursor, batch_id: int, last_known: int) -> None:
        self._cursor = cursor
        self._batch_id = batch_id
        self._last_known = last_known
        self._read = 0
        self._rejected = 0
        self._appended = 0
        self._notes: Counter[str] = Counter()
        self._reasons: Counter[str] = Counter()
        self._settled = transactions.Settled(0, [])

    def load(
        self, parser: Parser, table: Table, plan: Plan, set_apart: list[Record], progress: Progress
    ) -> None:
        self._reject(_as_table(set_apart))
        self._read += len(set_apart)
        for block in blocks(parser, table, plan):
            first = self._last_known + self._appended + 1
            transactions.append_rows(self._cursor, block.transactions, self._batch_id, first)
            self._appended += block.transactions.num_rows
            self._read += block.rows_read
            self._notes.update(block.notes)
            self._reject(_with_raw_text(block.rejected, table))
            progress(min(0.8, 0.1 + self._read / 1e7), N_("Loading the transactions"))
        self._refuse_unreadable(plan)
        progress(0.8, N_("Comparing with what is known"))
        self._settled = transactions.settle(self._cursor, self._last_known)
        self._reject(_with_raw_text(_conflicts(self._settled.conflicts), table))

    def finish(self, file: Received, layout: str, actor: Actor, is_sample: bool) -> ImportResult:
        labels = transactions.append_labels(self._cursor, self._batch_id, actor)
        if labels:
            self._notes["late_labels"] = labels
        loaded = self._read - self._rejected - self._settled.duplicates
        batch = transactions.NewBatch(
            file.file_name,
            file.sha256,
            file.kind,
            file.file_bytes,
            layout,
            json.dumps(dict(self._notes)),
            self._read,
            loaded,
            self._rejected,
            self._settled.duplicates,
            is_sample,
        )
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
        )

    def _reject(self, rows: pa.Table) -> None:
        self._rejected += rows.num_rows
        self._reasons.update(rows["reason"].to_pylist())
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


def _as_table(records: list[Record]) -> pa.Table:
    rows = [
        {"source_row": record.line, "reason": record.reason, "raw_text": shortened(record.raw)}
        for record in records
    ]
    return pa.Table.from_pylist(rows, schema=REJECTED_SCHEMA)


def _conflicts(conflicts: list[Row]) -> pa.Table:
    rows = [
        {
            "source_row": conflict["source_row"],
            "column_name": conflict["column_name"],
            "reason": "conflict",
            "value": conflict["transaction_id"],
        }
        for conflict in conflicts
    ]
    return pa.Table.from_pylist(rows, schema=REJECTED_SCHEMA)


def _with_raw_text(rows: pa.Table, table: Table) -> pa.Table:
    """Fill in the raw text of rejected rows of a regular file."""
    if not rows.num_rows or not table.is_regular or table.kind == "parquet":
        return rows
    numbers = rows["source_row"].to_pylist()
    raw = tables.raw_lines(table.path, numbers)
    texts = pa.array([raw.get(number, "") for number in numbers], pa.string())
    return rows.set_column(rows.column_names.index("raw_text"), "raw_text", texts)


def _question_as_json(question: Question) -> dict[str, object]:
    return {
        "id": question.id,
        "text": question.text,
        "options": [{"value": option.value, "label": option.label} for option in question.options],
        "examples": list(question.examples),
        "free_text": question.free_text,
    }
