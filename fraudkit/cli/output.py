"""What a command says: lines for people or one JSON document, and an exit status."""

from __future__ import annotations

import json
import math
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from fraudkit.domain import Progress
from fraudkit.errors import FraudkitError
from fraudkit.words import Language, language_of, translate

DONE: Final = 0
REFUSED: Final = 2
QUESTION_OPEN: Final = 3


@dataclass(frozen=True, slots=True)
class Answer:
    """The outcome of a command.

    Parameters
    ----------
    data
        What `--json` prints.
    lines
        What people read.
    status
        Exit status: 0 done, 2 refused, 3 a question is open.
    """

    data: Any
    lines: list[str] = field(default_factory=list)
    status: int = DONE


def refused(error: FraudkitError, language: Language) -> Answer:
    """Return the answer for an error: one sentence and a hint."""
    message, hint = error.localised(language)
    data = {"outcome": "refuse", "message": error.message, "hint": error.hint}
    return Answer(data, [line for line in (message, hint) if line], REFUSED)


def write(answer: Answer, *, as_json: bool) -> None:
    """Print an answer; refusals for people go to the error stream."""
    if as_json:
        sys.stdout.write(json.dumps(_plain(answer.data), ensure_ascii=False, indent=2, default=str) + "\n")
        return
    stream = sys.stdout if answer.status == DONE else sys.stderr
    stream.writelines(f"{line}\n" for line in answer.lines)


def _plain(value: Any) -> Any:
    """Return a value that every JSON reader accepts: NaN and infinity become null."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value


def terminal_progress(language: Language) -> Progress:
    """Return a progress report for a terminal; silent when nobody looks."""
    shown = sys.stderr.isatty()

    def report(share: float, text: str) -> None:
        if shown:
            end = "\n" if share >= 1 else ""
            sys.stderr.write(f"\r\033[K{share:4.0%} {translate(text, language)}{end}")
            sys.stderr.flush()

    return report


def terminal_language() -> Language:
    """Return the language of the terminal; English for the plain locale."""
    locale = os.environ.get("LC_ALL") or os.environ.get("LANG") or ""
    return "en" if locale.split(".")[0] in {"", "C", "POSIX"} else language_of(locale)


def table(rows: Sequence[tuple[str, ...]]) -> list[str]:
    """Return rows as aligned columns."""
    if not rows:
        return []
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]
