"""Commands on the audit chain: verify, accept."""

from __future__ import annotations

import argparse

from fraudkit.cli.output import DONE, REFUSED, Answer
from fraudkit.cli.session import actor_of, open_workbench
from fraudkit.services import auditing
from fraudkit.words import N_, translate


def verify(arguments: argparse.Namespace) -> Answer:
    """Follow the chain and name the first bad entry; status 2 when it is broken."""
    with open_workbench(arguments) as workbench:
        report = auditing.verify(workbench)
    status = DONE if report.is_whole else REFUSED
    return Answer(report.as_json(), report.sentences(arguments.language), status)


def accept(arguments: argparse.Namespace) -> Answer:
    """Go on from the chain as it stands, after a restored backup."""
    with open_workbench(arguments) as workbench:
        auditing.accept(workbench, actor_of(arguments))
    text = translate(
        N_("The audit chain goes on from here; an entry says who accepted it."), arguments.language
    )
    return Answer({"outcome": "done"}, [text])
