"""The commands of `python -m fraudkit`: import, score, queue, explain and the others.

Exit status: 0 done, 2 refused with one sentence and a hint, 3 a question is open (the JSON names it and the
option that answers it). No command prints a traceback for bad input.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from fraudkit.cli.arguments import parse
from fraudkit.cli.output import Answer, refused, write
from fraudkit.errors import FraudkitError


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    arguments = parse(sys.argv[1:] if argv is None else argv)
    try:
        answer: Answer = arguments.command(arguments)
    except FraudkitError as error:
        answer = refused(error, arguments.language)
    write(answer, as_json=arguments.json)
    return answer.status
