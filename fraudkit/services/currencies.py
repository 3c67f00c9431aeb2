"""Currency rates: what one unit is worth in the base currency; each change is an audited event."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from fraudkit.domain import Actor
from fraudkit.errors import InvalidInputError
from fraudkit.services.permissions import require
from fraudkit.services.workbench import Workbench
from fraudkit.store import preferences
from fraudkit.words import N_

SETTING: Final = "currency_rates"


@dataclass(frozen=True, slots=True)
class CurrencyRate:
    """One currency of the portfolio.

    Parameters
    ----------
    currency
        Its code.
    rate
        Worth of one unit in base currency; None while nobody has set it.
    alerts
        How many alerts are in it.
    """

    currency: str
    rate: float | None
    alerts: int


def rates(workbench: Workbench) -> tuple[CurrencyRate, ...]:
    """Return every currency that has a rate or that alerts are in, apart from the base currency."""
    base = workbench.settings.base_currency
    with workbench.database.read() as cursor:
        known = preferences.currency_rates(cursor, base)
        rows = cursor.rows(
            "SELECT currency, count(*) AS alerts FROM alert WHERE currency IS NOT NULL GROUP BY currency"
        )
    counted = {row["currency"]: row["alerts"] for row in rows}
    codes = sorted(({*known, *counted}) - {base})
    return tuple(CurrencyRate(code, known.get(code), counted.get(code, 0)) for code in codes)


def change(workbench: Workbench, actor: Actor, wanted: Mapping[str, float | None]) -> None:
    """Set the rates; a currency that is not named, or whose rate is None, has none from now on.

    Amounts without a rate are never added to others.

    Raises
    ------
    PermissionDeniedError
        When the actor's role may not.
    InvalidInputError
        When a code is no currency code, or a rate not positive; nothing is written.
    """
    require(actor, "set_policies")
    base = workbench.settings.base_currency
    chosen = {_code(code): _rate(rate) for code, rate in wanted.items() if rate is not None}
    chosen.pop(base, None)
    with workbench.database.write() as cursor:
        before = preferences.currency_rates(cursor, base)
        if {**chosen, base: 1.0} != before:
            preferences.write(cursor, SETTING, dict(sorted(chosen.items())), actor)


def _code(text: str) -> str:
    code = str(text or "").strip().upper()
    if not (code.isascii() and code.isalpha() and len(code) == 3):  # noqa: PLR2004 - ISO 4217
        raise InvalidInputError(
            N_("“{code}” is no currency code."),
            N_("Use the three letters of ISO 4217, such as USD."),
            code=text,
        )
    return code


def _rate(value: float) -> float:
    rate = float(value)
    if not (math.isfinite(rate) and rate > 0):
        raise InvalidInputError(
            N_("A rate of {rate} is not possible."), N_("Give a number above zero."), rate=value
        )
    return rate
