"""The first unusual operation and the exposure after it."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as some

from fraudkit.domain import MICROSECONDS_PER_DAY
from fraudkit.explain.incident import QUIET_DAYS, incident
from fraudkit.explain.past import RECEIVED
from tests.explain.pasts import DAY, past_of, row


def unusual(minutes: float, amount: float = 10.0, **values: Any) -> dict[str, Any]:
    return row(minutes, amount, severity=99.7, **values)


def test_the_first_of_the_stretch_is_marked_and_everything_after_it_counts() -> None:
    rows = [
        unusual(0, 1),  # older than the quiet days
        row(8 * DAY, 2),
        unusual(9 * DAY, 100),
        row(10 * DAY, 30),
        unusual(11 * DAY, 200),
        row(12 * DAY, 5),
        row(12 * DAY + 1, 999, direction=RECEIVED),
    ]
    found = incident(past_of(rows, 4), 99.0)
    assert found is not None
    assert found.first == 2
    assert (found.onward.count, found.onward.amount) == (4, 335.0)
    assert (found.unusual.count, found.unusual.amount) == (2, 300.0)


def test_what_people_found_genuine_starts_no_stretch() -> None:
    rows = [unusual(0, verdict="genuine"), unusual(DAY, 20)]
    found = incident(past_of(rows), 99.0)
    assert found is not None
    assert found.first == 1


def test_nothing_unusual_is_no_incident() -> None:
    assert incident(past_of([row(0), row(1)]), 99.0) is None
    assert incident(past_of([row(0, severity=math.nan)]), 99.0) is None
    assert incident(past_of([unusual(0), row((QUIET_DAYS + 1) * DAY)]), 99.0) is None


def test_an_operation_without_a_rate_is_counted_and_said() -> None:
    found = incident(past_of([unusual(0, 10), unusual(1, 50, rate=math.nan)]), 99.0)
    assert found is not None
    assert (found.onward.count, found.onward.amount, found.onward.without_rate) == (2, 10.0, 1)


@given(
    some.lists(
        some.builds(
            row, minutes=some.integers(0, 40 * DAY), severity=some.sampled_from([50.0, 99.5, math.nan])
        ),
        min_size=1,
        max_size=30,
    ),
    some.data(),
)
def test_no_gap_inside_a_stretch_is_longer_than_the_quiet_days(
    rows: list[dict[str, Any]], data: some.DataObject
) -> None:
    rows.sort(key=lambda each: each["minutes"])
    place = data.draw(some.integers(0, len(rows) - 1))
    past = past_of(rows, place)
    found = incident(past, 99.0)
    marked = [number for number in range(place + 1) if rows[number]["severity"] == 99.5]
    quiet = QUIET_DAYS * MICROSECONDS_PER_DAY
    if found is None:
        assert not marked or past.now_us - past.ts_us[marked[-1]] > quiet
        return
    inside = [number for number in marked if number >= found.first]
    assert inside[0] == found.first
    assert all(past.ts_us[b] - past.ts_us[a] <= quiet for a, b in pairwise(inside))
    before = [number for number in marked if number < found.first]
    assert not before or past.ts_us[found.first] - past.ts_us[before[-1]] > quiet
