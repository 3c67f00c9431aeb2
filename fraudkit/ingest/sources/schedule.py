"""When a source is read: every so often, or daily at a local time."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

from fraudkit.errors import InvalidInputError
from fraudkit.words import N_

_EVERY: Final = re.compile(r"^([1-9][0-9]{0,4})\s*([smhd])$")
_SECONDS: Final = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
SHORTEST_SECONDS: Final = 10


@dataclass(frozen=True, slots=True)
class Schedule:
    """One of two: a distance in time, or a time of day.

    Parameters
    ----------
    every
        Distance between the beginnings of two readings.
    daily
        Local time of the daily reading.
    """

    every: timedelta | None = None
    daily: time | None = None

    def is_due(self, last: datetime | None, now: datetime) -> bool:
        """Tell whether a reading should begin; one that was missed is made up for once.

        Parameters
        ----------
        last
            When the last reading began, with a zone; None when there was none.
        now
            The present moment in the zone in which `daily` is meant.
        """
        if last is None:
            return True
        return self.next_after(last.astimezone(now.tzinfo)) <= now

    def next_after(self, last: datetime) -> datetime:
        """Return the first moment after `last` at which the source is to be read."""
        if self.every is not None:
            return last + self.every
        if self.daily is None:
            raise ValueError(self)
        today = last.replace(hour=self.daily.hour, minute=self.daily.minute, second=0, microsecond=0, fold=0)
        return today if today > last else today + timedelta(days=1)

    def __str__(self) -> str:
        if self.every is None:
            return f"{self.daily:%H:%M}" if self.daily else ""
        seconds = int(self.every.total_seconds())
        unit = next(unit for unit in "dhms" if seconds % _SECONDS[unit] == 0)
        return f"{seconds // _SECONDS[unit]}{unit}"


def schedule_of(every: str | None, daily: str | None) -> Schedule | None:
    """Read a schedule; None when the source is only read when a person asks.

    Raises
    ------
    InvalidInputError
        When both are given, or one cannot be read.
    """
    if every is not None and daily is not None:
        raise InvalidInputError(
            N_("A source has either `every` or `daily`, not both."), N_("Take one of them out.")
        )
    if every is not None:
        return Schedule(every=_distance(every))
    return None if daily is None else Schedule(daily=_time_of_day(daily))


def _distance(text: str) -> timedelta:
    match = _EVERY.match(text.strip())
    seconds = int(match[1]) * _SECONDS[match[2]] if match else 0
    if seconds < SHORTEST_SECONDS:
        raise InvalidInputError(
            N_("“{text}” is not a distance in time."),
            N_("Write a number and s, m, h or d, such as 15m; ten seconds at least."),
            text=text,
        )
    return timedelta(seconds=seconds)


def _time_of_day(text: str) -> time:
    try:
        return datetime.strptime(text.strip(), "%H:%M").time()  # noqa: DTZ007 - a time of day, no date
    except ValueError as error:
        raise InvalidInputError(
            N_("“{text}” is not a time of day."), N_("Write hours and minutes, such as 06:30."), text=text
        ) from error
