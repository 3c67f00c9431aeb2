from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some

from fraudkit.explain.formats import Formats, formats_for, local_datetime
from fraudkit.explain.values import feature_value

ES = formats_for("es", "es-PE")
EN = formats_for("en", "en-US")
SPAIN = formats_for("es", "es-ES")
NINE_IN_THE_MORNING = 1_772_704_800_000_000  # 2026-03-05T10:00:00Z


@pytest.mark.parametrize(
    ("formats", "value", "currency", "expected"),
    [
        (ES, Decimal("1234.50"), "PEN", "S/ 1,234.50"),
        (ES, -7.1, "USD", "−US$ 7.10"),
        (EN, 1234.5, "PEN", "S/ 1,234.50"),
        (EN, 0, "USD", "US$ 0.00"),
        (SPAIN, 1234567.891, "EUR", "1.234.567,89 €"),
        (EN, 12, None, "12.00"),
        (EN, 12, "points", "points 12.00"),
        (EN, 12, "GBP", "£ 12.00"),
    ],
)
def test_amounts(formats: Formats, value: float, currency: str | None, expected: str) -> None:
    assert formats.amount(value, currency).replace("\u00a0", " ") == expected


def test_the_region_of_the_browser_counts_only_in_its_own_language() -> None:
    assert SPAIN.locale == "es_ES"
    assert formats_for("es", "en-GB").locale == "es_PE"
    assert formats_for("en", "en-GB").locale == "en_GB"
    assert formats_for("en", "en-QQ-nonsense-x").locale == "en_US"
    assert formats_for("es", None).locale == "es_PE"


def test_times_stand_on_the_clock_of_the_transaction() -> None:
    assert ES.moment(NINE_IN_THE_MORNING, -300) == "5 mar. 2026, 05:00"
    assert EN.moment(NINE_IN_THE_MORNING, 0) == "Mar 5, 2026, 10:00"
    assert ES.weekday(NINE_IN_THE_MORNING, -300) == "jueves"
    assert local_datetime(-1, 0).year == 1969


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0, "0 segundos"),
        (1, "1 segundo"),
        (90, "2 minutos"),
        (3_600, "1 hora"),
        (86_400, "1 día"),
        (40 * 86_400, "40 días"),
    ],
)
def test_durations(seconds: float, expected: str) -> None:
    assert ES.duration(seconds) == expected


@given(some.floats(0, 100))
def test_severity_is_never_rounded_up(value: float) -> None:
    shown = float(EN.severity(value))
    assert shown <= value + 1e-9
    assert shown < 100


@pytest.mark.parametrize(
    ("unit", "value", "expected"),
    [
        ("amount", 1234.5, "S/ 1,234.50"),
        ("share", 0.004, "0.4 %"),
        ("share", 0.47, "47 %"),
        ("ratio", 14.4, "14"),
        ("ratio", 3.84, "3.8"),
        ("flag", 1.0, "yes"),
        ("hours", 2.0, "2 hours"),
        ("count", 3.0, "3"),
        ("score", -1.234, "-1.23"),
        ("count", float("nan"), "–"),
    ],
)
def test_values_of_features(unit: str, value: float, expected: str) -> None:
    assert feature_value(unit, value, "PEN", EN).replace("\u00a0", " ") == expected
