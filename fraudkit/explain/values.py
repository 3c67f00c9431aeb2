"""Values of features as the reader writes them, by their unit."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

from fraudkit.explain.formats import Formats
from fraudkit.words import N_

MISSING: Final = "–"


def feature_value(unit: str | None, value: float, base_currency: str, formats: Formats) -> str:
    """Return one value of a feature in words.

    Parameters
    ----------
    unit
        Declared unit: `amount`, `count`, `hours`, `ratio`, `share`, `flag` or `score`.
    value
        The value; NaN is shown as a dash.
    base_currency
        Currency of amounts.
    formats
        How the reader writes.
    """
    if math.isnan(value):
        return MISSING
    writer = _WRITERS.get(unit or "")
    if writer is not None:
        return writer(value, formats)
    if unit == "amount":
        return formats.amount(value, base_currency)
    return formats.number(value, 0 if value == int(value) else 2)


def _share(value: float, formats: Formats) -> str:
    """Keep a decimal of a small share: 0.4 % is not 0 %."""
    return formats.percent(value, 1 if 0 < abs(value) < _SMALL_SHARE else 0)


def _ratio(value: float, formats: Formats) -> str:
    return formats.number(value, 1 if abs(value) < _SMALL_RATIO else 0)


def _flag(value: float, formats: Formats) -> str:
    return formats.words(N_("yes")) if value else formats.words(N_("no"))


def _hours(value: float, formats: Formats) -> str:
    return formats.duration(value * 3_600)


_SMALL_SHARE: Final = 0.1
_SMALL_RATIO: Final = 10
_WRITERS: Final[dict[str, Callable[[float, Formats], str]]] = {
    "share": _share,
    "ratio": _ratio,
    "flag": _flag,
    "hours": _hours,
}
