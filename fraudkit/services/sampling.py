"""The bundled sample: loaded into a file of its own when there is no portfolio yet."""

from __future__ import annotations

from typing import Final

from fraudkit.config import Settings
from fraudkit.domain import Actor, Progress, silent
from fraudkit.errors import InvalidInputError
from fraudkit.services import importing, scoring
from fraudkit.services.workbench import Workbench, head_path
from fraudkit.store import preferences
from fraudkit.words import N_

SAMPLE_ACTOR: Final = Actor("fraudkit", "administrator")
SAMPLE_RATES: Final = {"USD": 3.75}
"""What a dollar of the invented bank is worth in soles; a real bank's rates are kept by its administrator."""


def prepare(settings: Settings, progress: Progress = silent) -> None:
    """Load and rank the sample when neither a portfolio nor the sample is there."""
    if (
        settings.database.exists()
        or settings.sample_database.exists()
        or not settings.sample_extract.exists()
    ):
        return
    settings.sample_database.parent.mkdir(parents=True, exist_ok=True)
    unfinished = settings.sample_database.with_suffix(".loading")
    head = head_path(settings, unfinished)
    for file in (unfinished, unfinished.with_name(unfinished.name + ".wal"), head):
        file.unlink(missing_ok=True)
    workbench = Workbench.open_file(settings, unfinished)
    try:
        load(workbench, progress)
        workbench.database.checkpoint()
    finally:
        workbench.close()
    head.replace(head_path(settings, settings.sample_database))
    unfinished.rename(settings.sample_database)


def load(workbench: Workbench, progress: Progress = silent) -> None:
    """Import the bundled extract into the open portfolio and rank it."""
    import_sample(workbench, lambda share, text: progress(share * 0.4, text))
    scoring.rank(workbench, lambda share, text: progress(0.4 + share * 0.6, text))


def import_sample(workbench: Workbench, progress: Progress = silent) -> None:
    """Import the bundled extract and set the rates of the invented bank.

    Raises
    ------
    InvalidInputError
        When the extract does not load.
    """
    progress(0.0, N_("Loading the sample"))
    with workbench.database.write() as cursor:
        preferences.write(cursor, "currency_rates", SAMPLE_RATES, SAMPLE_ACTOR)
    extract = workbench.settings.sample_extract
    loaded = importing.import_file(workbench, extract, SAMPLE_ACTOR, is_sample=True, progress=progress)
    if loaded.outcome != "load":
        raise InvalidInputError(loaded.message_template, loaded.hint_template, **loaded.values)
