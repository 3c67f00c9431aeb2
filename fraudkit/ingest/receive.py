"""Take a file in: copy it into the upload folder, recognise it by content, unpack or convert it.

The working copy is what is hashed, sniffed and parsed, so that nothing can change in between, and no
part of the original name is ever used as a path.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from fraudkit.errors import InvalidInputError
from fraudkit.ingest.formats import Note, prepare, recognise
from fraudkit.ingest.limits import Limits
from fraudkit.ingest.line_numbers import Shifts
from fraudkit.ingest.questions import Answers
from fraudkit.ingest.working_folders import working_folder
from fraudkit.words import N_

FileKind = Literal["csv", "parquet"]

BLOCK_BYTES: Final = 1 << 22
HEAD_BYTES: Final = 1 << 16
UTF_16_NUL_SHARE: Final = 0.2
CONTROL_SHARE: Final = 0.01

SIGNATURES: Final[tuple[tuple[bytes, str], ...]] = (
    (b"\xd0\xcf\x11\xe0", N_("an old Excel workbook")),
    (b"%PDF", N_("a PDF document")),
    (b"version https://git-lfs", N_("a pointer to a file in Git LFS, not the file itself")),
    (b"SQLite format 3", N_("an SQLite database")),
    (b"7z\xbc\xaf", N_("a 7-Zip archive")),
    (b"BZh", N_("a bzip2 archive")),
    (b"\xfd7zXZ", N_("an xz archive")),
    (b"\x28\xb5\x2f\xfd", N_("a zstd archive")),
    (b"Rar!", N_("a RAR archive")),
    (b"\x80\x02", N_("a Python pickle")),
    (b"\x80\x03", N_("a Python pickle")),
    (b"\x80\x04", N_("a Python pickle")),
    (b"\x80\x05", N_("a Python pickle")),
    (b"<!doctype html", N_("a web page")),
    (b"<html", N_("a web page")),
    (b"<?xml", N_("an XML document")),
    (b"{\\rtf", N_("a formatted text document")),
)
"""What is neither a table nor an archive of one."""


@dataclass(frozen=True, slots=True)
class Received:
    """A file that lies in the upload folder, unpacked, under a name of ours.

    Parameters
    ----------
    path
        The working copy: text or Parquet.
    file_name
        The name that people gave it; shown, never used as a path.
    sha256
        Digest of the file as it came.
    file_bytes
        Its size as it came.
    kind
        What its content is.
    file_format
        What it came as: `csv`, `parquet`, `excel`, `json_lines`, `gzip` or `zip`.
    limits
        Bounds on its rows and columns.
    remarks
        What was noticed while it was unpacked or converted.
    shifts
        How the lines of the working copy differ from those of the file as it came.
    """

    path: Path
    file_name: str
    sha256: str
    file_bytes: int
    kind: FileKind
    file_format: str
    limits: Limits
    remarks: tuple[Note, ...] = ()
    shifts: Shifts = ()


@contextmanager
def received(
    source: Path, file_name: str, upload_folder: Path, limits: Limits, answers: Answers
) -> Iterator[Received]:
    """Lend the working copy of a file; it is removed afterwards.

    Raises
    ------
    InvalidInputError
        When the file is missing, empty, too large or not what its name says.
    QuestionsOpenError
        When a workbook holds several sheets with rows.
    """
    size = _size_of(source, file_name, limits)
    with working_folder(upload_folder) as folder:
        original = folder / "original"
        digest = _copy(source, original)
        _refuse_foreign(original, file_name)
        prepared = prepare(original, file_name, folder, limits, answers)
        if prepared.path != original:
            original.unlink()
            _refuse_foreign(prepared.path, prepared.name)
        kind: FileKind = "parquet" if recognise(prepared.path) == "parquet" else "csv"
        came_as = "csv" if prepared.format == "text" else prepared.format
        yield Received(
            prepared.path,
            file_name,
            digest,
            size,
            kind,
            came_as,
            limits,
            prepared.notes,
            prepared.shifts,
        )


def _size_of(source: Path, file_name: str, limits: Limits) -> int:
    try:
        size = source.stat().st_size if source.is_file() else -1
    except (OSError, ValueError):
        size = -1
    if size < 0:
        raise InvalidInputError(
            N_("There is no file {file}."), N_("Check the path of the file."), file=file_name
        )
    if size == 0:
        raise _empty(file_name)
    limits.check_size(source)
    return size


def _copy(source: Path, target: Path) -> str:
    """Copy and hash in one pass."""
    digest = hashlib.sha256()
    with source.open("rb") as stream, target.open("wb") as output:
        while block := stream.read(BLOCK_BYTES):
            digest.update(block)
            output.write(block)
    return digest.hexdigest()


def _refuse_foreign(path: Path, file_name: str) -> None:
    """Refuse what can hold no table, by its first bytes."""
    with path.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    lowered = head[:64].lstrip().lower()
    for signature, words in SIGNATURES:
        if head.startswith(signature) or lowered.startswith(signature):
            raise _other_content(words)
    if recognise(path) != "text":
        return
    if not head.strip(b" \t\r\n\xef\xbb\xbf") and _is_blank(path):
        raise _empty(file_name)
    if _is_binary(head):
        raise _other_content(N_("not a table in text"))


def _is_blank(path: Path) -> bool:
    with path.open("rb") as stream:
        return all(not block.strip() for block in iter(lambda: stream.read(BLOCK_BYTES), b""))


def _is_binary(head: bytes) -> bool:
    """Tell text in any encoding from anything else by the share of control characters."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or looks_like_utf_16(head):
        return False
    controls = sum(head.count(code) for code in range(32) if code not in b"\t\n\r\x1b\x0c")
    return controls > CONTROL_SHARE * len(head)


def looks_like_utf_16(head: bytes) -> bool:
    """Tell UTF-16 without a mark: NULs, nearly all at even or nearly all at odd places."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    few, many = sorted((even, odd))
    return many > UTF_16_NUL_SHARE * len(head) and few < many / 20


def _empty(file_name: str) -> InvalidInputError:
    return InvalidInputError(
        N_("The file {file} is empty."), N_("Export it again with its rows."), file=file_name
    )


def _other_content(words: str) -> InvalidInputError:
    return InvalidInputError(
        N_("The file's content is something else than its name says: {content}."),
        N_("Export the table as CSV, Excel or Parquet and import that."),
        content=words,
    )
