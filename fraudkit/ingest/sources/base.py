"""What every source can do."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from fraudkit.domain import Progress
from fraudkit.errors import FraudkitError

ImportOutcome = Literal["load", "partial", "refuse", "ask"]


@dataclass(frozen=True, slots=True)
class FetchedFile:
    """One file that a source brought.

    Parameters
    ----------
    path
        Where it lies; None when it may not be taken, then `problem` says why.
    name
        The name that people know it by.
    rows
        How many rows it holds, where the source knows.
    version
        Tells this content from a later one of the same name; empty when the source is read anew each time.
    problem
        Why the file was not fetched.
    """

    path: Path | None
    name: str
    rows: int | None = None
    version: str = ""
    problem: FraudkitError | None = None


@dataclass(frozen=True, slots=True)
class SourceSample:
    """The first rows of a source, as a test shows them."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Source(Protocol):
    """One configured source."""

    def fetch(self, folder: Path, known: frozenset[str], progress: Progress) -> Iterator[FetchedFile]:
        """Bring what is new into a folder, one file at a time.

        Parameters
        ----------
        folder
            An empty folder; what lies in it is removed after the import.
        known
            Versions that were imported already.
        progress
            Told how far the reading is.
        """
        ...

    def sample(self, count: int) -> SourceSample:
        """Connect and read the first rows (of a source of files: list the first files)."""
        ...

    def settle(self, file: FetchedFile, outcome: ImportOutcome) -> None:
        """Put away what was imported, where the source is a place that people fill."""
        ...


def version_of(*parts: object) -> str:
    """Return what tells one content of a file from another: a digest, so that no name is kept."""
    return hashlib.sha256(" ".join(map(str, parts)).encode("utf-8", "surrogateescape")).hexdigest()


def as_text(value: object) -> str:
    """Return a value of a sample as text."""
    return "" if value is None else str(value)
