"""Texts from data where Streamlit reads markdown: labels, notices, refusals."""

from __future__ import annotations

import re
from typing import Final

_INLINE: Final = re.compile(r"([\\`*_\[\]<>!$~|&])")
_LEADING: Final = re.compile(r"^([#+=-]|\d+(?=[.)]))")
_JOINED: Final = re.compile(r"(:)(?=[\w+-]+[:\[])|(://|\bwww\.)", re.IGNORECASE)
_WORD_JOINER: Final = "\u2060"


def escaped(text: str) -> str:
    """Return markdown that shows exactly this text, on one line.

    Streamlit turns `:name:` into a picture and an address into a link even where they are escaped; an
    invisible joiner prevents that.
    """
    one_line = " ".join(text.split())
    whole = _INLINE.sub(r"\\\1", _JOINED.sub(lambda found: found.group() + _WORD_JOINER, one_line))
    return _LEADING.sub(lambda found: _led(found.group()), whole)


def _led(start: str) -> str:
    """Return what stands at the start of a line so that it starts no list, no head and no rule."""
    return start + _WORD_JOINER if start[-1].isdigit() else "\\" + start
