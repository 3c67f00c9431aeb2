"""The commands of `python -m fraudkit`: import, score, queue, explain and the others.

Exit status: 0 done, 2 refused with one sentence and a hint, 3 a question is open (the JSON names it and the
option that answers it). No command prints a traceback for bad input.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from fraudkit.cli.arguments import parse
from fraudkit.cli.output import Answer, refused, write
from fraudkit.cli.session import settings_of
from fraudkit.errors import FraudkitError
from fraudkit.ingest.card_key import load_key
from fraudkit.ingest.card_numbers import card_spans
from fraudkit.ingest.protection import masked_values


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    arguments = parse(sys.argv[1:] if argv is None else argv)
    try:
        answer: Answer = arguments.command(arguments)
    except FraudkitError as error:
        answer = refused(_masked(error, arguments), arguments.language)
    write(answer, as_json=arguments.json)
    return answer.status


def _masked(error: FraudkitError, arguments: argparse.Namespace) -> FraudkitError:
    """Return an error that repeats no card number that somebody gave as an argument: it may end in a log."""
    if any(next(card_spans(str(value)), None) for value in error.values.values()):
        error.values = masked_values(error.values, load_key(settings_of(arguments).card_key))
    return error
