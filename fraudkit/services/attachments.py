"""What may be attached to a note: recognised by content, bounded, without readable card numbers."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from pathlib import PurePosixPath, PureWindowsPath
from typing import Final, Literal

from fraudkit.errors import InvalidInputError
from fraudkit.ingest.card_numbers import card_spans, mask_text
from fraudkit.store.notes import StoredFile
from fraudkit.words import N_

FileKind = Literal["pdf", "png", "jpeg", "xlsx", "docx", "text"]
SUFFIXES: Final[dict[FileKind, tuple[str, ...]]] = {
    "pdf": (".pdf",),
    "png": (".png",),
    "jpeg": (".jpg", ".jpeg"),
    "xlsx": (".xlsx",),
    "docx": (".docx",),
    "text": (".txt", ".csv", ".log", ".eml", ".json"),
}
"""Endings that fit each kind; a name with another one gets the first of them."""

LONGEST_NAME: Final = 120
MOST_UNPACKED: Final = 64 * 2**20
_MEGABYTE: Final = 2**20
_SIGNATURES: Final[tuple[tuple[bytes, FileKind], ...]] = (
    (b"%PDF-", "pdf"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
)
_OFFICE: Final[dict[str, FileKind]] = {"xl/workbook.xml": "xlsx", "word/document.xml": "docx"}
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_UNSEEN: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_TAG: Final = re.compile(r"<[^>]*>")


def accept(name: str, content: bytes, key: bytes, megabytes: int) -> StoredFile:
    """Return a file as it will be kept.

    Parameters
    ----------
    name
        The name under which it was handed in; never used as a path.
    content
        Its bytes.
    key
        The secret of card numbers.
    megabytes
        How large it may be.

    Raises
    ------
    InvalidInputError
        When it is empty, too large, of no accepted kind, or an office document with card numbers.
    """
    if not content:
        raise InvalidInputError(N_("The attached file is empty."), N_("Choose the file again."))
    if len(content) > megabytes * _MEGABYTE:
        raise InvalidInputError(
            N_("The attached file is larger than {megabytes} MB."),
            N_("Attach the part that matters, or a smaller picture."),
            megabytes=megabytes,
        )
    kind = recognise(content)
    if kind is None:
        raise InvalidInputError(
            N_("This kind of file cannot be attached."),
            N_("Accepted are PDF, PNG, JPEG, XLSX and DOCX without macros, and plain text."),
        )
    if kind == "text":
        content = mask_text(_decoded(content) or "", key).encode("utf-8", "surrogatepass")
    if kind in ("xlsx", "docx") and _holds_card_number(content):
        raise InvalidInputError(
            N_("The attached document holds card numbers, which are never stored."),
            N_("Leave the last four digits of each and attach it again."),
        )
    return StoredFile(_named(mask_text(name, key), kind), kind, content, hashlib.sha256(content).hexdigest())


def recognise(content: bytes) -> FileKind | None:
    """Return what a file is by its content, or None for a kind that is not accepted."""
    for signature, kind in _SIGNATURES:
        if content.startswith(signature):
            return kind
    if content.startswith(b"PK"):
        return _office_kind(content)
    return "text" if _decoded(content) is not None else None


def _office_kind(content: bytes) -> FileKind | None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return None
    names = {member.filename for member in members}
    has_macros = any(name.lower().endswith("vbaproject.bin") for name in names)
    if has_macros or sum(member.file_size for member in members) > MOST_UNPACKED:
        return None
    return next((kind for part, kind in _OFFICE.items() if part in names), None)


def _decoded(content: bytes) -> str | None:
    """Return a plain text, or None when the bytes are not one."""
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return None if _CONTROLS.search(text) else text
    return None


def _holds_card_number(content: bytes) -> bool:
    """Tell whether the text of an office document shows a card number."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = [
                archive.read(name) for name in archive.namelist() if name.endswith((".xml", ".rels", ".vml"))
            ]
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError):
        return True  # what cannot be read cannot be shown to be free of them
    return any(next(card_spans(_TAG.sub("\n", part.decode("utf-8", "replace"))), None) for part in parts)


def _named(name: str, kind: FileKind) -> str:
    """Return the last part of a name without unseen characters, with an ending that fits the content."""
    last = PurePosixPath(PureWindowsPath(name).name).name
    shown = _UNSEEN.sub("", last).strip(" .") or "file"
    suffixes = SUFFIXES[kind]
    if not shown.lower().endswith(suffixes):
        shown += suffixes[0]
    if len(shown) <= LONGEST_NAME:
        return shown
    ending = next(suffix for suffix in suffixes if shown.lower().endswith(suffix))
    return shown[: LONGEST_NAME - len(ending)] + shown[-len(ending) :]
