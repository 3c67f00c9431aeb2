"""Commands for the person who runs fraudkit: sample, doctor, serve."""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import asdict

from fraudkit.cli.output import DONE, REFUSED, Answer, table, terminal_progress
from fraudkit.cli.session import settings_of
from fraudkit.config import PROJECT_ROOT
from fraudkit.sample import write_sample
from fraudkit.services import checking, sampling
from fraudkit.words import translate


def sample(arguments: argparse.Namespace) -> Answer:
    """Write an invented extract and, beside it, the truth about its frauds."""
    output = arguments.output
    truth = arguments.truth or output.with_name(f"{output.name.split('.')[0]}_truth.csv")
    summary = write_sample(
        output,
        truth,
        transactions=arguments.transactions,
        seed=arguments.seed,
        progress=terminal_progress(arguments.language),
    )
    data = summary.as_json()
    return Answer(data, table([(name, str(value)) for name, value in data.items()]))


def doctor(arguments: argparse.Namespace) -> Answer:
    """Check versions, folders, the bundled model and the database."""
    checks = checking.check(settings_of(arguments))
    healthy = all(check.passed for check in checks)
    lines = table(
        [
            ("ok" if check.passed else "!!", translate(check.name, arguments.language), check.detail)
            for check in checks
        ]
    )
    data = {"healthy": healthy, "checks": [asdict(check) for check in checks]}
    return Answer(data, lines, DONE if healthy else REFUSED)


def serve(arguments: argparse.Namespace) -> Answer:
    """Load the sample when there is nothing yet, then become the server."""
    settings = settings_of(arguments)
    sampling.prepare(settings, terminal_progress(arguments.language))
    os.environ["FRAUDKIT_DATABASE"] = str(settings.database)
    os.environ["FRAUDKIT_SAMPLE_DATABASE"] = str(settings.sample_database)
    command = [sys.executable, "-m", "streamlit", "run", str(PROJECT_ROOT / "server.py")]
    options = [f"--server.port={arguments.port}", f"--server.address={arguments.address}"]
    sys.stdout.write(f"fraudkit: http://{arguments.address}:{arguments.port}\n")
    sys.stdout.flush()
    os.execv(sys.executable, [*command, *options])  # noqa: S606 - the command is our own, no shell
