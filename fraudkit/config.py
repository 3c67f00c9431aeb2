"""Settings of one installation: where files lie and the defaults that people may change.

Every setting can be given as an environment variable `FRAUDKIT_<NAME>`.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Final

from fraudkit.errors import InvalidInputError
from fraudkit.words import N_

PROJECT_ROOT: Final = Path(__file__).parent.parent


@dataclass(frozen=True, slots=True)
class Settings:
    """What an administrator can set.

    Parameters
    ----------
    database
        The DuckDB file that holds the portfolio.
    sample_database
        The file of its own in which the bundled sample lives.
    sample_extract, sample_truth
        The bundled extract and the truth about its invented frauds.
    bundled_models
        Folder of the model that comes with fraudkit; read only.
    local_models
        Folder of the models that were trained here.
    upload_folder
        Where uploaded files wait; the only folder that the parser may read.
    sources
        The file that configures sources: databases, object stores, interfaces, inboxes.
    card_key
        The file with the secret under which card numbers are hashed; made at first use.
    audit_key
        The file with the secret of the audit chain; made at first use.
    audit_folder
        Where the head of the audit chain is kept; beside the database when None. On another disk, an old
        copy of the database's whole folder is found as well.
    time_zone
        Zone of times that carry none.
    base_currency
        Currency that all sums are shown in.
    alert_capacity
        How many undecided alerts the team wants in front of it after each ranking.
    refresh_verdicts, refresh_minutes
        After so many verdicts, or so many minutes after one, everything below the line is ranked anew.
    upload_megabytes, upload_rows
        How large a file may be that is dropped on the page.
    file_megabytes, file_rows
        How large a file on the server may be.
    unpacked_megabytes
        What an archive may become.
    most_columns
        How many columns any file may have.
    attachment_megabytes
        How large a file may be that is attached to a note.
    memory_limit, threads
        Bounds of the database engine.
    """

    database: Path = PROJECT_ROOT / "data" / "fraudkit.duckdb"
    sample_database: Path = PROJECT_ROOT / "data" / "sample.duckdb"
    sample_extract: Path = PROJECT_ROOT / "data" / "sample.csv.gz"
    sample_truth: Path = PROJECT_ROOT / "data" / "sample_truth.csv.gz"
    bundled_models: Path = PROJECT_ROOT / "models"
    local_models: Path = PROJECT_ROOT / "models" / "local"
    upload_folder: Path = PROJECT_ROOT / "data" / "uploads"
    sources: Path = PROJECT_ROOT / "data" / "sources.toml"
    card_key: Path = PROJECT_ROOT / "data" / "local" / "card.key"
    audit_key: Path = PROJECT_ROOT / "data" / "local" / "audit.key"
    audit_folder: Path | None = None
    time_zone: str = "America/Lima"
    base_currency: str = "PEN"
    alert_capacity: int = 300
    refresh_verdicts: int = 25
    refresh_minutes: int = 10
    upload_megabytes: int = 500
    upload_rows: int = 5_000_000
    file_megabytes: int = 4_096
    file_rows: int = 50_000_000
    unpacked_megabytes: int = 4_096
    most_columns: int = 4_096
    attachment_megabytes: int = 10
    memory_limit: str = "4GB"
    threads: int = field(default_factory=lambda: os.cpu_count() or 1)


def load_settings(**changes: object) -> Settings:
    """Return the settings of this process: defaults, then the environment, then what the caller changes.

    Raises
    ------
    InvalidInputError
        When an environment variable does not fit its setting.
    """
    values: dict[str, object] = {}
    for setting in fields(Settings):
        text = os.environ.get(f"FRAUDKIT_{setting.name.upper()}")
        if text is not None:
            values[setting.name] = _parse(setting.name, str(setting.type), text)
    values.update({name: value for name, value in changes.items() if value is not None})
    return Settings(**values)  # type: ignore[arg-type]


def _parse(name: str, kind: str, text: str) -> object:
    if kind.startswith("Path"):
        return Path(text).expanduser().resolve()
    if kind == "int":
        if not text.isdigit():
            raise InvalidInputError(
                N_("{variable} is “{text}”, which is not a whole number."),
                N_("Give digits only, or unset the variable to take the default."),
                variable=f"FRAUDKIT_{name.upper()}",
                text=text,
            )
        return int(text)
    return text
