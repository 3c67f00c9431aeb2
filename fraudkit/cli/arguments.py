"""The arguments of every command."""

from __future__ import annotations

import argparse
import getpass
from collections.abc import Sequence
from pathlib import Path

from fraudkit import __version__
from fraudkit.cli import audit, models, portfolio, record_arguments, review, sources, system
from fraudkit.cli.output import terminal_language
from fraudkit.domain import ROLES, VERDICTS
from fraudkit.words import LANGUAGES


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """Return the parsed arguments; `command` is the function to run."""
    return _parser().parse_args(argv)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="fraudkit", description="The open workbench for bank fraud analysts."
    )
    parser.add_argument("--version", action="version", version=f"fraudkit {__version__}")
    commands = parser.add_subparsers(required=True, metavar="command")
    _portfolio_commands(commands)
    _review_commands(commands)
    _model_commands(commands)
    _source_commands(commands)
    _audit_commands(commands)
    record_arguments.add_commands(commands, _common)
    _system_commands(commands)
    return parser


def _common() -> argparse.ArgumentParser:
    """Return the options that every command has."""
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--db", type=Path, metavar="PATH", help="database file (default: the one of the settings)"
    )
    common.add_argument("--json", action="store_true", help="print one JSON document")
    common.add_argument(
        "--language", choices=LANGUAGES, default=terminal_language(), help="language of the words"
    )
    common.add_argument("--actor", default=_user_name(), help="name under which this is done")
    common.add_argument("--role", choices=ROLES, default="analyst", help="role in which this is done")
    return common


def _user_name() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "local"


def _portfolio_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    importing = commands.add_parser("import", parents=[_common()], help="load a CSV or Parquet extract")
    importing.add_argument("file", type=Path)
    importing.add_argument(
        "--answer", action="append", default=[], metavar="QUESTION=VALUE", help="answer an open question"
    )
    importing.add_argument(
        "--map", action="append", default=[], metavar="SOURCE=CANONICAL", help="map a column; empty for none"
    )
    importing.set_defaults(command=portfolio.import_extract)

    withdraw = commands.add_parser("withdraw", parents=[_common()], help="take a batch back as a whole")
    withdraw.add_argument("batch", type=int)
    withdraw.set_defaults(command=portfolio.withdraw)

    score = commands.add_parser(
        "score", parents=[_common()], help="build features, score and rank everything"
    )
    score.set_defaults(command=portfolio.score)

    queue = commands.add_parser("queue", parents=[_common()], help="show the riskiest undecided transactions")
    queue.add_argument("--top", type=int, default=20, metavar="N")
    queue.set_defaults(command=portfolio.queue)

    explain = commands.add_parser("explain", parents=[_common()], help="explain the score of one transaction")
    explain.add_argument("transaction_id")
    explain.set_defaults(command=portfolio.explain)


def _review_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    label = commands.add_parser("label", parents=[_common()], help="give a verdict on one transaction")
    label.add_argument("transaction_id")
    label.add_argument("--verdict", choices=VERDICTS, required=True)
    label.add_argument("--reason", help="fraud type, or reason of a genuine or undetermined verdict")
    label.add_argument("--note", default="")
    label.set_defaults(command=review.label)


def _model_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    train = commands.add_parser("train", parents=[_common()], help="train a new version on the present data")
    train.add_argument("--bundled", action="store_true", help="reproduce the model that comes with fraudkit")
    train.set_defaults(command=models.train)

    activate = commands.add_parser(
        "activate", parents=[_common()], help="make a trained version rank the queue"
    )
    activate.add_argument("model")
    activate.set_defaults(command=models.activate)


def _source_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    source = commands.add_parser("source", help="list, test or run the configured sources")
    actions = source.add_subparsers(required=True, metavar="action")
    listing = actions.add_parser("list", parents=[_common()], help="show the sources and their last readings")
    listing.set_defaults(command=sources.list_sources)
    for name, command, words in (
        ("test", sources.sample, "connect and read the first rows"),
        ("run", sources.run, "fetch and import what is new"),
    ):
        action = actions.add_parser(name, parents=[_common()], help=words)
        action.add_argument("name", help="name of the source in sources.toml")
        action.set_defaults(command=command)


def _audit_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    chain = commands.add_parser("audit", help="verify the audit chain")
    actions = chain.add_subparsers(required=True, metavar="action")
    verify = actions.add_parser(
        "verify", parents=[_common()], help="follow the chain and name the first bad entry"
    )
    verify.set_defaults(command=audit.verify)
    accept = actions.add_parser(
        "accept", parents=[_common()], help="go on from the chain as it stands, after a restored backup"
    )
    accept.set_defaults(command=audit.accept)


def _system_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    sample = commands.add_parser(
        "sample", parents=[_common()], help="write an invented extract and its truth"
    )
    sample.add_argument("--output", type=Path, default=Path("sample.csv"))
    sample.add_argument("--truth", type=Path, default=None, help="default: beside the extract")
    sample.add_argument("--transactions", type=int, default=None)
    sample.add_argument("--seed", type=int, default=None)
    sample.set_defaults(command=system.sample)

    doctor = commands.add_parser(
        "doctor", parents=[_common()], help="check the installation and the database"
    )
    doctor.set_defaults(command=system.doctor)

    serve = commands.add_parser("serve", parents=[_common()], help="serve the workbench in the browser")
    serve.add_argument("--port", type=int, default=8501)
    serve.add_argument("--address", default="127.0.0.1")
    serve.set_defaults(command=system.serve)
