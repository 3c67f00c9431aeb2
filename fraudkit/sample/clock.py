"""When things happen: days weighted by weekday and pay day, hours by activity and customer."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from fraudkit.sample.draw import weighted
from fraudkit.sample.population import Population
from fraudkit.sample.rows import DAY, HOUR, Floats, Integers
from fraudkit.sample.settings import SampleSettings


def dates(settings: SampleSettings) -> list[date]:
    """Return every day of the extract."""
    return [settings.start_date + timedelta(days=day) for day in range(settings.days)]


def is_month_end(day: date) -> bool:
    """Whether the next day belongs to another month."""
    return (day + timedelta(days=1)).month != day.month


def day_weights(settings: SampleSettings) -> Floats:
    """Return how busy each day is: weekday habit, more on the two days from pay day on."""
    habits = settings.habits
    pay_day = settings.population["pay_day"]
    weights = []
    for day in dates(settings):
        recent = (day, day - timedelta(days=1))
        paid = any(earlier.day == pay_day or is_month_end(earlier) for earlier in recent)
        weights.append(habits["weekday_weights"][day.weekday()] * (habits["payday_boost"] if paid else 1.0))
    return np.array(weights)


def draw_days(
    settings: SampleSettings, population: Population, account: Integers, rng: np.random.Generator
) -> Integers:
    """Draw a day for each account, never before it was opened."""
    cumulative = np.concatenate([[0.0], np.cumsum(day_weights(settings))])
    before = cumulative[np.clip(population.opened[account], 0, settings.days - 1)]
    threshold = before + rng.random(len(account)) * (cumulative[-1] - before)
    days: Integers = np.minimum(np.searchsorted(cumulative, threshold, side="right") - 1, settings.days - 1)
    return days


def draw_seconds(
    settings: SampleSettings,
    population: Population,
    customer: Integers,
    activity: Integers,
    rng: np.random.Generator,
) -> Integers:
    """Draw the second of the day from the activity's hours, shifted by the customer's habit."""
    hour = np.empty(len(customer), dtype=np.float64)
    for number, table in enumerate(settings.activities.values()):
        chosen = np.flatnonzero(activity == number)
        hour[chosen] = weighted(rng, table["hours"], len(chosen))
    hour += population.hour_shift[customer]
    odd = rng.random(len(customer)) < settings.habits["odd_hour_share"]
    hour = np.where(odd, rng.random(len(customer)) * 24, hour)
    second = np.floor((hour + rng.random(len(customer))) * HOUR).astype(np.int64)
    return second % DAY
