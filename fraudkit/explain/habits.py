"""The habitual pattern against one transaction: the factors by which Peruvian card rules define habit.

Each row compares the transaction with the entity's earlier ones of `HISTORY_DAYS` that move money the same
way: what was usual, with counts, and what this one does. A row stands outside the habit when fewer than one
in twenty earlier transactions did the same; nothing is called unusual on a thin history.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from fraudkit.domain import MICROSECONDS_PER_DAY
from fraudkit.explain.codes import code
from fraudkit.explain.facts import HistoryFacts, near_hour
from fraudkit.explain.formats import Formats, local_datetime
from fraudkit.explain.past import HISTORY_DAYS, THIN_HISTORY, Mask, Past
from fraudkit.explain.velocity import Velocity
from fraudkit.words import N_

RARE: Final = 0.05
"""What fewer than this share of the earlier transactions did is outside the habit."""
HIGH: Final = 95
NAMED: Final = 2
"""So many usual values are named, the most frequent ones."""
QUARTER_HOURS: Final = 6


@dataclass(frozen=True, slots=True)
class Habit:
    """One row of the table, in the reader's words.

    Parameters
    ----------
    factor
        What is compared.
    habitual
        What was usual, with counts.
    current
        What this transaction does, with the count of earlier ones that did the same.
    is_outside
        Whether fewer than one in twenty did the same.
    """

    factor: str
    habitual: str
    current: str
    is_outside: bool


@dataclass(frozen=True, slots=True)
class _Factor:
    """A column of texts whose values are counted."""

    label: str
    column: str
    shown: Callable[[str, Formats], str] = lambda value, _formats: value
    is_open: bool = False
    """Whether new values are ordinary: only one that never occurred is outside."""


_FACTORS: Final = (
    _Factor(N_("Where"), "merchant_location"),
    _Factor(N_("Merchant type"), "merchant_mcc"),
    _Factor(N_("Merchant or receiver"), "payee_name", is_open=True),
    _Factor(N_("Type"), "transaction_type", code),
    _Factor(N_("Channel"), "channel", code),
    _Factor(N_("Device"), "device_id", is_open=True),
)


def habits(past: Past, facts: HistoryFacts, pace: Velocity, formats: Formats) -> list[Habit]:
    """Return the rows that the data allow, those outside the habit first; none for a lone transaction."""
    if past.entity_kind == "transaction":
        return []
    earlier = past.before(HISTORY_DAYS * MICROSECONDS_PER_DAY)
    rows = [
        _amount(past, facts, earlier, formats),
        _frequency(facts, pace, formats),
        _hour(past, facts, earlier, formats),
        *(_counted(factor, past, earlier, formats) for factor in _FACTORS),
    ]
    return sorted((row for row in rows if row is not None), key=lambda row: not row.is_outside)


def is_thin(facts: HistoryFacts) -> bool:
    """Return whether too few earlier payments are known to speak of a habit."""
    return facts.payments < THIN_HISTORY


def _amount(past: Past, facts: HistoryFacts, earlier: Mask, formats: Formats) -> Habit | None:
    amounts = past.amount[earlier & past.same_currency]
    if not len(amounts):
        return None
    habitual = formats.words(
        N_("median {median}, 95 % up to {high}"),
        median=formats.amount(float(np.median(amounts)), facts.currency),
        high=formats.amount(float(np.percentile(amounts, HIGH)), facts.currency),
    )
    current = formats.words(
        N_("{value}; larger than {count} of {all}"),
        value=formats.amount(facts.amount, facts.currency),
        count=formats.number(facts.smaller_payments),
        all=formats.number(len(amounts)),
    )
    reached = len(amounts) - facts.smaller_payments
    return Habit(formats.words(N_("Amount")), habitual, current, _is_rare(reached, len(amounts)))


def _frequency(facts: HistoryFacts, pace: Velocity, formats: Formats) -> Habit | None:
    if facts.in_day is None:
        return None
    day = pace.rows["day"]["count"]
    habitual = formats.words(
        N_("usually {usual} in the 24 hours before, never more than {most}"),
        usual=formats.number(facts.in_day[0], 1),
        most=formats.number(facts.in_day[1]),
    )
    current = formats.words(N_("{count} in the 24 hours before"), count=formats.number(day.now))
    return Habit(formats.words(N_("Frequency")), habitual, current, day.is_new_high)


def _hour(past: Past, facts: HistoryFacts, earlier: Mask, formats: Formats) -> Habit | None:
    timed = earlier & past.is_timed
    if not facts.knows_time_of_day or not timed.any():
        return None
    known = int(timed.sum())
    quarters = np.bincount(past.minute_of_day()[timed] // (60 * QUARTER_HOURS), minlength=24 // QUARTER_HOURS)
    start = int(quarters.argmax()) * QUARTER_HOURS
    habitual = formats.words(
        N_("most between {start} and {end} h: {count} of {all}"),
        start=f"{start:02d}",
        end=f"{start + QUARTER_HOURS:02d}",
        count=formats.number(int(quarters.max())),
        all=formats.number(known),
    )
    near = int((timed & near_hour(past)).sum())
    current = formats.words(
        N_("{clock}; {count} of {all} within two hours of it"),
        clock=f"{local_datetime(facts.ts_us, facts.utc_offset_minutes):%H:%M}",
        count=formats.number(near),
        all=formats.number(known),
    )
    return Habit(formats.words(N_("Hour")), habitual, current, _is_rare(near, known))


def _counted(factor: _Factor, past: Past, earlier: Mask, formats: Formats) -> Habit | None:
    texts = past.texts[factor.column]
    value = texts.at(past.place)
    counts = texts.counts(earlier)
    known = sum(count for _, count in counts)
    if value is None or not known:
        return None
    named = [f"{factor.shown(name, formats)} ({formats.number(count)})" for name, count in counts[:NAMED]]
    others = formats.plural(N_("{count} other"), N_("{count} others"), len(counts) - NAMED)
    if len(counts) > NAMED:
        named.append(others)
    same = dict(counts).get(value, 0)
    current = formats.words(
        N_("{value}; {count} of {all}"),
        value=factor.shown(value, formats),
        count=formats.number(same),
        all=formats.number(known),
    )
    is_outside = same == 0 and known >= THIN_HISTORY if factor.is_open else _is_rare(same, known)
    return Habit(formats.words(factor.label), ", ".join(named), current, is_outside)


def _is_rare(same: int, known: int) -> bool:
    return known >= THIN_HISTORY and same < RARE * known
