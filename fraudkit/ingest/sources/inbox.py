"""A folder into which other systems put large files: only complete ones are taken, none is ever deleted."""

from __future__ import annotations

import fnmatch
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from fraudkit.domain import Progress
from fraudkit.errors import InvalidInputError, SourceError
from fraudkit.ingest.sources.base import FetchedFile, ImportOutcome, SourceSample, version_of
from fraudkit.ingest.sources.settings import SourceSettings, options_of
from fraudkit.words import N_

DONE: Final = "done"
REFUSED: Final = "refused"
UNFINISHED_ENDINGS: Final = (".part", ".partial", ".tmp", ".crdownload", ".filepart", ".swp")


@dataclass(frozen=True, slots=True)
class InboxOptions:
    """What `sources.toml` says of an inbox."""

    folder: Path
    pattern: str = "*"
    settle_seconds: int = 10


class InboxSource:
    """The complete files of a folder.

    A file is complete when it was not changed for `settle_seconds` and its size stands still.
    """

    def __init__(self, settings: SourceSettings) -> None:
        self._settings = settings
        self._options = options_of(InboxOptions, settings)

    def fetch(self, folder: Path, known: frozenset[str], progress: Progress) -> Iterator[FetchedFile]:  # noqa: ARG002 - the files stay where they are
        """Name each complete file, oldest first; the importer works on a copy."""
        found = [file for file in self._complete() if _version(file) not in known]
        for number, file in enumerate(found):
            progress(number / len(found), N_("Reading the inbox"))
            size = file.stat().st_size
            if size > self._settings.max_bytes:
                yield FetchedFile(
                    None, file.name, version=_version(file), problem=self._too_large(file, size)
                )
            else:
                yield FetchedFile(file, file.name, version=_version(file))

    def sample(self, count: int) -> SourceSample:
        """List the first complete files."""
        rows = []
        for file in self._complete()[:count]:
            status = file.stat()
            changed = datetime.fromtimestamp(status.st_mtime, UTC).isoformat(sep=" ", timespec="seconds")
            rows.append((file.name, str(status.st_size), changed))
        return SourceSample(("file", "bytes", "changed"), tuple(rows))

    def settle(self, file: FetchedFile, outcome: ImportOutcome) -> None:
        """Move a file to `done` or `refused`; one that left a question open stays."""
        if outcome == "ask":
            return
        shelf = self._options.folder / (REFUSED if outcome == "refuse" else DONE)
        try:
            shelf.mkdir(exist_ok=True)
            _move(self._options.folder / file.name, shelf)
        except OSError as error:
            raise SourceError(
                N_("The file {name} cannot be moved out of the inbox."),
                N_("Let the server's user write the folder {folder}."),
                name=file.name,
                folder=str(self._options.folder),
            ) from error

    def _complete(self) -> list[Path]:
        before = self._sizes()
        quiet_since = time.time() - self._options.settle_seconds
        still = [file for file, (changed, _) in before.items() if changed <= quiet_since]
        now = self._sizes() if still else {}
        return sorted(
            (file for file in still if now.get(file) == before[file]), key=lambda file: before[file]
        )

    def _sizes(self) -> dict[Path, tuple[float, int]]:
        """Return time of change and size of each file that may be taken."""
        found = {}
        try:
            with os.scandir(self._options.folder) as entries:
                for entry in entries:
                    if self._is_wanted(entry):
                        status = entry.stat(follow_symlinks=False)
                        found[Path(entry.path)] = (status.st_mtime, status.st_size)
        except OSError as error:
            raise InvalidInputError(
                N_("The inbox {folder} cannot be read."),
                N_("Make the folder, and let the server's user read and write it."),
                folder=str(self._options.folder),
            ) from error
        return found

    def _is_wanted(self, entry: os.DirEntry[str]) -> bool:
        name = entry.name
        unfinished = name.startswith((".", "~")) or name.lower().endswith(UNFINISHED_ENDINGS)
        fits = fnmatch.fnmatch(name, self._options.pattern)
        return fits and not unfinished and entry.is_file(follow_symlinks=False)

    def _too_large(self, file: Path, size: int) -> SourceError:
        return SourceError(
            N_("The file {name} has {size} MB; the limit of its source is {limit} MB."),
            N_("Raise max_bytes of this source, or split the file."),
            name=file.name,
            size=size >> 20,
            limit=self._settings.max_bytes >> 20,
        )


def _version(file: Path) -> str:
    status = file.stat()
    return version_of(file.name, status.st_size, status.st_mtime_ns)


def _move(file: Path, shelf: Path) -> None:
    """Move a file without ever writing over another: linking fails where the name is taken."""
    moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
    names = [file.name, *(f"{moment}-{number}-{file.name}"[:250] for number in range(1, 1_000))]
    for name in names:
        try:
            os.link(file, shelf / name)
        except FileExistsError:
            continue
        except OSError:
            if (shelf / name).exists():
                continue
            file.rename(shelf / name)  # a file system without links
            return
        file.unlink()
        return
