"""Habitual against this one: the factors, their counts and what counts as outside."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from fraudkit.explain.facts import facts_of
from fraudkit.explain.formats import formats_for
from fraudkit.explain.habits import Habit, habits, is_thin
from fraudkit.explain.past import RECEIVED
from fraudkit.explain.velocity import velocity
from tests.explain.pasts import DAY, past_of, row

EN = formats_for("en", "en-US")


def habits_of(rows: Sequence[dict[str, Any]], kind: str = "customer") -> dict[str, Habit]:
    past = past_of(rows, entity_kind=kind)  # type: ignore[arg-type]
    pace = velocity(past)
    return {habit.factor: habit for habit in habits(past, facts_of(past, pace), pace, EN)}


def usual(days: int = 20, **values: Any) -> list[dict[str, Any]]:
    return [row(day * DAY, 50 + day, **values) for day in range(days)]


def test_counts_stand_with_every_factor() -> None:
    found = habits_of(
        [
            *usual(18, merchant_location="Lima", channel="card_present"),
            row(18 * DAY, 60, merchant_location="Callao", channel="card_present"),
            row(19 * DAY, 900, merchant_location="Cusco", channel="ecommerce"),
        ]
    )
    assert found["Where"].habitual == "Lima (18), Callao (1)"
    assert found["Where"].current == "Cusco; 0 of 19"
    assert found["Channel"].current == "E-commerce; 0 of 19"
    assert found["Amount"].current == "900.00; larger than 19 of 19".replace("900.00", "S/\u00a0900.00")
    assert found["Hour"].current == "05:00; 19 of 19 within two hours of it"
    assert all(found[factor].is_outside for factor in ("Where", "Channel", "Amount"))
    assert not found["Hour"].is_outside


def test_what_is_outside_stands_first() -> None:
    rows = [
        *usual(channel="atm", transaction_type="withdrawal"),
        row(20 * DAY, 55, channel="web", transaction_type="withdrawal"),
    ]
    order = list(habits_of(rows))
    assert order[0] == "Channel"


@pytest.mark.parametrize(("same", "outside"), [(0, True), (1, False)])
def test_a_new_merchant_is_outside_a_rare_one_is_not(same: int, outside: bool) -> None:
    others = [row(day * DAY, payee_name=f"M{day}") for day in range(40)]
    known = [row(41 * DAY, payee_name="Z")] * same
    found = habits_of([*others, *known, row(42 * DAY, payee_name="Z")])
    assert found["Merchant or receiver"].is_outside is outside


def test_nothing_is_outside_a_thin_history() -> None:
    rows = [*usual(3, channel="atm"), row(4 * DAY, 9_000, channel="web")]
    assert not any(habit.is_outside for habit in habits_of(rows).values())
    past = past_of(rows)
    assert is_thin(facts_of(past, velocity(past)))


def test_a_salary_is_no_yardstick_for_payments() -> None:
    rows = [*usual(), row(20 * DAY, 9_000, direction=RECEIVED), row(21 * DAY, 100)]
    assert "larger than 20 of 20" in habits_of(rows)["Amount"].current


def test_hours_are_not_spoken_of_for_files_with_dates_only() -> None:
    rows = usual(is_timed=False)
    assert "Hour" not in habits_of(rows)


def test_a_lone_transaction_has_no_habit() -> None:
    assert not habits_of(usual(), "transaction")
    assert list(habits_of([row(0)])) == []
