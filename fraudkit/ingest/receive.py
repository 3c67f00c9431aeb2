"""Take a file in: recognise it by content, copy it into the upload folder, unpack gzip.

The working copy is what is hashed, sniffed and parsed, so that nothing can change in between, and no
part of the original name is ever used as a path.
"""

from __future__ import annotations

import gzip
import hashlib
import shutil
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final, Literal

from fraudkit.errors import InvalidInputError
from fraudkit.words import N_

FileKind = Literal["csv", "parquet"]

MAXIMUM_FILE_BYTES: Final = 4 * 1024**3
MAXIMUM_UNPACKED_BYTES: Final = 4 * 1024**3
MAXIMUM_UNPACKING_RATIO: Final = 200
BLOCK_BYTES: Final = 1 << 22
HEAD_BYTES: Final = 1 << 16
UTF_16_NUL_SHARE: Final = 0.2
CONTROL_SHARE: Final = 0.01

PARQUET_SIGNATURE: Final = b"PAR1"
GZIP_SIGNATURE: Final = b"\x1f\x8b"
SIGNATURES: Final[tuple[tuple[bytes, str], ...]] = (
    (b"PK\x03\x04", N_("a ZIP archive or an Excel workbook")),
    (b"PK\x05\x06", N_("an empty ZIP archive")),
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
    (GZIP_SIGNATURE, N_("an archive inside an archive")),
)


@dataclass(frozen=True, slots=True)
class Received:
    """A file that lies in the upload folder, unpacked, under a name of ours.

    Parameters
    ----------
    path
        The working copy.
    file_name
        The name that people gave it; shown, never used as a path.
    sha256
        Digest of the file as it came.
    file_bytes
        Its size as it came.
    kind
        What its content is.
    """

    path: Path
    file_name: str
    sha256: str
    file_bytes: int
    kind: FileKind


@contextmanager
def received(source: Path, file_name: str, upload_folder: Path) -> Iterator[Received]:
    """Lend the working copy of a file; it is removed afterwards.

    Raises
    ------
    InvalidInputError
        When the file is missing, empty, too large or not what its name says.
    """
    size = _size_of(source)
    upload_folder.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="import-", dir=upload_folder))
    try:
        target = folder / "original"
        digest = _copy(source, target)
        kind = _recognise(target, file_name)
        yield Received(target, file_name, digest, size, kind)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _size_of(source: Path) -> int:
    try:
        size = source.stat().st_size if source.is_file() else -1
    except (OSError, ValueError):
        size = -1
    if size < 0:
        raise InvalidInputError(
            N_("There is no file {file}."), N_("Check the path of the file."), file=source.name
        )
    if size == 0:
        raise _empty(source.name)
    if size > MAXIMUM_FILE_BYTES:
        raise InvalidInputError(
            N_("The file has {size} MB; the limit is {limit} MB."),
            N_("Split the file and import the parts one after the other."),
            size=size >> 20,
            limit=MAXIMUM_FILE_BYTES >> 20,
        )
    return size


def _copy(source: Path, target: Path) -> str:
    """Copy and hash in one pass, unpacking gzip on the way."""
    digest = hashlib.sha256()
    with source.open("rb") as stream:
        compressed = stream.read(2) == GZIP_SIGNATURE
        stream.seek(0)
        with target.open("wb") as output:
            while block := stream.read(BLOCK_BYTES):
                digest.update(block)
                if not compressed:
                    output.write(block)
        if compressed:
            stream.seek(0)
            _unpack(stream, target, source.stat().st_size)
    return digest.hexdigest()


def _unpack(stream: IO[bytes], target: Path, packed_bytes: int) -> None:
    limit = min(MAXIMUM_UNPACKED_BYTES, max(packed_bytes * MAXIMUM_UNPACKING_RATIO, BLOCK_BYTES))
    written = 0
    try:
        with gzip.GzipFile(fileobj=stream) as unpacked, target.open("wb") as output:
            while block := unpacked.read(BLOCK_BYTES):
                written += len(block)
                if written > limit:
                    raise InvalidInputError(
                        N_("Unpacked, the file has over {limit} MB, which is more than it may have."),
                        N_("Unpack it yourself, look at it, and import the parts."),
                        limit=limit >> 20,
                    )
                output.write(block)
    except (OSError, EOFError, zlib.error) as error:
        raise InvalidInputError(
            N_("The gzip archive is damaged."), N_("Ask the sender for the file again.")
        ) from error


def _recognise(path: Path, file_name: str) -> FileKind:
    with path.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    named_parquet = file_name.lower().endswith((".parquet", ".pq"))
    if head.startswith(PARQUET_SIGNATURE) and named_parquet:
        return "parquet"
    if head.startswith(PARQUET_SIGNATURE):
        raise _other_content(N_("a Parquet file"))
    if named_parquet:
        raise InvalidInputError(
            N_("The file is named as Parquet, but its content is not."),
            N_("Give it the ending that fits its content, such as .csv."),
        )
    lowered = head[:64].lstrip().lower()
    for signature, words in SIGNATURES:
        if head.startswith(signature) or lowered.startswith(signature):
            raise _other_content(words)
    if not head.strip(b" \t\r\n\xef\xbb\xbf") and _is_blank(path):
        raise _empty(file_name)
    if _is_binary(head):
        raise _other_content(N_("not a table in text"))
    return "csv"


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
        N_("Export the table as CSV or Parquet and import that."),
        content=words,
    )
