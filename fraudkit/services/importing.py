"""Import an extract: all it holds, checked, in one transaction; or a question; or one clear sentence."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from fraudkit.domain import Actor, Progress, silent
from fraudkit.errors import InvalidInputError
from fraudkit.ingest import inspection, tables
from fraudkit.ingest.card_key import load_key
from fraudkit.ingest.card_numbers import mask_text
from fraudkit.ingest.inspection import Inspection, Sample
from fraudkit.ingest.limits import Limits
from fraudkit.ingest.mapping import ChosenMapping, MappedColumn
from fraudkit.ingest.missing import Handling
from fraudkit.ingest.plan import Table
from fraudkit.ingest.protection import masked_inspection, masked_questions, masked_values
from fraudkit.ingest.questions import Answers, QuestionsOpenError
from fraudkit.ingest.receive import Received, received
from fraudkit.ingest.repair import Record
from fraudkit.services import bounds, layouts
from fraudkit.services.import_result import ImportResult
from fraudkit.services.layouts import Choices
from fraudkit.services.loading import Loading
from fraudkit.services.workbench import Workbench
from fraudkit.store import batches as stored_batches
from fraudkit.store import transactions
from fraudkit.store.database import Row
from fraudkit.store.parser import Parser, ParserError, opened_parser
from fraudkit.words import N_

__all__ = ["Correction", "ImportResult", "batches", "import_file", "inspect_file", "rejected_rows"]


@dataclass(frozen=True, slots=True)
class Correction:
    """Which rejected rows a file holds anew.

    Parameters
    ----------
    batch_id
        The batch that rejected them.
    source_rows
        Their lines in its file.
    """

    batch_id: int
    source_rows: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Request:
    """Who imports, and what was said about the file."""

    actor: Actor
    answers: Answers
    mapping: ChosenMapping
    key: bytes
    is_sample: bool
    corrects: Correction | None


NOTHING: Final[Mapping[str, Any]] = {}


def inspect_file(
    workbench: Workbench,
    path: Path,
    file_name: str | None = None,
    answers: Answers = NOTHING,
    mapping: ChosenMapping | None = None,
    limits: Limits | None = None,
) -> Inspection:
    """Say what the importer understands of a file, or why it understands nothing; never writes."""
    key = load_key(workbench.settings.card_key)
    name = mask_text(file_name or path.name, key)
    try:
        with _opened(workbench, path, name, answers, limits) as (file, parser):
            table, _, answers = _table(workbench, file, parser, answers)
            sample = inspection.sample_of(parser, table)
            said = layouts.choices(workbench, table, answers, mapping or {})
            found = _inspected(workbench, parser, file, table, sample, said)
    except QuestionsOpenError as asked:
        found = Inspection(name, "", questions=asked.questions, problem=asked)
    except InvalidInputError as error:
        found = Inspection(name, "", problem=error)
    return masked_inspection(found, key)


def import_file(
    workbench: Workbench,
    path: Path,
    actor: Actor,
    *,
    file_name: str | None = None,
    answers: Answers = NOTHING,
    mapping: ChosenMapping | None = None,
    is_sample: bool = False,
    limits: Limits | None = None,
    corrects: Correction | None = None,
    progress: Progress = silent,
) -> ImportResult:
    """Load an extract: the whole batch, or nothing.

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
    limits
        Bounds on the file; those of a file on the server when they are not given.
    corrects
        The rejected rows that the file holds anew.
    progress
        Told how far the work is.
    """
    progress(0.0, N_("Reading the file"))
    key = load_key(workbench.settings.card_key)
    name = mask_text(file_name or path.name, key)
    try:
        with _opened(workbench, path, name, answers, limits) as (file, parser):
            request = _Request(actor, answers, mapping or {}, key, is_sample, corrects)
            return _import(workbench, parser, file, request, progress)
    except QuestionsOpenError as asked:
        return ImportResult(
            "ask",
            message_template=asked.template,
            hint_template=asked.hint_template,
            values=masked_values(asked.values, key),
            questions=masked_questions(asked.questions, key),
        )
    except (InvalidInputError, ParserError) as error:
        return ImportResult(
            "refuse",
            message_template=error.template,
            hint_template=error.hint_template,
            values=masked_values(error.values, key),
        )


def batches(workbench: Workbench) -> list[Row]:
    """Return all batches, newest first, with `withdrawn_at`, `corrects` and `report`."""
    with workbench.database.read() as cursor:
        return stored_batches.all_batches(cursor)


def notes_of(batch: Row) -> dict[str, int]:
    """Return what was normalised in a batch, counted by kind; words in `reasons.NOTES`."""
    notes: dict[str, int] = json.loads(batch["notes"])
    return notes


def rejected_rows(workbench: Workbench, batch_id: int, limit: int = 100, offset: int = 0) -> list[Row]:
    """Return a page of the rows that a batch kept apart."""
    with workbench.database.read() as cursor:
        return transactions.rejected_rows(cursor, batch_id, limit, offset)


@contextmanager
def _opened(
    workbench: Workbench, path: Path, file_name: str, answers: Answers, limits: Limits | None
) -> Iterator[tuple[Received, Parser]]:
    settings = workbench.settings
    with (
        received(
            path, file_name, settings.upload_folder, limits or bounds.of_files(settings), answers
        ) as file,
        opened_parser(file.path.parent, settings.threads) as parser,
    ):
        yield file, parser


def _table(
    workbench: Workbench, file: Received, parser: Parser, answers: Answers
) -> tuple[Table, list[Record], Answers]:
    """Open the table of a file; one without a header takes the names that such a file got before."""
    try:
        return *tables.open_table(file, parser, answers), answers
    except QuestionsOpenError as asked:
        completed = layouts.with_header(workbench, asked, answers)
        if completed is None:
            raise
        return *tables.open_table(file, parser, completed), completed


def _inspected(
    workbench: Workbench,
    parser: Parser,
    file: Received,
    table: Table,
    sample: Sample,
    said: Choices,
) -> Inspection:
    columns: tuple[MappedColumn, ...] = ()
    problem: InvalidInputError | None = None
    missing: Mapping[str, Handling] = {}
    try:
        columns = inspection.mapped_columns(table, sample, said.mapping, said.answers)
        time_zone = workbench.settings.time_zone
        missing = inspection.plan_of(parser, table, sample, columns, said.answers, time_zone).missing
    except InvalidInputError as error:
        problem = error
    return Inspection(
        file.file_name,
        file.file_format,
        inspection.dialect_in_words(table),
        columns or inspection.unmapped(table, sample, said.mapping),
        tuple(sample.rows[: inspection.SHOWN_ROWS]),
        table.names,
        problem.questions if isinstance(problem, QuestionsOpenError) else (),
        problem,
        said.remembered.name if said.remembered else "",
        missing,
    )


def _import(
    workbench: Workbench, parser: Parser, file: Received, request: _Request, progress: Progress
) -> ImportResult:
    table, set_apart, answers = _table(workbench, file, parser, request.answers)
    said = layouts.choices(workbench, table, answers, request.mapping)
    sample = inspection.sample_of(parser, table)
    columns = inspection.mapped_columns(table, sample, said.mapping, said.answers)
    time_zone = workbench.settings.time_zone
    plan = inspection.plan_of(parser, table, sample, columns, said.answers, time_zone)
    progress(0.1, N_("Loading the transactions"))
    layout = mask_text(plan.layout_json(table, layouts.lasting(said.answers)), request.key)
    with workbench.database.write() as cursor:
        known = transactions.batch_of_file(cursor, file.sha256)
        if known is not None and known["layout"] == layout:
            return _known_file(known)
        batch_id, last = transactions.open_batch(cursor), transactions.last_position(cursor)
        loading = Loading(cursor, batch_id, last, request.key, file.shifts)
        loading.load(parser, table, plan, set_apart, progress)
        if request.corrects is not None:
            stored_batches.append_event(
                cursor, batch_id, stored_batches.CORRECTS, asdict(request.corrects), request.actor
            )
        else:
            layouts.remember(cursor, table, said, batch_id, file.file_name, request.actor)
        return loading.finish(file, layout, request.actor, request.is_sample)


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
