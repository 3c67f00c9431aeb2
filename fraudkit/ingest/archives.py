"""gzip and ZIP: one file each, unpacked in blocks within a limit, so that no bomb goes off."""

from __future__ import annotations

import gzip
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import IO, Final

from fraudkit.errors import InvalidInputError
from fraudkit.ingest.limits import MEGABYTE, Limits
from fraudkit.words import N_

BLOCK_BYTES: Final = 1 << 20
MAXIMUM_RATIO: Final = 200
ALWAYS_ALLOWED_BYTES: Final = 64 * MEGABYTE
MOST_ENTRIES: Final = 10_000
NAMED_MEMBERS: Final = 5
_ENCRYPTED: Final = 0x1
_DAMAGE: Final = (
    OSError,
    EOFError,
    zlib.error,
    zipfile.BadZipFile,
    NotImplementedError,
    RuntimeError,
    ValueError,
)


def unpack_gzip(path: Path, target: Path, limits: Limits) -> None:
    """Unpack a gzip file.

    Raises
    ------
    InvalidInputError
        When it is damaged or becomes too large.
    """
    allowed = _allowed(path.stat().st_size, limits)
    try:
        with gzip.open(path) as stream:
            _copy(stream, target, allowed)
    except _DAMAGE as error:
        raise _damaged() from error


def unpack_zip(path: Path, target: Path, limits: Limits) -> str:
    """Unpack the one file of a ZIP archive and return its name.

    Raises
    ------
    InvalidInputError
        When it holds none or several, is encrypted or damaged, or becomes too large.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            member = _only_member(archive)
            allowed = _allowed(member.compress_size, limits)
            if member.file_size > allowed:
                raise _too_large(allowed)
            with archive.open(member) as stream:
                _copy(stream, target, allowed)
            return PurePosixPath(member.filename.replace("\\", "/")).name
    except _DAMAGE as error:
        raise _damaged() from error


def is_workbook(path: Path) -> bool:
    """Tell an Excel workbook from any other ZIP archive."""
    try:
        with zipfile.ZipFile(path) as archive:
            return "xl/workbook.xml" in archive.namelist()
    except _DAMAGE:
        return False


def check_workbook(path: Path, limits: Limits, most_bytes: int) -> None:
    """Refuse a workbook that would unpack to too much.

    Raises
    ------
    InvalidInputError
        When it is too large, encrypted or damaged.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except _DAMAGE as error:
        raise _damaged() from error
    allowed = min(_allowed(path.stat().st_size, limits), most_bytes)
    if len(members) > MOST_ENTRIES or sum(member.file_size for member in members) > allowed:
        raise _too_large(allowed)


def _only_member(archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    members = [member for member in archive.infolist() if not _is_clutter(member)]
    if len(members) != 1:
        names = [PurePosixPath(member.filename).name for member in members[:NAMED_MEMBERS]]
        raise InvalidInputError(
            N_("The archive holds {count} files instead of one: {names}"),
            N_("Import each of them by itself."),
            count=len(members),
            names=", ".join(names) + (" …" if len(members) > NAMED_MEMBERS else ""),
        )
    if members[0].flag_bits & _ENCRYPTED:
        raise InvalidInputError(
            N_("The archive is protected by a password."), N_("Unpack it and import what is in it.")
        )
    return members[0]


def _is_clutter(member: zipfile.ZipInfo) -> bool:
    """Tell folders and what macOS and Windows leave behind."""
    path = PurePosixPath(member.filename)
    return (
        member.is_dir() or "__MACOSX" in path.parts or path.name in {".DS_Store", "Thumbs.db", "desktop.ini"}
    )


def _allowed(packed: int, limits: Limits) -> int:
    return min(limits.max_unpacked_bytes, max(packed * MAXIMUM_RATIO, ALWAYS_ALLOWED_BYTES))


def _copy(stream: IO[bytes] | gzip.GzipFile, target: Path, allowed: int) -> None:
    written = 0
    with target.open("wb") as output:
        while block := stream.read(BLOCK_BYTES):
            written += len(block)
            if written > allowed:
                raise _too_large(allowed)
            output.write(block)


def _too_large(allowed: int) -> InvalidInputError:
    return InvalidInputError(
        N_("Unpacked, the file has over {limit} MB, which is more than it may have."),
        N_("Unpack it yourself, look at it, and import the parts."),
        limit=allowed >> 20,
    )


def _damaged() -> InvalidInputError:
    return InvalidInputError(N_("The archive is damaged."), N_("Ask the sender for the file again."))
