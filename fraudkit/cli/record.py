"""Commands on the record: evidence packs, exports, erasure."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from fraudkit.cli.output import QUESTION_OPEN, Answer
from fraudkit.cli.session import actor_of, open_workbench
from fraudkit.domain import Actor
from fraudkit.errors import InvalidInputError
from fraudkit.explain.formats import Formats, formats_for
from fraudkit.services import audit_reading, erasing, erasure_words, evidence_pack, export_tables, exporting
from fraudkit.services.audit_reading import EntryFilter
from fraudkit.services.exporting import Table
from fraudkit.services.reviewing import QueueFilter
from fraudkit.services.workbench import Workbench
from fraudkit.words import N_, translate

KINDS = ("queue", "labels", "search", "operations", "audit")


def evidence(arguments: argparse.Namespace) -> Answer:
    """Write the evidence pack of a case: one PDF and one JSON."""
    formats = formats_for(arguments.language)
    with open_workbench(arguments) as workbench:
        files = evidence_pack.write(workbench, actor_of(arguments), arguments.case, arguments.out, formats)
    data = {"outcome": "done", "case_id": arguments.case, "files": [str(path) for path in files]}
    return Answer(data, [formats.words(N_("Written: {file}"), file=str(path)) for path in files])


def export(arguments: argparse.Namespace) -> Answer:
    """Write the queue, labels, search results, operations or the audit as CSV or XLSX."""
    formats = formats_for(arguments.language)
    actor = actor_of(arguments)
    with open_workbench(arguments) as workbench:
        table = _table(workbench, actor, arguments, formats)
        exporting.write(workbench, actor, table, arguments.output)
    data = {"outcome": "done", "kind": table.kind, "rows": len(table.rows), "file": str(arguments.output)}
    said = formats.words(
        N_("{rows} rows written to {file}."), rows=formats.number(len(table.rows)), file=str(arguments.output)
    )
    return Answer(data, [said])


def erase(arguments: argparse.Namespace) -> Answer:
    """Erase a customer's personal data; without a confirmation, say what that would change."""
    formats = formats_for(arguments.language)
    actor = actor_of(arguments)
    with open_workbench(arguments) as workbench:
        if arguments.confirm is None:
            found = erasing.preview(workbench, actor, arguments.identifier)
            ask = N_("Nothing was erased. Repeat with --confirm {customer} --reason “…”.")
            lines = [*erasure_words.lines(found, formats), formats.words(ask, customer=arguments.identifier)]
            return Answer({"outcome": "ask", **asdict(found)}, lines, QUESTION_OPEN)
        done = erasing.erase_customer(
            workbench, actor, arguments.identifier, arguments.confirm, arguments.reason
        )
    return Answer({"outcome": "done", **asdict(done)}, erasure_words.outcome(done, formats))


def compact(arguments: argparse.Namespace) -> Answer:
    """Write the database's file anew, so that nothing that was erased stays in it."""
    with open_workbench(arguments) as workbench:
        erasing.compact(workbench, actor_of(arguments))
    said = translate(N_("The file is written anew; nothing that was erased is in it."), arguments.language)
    return Answer({"outcome": "done"}, [said])


def _table(workbench: Workbench, actor: Actor, arguments: argparse.Namespace, formats: Formats) -> Table:
    kind = arguments.kind
    if kind == "queue":
        return export_tables.queue(workbench, QueueFilter(), formats)
    if kind == "labels":
        return export_tables.labels(workbench, formats, with_imported=arguments.with_imported)
    if kind == "audit":
        rows, _ = audit_reading.entries(workbench, actor, EntryFilter(), 1, exporting.MOST_ROWS + 1)
        return export_tables.audit(rows, formats)
    if kind == "search":
        return export_tables.search(workbench, _required(arguments, "search"), formats)
    entity, separator, identifier = _required(arguments, "of").partition("=")
    if not separator:
        raise InvalidInputError(
            N_("“{of}” names no customer or other entity."),
            N_("Write for example --of customer=CL-000053."),
            of=arguments.of,
        )
    return export_tables.operations(workbench, entity, identifier, formats)


def _required(arguments: argparse.Namespace, name: str) -> str:
    value = getattr(arguments, name)
    if not value:
        raise InvalidInputError(
            N_("The export “{kind}” needs --{name}."),
            N_("`python -m fraudkit export --help` shows an example."),
            kind=arguments.kind,
            name=name,
        )
    return str(value)
