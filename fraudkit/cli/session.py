"""The workbench and the actor of one command."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager

from fraudkit.config import Settings, load_settings
from fraudkit.domain import Actor
from fraudkit.services.workbench import Workbench


def settings_of(arguments: argparse.Namespace) -> Settings:
    """Return the settings; `--db` names the database and leaves the sample aside."""
    if arguments.db is None:
        return load_settings()
    database = arguments.db.expanduser().resolve()
    return load_settings(database=database, sample_database=database.with_suffix(".sample.duckdb"))


@contextmanager
def open_workbench(arguments: argparse.Namespace) -> Iterator[Workbench]:
    """Open the workbench while a command runs."""
    workbench = Workbench.open(settings_of(arguments))
    try:
        yield workbench
    finally:
        workbench.close()


def actor_of(arguments: argparse.Namespace) -> Actor:
    """Return who runs the command."""
    return Actor(arguments.actor, arguments.role)
