"""What today's people can work: people × hours ÷ minutes per case."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from fraudkit.domain import MICROSECONDS_PER_DAY, MICROSECONDS_PER_SECOND
from fraudkit.services import policies
from fraudkit.services.workbench import Workbench
from fraudkit.store import Cursor, now_us
from fraudkit.store.statements import query

MEASURED_DAYS: Final = 30
LEAST_MEASURED: Final = 30
"""Cases whose time was measured, before their median goes before the policy."""


@dataclass(frozen=True, slots=True)
class Capacity:
    """How many cases the team can work today.

    Parameters
    ----------
    people, hours
        Who works the queue, and for how long each of them.
    minutes
        For one case: the median of the last thirty days, or the policy while too few were measured.
    measured
        How many cases were measured; 0 when the policy speaks.
    done
        Cases that were decided today.
    """

    people: int
    hours: float
    minutes: float
    measured: int
    done: int

    @property
    def a_day(self) -> int:
        """Cases that fit into the day."""
        return math.floor(self.people * self.hours * 60.0 / self.minutes + 1e-9)

    @property
    def left(self) -> int:
        """Cases that still fit into the rest of it."""
        return max(self.a_day - self.done, 0)


@dataclass(frozen=True, slots=True)
class Day:
    """A day in the bank's zone, microseconds UTC, and the present moment within it."""

    start: int
    end: int
    now: int


def today(workbench: Workbench, now: int | None = None) -> Day:
    """Return the present day in the bank's zone."""
    moment = now_us() if now is None else now
    zone = ZoneInfo(workbench.settings.time_zone)
    local = datetime.fromtimestamp(moment / MICROSECONDS_PER_SECOND, zone)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    following = (midnight + timedelta(days=1, hours=12)).replace(hour=0)
    return Day(_microseconds(midnight), _microseconds(following), moment)


def capacity(workbench: Workbench) -> Capacity:
    """Return what the team can work today."""
    with workbench.database.read() as cursor:
        return read(cursor, today(workbench))


def read(cursor: Cursor, day: Day) -> Capacity:
    """Return the same inside a use of the database."""
    agreed = policies.read(cursor)
    minutes, measured = handle_minutes(cursor, day.now)
    enough = measured >= LEAST_MEASURED and minutes is not None and minutes > 0
    done = cursor.rows(query("decided_since"), {"day_start": day.start, "who": None})
    return Capacity(
        people=agreed.analysts,
        hours=agreed.hours_per_day,
        minutes=minutes if enough and minutes is not None else agreed.minutes_per_case,
        measured=measured if enough else 0,
        done=len(done),
    )


def handle_minutes(
    cursor: Cursor, now: int, who: str | None = None, days: float = MEASURED_DAYS
) -> tuple[float | None, int]:
    """Return the median minutes for one case, by one person or by all, and how many cases were measured."""
    since = now - round(days * MICROSECONDS_PER_DAY)
    row = cursor.row(query("handle_times"), {"since": since, "who": who}) or {}
    seconds = row.get("median_seconds")
    return (None if seconds is None else float(seconds) / 60.0), int(row.get("cases") or 0)


def _microseconds(moment: datetime) -> int:
    return round(moment.timestamp()) * MICROSECONDS_PER_SECOND
