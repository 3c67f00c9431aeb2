"""How a file reaches the portfolio: kept in the upload folder, imported, and ranked in the same job."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Final

from fraudkit.domain import Actor, Progress, silent
from fraudkit.errors import InvalidInputError
from fraudkit.ingest.card_key import load_key
from fraudkit.ingest.card_numbers import mask_text
from fraudkit.ingest.formats import ALL_ENDINGS
from fraudkit.ingest.inspection import Inspection
from fraudkit.ingest.working_folders import WorkingFolder
from fraudkit.services import bounds, importing, scoring
from fraudkit.services.importing import ImportResult
from fraudkit.services.workbench import Workbench
from fraudkit.words import N_

SUFFIXES: Final = ALL_ENDINGS
"""What the page offers; what a file really is, the importer finds out."""
IMPORT_SHARE: Final = 0.4
_BLOCK: Final = 1 << 20
_LONGEST_NAME: Final = 120


@dataclass(frozen=True, slots=True)
class RawFile:
    """A file as it came, in the upload folder until it is imported: it may hold whole card numbers.

    Parameters
    ----------
    path
        Where it lies.
    name
        The name that people gave it, without card numbers.
    bytes
        Its size.
    changed_at
        When it was last written, seconds since 1970.
    folder
        The folder of its own of a file that was dropped on the page; None for one that was put there.
    """

    path: Path
    name: str
    bytes: int
    changed_at: float
    folder: WorkingFolder | None = None

    @property
    def is_gone(self) -> bool:
        """Whether it was removed."""
        return not self.path.exists()

    def remove(self) -> None:
        """Remove it: what it held lies in the portfolio."""
        self.path.unlink(missing_ok=True)
        if self.folder is not None:
            self.folder.remove()


def keep_upload(workbench: Workbench, name: str, stream: IO[bytes]) -> RawFile:
    """Write an uploaded file into a folder of its own, which lives as long as the file is held.

    No part of the name is used as a path.

    Raises
    ------
    InvalidInputError
        When the name says nothing or is hidden.
    """
    plain = re.sub(r"[^\w.\- ]+", "_", Path(name.replace("\\", "/")).name).strip(" .")[-_LONGEST_NAME:]
    if not plain:
        raise InvalidInputError(N_("The file has no name."), N_("Give it a name and drop it again."))
    folder = WorkingFolder(workbench.settings.upload_folder)
    path = folder.path / "upload"
    with path.open("wb") as target:
        while block := stream.read(_BLOCK):
            target.write(block)
    return _raw_file(workbench, path, plain, folder)


def waiting_files(workbench: Workbench) -> list[RawFile]:
    """Return the files that were put into the upload folder, newest first."""
    folder = workbench.settings.upload_folder
    if not folder.is_dir():
        return []
    found = [
        _raw_file(workbench, path, path.name)
        for path in folder.iterdir()
        if path.is_file() and path.suffix.lower() in SUFFIXES
    ]
    return sorted(found, key=lambda file: -file.changed_at)


def _raw_file(workbench: Workbench, path: Path, name: str, folder: WorkingFolder | None = None) -> RawFile:
    status = path.stat()
    shown = mask_text(name, load_key(workbench.settings.card_key))
    return RawFile(path, shown, status.st_size, status.st_mtime, folder)


def inspect(
    workbench: Workbench,
    file: RawFile,
    answers: Mapping[str, str],
    mapping: Mapping[str, str | None] | None,
) -> Inspection:
    """Say what a file of the upload folder holds, within the bounds of uploads."""
    return importing.inspect_file(
        workbench,
        file.path,
        file.name,
        answers=answers,
        mapping=mapping,
        limits=bounds.of_uploads(workbench.settings),
    )


def import_and_rank(
    workbench: Workbench,
    file: RawFile,
    actor: Actor,
    *,
    answers: Mapping[str, str],
    mapping: Mapping[str, str | None] | None,
    progress: Progress = silent,
) -> ImportResult:
    """Import a file and, when it brought anything, rank the portfolio anew.

    A bank's own data are never mixed with the sample: while the sample is open, it is cleared first. The file
    is removed as soon as its rows are stored; one that was refused stays until the person is done with it.
    """
    workbench.clear_sample()
    result = importing.import_file(
        workbench,
        file.path,
        actor,
        file_name=file.name,
        answers=answers,
        mapping=mapping,
        limits=bounds.of_uploads(workbench.settings),
        progress=lambda share, text: progress(share * IMPORT_SHARE, text),
    )
    if result.outcome in {"load", "partial"}:
        file.remove()
    return with_ranking(
        workbench,
        result,
        lambda share, text: progress(IMPORT_SHARE + share * (1 - IMPORT_SHARE), text),
    )


def with_ranking(workbench: Workbench, result: ImportResult, progress: Progress = silent) -> ImportResult:
    """Rank the portfolio anew when an import brought anything, and say how many alerts that raised."""
    if not result.rows_loaded:
        return result
    ranking = scoring.rank(workbench, progress)
    return replace(result, changes=replace(result.changes, alerts_raised=ranking.alerts_raised))
