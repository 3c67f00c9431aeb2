"""Small pieces of HTML for dense, aligned text; every value from data is escaped here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

import streamlit as st

from fraudkit.explain.reasons import Reason


def show(markup: str) -> None:
    """Draw a piece that one of the functions below made."""
    st.html(markup)


def line(text: str, rest: str = "") -> str:
    """Return a sentence in the size of reading text, with a quiet rest."""
    aside = f' <span class="fk-aside">{escape(rest)}</span>' if rest else ""
    return f'<p class="fk-line">{escape(text)}{aside}</p>'


def quiet(text: str) -> str:
    """Return a sentence that stays in the background."""
    return f'<p class="fk-quiet">{escape(text)}</p>'


def note(text: str) -> str:
    """Return a sentence in the size of tables."""
    return f'<p class="fk-said">{escape(text)}</p>'


def named(name: str, text: str) -> str:
    """Return a sentence with its name before it."""
    return f'<p class="fk-said"><b>{escape(name)}.</b> {escape(text)}</p>'


def figure(text: str, *, quiet: bool = False) -> str:
    """Return a figure, or the head above figures, set to the right."""
    return f'<p class="fk-figure{" fk-quiet" if quiet else ""}">{escape(text)}</p>'


def total(text: str) -> str:
    """Return a line of figures."""
    return f'<p class="fk-sum">{escape(text)}</p>'


def head(title: str, tags: Iterable[tuple[str, bool]] = (), aside: str = "") -> str:
    """Return a headline with tags (text, whether it stands out) and a quiet rest."""
    shown = "".join(
        f'<span class="fk-tag{" fk-strong" if strong else ""}">{escape(text)}</span>' for text, strong in tags
    )
    rest = f'<span class="fk-quiet">{escape(aside)}</span>' if aside else ""
    return f'<div class="fk-head"><b>{escape(title)}</b>{shown}{rest}</div>'


def reasons(found: Iterable[Reason]) -> str:
    """Return numbered reasons, each with the customer's own numbers below it."""
    items = "".join(
        f"<li><span>{escape(reason.sentence)}"
        + (f'<span class="fk-compare">{escape(reason.comparison)}</span>' if reason.comparison else "")
        + "</span></li>"
        for reason in found
    )
    return f'<ol class="fk-reasons">{items}</ol>'


def facts(pairs: Iterable[tuple[str, str]]) -> str:
    """Return names and values as a table of two columns."""
    rows = "".join(f"<tr><th>{escape(name)}</th><td>{escape(value)}</td></tr>" for name, value in pairs)
    return f'<table class="fk-facts"><tbody>{rows}</tbody></table>'


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table that says more than a text.

    Parameters
    ----------
    text
        What stands there.
    below
        A quiet line below it.
    address
        Where a click leads, in a new tab; one of our own relative addresses.
    is_marked
        Whether it stands out.
    """

    text: str
    below: str = ""
    address: str = ""
    is_marked: bool = False


Line = Sequence[str | Cell]


def figures(cells: Iterable[tuple[str, str, str]]) -> str:
    """Return key figures side by side: name, value and a quiet line below."""
    shown = "".join(
        f"<div><dt>{escape(name)}</dt><dd><b>{escape(value)}</b><span>{escape(below)}</span></dd></div>"
        for name, value, below in cells
    )
    return f'<dl class="fk-figures">{shown}</dl>'


def table(heads: Sequence[str], rows: Iterable[Line], numbers: Sequence[int] = (), kind: str = "") -> str:
    """Return a small table; columns named in `numbers` are set to the right."""
    aligned = set(numbers)
    top = "".join(
        f"<th{_classes('fk-number' if place in aligned else '')}>{escape(text)}</th>"
        for place, text in enumerate(heads)
    )
    body = "".join(
        "<tr>" + "".join(_cell(cell, is_number=place in aligned) for place, cell in enumerate(row)) + "</tr>"
        for row in rows
    )
    return f'<table class="fk-facts {kind}"><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>'


def _cell(cell: str | Cell, *, is_number: bool) -> str:
    if isinstance(cell, str):
        cell = Cell(cell)
    text = escape(cell.text)
    if cell.address:
        text = f'<a href="{escape(cell.address)}" target="_blank">{text}</a>'
    if cell.below:
        text += f'<span class="fk-below">{escape(cell.below)}</span>'
    names = " ".join(
        name for name, wanted in (("fk-number", is_number), ("fk-marked", cell.is_marked)) if wanted
    )
    return f"<td{_classes(names)}>{text}</td>"


def _classes(names: str) -> str:
    return f' class="{names}"' if names else ""


def written(
    body: str, signature: str, mentions: Iterable[str] = (), *, tag: str = "", struck: bool = False
) -> str:
    """Return what somebody wrote, with who and when above it; line breaks stay, names after @ stand out."""
    shown = escape(body)
    for name in sorted(mentions, key=len, reverse=True):
        pattern = re.compile(re.escape("@" + escape(name)), re.IGNORECASE)
        shown = pattern.sub(lambda found: f'<b class="fk-mention">{found.group()}</b>', shown)
    mark = f'<span class="fk-tag">{escape(tag)}</span>' if tag else ""
    text = f"<s>{shown}</s>" if struck else shown
    return (
        f'<div class="fk-note"><p class="fk-quiet">{escape(signature)} {mark}</p>'
        + (f'<p class="fk-written" dir="auto">{text}</p>' if body else "")
        + "</div>"
    )
