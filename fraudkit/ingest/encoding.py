"""Which encoding a text file is in, decided on the whole file, never on a sample.

Lines that are not valid UTF-8 are told apart: bytes with the structure of UTF-8 that it forbids (overlong
forms, surrogates) are damage, single bytes above 127 are Latin-1 or cp1252.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fraudkit.ingest import questions
from fraudkit.ingest.questions import Answers
from fraudkit.ingest.receive import BLOCK_BYTES, HEAD_BYTES, looks_like_utf_16

MARKS: Final[tuple[tuple[bytes, str], ...]] = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_BEYOND_ASCII_LINE: Final = re.compile(rb"[^\n]*[\x80-\xff][^\n]*")
_UTF_8_STRUCTURE: Final = re.compile(
    rb"[\xc0-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf7][\x80-\xbf]{3}"
)
_BEYOND_ASCII: Final = re.compile(rb"[\x80-\xff]")


@dataclass(frozen=True, slots=True)
class Encoding:
    """How the bytes of a file become text.

    Parameters
    ----------
    codec
        Python's name of the encoding.
    clean
        Whether every byte decodes; else the lines that do not are kept apart.
    """

    codec: str
    clean: bool

    @property
    def is_plain_utf_8(self) -> bool:
        """Whether the engine can read the bytes as they are."""
        return self.codec == "utf-8" and self.clean


def detect(path: Path, answers: Answers) -> Encoding:
    """Decide the encoding of a file.

    Raises
    ------
    QuestionsOpenError
        For UTF-16 without a byte order mark, until the order is told.
    """
    with path.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    codec = next((codec for mark, codec in MARKS if head.startswith(mark)), None)
    if codec is None and looks_like_utf_16(head):
        codec = questions.require(questions.encoding_question(_utf_16_examples(head)), answers)
    if codec is not None:
        return Encoding(codec, _decodes(path, codec))
    if _decodes(path, "utf-8"):
        return Encoding("utf-8", clean=True)
    if _is_damaged_utf_8(path):
        return Encoding("utf-8", clean=False)
    return Encoding("cp1252", _decodes(path, "cp1252"))


def decoded_head(path: Path, encoding: Encoding) -> tuple[str, bool]:
    """Return the beginning of the file as text, cut after a whole line, and whether it is everything."""
    with path.open(encoding=encoding.codec, errors="surrogateescape", newline="") as stream:
        text = stream.read(HEAD_BYTES)
        complete = not stream.read(1)
    end = max(text.rfind("\n"), text.rfind("\r"))
    return (text, True) if complete or end < 0 else (text[: end + 1], False)


def transcode(path: Path, encoding: Encoding, target: Path) -> None:
    """Write a file that decodes cleanly as UTF-8 without a mark."""
    with (
        path.open(encoding=encoding.codec, newline="") as stream,
        target.open("w", encoding="utf-8", newline="") as output,
    ):
        while block := stream.read(BLOCK_BYTES):
            output.write(block)


def _utf_16_examples(head: bytes) -> tuple[str, ...]:
    low_first = head[1::2].count(0) > head[0::2].count(0)
    codec = "utf-16-le" if low_first else "utf-16-be"
    return tuple(f"{codec}: {line}" for line in head.decode(codec, errors="replace").splitlines()[:2])


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        while block := stream.read(BLOCK_BYTES):
            yield block


def _decodes(path: Path, codec: str) -> bool:
    decoder = codecs.getincrementaldecoder(codec)()
    try:
        for block in _blocks(path):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _is_damaged_utf_8(path: Path) -> bool:
    """Tell UTF-8 with damaged or foreign lines from an older encoding, by counting lines."""
    valid = foreign = 0
    with path.open("rb") as stream:
        for match in _BEYOND_ASCII_LINE.finditer(stream.read()):
            line = match.group()
            if _is_utf_8(line):
                valid += 1
            elif _BEYOND_ASCII.search(_UTF_8_STRUCTURE.sub(b"", line)):
                foreign += 1
    return foreign == 0 or valid > foreign


def _is_utf_8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
