"""Commands on configured sources: list, test, run."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from fraudkit.cli.output import DONE, QUESTION_OPEN, REFUSED, Answer, table, terminal_progress
from fraudkit.cli.session import actor_of, open_workbench
from fraudkit.services import sourcing
from fraudkit.words import N_, translate


def list_sources(arguments: argparse.Namespace) -> Answer:
    """Show every configured source and its last reading."""
    with open_workbench(arguments) as workbench:
        found = sourcing.list_sources(workbench)
    if not found:
        text = translate(N_("No source is configured; docs/sources.md says how."), arguments.language)
        return Answer([], [text])
    header = [("name", "kind", "schedule", "last", "message")]
    body = [
        (
            status.name,
            status.kind,
            status.schedule or "-",
            status.last["outcome"] if status.last else "-",
            translate(status.last["message"], arguments.language) if status.last else "-",
        )
        for status in found
    ]
    return Answer([asdict(status) for status in found], table([*header, *body]))


def sample(arguments: argparse.Namespace) -> Answer:
    """Connect to a source and show its first rows."""
    with open_workbench(arguments) as workbench:
        found = sourcing.sample_source(workbench, arguments.name)
    data = {"outcome": "done", "columns": found.columns, "rows": found.rows}
    return Answer(data, table([found.columns, *found.rows]) if found.columns else [])


def run(arguments: argparse.Namespace) -> Answer:
    """Fetch and import what is new; status 2 when a file is refused, 3 when a question is open."""
    language = arguments.language
    with open_workbench(arguments) as workbench:
        report = sourcing.run_source(
            workbench, arguments.name, actor_of(arguments), terminal_progress(language)
        )
    body = [(run.outcome, run.file_name or "-", translate(run.message, language)) for run in report.runs]
    status = REFUSED if report.failed else QUESTION_OPEN if report.question_open else DONE
    return Answer(report.as_json(), table(body), status)
