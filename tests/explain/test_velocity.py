"""The velocity table against counting by hand."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as some

from fraudkit.explain.past import RECEIVED
from fraudkit.explain.velocity import MEASURES, SPANS_US, velocity
from tests.explain.pasts import DAY, past_of, row

rows = some.lists(
    some.builds(
        row,
        minutes=some.integers(0, 12 * DAY),
        amount=some.integers(0, 500),
        direction=some.sampled_from([0, RECEIVED, 2]),
        rate=some.sampled_from([1.0, 3.75, math.nan]),
        payee=some.sampled_from([None, "A", "B", "C"]),
        merchant_location=some.sampled_from([None, "Lima", "Cusco"]),
    ),
    min_size=1,
    max_size=40,
)


def counted(given: list[dict[str, object]], place: int, span_us: int | None) -> dict[str, float]:
    """Count one row of the table the slow way."""
    now = given[place]["minutes"]
    inside = [
        each
        for each in given
        if each["minutes"] < now  # type: ignore[operator]
        and (span_us is None or now - each["minutes"] <= span_us / 60e6)  # type: ignore[operator]
    ]
    money = [0.0 if math.isnan(each["rate"]) else each["amount"] * each["rate"] for each in inside]  # type: ignore[arg-type, operator]
    received = [each["direction"] == RECEIVED for each in inside]
    return {
        "count": len(inside),
        "sent": sum(each for each, came in zip(money, received, strict=True) if not came),
        "received": sum(each for each, came in zip(money, received, strict=True) if came),
        "payees": len({each["payee"] for each in inside} - {None}),
        "places": len({each["merchant_location"] for each in inside} - {None}),
    }


@given(rows, some.data())
def test_every_cell_equals_counting_by_hand(given: list[dict[str, object]], data: some.DataObject) -> None:
    given = sorted(given, key=lambda each: each["minutes"])  # type: ignore[arg-type, return-value]
    place = data.draw(some.integers(0, len(given) - 1))
    table = velocity(past_of(given, place))
    for span, figures in table.rows.items():
        expected = counted(given, place, SPANS_US.get(span))
        assert {name: figures[name].now for name in MEASURES} == pytest.approx(expected)


def test_usual_is_the_median_at_earlier_operations_without_the_last_day() -> None:
    quiet = [row(day * DAY) for day in range(1, 11)]
    burst = [row(11 * DAY + minute) for minute in range(6)]
    table = velocity(past_of([*quiet, *burst]))
    hour = table.rows["hour"]["count"]
    assert table.compared == 10
    assert (hour.now, hour.usual, hour.most) == (5, 0, 0)  # the burst itself does not make itself usual
    assert hour.is_new_high
    assert not table.rows["ever"]["count"].is_new_high


def test_what_is_usual_is_not_said_of_a_thin_history() -> None:
    table = velocity(past_of([row(day * DAY) for day in range(5)]))
    assert table.compared == 0
    assert table.rows["day"]["count"].usual is None


def test_measures_that_say_nothing_are_left_out() -> None:
    table = velocity(past_of([row(0, payee="A"), row(1, payee="B")]))
    assert table.measures == ("count", "sent", "payees")


def test_money_in_a_currency_without_a_rate_is_counted_but_not_added() -> None:
    table = velocity(past_of([row(0, 10), row(1, 99, rate=math.nan), row(2)]))
    assert (table.rows["hour"]["count"].now, table.rows["hour"]["sent"].now) == (2, 10)
    assert table.without_rate == 1
