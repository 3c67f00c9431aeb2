"""The typeface of printed documents, and what becomes of characters that it does not have."""

from __future__ import annotations

import unicodedata
from functools import cache
from html import escape
from pathlib import Path
from typing import Final

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

PLAIN: Final = "Evidence"
BOLD: Final = "Evidence-Bold"
FOLDER: Final = Path(__file__).parent / "fonts"
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_KEPT: Final = frozenset("\n\t")


@cache
def register() -> None:
    """Make the typeface known; once for each process."""
    pdfmetrics.registerFont(TTFont(PLAIN, FOLDER / "DejaVuSansCondensed.ttf"))
    pdfmetrics.registerFont(TTFont(BOLD, FOLDER / "DejaVuSansCondensed-Bold.ttf"))
    pdfmetrics.registerFontFamily(PLAIN, normal=PLAIN, bold=BOLD, italic=PLAIN, boldItalic=BOLD)


def printable(text: str) -> str:
    """Return a text that can be printed: what has no sign of its own is named, nothing is left out.

    A character that the typeface lacks, that cannot be seen or that turns the direction of writing becomes
    its number, such as `[U+202E]`.
    """
    register()
    return "".join(letter if _has_sign(letter) else f"[U+{ord(letter):04X}]" for letter in text)


def markup(text: str) -> str:
    """Return a printable text for a paragraph: nothing in it is read as markup, line ends stay."""
    return escape(printable(text), quote=False).replace("\t", "    ").replace("\n", "<br/>")


@cache
def _has_sign(letter: str) -> bool:
    if letter in _KEPT:
        return True
    if unicodedata.category(letter) in _UNSEEN:
        return False
    return ord(letter) in pdfmetrics.getFont(PLAIN).face.charToGlyph
