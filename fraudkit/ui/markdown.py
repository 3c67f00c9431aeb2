"""Texts from data inside labels that Streamlit reads as markdown."""

from __future__ import annotations

import re
from typing import Final

_MEANS_SOMETHING: Final = re.compile(r"([!-/:-@\[-`{-~])")  # every ASCII punctuation mark
_SHORTCODE: Final = re.compile(r":(?=[\w+-]+:)")
_WORD_JOINER: Final = "\u2060"


def escaped(text: str) -> str:
    """Return markdown that shows exactly this text, on one line.

    Streamlit turns `:name:` into a picture even so; an invisible joiner prevents that.
    """
    one_line = " ".join(text.split())
    return _MEANS_SOMETHING.sub(r"\\\1", _SHORTCODE.sub(":" + _WORD_JOINER, one_line))
