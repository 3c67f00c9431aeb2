"""Commands that decide: label."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from fraudkit.cli.output import Answer
from fraudkit.cli.session import actor_of, open_workbench
from fraudkit.services import labelling
from fraudkit.words import N_, translate


def label(arguments: argparse.Namespace) -> Answer:
    """Give a verdict on one transaction and rank its alerts anew."""
    with open_workbench(arguments) as workbench:
        decision = labelling.label_transaction(
            workbench,
            actor_of(arguments),
            arguments.transaction_id,
            arguments.verdict,
            arguments.reason,
            note=arguments.note,
        )
    data = {"outcome": "done", "transaction_id": arguments.transaction_id, "verdict": arguments.verdict}
    said = N_("Case {case_id}, version {version}: the verdict is in the ledger.")
    if decision.approval:
        said = N_("Case {case_id}, version {version}: the verdict waits for a second person's approval.")
    text = translate(said, arguments.language)
    line = text.format(case_id=decision.case_id, version=decision.version)
    return Answer({**data, **asdict(decision)}, [line])
