"""The first unusual operation of a stretch, and what went out from it on.

An operation is unusual from a percentile of the ranking on, a policy of the bank. Going back from the one
under review, unusual operations belong to one stretch until `QUIET_DAYS` pass without one; those that people
found genuine do not count. The rule and its figures are facts; what follows from them is the bank's to say.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from fraudkit.domain import MICROSECONDS_PER_DAY
from fraudkit.explain.past import Mask, Past

QUIET_DAYS: Final = 7


@dataclass(frozen=True, slots=True)
class Exposure:
    """Some operations and their money.

    Parameters
    ----------
    count
        How many.
    amount
        Their sum in base currency.
    without_rate
        How many of them are in a currency without a rate and not in the sum.
    """

    count: int
    amount: float
    without_rate: int


@dataclass(frozen=True, slots=True)
class Incident:
    """A stretch of unusual operations.

    Parameters
    ----------
    first
        Place of its first operation in the past.
    percentile
        From which on an operation counts as unusual.
    onward
        The first operation and all later ones that move money the same way, also those after the one under
        review.
    unusual
        Those among them that are unusual themselves.
    """

    first: int
    percentile: float
    onward: Exposure
    unusual: Exposure


def incident(past: Past, percentile: float) -> Incident | None:
    """Return the stretch that leads to the operation under review; None when nothing is unusual.

    Parameters
    ----------
    past
        The entity's operations.
    percentile
        From which on an operation counts as unusual, 0 to 100.
    """
    with np.errstate(invalid="ignore"):
        unusual = (past.severity >= percentile) & past.alike
    verdicts = past.texts["verdict"]
    if "genuine" in verdicts.values:
        unusual &= verdicts.codes != verdicts.values.index("genuine")
    places = np.flatnonzero(unusual[: past.place + 1])
    if not len(places) or past.now_us - past.ts_us[places[-1]] > QUIET_DAYS * MICROSECONDS_PER_DAY:
        return None
    quiet = np.diff(past.ts_us[places]) > QUIET_DAYS * MICROSECONDS_PER_DAY
    starts = np.flatnonzero(quiet)
    first = int(places[starts[-1] + 1 if len(starts) else 0])
    onward = past.alike & (np.arange(len(past)) >= first)
    return Incident(first, percentile, _exposure(past, onward), _exposure(past, onward & unusual))


def _exposure(past: Past, chosen: Mask) -> Exposure:
    money = past.base[chosen]
    return Exposure(int(chosen.sum()), float(np.nansum(money)), int(np.isnan(money).sum()))
