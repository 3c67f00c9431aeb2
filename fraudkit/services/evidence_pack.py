"""The evidence pack: one PDF and one JSON of a case, for the file; making one is noted in the audit."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from fraudkit.documents.evidence_pdf import render
from fraudkit.domain import Actor
from fraudkit.errors import InvalidInputError
from fraudkit.explain.formats import Formats
from fraudkit.services import evidence
from fraudkit.services.workbench import Workbench
from fraudkit.store import exports
from fraudkit.store.exports import NewExport
from fraudkit.words import N_


@dataclass(frozen=True, slots=True)
class Pack:
    """The two files of one case.

    Parameters
    ----------
    case_id
        The case.
    json, pdf
        Their bytes; the PDF prints the digest of the JSON.
    """

    case_id: int
    json: bytes
    pdf: bytes

    @property
    def sha256(self) -> str:
        """Digest of the JSON."""
        return hashlib.sha256(self.json).hexdigest()

    def name(self, ending: str) -> str:
        """Return the name of one of the files."""
        return f"case-{self.case_id}.{ending}"


def make(workbench: Workbench, case_id: int, formats: Formats) -> Pack:
    """Return the pack of a case in the reader's language; the same state gives the same bytes.

    Raises
    ------
    NotFoundError
        When there is no such case.
    """
    document = evidence.collect(workbench, case_id, formats)
    content = evidence.as_bytes(document)
    digest = hashlib.sha256(content).hexdigest()
    pdf = render(document, digest, formats, _offset_minutes(workbench, document))
    return Pack(case_id, content, pdf)


def note(workbench: Workbench, actor: Actor, pack: Pack) -> None:
    """Note in the audit that a pack left the workbench."""
    with workbench.database.write() as cursor:
        exports.append(cursor, NewExport("evidence", "pdf+json", 1, pack.sha256, case_id=pack.case_id), actor)


def write(workbench: Workbench, actor: Actor, case_id: int, folder: Path, formats: Formats) -> list[Path]:
    """Write the two files of a case into a folder and return where they lie.

    Raises
    ------
    NotFoundError
        When there is no such case.
    InvalidInputError
        When the folder cannot be written.
    """
    pack = make(workbench, case_id, formats)
    files = {folder / pack.name("json"): pack.json, folder / pack.name("pdf"): pack.pdf}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, content in files.items():
            path.write_bytes(content)
    except OSError as error:
        raise InvalidInputError(
            N_("The folder {folder} cannot be written."), N_("Name another folder."), folder=str(folder)
        ) from error
    note(workbench, actor, pack)
    return list(files)


def _offset_minutes(workbench: Workbench, document: dict[str, Any]) -> int:
    """Return the bank's clock at the time of the pack's last event."""
    moment = datetime.fromisoformat(document["as_of"]).astimezone(ZoneInfo(workbench.settings.time_zone))
    offset = moment.utcoffset()
    return round(offset.total_seconds() / 60) if offset else 0
