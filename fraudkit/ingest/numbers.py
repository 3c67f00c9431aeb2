"""Which mark separates the decimals in a file: decided by its values, asked about when they do not tell."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Final, Literal

from fraudkit.ingest import questions
from fraudkit.ingest.questions import Answers

DecimalMark = Literal["point", "comma"]

_BARE: Final = re.compile(r"[^0-9.,]")
_POINT: Final = re.compile(
    r"^(?:\d+|\d{1,3}(?:,\d{3})+)?\.(?:\d{1,2}|\d{4,})$|^\d{4,}\.\d+$|^\d{1,3}(?:,\d{3})+(?:\.\d*)$|^\d{1,3}(?:,\d{3}){2,}$|^0+\.\d+$"
)
_COMMA: Final = re.compile(
    r"^(?:\d+|\d{1,3}(?:\.\d{3})+)?,(?:\d{1,2}|\d{4,})$|^\d{4,},\d+$|^\d{1,3}(?:\.\d{3})+(?:,\d*)$|^\d{1,3}(?:\.\d{3}){2,}$|^0+,\d+$"
)
_OPEN: Final = re.compile(r"^\d{1,3}[.,]\d{3}$")

WholeColumn = Callable[[], Sequence[str]]
"""Returns values of the whole file that the sample left open."""


def decimal_mark(values: Sequence[str], whole: WholeColumn, answers: Answers) -> DecimalMark:
    """Return the decimal mark of a file's amounts.

    Parameters
    ----------
    values
        Sample values of all amount columns.
    whole
        Looks at the whole file when the sample cannot tell.
    answers
        Answers so far.

    Raises
    ------
    QuestionsOpenError
        When every value with a mark has exactly three digits after it.
    """
    found = _evidence(values)
    open_values = [value for value in values if _OPEN.match(_bare(value))]
    if not found and open_values:
        found = _evidence(whole())
    if found:
        return found
    if not open_values:
        return "point"
    question = questions.decimal_mark_question(tuple(dict.fromkeys(open_values))[:5])
    return "comma" if questions.require(question, answers) == "comma" else "point"


def _evidence(values: Sequence[str]) -> DecimalMark | None:
    """Return the mark that most telling values show."""
    shown: Counter[DecimalMark] = Counter()
    for value in values:
        bare = _bare(value)
        if _POINT.match(bare):
            shown["point"] += 1
        elif _COMMA.match(bare):
            shown["comma"] += 1
    return shown.most_common(1)[0][0] if shown else None


def _bare(value: str) -> str:
    return _BARE.sub("", value.replace("S/.", ""))
