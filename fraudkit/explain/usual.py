"""The usual value of each feature for one customer, where the own history tells it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np

from fraudkit.domain import MICROSECONDS_PER_DAY, MICROSECONDS_PER_SECOND
from fraudkit.explain.facts import HistoryFacts
from fraudkit.explain.past import HISTORY_DAYS, THIN_HISTORY, Past
from fraudkit.explain.velocity import Velocity

Usual = Callable[[Past, Velocity], float | None]
QUARTERS: Final = 4


def own_values(past: Past, facts: HistoryFacts, pace: Velocity) -> Mapping[str, float]:
    """Return the usual value of the features that the own history tells; none on a thin history."""
    if facts.payments < THIN_HISTORY:
        return {}
    found = {name: usual(past, pace) for name, usual in _USUAL.items()}
    return {name: value for name, value in found.items() if value is not None}


def _in_hour(_past: Past, pace: Velocity) -> float | None:
    return pace.rows["hour"]["count"].usual


def _in_day(_past: Past, pace: Velocity) -> float | None:
    return pace.rows["day"]["count"].usual


def _gap_hours(past: Past, _pace: Velocity) -> float | None:
    gaps = np.diff(past.ts_us[past.earlier][-HISTORY_DAYS * QUARTERS :])
    return float(np.median(gaps)) / (3_600 * MICROSECONDS_PER_SECOND) if len(gaps) else None


def _best_hour_share(past: Past, _pace: Velocity) -> float | None:
    """Return what the share of a quarter of the day would be in the most frequent one, shrunk as declared."""
    age = past.now_us - past.ts_us
    recent = past.earlier & (age <= HISTORY_DAYS * MICROSECONDS_PER_DAY)
    timed = recent & past.is_timed
    if not timed.any():
        return None
    quarter = past.minute_of_day()[timed] // (1440 // QUARTERS)
    return (float(np.bincount(quarter).max()) + 1.0) / (float(recent.sum()) + QUARTERS)


def _never(_past: Past, _pace: Velocity) -> float:
    return 0.0


def _level(_past: Past, _pace: Velocity) -> float:
    return 1.0


_USUAL: Final[Mapping[str, Usual]] = {
    "customer_count_1h": _in_hour,
    "customer_count_24h": _in_day,
    "customer_level_7d": _level,
    "hours_since_last": _gap_hours,
    "hour_habit": _best_hour_share,
    "new_merchant": _never,
    "new_device": _never,
    "new_counterparty": _never,
}
"""Amounts are not here: the usual amount moves several features, see `fraudkit.services.normality`."""
