"""How a file reaches the portfolio: kept in the upload folder, imported, and ranked in the same job."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Final

from fraudkit.domain import Actor, Progress, silent
from fraudkit.errors import InvalidInputError
from fraudkit.ingest.formats import ALL_ENDINGS
from fraudkit.ingest.inspection import Inspection
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
class WaitingFile:
    """A file of the upload folder.

    Parameters
    ----------
    path
        Where it lies.
    bytes
        Its size.
    changed_at
        When it was last written, seconds since 1970.
    """

    path: Path
    bytes: int
    changed_at: float


def keep_upload(workbench: Workbench, name: str, stream: IO[bytes]) -> Path:
    """Write an uploaded file into the upload folder and return where it lies.

    A path in the name is dropped, so a name cannot lead out of the folder.

    Raises
    ------
    InvalidInputError
        When the name says nothing or is hidden.
    """
    plain = re.sub(r"[^\w.\- ]+", "_", Path(name.replace("\\", "/")).name).strip(" .")[-_LONGEST_NAME:]
    if not plain:
        raise InvalidInputError(N_("The file has no name."), N_("Give it a name and drop it again."))
    folder = workbench.settings.upload_folder
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / plain
    with path.open("wb") as target:
        while block := stream.read(_BLOCK):
            target.write(block)
    return path


def waiting_files(workbench: Workbench) -> list[WaitingFile]:
    """Return the files of the upload folder, newest first."""
    folder = workbench.settings.upload_folder
    if not folder.is_dir():
        return []
    found = [
        WaitingFile(path, path.stat().st_size, path.stat().st_mtime)
        for path in folder.iterdir()
        if path.is_file() and path.suffix.lower() in SUFFIXES
    ]
    return sorted(found, key=lambda file: -file.changed_at)


def inspect(
    workbench: Workbench, path: Path, answers: Mapping[str, str], mapping: Mapping[str, str | None] | None
) -> Inspection:
    """Say what a file of the upload folder holds, within the bounds of uploads."""
    limits = bounds.of_uploads(workbench.settings)
    return importing.inspect_file(workbench, path, answers=answers, mapping=mapping, limits=limits)


def import_and_rank(
    workbench: Workbench,
    path: Path,
    actor: Actor,
    *,
    answers: Mapping[str, str],
    mapping: Mapping[str, str | None] | None,
    progress: Progress = silent,
) -> ImportResult:
    """Import a file and, when it brought anything, rank the portfolio anew.

    A bank's own data are never mixed with the sample: while the sample is open, it is cleared first.
    """
    workbench.clear_sample()
    result = importing.import_file(
        workbench,
        path,
        actor,
        answers=answers,
        mapping=mapping,
        limits=bounds.of_uploads(workbench.settings),
        progress=lambda share, text: progress(share * IMPORT_SHARE, text),
    )
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
