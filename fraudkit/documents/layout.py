"""The pieces that printed documents are made of: headings, tables of facts, page frame."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import Any, Final

from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
    TableStyle,
)

from fraudkit.charts.palette import LIGHT
from fraudkit.documents.typeface import BOLD, PLAIN, markup, printable, register

MARGIN: Final = 15 * mm
BODY_WIDTH: Final = A4[0] - 2 * MARGIN
LONGEST_VALUE: Final = 600
"""A longer value is cut in the document and says so; the JSON beside it has all of it."""

INK: Final = HexColor(LIGHT.ink)
QUIET: Final = HexColor("#5a656e")
RULE: Final = HexColor(LIGHT.line)
_TEXT: Final = ParagraphStyle(
    "text", fontName=PLAIN, fontSize=9, leading=12, textColor=INK, splitLongWords=True
)
_QUIET: Final = ParagraphStyle("quiet", parent=_TEXT, fontSize=8, leading=10.5, textColor=QUIET)
_NUMBER: Final = ParagraphStyle("number", parent=_TEXT, alignment=TA_RIGHT)
_TITLE: Final = ParagraphStyle("title", parent=_TEXT, fontName=BOLD, fontSize=16, leading=20)
_HEAD: Final = ParagraphStyle(
    "head",
    parent=_TEXT,
    fontName=BOLD,
    fontSize=11,
    leading=14,
    spaceBefore=9,
    spaceAfter=3,
    keepWithNext=True,
)
_SUBHEAD: Final = ParagraphStyle(
    "subhead", parent=_HEAD, fontSize=9.5, leading=12, spaceBefore=6, spaceAfter=2
)
_LINES: Final = [
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("LINEBELOW", (0, 0), (-1, -1), 0.3, RULE),
    ("LEFTPADDING", (0, 0), (-1, -1), 0),
    ("RIGHTPADDING", (0, 0), (-1, -1), 5),
    ("TOPPADDING", (0, 0), (-1, -1), 1.6),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 1.6),
]


def title(text: str) -> Flowable:
    """Return the title of the document."""
    return Paragraph(markup(text), _TITLE)


def head(text: str) -> Flowable:
    """Return the heading of a part."""
    return Paragraph(markup(text), _HEAD)


def subhead(text: str) -> Flowable:
    """Return the heading of a smaller part."""
    return Paragraph(markup(text), _SUBHEAD)


def line(text: str) -> Flowable:
    """Return a paragraph of reading text."""
    return Paragraph(markup(text), _TEXT)


def quiet(text: str) -> Flowable:
    """Return a paragraph that stays in the background."""
    return Paragraph(markup(text), _QUIET)


def gap(height: float = 4) -> Flowable:
    """Return some room."""
    return Spacer(1, height)


def facts(pairs: Iterable[tuple[str, str]]) -> Flowable:
    """Return names and values as a table of two columns."""
    rows = [[Paragraph(markup(name), _QUIET), Paragraph(markup(cut(value)), _TEXT)] for name, value in pairs]
    return Table(rows, colWidths=[0.3 * BODY_WIDTH, 0.7 * BODY_WIDTH], style=TableStyle(_LINES))


def table(
    heads: Sequence[str], rows: Iterable[Sequence[str]], shares: Sequence[float], numbers: Sequence[int] = ()
) -> Flowable:
    """Return a table; `shares` are the widths of its columns, those in `numbers` are set to the right."""

    def cell(place: int, text: str) -> Flowable:
        return Paragraph(markup(cut(text)), _NUMBER if place in numbers else _TEXT)

    body = [[cell(place, text) for place, text in enumerate(row)] for row in rows]
    top = [Paragraph(markup(text), _QUIET) for text in heads]
    widths = [share / sum(shares) * BODY_WIDTH for share in shares]
    return Table([top, *body], colWidths=widths, style=TableStyle(_LINES), repeatRows=1)


def cut(text: str) -> str:
    """Return a value short enough to print, with its full length when something is left out."""
    if len(text) <= LONGEST_VALUE:
        return text
    return f"{text[:LONGEST_VALUE]} … [{len(text)}]"


def build(parts: Sequence[Flowable], name: str, footer: str, pages: str) -> bytes:
    """Return the document.

    Parameters
    ----------
    parts
        What it holds, in order.
    name
        Title of the document, for the reader's window.
    footer
        One line at the foot of every page.
    pages
        Words with `{page}` and `{pages}`.
    """
    register()
    stream = io.BytesIO()
    document = BaseDocTemplate(
        stream,
        pagesize=A4,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=MARGIN,
        bottomMargin=MARGIN + 5 * mm,
        title=printable(name),
        author="fraudkit",
        invariant=1,
    )
    frame = Frame(MARGIN, MARGIN + 5 * mm, BODY_WIDTH, A4[1] - 2 * MARGIN - 5 * mm, 0, 0, 0, 0)
    document.addPageTemplates([PageTemplate("page", [frame])])
    document.build(list(parts), canvasmaker=_numbered(printable(footer), pages))
    return stream.getvalue()


def _numbered(footer: str, pages: str) -> type[Canvas]:
    """Return a canvas that writes the foot of every page once their number is known."""

    class Numbered(Canvas):  # type: ignore[misc]
        def __init__(self, *arguments: Any, **named: Any) -> None:
            super().__init__(*arguments, **named)
            self._held: list[dict[str, Any]] = []

        def showPage(self) -> None:  # noqa: N802 - the library's name
            self._held.append(dict(self.__dict__))
            self._startPage()

        def save(self) -> None:
            for number, held in enumerate(self._held, start=1):
                self.__dict__.update(held)
                self.setFont(PLAIN, 6.8)
                self.setFillColor(QUIET)
                self.drawString(MARGIN, MARGIN - 2 * mm, footer)
                said = pages.format(page=number, pages=len(self._held))
                self.drawRightString(A4[0] - MARGIN, MARGIN - 2 * mm, said)
                super().showPage()
            super().save()

    return Numbered
