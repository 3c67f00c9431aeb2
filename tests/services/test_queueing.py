"""The order of work, the line of the day's capacity, and who is served what."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from fraudkit.domain import MICROSECONDS_PER_HOUR, Actor, CaseEvent
from fraudkit.evaluate.service_level import SERVICE_LEVELS, service_level
from fraudkit.services import calibrating, capacity, deciding, policies, queueing, serving, working
from fraudkit.services.queueing import NOBODY, QueueFilter, QueueRow
from fraudkit.services.workbench import Workbench
from fraudkit.store import cases, now_us, preferences, queue
from tests.services.ledger import add_alerts, add_transactions

ANA, LUIS, ROSA = Actor("Ana"), Actor("Luis"), Actor("Rosa", "lead")
SYSTEM = Actor("fraudkit", "administrator")


@pytest.fixture
def five(workbench: Workbench) -> Workbench:
    """Cases A to E with amounts 100 to 500 and falling scores."""
    add_alerts(workbench, add_transactions(workbench, list("ABCDE")), [5.0, 4.0, 3.0, 2.0, 1.0])
    return workbench


def rows(workbench: Workbench, **chosen: object) -> list[QueueRow]:
    return list(queueing.queue_page(workbench, QueueFilter(**chosen)).rows)  # type: ignore[arg-type]


def who(workbench: Workbench, **chosen: object) -> str:
    return "".join(row.entity_id for row in rows(workbench, **chosen))


def happen(workbench: Workbench, case_id: int, kind: str, actor: Actor, **payload: object) -> None:
    with workbench.database.write() as cursor:
        state = cases.state(cursor, case_id)
        event = CaseEvent(case_id, state.version + 1, kind, actor, now_us(), payload)
        cases.append(cursor, [event], {case_id: state})


def wait(workbench: Workbench, case_id: int, until: int) -> None:
    happen(workbench, case_id, "waited", ANA, until=until, reason="customer_contact")


def calibrate(workbench: Workbench, count: int = 120) -> None:
    """Decide many alerts: nine of ten with a high score are fraud, and one of ten with a low one."""
    policies.change(workbench, ROSA, bulk_limit=1_000, approval_amount=1e9)
    policies.change(workbench, ROSA, approve_reversal=False, approve_high_genuine=False)
    first = 1_000
    identifiers = add_transactions(workbench, ["X"] * count, first=first)
    high = [place < count // 2 for place in range(count)]
    add_alerts(workbench, identifiers, [20.0 if is_high else -20.0 for is_high in high], first=first)
    fraud = [is_high != (place % 10 == 0) for place, is_high in enumerate(high)]
    (row,) = rows(workbench, search="X")
    version = row.version
    for verdict, reason, wanted in (("fraud", "card", True), ("genuine", "travel", False)):
        chosen = [name for name, is_fraud in zip(identifiers, fraud, strict=True) if is_fraud == wanted]
        version = deciding.decide(
            workbench,
            ANA,
            row.case_id,
            version,
            verdict,  # type: ignore[arg-type]
            reason,
            transaction_ids=chosen,
        ).version


# Order.


def test_before_calibration_the_queue_stands_by_score_and_then_amount(workbench: Workbench) -> None:
    add_alerts(workbench, add_transactions(workbench, list("ABCD")), [1.0, 7.0, 7.0, 3.0])
    found = queueing.queue_page(workbench, QueueFilter())
    assert "".join(row.entity_id for row in found.rows) == "CBDA"
    assert found.calibration is None
    assert {row.expected_loss for row in found.rows} == {None}
    assert [row.place for row in found.rows] == [1, 2, 3, 4]


def test_calibrated_it_stands_by_expected_loss_and_the_reckoning_is_exact(workbench: Workbench) -> None:
    calibrate(workbench)
    add_alerts(workbench, add_transactions(workbench, list("ABC")), [25.0, -25.0, -25.0])
    found = queueing.queue_page(workbench, QueueFilter())
    assert found.calibration is not None
    assert found.calibration.verdicts == 120
    expected = {
        row.entity_id: found.calibration.band(row.score).probability * row.open_amount for row in found.rows
    }
    assert {row.entity_id: row.expected_loss for row in found.rows} == pytest.approx(expected)
    for row in found.rows:
        assert row.probability is not None
        assert row.expected_loss == pytest.approx(row.probability * row.open_amount)
    assert [row.entity_id for row in found.rows] == sorted(expected, key=lambda name: -expected[name])
    assert found.rows[0].entity_id == "A", "the smallest amount, but the likeliest"
    assert found.total_expected == pytest.approx(sum(expected.values()))


def test_alerts_of_one_case_add_up_each_at_its_own_probability(workbench: Workbench) -> None:
    calibrate(workbench)
    add_alerts(workbench, add_transactions(workbench, ["A", "A"]), [25.0, -25.0])
    found = queueing.queue_page(workbench, QueueFilter())
    assert found.calibration is not None
    likely, unlikely = found.calibration.probability([25.0, -25.0])
    assert found.rows[0].expected_loss == pytest.approx(likely * 100 + unlikely * 200)


def test_money_without_a_rate_goes_first_and_is_never_added(workbench: Workbench) -> None:
    calibrate(workbench)
    add_alerts(workbench, add_transactions(workbench, list("ABC")), [-25.0, -25.0, 25.0])
    with workbench.database.write() as cursor:
        cursor.execute("UPDATE alert SET currency = 'USD' WHERE transaction_id = 'T1'")
    found = rows(workbench)
    assert (found[0].entity_id, found[0].is_unpriced, found[0].expected_loss) == ("A", True, None)
    assert queueing.queue_page(workbench, QueueFilter()).total_amount == pytest.approx(500.0)
    with workbench.database.write() as cursor:
        preferences.write(cursor, "currency_rates", {"USD": 4.0}, ROSA)
    found = rows(workbench)
    assert who(workbench) == "CAB"
    assert found[1].open_amount == pytest.approx(400.0)


def test_who_woke_or_was_returned_goes_first_and_who_waits_last(five: Workbench) -> None:
    wait(five, 1, now_us() + MICROSECONDS_PER_HOUR)
    wait(five, 5, now_us() - 1)
    happen(five, 2, "escalated", ANA)
    assert who(five) == "ECDAB"
    assert [row.standing for row in rows(five)] == [0, 1, 1, 2, 2]
    assert (rows(five)[0].status, rows(five)[0].assignee) == ("new", "Ana"), "it woke by the clock alone"
    assert who(five, course="woken") == "E"
    assert who(five, status="waiting") == "A"
    assert who(five, status="escalated") == "B"


def test_a_lapsed_lease_frees_the_case_on_every_list(five: Workbench) -> None:
    happen(five, 1, "claimed", LUIS, lease_until=now_us() - 1)
    happen(five, 2, "claimed", LUIS, lease_until=now_us() + MICROSECONDS_PER_HOUR)
    assert who(five, assignee="Luis") == "B"
    assert who(five, assignee=NOBODY) == "ACDE"
    assert who(five, status="in_review") == "B"


@pytest.mark.parametrize("seed", range(5))
def test_the_order_is_the_same_however_the_rows_are_stored(workbench: Workbench, seed: int) -> None:
    random = np.random.default_rng(seed)
    scores = random.integers(0, 3, 12).astype(float)
    add_alerts(workbench, add_transactions(workbench, [f"C{place:02}" for place in range(12)]), list(scores))
    wanted = sorted(range(12), key=lambda place: (-scores[place], -place))
    assert [row.entity_id for row in rows(workbench)] == [f"C{place:02}" for place in wanted]
    assert [row.rank for row in rows(workbench)] == [row.place for row in rows(workbench)]


def test_priority_comes_from_the_amount_and_once_calibrated_from_the_expected_loss(
    workbench: Workbench,
) -> None:
    add_alerts(workbench, add_transactions(workbench, list("ABCDEF")), [-25.0] * 6)
    assert [row.priority for row in rows(workbench, sort="amount")] == ["medium"] * 2 + ["low"] * 4
    calibrate(workbench)
    policies.change(workbench, ROSA, medium_loss=60.0, high_loss=150.0)
    add_alerts(workbench, add_transactions(workbench, list("GHI"), first=7), [25.0, -25.0, 25.0], first=7)
    priorities = {row.entity_id: row.priority for row in rows(workbench)}
    assert (priorities["G"], priorities["H"], priorities["I"]) == ("medium", "low", "high")


# Service level.


def test_sql_and_python_say_the_same_service_level(five: Workbench) -> None:
    opened = rows(five)[0].opened_at
    for used in (0.0, 0.49, 0.5, 0.79, 0.8, 1.0, 1.01):
        due = opened + MICROSECONDS_PER_HOUR
        now = opened + round(used * MICROSECONDS_PER_HOUR)
        with five.database.write() as cursor:
            cursor.execute("UPDATE case_state SET due_at = ? WHERE case_id = 1", [due])
        with five.database.read() as cursor:
            agreed = replace(queueing.terms(five, cursor)[1], now=now)
            found = queue.page(cursor, QueueFilter(search="A"), agreed, 1, 0)[0]["service"]
        assert found == service_level(opened, due, now), used


def test_service_levels_follow_each_other() -> None:
    levels = [service_level(0, 100, now) for now in range(0, 111, 10)]
    assert list(dict.fromkeys(levels)) == list(SERVICE_LEVELS)


# Capacity.


@pytest.mark.parametrize(
    ("people", "hours", "minutes", "fits"), [(1, 8, 1, 480), (3, 6, 12, 90), (2, 0.5, 7, 8), (1, 1, 120, 0)]
)
def test_capacity_is_people_times_hours_over_minutes(
    people: int, hours: float, minutes: float, fits: int
) -> None:
    assert capacity.Capacity(people, hours, minutes, 0, 0).a_day == fits


def test_what_is_done_leaves_less_for_the_rest_of_the_day(five: Workbench) -> None:
    policies.change(five, ROSA, analysts=1, hours_per_day=0.5, minutes_per_case=10.0)
    assert capacity.capacity(five).left == 3
    first = rows(five)[0]
    given = deciding.decide(five, ANA, first.case_id, first.version, "genuine", "travel")
    able = capacity.capacity(five)
    assert (able.a_day, able.done, able.left) == (3, 1, 2)
    deciding.undo(five, ANA, first.case_id, given.version)
    assert capacity.capacity(five).left == 3


def test_the_line_says_what_lies_below_it_in_cases_and_money(five: Workbench) -> None:
    policies.change(five, ROSA, analysts=1, hours_per_day=0.5, minutes_per_case=15.0)
    wait(five, 5, now_us() + MICROSECONDS_PER_HOUR)
    found = queueing.queue_page(five, QueueFilter())
    assert found.capacity.left == 2
    assert (found.below.cases, found.below.amount) == (2, 700.0), (
        "C and D; E waits and is nobody's work today"
    )
    narrowed = queueing.queue_page(five, QueueFilter(minimum_amount=350.0))
    assert (narrowed.below.cases, narrowed.below.amount) == (1, 400.0), "places are those of the whole queue"
    assert narrowed.rows[0].place == 4


def test_the_median_of_measured_cases_replaces_the_policy(workbench: Workbench) -> None:
    count = capacity.LEAST_MEASURED
    add_alerts(workbench, add_transactions(workbench, [f"C{place}" for place in range(count)]), [1.0] * count)
    found = queueing.queue_page(workbench, QueueFilter(), page_size=count).rows
    for place, row in enumerate(found):
        assert capacity.capacity(workbench).measured == 0
        details = deciding.VerdictDetails(seconds_on_case=60.0 + place)
        deciding.decide(workbench, ANA, row.case_id, row.version, "genuine", "travel", details=details)
    able = capacity.capacity(workbench)
    assert able.measured == count
    assert able.minutes == pytest.approx((60.0 + (count - 1) / 2) / 60.0)


def test_time_is_measured_from_taking_up_to_the_verdict_by_one_person(five: Workbench) -> None:
    state = working.claim(five, ANA, 1, 2)
    with five.database.write() as cursor:
        cursor.execute("UPDATE case_event SET happened_at = happened_at - 90000000 WHERE kind = 'claimed'")
    deciding.decide(five, ANA, 1, state.version, "genuine", "travel")
    other = working.release(five, ANA, 2, working.claim(five, ANA, 2, 2).version)
    deciding.decide(five, ROSA, 2, other.version, "genuine", "travel")
    with five.database.read() as cursor:
        minutes, measured = capacity.handle_minutes(cursor, now_us())
        assert measured == 1
        assert minutes == pytest.approx(1.5, abs=0.05)
        assert capacity.handle_minutes(cursor, now_us(), "Rosa") == (None, 0)


# Serving.


def test_start_serves_what_one_holds_first_and_then_in_order(five: Workbench) -> None:
    first = serving.start(five, ANA, QueueFilter())
    assert first == 1
    assert serving.start(five, ANA, QueueFilter()) == 1, "what is held is served again, not another one"
    assert serving.start(five, LUIS, QueueFilter()) == 2
    assert serving.upcoming(five, ANA, QueueFilter(), 1) == 3
    assert serving.following(five, ANA, QueueFilter(), 1) == 3
    assert serving.upcoming(five, ROSA, QueueFilter(), None) == 4
    assert who(five, assignee="Ana") == "AC"


def test_who_skips_sees_every_case_once_before_the_first_comes_again(five: Workbench) -> None:
    case_id, seen = serving.start(five, ANA, QueueFilter()), []
    for _ in range(6):
        assert case_id is not None
        seen.append(case_id)
        with five.database.read() as cursor:
            version = cases.state(cursor, case_id).version
        working.release(five, ANA, case_id, version)
        case_id = serving.following(five, ANA, QueueFilter(), case_id)
    assert seen == [1, 2, 3, 4, 5, 1]


def test_nobody_is_served_what_waits_is_escalated_or_kept_for_another(five: Workbench) -> None:
    wait(five, 1, now_us() + MICROSECONDS_PER_HOUR)
    happen(five, 2, "escalated", LUIS)
    happen(five, 3, "assigned", ROSA, assignee="Luis")
    assert serving.start(five, ANA, QueueFilter()) == 4
    assert serving.start(five, LUIS, QueueFilter()) == 3
    assert serving.start(five, ANA, QueueFilter(status="all", search="B")) is None


def test_a_filter_is_served_in_its_own_order(five: Workbench) -> None:
    assert serving.start(five, ANA, QueueFilter(sort="amount")) == 5
    assert serving.start(five, LUIS, QueueFilter(minimum_amount=250.0)) == 3
    assert serving.start(five, ROSA, QueueFilter(search="nobody")) is None


def test_twenty_people_at_once_are_never_served_the_same_case(workbench: Workbench) -> None:
    count = 20
    add_alerts(workbench, add_transactions(workbench, [f"C{place}" for place in range(count)]), [1.0] * count)
    people = [Actor(f"P{place}") for place in range(count)]
    with ThreadPoolExecutor(8) as pool:
        served = list(pool.map(lambda actor: serving.start(workbench, actor, QueueFilter()), people))
    assert sorted(case for case in served if case is not None) == list(range(1, count + 1))


# Calibration from the ledger.


def test_it_counts_the_score_of_the_first_look_and_the_verdict_that_stands(workbench: Workbench) -> None:
    calibrate(workbench)
    before = calibrating.progress(workbench)
    (row,) = rows(workbench, status="closed")
    deciding.decide(workbench, ROSA, row.case_id, row.version, "genuine", "travel", transaction_ids=["T1001"])
    after = calibrating.progress(workbench)
    assert (after.frauds, after.genuine) == (before.frauds - 1, before.genuine + 1)
    assert after.frauds + after.genuine == 120


def test_verdicts_given_while_the_fallback_ranked_are_not_counted(workbench: Workbench) -> None:
    calibrate(workbench)
    with workbench.database.write() as cursor:
        cursor.execute(
            "UPDATE label_event SET evidence = json_merge_patch(evidence, '{\"is_fallback\": true}')"
        )
        cursor.execute("UPDATE ranking_run SET model_id = 'other'")
    assert calibrating.progress(workbench) == calibrating.Progress(0, 0)
    assert calibrating.current(workbench) is None


def test_a_random_sample_counts_with_its_inclusion_probability(workbench: Workbench) -> None:
    calibrate(workbench)
    with workbench.database.write() as cursor:
        cursor.execute(
            "UPDATE label_event SET in_random_sample = true, inclusion_probability = 0.01 "
            "WHERE label_id % 2 = 0"
        )
        cursor.execute("UPDATE ranking_run SET model_id = 'other'")
    found = calibrating.current(workbench)
    assert found is not None
    assert sum(band.effective for band in found.bands) < 0.3 * found.verdicts
