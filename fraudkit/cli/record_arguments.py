"""The arguments of the commands on the record."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from fraudkit.cli import record


def add_commands(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    common: Callable[[], argparse.ArgumentParser],
) -> None:
    """Add the commands; `common` makes the options that every command has."""
    evidence = commands.add_parser(
        "evidence", parents=[common()], help="write the evidence pack of a case: one PDF and one JSON"
    )
    evidence.add_argument("case", type=int)
    evidence.add_argument("--out", type=Path, default=Path(), metavar="FOLDER")
    evidence.set_defaults(command=record.evidence)

    export = commands.add_parser(
        "export",
        parents=[common()],
        help="write queue, labels, search results, operations or audit as CSV or XLSX",
        epilog="export operations --of customer=CL-000053 --output operations.xlsx",
    )
    export.add_argument("kind", choices=record.KINDS)
    export.add_argument("--output", type=Path, required=True, metavar="FILE", help="ends in .csv or .xlsx")
    export.add_argument("--search", metavar="TEXT", help="what to search for")
    export.add_argument("--of", metavar="KIND=IDENTIFIER", help="whose operations")
    export.add_argument("--with-imported", action="store_true", help="labels that extracts brought as well")
    export.set_defaults(command=record.export)

    erase = commands.add_parser(
        "erase",
        parents=[common()],
        help="erase the personal data of a customer; first says what that changes",
    )
    erase.add_argument("kind", choices=["customer"])
    erase.add_argument("identifier")
    erase.add_argument("--confirm", metavar="IDENTIFIER", help="the same identifier once more: erase it")
    erase.add_argument("--reason", default="", help="the request or rule behind it; it stays")
    erase.set_defaults(command=record.erase)

    compact = commands.add_parser(
        "compact", parents=[common()], help="write the file anew, so that nothing that was erased stays in it"
    )
    compact.set_defaults(command=record.compact)
