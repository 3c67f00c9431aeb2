"""What is done where a column is empty: declared per column, kept with the layout, recorded with the batch.

The value that a bank did not send is never written into a transaction. With `median`, features read the
recorded median of the batch in its place; with `exclude`, the row is set apart and listed.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Literal, get_args

from fraudkit.errors import InvalidInputError
from fraudkit.ingest.questions import MISSING, Answers
from fraudkit.schema import COLUMN_BY_NAME
from fraudkit.words import N_

Handling = Literal["keep", "median", "exclude"]

HANDLINGS: Final[dict[Handling, str]] = {
    "keep": N_("keep it missing"),
    "median": N_("use the median"),
    "exclude": N_("set the row apart"),
}
"""Words for each way."""


def handlings_of(canonical: str) -> tuple[Handling, ...]:
    """Return the ways that a column allows: a required one none, a text has no median."""
    column = COLUMN_BY_NAME.get(canonical)
    if column is None or column.required or column.kind in {"flag", "datetime"}:
        return ()
    return get_args(Handling) if column.kind in {"amount", "number"} else ("keep", "exclude")


def declared(answers: Answers, mapped: Iterable[str]) -> dict[str, Handling]:
    """Return what was declared for the mapped columns; what is kept missing is left out.

    Raises
    ------
    InvalidInputError
        When a column does not allow what was declared for it.
    """
    found: dict[str, Handling] = {}
    for canonical in mapped:
        answer = answers.get(f"{MISSING}{canonical}", "keep")
        allowed = handlings_of(canonical)
        if answer == "keep":
            continue
        if answer not in allowed:
            raise InvalidInputError(
                N_("Missing values of “{column}” cannot be handled as “{answer}”."),
                N_("Use one of: {options}."),
                column=canonical,
                answer=answer,
                options=", ".join(allowed) or "keep",
            )
        found[canonical] = answer
    return found
