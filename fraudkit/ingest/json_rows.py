"""JSON objects as rows of text: numbers keep every digit that was written."""

from __future__ import annotations

import json
from typing import Any, Final

from fraudkit.errors import InvalidInputError
from fraudkit.words import N_

Row = dict[str, str]

DEEPEST: Final = 64


class _Written(str):
    """A number as it was written."""

    __slots__ = ()


def parse_json(text: str | bytes) -> Any:
    """Return a JSON document whose numbers are the digits that were written.

    Raises
    ------
    InvalidInputError
        When it is not JSON, or is nested too deeply.
    """
    try:
        return json.loads(text, parse_float=_Written, parse_int=_Written, parse_constant=_Written)
    except (ValueError, RecursionError) as error:
        raise InvalidInputError(
            N_("The answer is not JSON."), N_("Look at what the address gives; a login page is no JSON.")
        ) from error


def flat_row(record: dict[str, Any]) -> Row:
    """Return one object as a row of text.

    Objects within it become columns with a point in their name, lists are kept as JSON; null and an
    absent key are the same: no value.
    """
    row: Row = {}
    _flatten(record, "", row, 0)
    return row


def pointed(document: Any, pointer: str) -> Any:
    """Return what a JSON pointer (RFC 6901) names, or None where there is nothing."""
    found = document
    for part in pointer.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        if isinstance(found, dict):
            found = found.get(name)
        elif isinstance(found, list) and name.isdigit() and int(name) < len(found):
            found = found[int(name)]
        else:
            return None
    return found


def _flatten(record: dict[str, Any], prefix: str, row: Row, depth: int) -> None:
    for name, value in record.items():
        column = f"{prefix}{name}"
        if isinstance(value, dict) and depth < DEEPEST:
            _flatten(value, f"{column}.", row, depth + 1)
        elif value is not None:
            row[column] = _text(value)


def _text(value: Any) -> str:
    if isinstance(value, str):
        return str(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value, ensure_ascii=False)
