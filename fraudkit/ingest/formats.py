"""Other formats than plain text and Parquet: unpacked and converted beside the upload.

Content decides what a file is; a file whose name says something else is refused, because then somebody
along the way was mistaken about it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from fraudkit.errors import InvalidInputError
from fraudkit.ingest import archives, json_lines, workbook
from fraudkit.ingest.limits import Limits
from fraudkit.ingest.line_numbers import Shifts
from fraudkit.ingest.questions import Answers
from fraudkit.words import N_

Format = Literal["text", "parquet", "excel", "json_lines", "gzip", "zip"]

HEAD_BYTES: Final = 1 << 16
NO_ANSWERS: Final[Answers] = {}
_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"

ENDINGS: Final[dict[Format, tuple[str, ...]]] = {
    "parquet": (".parquet", ".pq"),
    "excel": (".xlsx", ".xlsm"),
    "json_lines": (".jsonl", ".ndjson", ".json"),
    "gzip": (".gz", ".gzip"),
    "zip": (".zip",),
}
"""Endings that promise a format; every other ending promises text."""

WORDS: Final[dict[Format, str]] = {
    "text": N_("text"),
    "parquet": N_("a Parquet file"),
    "excel": N_("an Excel workbook"),
    "json_lines": N_("JSON lines"),
    "gzip": N_("a gzip archive"),
    "zip": N_("a ZIP archive"),
}

ALL_ENDINGS: Final = (".csv", ".tsv", ".txt", *(ending for endings in ENDINGS.values() for ending in endings))
"""What a page offers to upload."""


@dataclass(frozen=True, slots=True)
class Note:
    """Something that people should know about a conversion, counted; words in `reasons.NOTES`."""

    code: str
    count: int


@dataclass(frozen=True, slots=True)
class Prepared:
    """A file that the importer can read.

    Parameters
    ----------
    path
        Text or Parquet; the file itself when nothing had to be done.
    name
        The name that people know, without the endings of what was unpacked or converted.
    format
        What the file was.
    notes
        What was noticed on the way.
    shifts
        How its lines differ from those of the file that was converted.
    """

    path: Path
    name: str
    format: Format
    notes: tuple[Note, ...] = ()
    shifts: Shifts = ()


def prepare(path: Path, name: str, folder: Path, limits: Limits, answers: Answers = NO_ANSWERS) -> Prepared:
    """Make one plain file of whatever came.

    Parameters
    ----------
    path
        The file as it came.
    name
        Its name, shown and compared with its content, never used as a path.
    folder
        Where unpacked and converted files go.
    limits
        Bounds on size, rows and columns, unpacked.
    answers
        Answer by question: `sheet` names the sheet of a workbook.

    Raises
    ------
    InvalidInputError
        When the content is not what the name says, an archive holds several files or is damaged, or a limit
        is exceeded.
    QuestionsOpenError
        When a workbook holds several sheets with rows.
    """
    found = recognise(path)
    _require_agreement(found, name)
    if found in {"text", "parquet"}:
        return Prepared(path, name, found)
    folder.mkdir(parents=True, exist_ok=True)
    if found in {"gzip", "zip"}:
        return _from_archive(path, name, found, folder, limits, answers)
    return _converted(path, name, found, folder, limits, answers)


def recognise(path: Path) -> Format:
    """Tell the format of a file by its content."""
    with path.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    if head.startswith(b"\x1f\x8b"):
        return "gzip"
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "excel" if archives.is_workbook(path) else "zip"
    return "json_lines" if _begins_with_an_object(head) else "text"


def _begins_with_an_object(head: bytes) -> bool:
    line, newline, _ = head.removeprefix(_BYTE_ORDER_MARK).lstrip().partition(b"\n")
    if not line.startswith(b"{"):
        return False
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return not newline and line.startswith(b'{"')  # an object longer than what was looked at


def _require_agreement(found: Format, name: str) -> None:
    ending = Path(name.lower()).suffix
    promised = next((kind for kind, endings in ENDINGS.items() if ending in endings), "text")
    if promised == found or (promised == "json_lines" and found == "text"):
        return
    raise InvalidInputError(
        N_("The file {name} is {content}, not what its name says."),
        N_("Check where it comes from; then give it the ending that fits its content."),
        name=name,
        content=WORDS[found],
    )


def _from_archive(
    path: Path, name: str, found: Format, folder: Path, limits: Limits, answers: Answers
) -> Prepared:
    """Unpack the one file of an archive; within it anything but another archive may be."""
    target = folder / "unpacked"
    if found == "gzip":
        inner = name[: -len(Path(name).suffix)]
        archives.unpack_gzip(path, target, limits)
    else:
        inner = archives.unpack_zip(path, target, limits)
    content = recognise(target)
    if content in {"gzip", "zip"}:
        raise InvalidInputError(
            N_("The archive {name} holds another archive."),
            N_("Unpack it and import what is in it."),
            name=name,
        )
    _require_agreement(content, inner)
    if content in {"text", "parquet"}:
        return Prepared(target, inner, found)
    return _converted(target, inner, content, folder, limits, answers)


def _converted(
    path: Path, name: str, found: Format, folder: Path, limits: Limits, answers: Answers
) -> Prepared:
    target = folder / "converted.csv"
    convert: Callable[[Path, Path, Limits, Answers], tuple[list[tuple[str, int]], Shifts]] = (
        workbook.write_csv if found == "excel" else json_lines.write_csv
    )
    notes, shifts = convert(path, target, limits, answers)
    return Prepared(target, f"{Path(name).stem}.csv", found, tuple(Note(*note) for note in notes), shifts)
