"""Secrets of sources: named in the settings, kept in an environment variable or a file."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from fraudkit.errors import SourceError
from fraudkit.words import N_


@dataclass(frozen=True, slots=True)
class Secret:
    """Where a secret is kept; its value is read when it is needed and never stored.

    Parameters
    ----------
    name
        What it is called in the settings, such as `password`.
    variable, file
        Environment variable or file that holds it; both None when there is none.
    """

    name: str
    variable: str | None = None
    file: Path | None = None

    @property
    def given(self) -> bool:
        """Whether the settings name a place for it."""
        return self.variable is not None or self.file is not None

    def value(self) -> str:
        """Return the secret; empty when the settings name none.

        Raises
        ------
        SourceError
            When the variable or the file is not there.
        """
        if self.variable is not None:
            value = os.environ.get(self.variable)
            if value is None:
                raise SourceError(
                    N_("The environment variable {variable}, which holds the {name}, is not set."),
                    N_("Set it for the server's process, or name a file with {name}_file."),
                    variable=self.variable,
                    name=self.name,
                )
            return value
        if self.file is None:
            return ""
        try:
            return self.file.read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            raise SourceError(
                N_("The file {file}, which holds the {name}, cannot be read."),
                N_("Check that it is there and that the server's user may read it."),
                file=self.file.name,
                name=self.name,
            ) from error
