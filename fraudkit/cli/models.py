"""Commands on models: train, activate."""

from __future__ import annotations

import argparse

from fraudkit.cli.output import Answer, table, terminal_progress
from fraudkit.cli.session import actor_of, open_workbench, settings_of
from fraudkit.services import training
from fraudkit.words import N_, translate


def train(arguments: argparse.Namespace) -> Answer:
    """Train a new version; it becomes active only when a person says so."""
    progress = terminal_progress(arguments.language)
    if arguments.bundled:
        trained = training.train_bundled(settings_of(arguments), progress=progress)
    else:
        with open_workbench(arguments) as workbench:
            workbench.require_transactions()
            trained = training.train(workbench, actor_of(arguments), progress)
    figures = table([(name, f"{value}") for name, value in trained.figures.items()])
    return Answer(trained.as_json(), [trained.model_id, *figures])


def activate(arguments: argparse.Namespace) -> Answer:
    """Make a trained version rank the queue."""
    with open_workbench(arguments) as workbench:
        training.activate(workbench, arguments.model, actor_of(arguments))
    text = translate(N_("Model {model_id} ranks the queue from now on."), arguments.language)
    return Answer({"outcome": "done", "model_id": arguments.model}, [text.format(model_id=arguments.model)])
