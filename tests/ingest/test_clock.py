"""Local times to UTC, against the standard library."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fraudkit.errors import InvalidInputError
from fraudkit.ingest import clock

ZONES = ("America/Lima", "America/Santiago", "Europe/Madrid", "UTC", "Asia/Kolkata")
seconds = st.integers(0, 70 * 365 * 86_400 // 2)


def microseconds(moment: datetime) -> int:
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


@pytest.mark.parametrize("name", ZONES)
@settings(max_examples=200, deadline=None)
@given(second=seconds)
def test_moments_agree_with_the_standard_library(name: str, second: int) -> None:
    local = datetime(1990, 1, 1, tzinfo=ZoneInfo(name)) + timedelta(seconds=second)
    utc = local.astimezone(UTC)
    exists = utc.astimezone(ZoneInfo(name)).replace(tzinfo=None) == local.replace(tzinfo=None)
    found, found_exists, _ = clock.zone(name).to_utc(np.array([microseconds(local.replace(tzinfo=UTC))]))
    assert found_exists[0] == exists
    if exists:
        assert found[0] == microseconds(utc)


CHILE_SPRING, CHILE_AUTUMN = datetime(2024, 9, 8, tzinfo=UTC), datetime(2024, 4, 6, 23, tzinfo=UTC)


def test_the_hour_that_the_clock_skipped_does_not_exist() -> None:
    moments = np.array([microseconds(CHILE_SPRING + timedelta(minutes=minute)) for minute in (-1, 0, 59, 60)])
    _, exists, _ = clock.zone("America/Santiago").to_utc(moments)
    assert exists.tolist() == [True, False, False, True]


def test_an_hour_shown_twice_is_the_first() -> None:
    moments = np.array([microseconds(CHILE_AUTUMN + timedelta(minutes=minute)) for minute in (-1, 0, 59, 60)])
    utc, exists, twice = clock.zone("America/Santiago").to_utc(moments)
    assert exists.all()
    assert twice.tolist() == [False, True, True, False]
    assert np.diff(utc).tolist() == [60_000_000, 59 * 60_000_000, 61 * 60_000_000]


def test_an_unknown_zone_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="Atlantis"):
        clock.zone("Atlantis/Center")
