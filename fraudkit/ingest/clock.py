"""Local times to UTC: the zone's offsets as a table of moments, looked up for whole columns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
import numpy.typing as npt

from fraudkit.domain import MICROSECONDS_PER_SECOND
from fraudkit.errors import InvalidInputError
from fraudkit.words import N_

Moments = npt.NDArray[np.int64]

MICROSECONDS_PER_MINUTE = 60 * MICROSECONDS_PER_SECOND
FIRST_YEAR = 1980
LAST_YEAR = 2045


@dataclass(frozen=True, slots=True)
class Zone:
    """The offsets of one zone.

    Parameters
    ----------
    changes
        Moments in microseconds UTC from which an offset holds, ascending, (k,).
    offsets
        The offsets in microseconds, (k,).
    """

    changes: Moments
    offsets: Moments

    def offsets_at(self, utc: Moments) -> Moments:
        """Return the offset in microseconds at each moment."""
        return self.offsets[np.searchsorted(self.changes, utc, side="right") - 1]

    def to_utc(self, local: Moments) -> tuple[Moments, npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
        """Return UTC, whether the local time exists, and whether the clock showed it twice.

        A time that the clock showed twice is read as the first of the two.
        """
        place = np.searchsorted(self.changes + self.offsets, local, side="right") - 1
        after = np.maximum(place, 0)
        before = np.maximum(place - 1, 0)
        late = local - self.offsets[after]
        early = local - self.offsets[before]
        is_earlier = (early < self.changes[after]) & (after > 0)
        utc = np.where(is_earlier, early, late)
        next_change = np.minimum(after + 1, self.changes.size - 1)
        skipped = (utc >= self.changes[next_change]) & (next_change > after)
        return utc, ~skipped, is_earlier & (late >= self.changes[after])


@cache
def zone(name: str) -> Zone:
    """Return the offsets of a zone by its IANA name.

    Raises
    ------
    InvalidInputError
        When there is no such zone.
    """
    try:
        rules = ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise InvalidInputError(
            N_("There is no time zone “{name}”."), N_("Use a name such as America/Lima."), name=name
        ) from error
    moment = datetime(FIRST_YEAR, 1, 1, tzinfo=UTC)
    changes, offsets = [_microseconds(moment)], [_offset(rules, moment)]
    while moment.year < LAST_YEAR:
        following = moment + timedelta(days=1)
        if _offset(rules, following) != offsets[-1]:
            change = _first_change(rules, moment, following)
            changes.append(_microseconds(change))
            offsets.append(_offset(rules, change))
        moment = following
    return Zone(np.array(changes, dtype=np.int64), np.array(offsets, dtype=np.int64))


def _first_change(rules: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """Find by halving the second at which the offset changes."""
    old = _offset(rules, before)
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) // 2
        middle = middle.replace(microsecond=0)
        if _offset(rules, middle) == old:
            before = middle
        else:
            after = middle
    return after


def _offset(rules: ZoneInfo, moment: datetime) -> int:
    offset = moment.astimezone(rules).utcoffset() or timedelta(0)
    return round(offset.total_seconds()) * MICROSECONDS_PER_SECOND


def _microseconds(moment: datetime) -> int:
    return int(moment.timestamp()) * MICROSECONDS_PER_SECOND
