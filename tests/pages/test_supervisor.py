"""The lead's screen and the settings: numbers lead to lists, forms come from declarations."""

from __future__ import annotations

import pytest

from fraudkit.config import Settings
from fraudkit.domain import MICROSECONDS_PER_DAY, Actor
from fraudkit.services import currencies, deciding, policies, queueing, reviewing, supervising, working
from fraudkit.services.policies import POLICY_FIELDS, Policies
from fraudkit.services.queueing import QueueFilter
from fraudkit.services.supervising import AGE_BANDS, age_band
from fraudkit.services.workbench import Workbench
from fraudkit.ui import state
from tests.pages.conftest import Open
from tests.pages.test_screens import shown
from tests.services.ledger import add_alerts, add_transactions

ANA, ROSA = Actor("Ana"), Actor("Rosa", "lead")


def version(workbench: Workbench, case_id: int) -> int:
    return reviewing.case_view(workbench, case_id).state.version


@pytest.mark.parametrize(
    ("days", "band"),
    [(0, 0), (1, 0), (2, 1), (3, 1), (4, 2), (7, 2), (8, 3), (15, 3), (16, 4), (30, 4), (31, 5)],
)
def test_bands_touch_and_do_not_overlap(days: int, band: int) -> None:
    assert age_band(0, days * MICROSECONDS_PER_DAY) == band
    assert age_band(0, (days + 1) * MICROSECONDS_PER_DAY - 1) == band


def test_bands_cover_every_age() -> None:
    assert [last + 1 for _, last in AGE_BANDS[:-1] if last is not None] == [
        first for first, _ in AGE_BANDS[1:]
    ]


def test_the_board_counts_every_open_case_once(workbench: Workbench) -> None:
    add_alerts(workbench, add_transactions(workbench, list("ABCDE")), [5.0, 4.0, 3.0, 2.0, 1.0])
    policies.change(workbench, ROSA, approval_amount=400)
    working.claim(workbench, ANA, 1, 2)
    working.escalate(workbench, ANA, 2, 2, "conflicting")
    deciding.decide(workbench, ANA, 3, 2, "genuine", "travel")
    deciding.decide(workbench, ANA, 4, 2, "genuine", "travel")
    board = supervising.board(workbench)
    assert len(board.cases) == sum(board.ageing) == sum(load.cases for load in board.workload) == 4
    assert [case.state.case_id for case in board.heap("approvals")] == [4]
    assert [case.state.case_id for case in board.heap("escalations")] == [2]
    assert [(load.person, load.cases, load.in_review, load.waiting) for load in board.workload] == [
        ("Ana", 2, 1, 1),
        (None, 2, 0, 0),
    ]
    assert sum(case.open_amount for case in board.cases) == 100 + 200 + 400 + 500
    assert supervising.people(workbench) == ["Ana"]


def test_numbers_lead_to_the_cases_behind_them(ranked: Settings, open_screen: Open) -> None:
    bench = state.workbench()
    first, second = [row.case_id for row in queueing.queue_page(bench, QueueFilter()).rows[:2]]
    working.claim(bench, ANA, first, version(bench, first))
    working.escalate(bench, ANA, second, version(bench, second), "conflicting", "see the device")
    at = open_screen("supervisor", heap="person", of="Ana")
    links = [link.proto for link in at.get("page_link")]
    assert f"Case {first}" in [link.label for link in links]
    asked = [link.query_string for link in links]
    assert any("heap=age" in query and "of=0" in query for query in asked)
    assert "Open cases of Ana · 1" in [each.value for each in at.subheader]
    at = open_screen("supervisor", heap="escalations")
    assert "The evidence contradicts itself: see the device" in shown(at)


def test_a_number_that_is_not_there_is_no_error(ranked: Settings, open_screen: Open) -> None:
    for query in ({"heap": "nonsense"}, {"heap": "age", "of": "99"}, {"heap": "person", "of": "<b>nobody"}):
        at = open_screen("supervisor", **query)
        assert not at.error


def test_analysts_do_not_supervise(ranked: Settings, open_screen: Open) -> None:
    at = open_screen("supervisor")
    at.session_state["_actor_role"] = "analyst"
    at.run()
    assert "not open to your role" in str(at.error[0].proto.title)


def test_every_policy_has_its_field_and_is_saved(ranked: Settings, open_screen: Open) -> None:
    at = open_screen("settings")
    shown_keys = {each.key for each in (*at.number_input, *at.checkbox)}
    assert shown_keys == {f"policy-{name}" for name in POLICY_FIELDS}
    at.number_input(key="policy-lease_minutes").set_value(45)
    at.checkbox(key="policy-approve_high_genuine").check()
    at.button[[each.label for each in at.button].index("Save the policies")].click().run()
    after = policies.current(state.workbench())
    assert (after.lease_minutes, after.approve_high_genuine) == (45, True)
    assert set(policies.changes(state.workbench())) >= {"lease_minutes", "approve_high_genuine"}
    assert "Default: 30 · analyst, " in shown(at)


def test_who_may_not_set_policies_reads_them(ranked: Settings, open_screen: Open) -> None:
    at = open_screen("settings")
    at.session_state["_actor_role"] = "analyst"
    at.run()
    assert all(each.disabled for each in (*at.number_input, *at.checkbox))


def test_rates_are_one_event_and_only_for_those_who_may(workbench: Workbench) -> None:
    add_alerts(workbench, add_transactions(workbench, ["A"]), [1.0])
    with workbench.database.write() as cursor:
        cursor.execute("UPDATE alert SET currency = 'USD'")
    assert [(rate.currency, rate.rate, rate.alerts) for rate in currencies.rates(workbench)] == [
        ("USD", None, 1)
    ]
    with pytest.raises(Exception, match="role"):
        currencies.change(workbench, ANA, {"USD": 3.75})
    for wrong in ({"US": 1.0}, {"USD": 0.0}, {"USD": float("nan")}, {"<b>": 1.0}):
        with pytest.raises(Exception, match=r"currency code|not possible"):
            currencies.change(workbench, ROSA, wrong)
    currencies.change(workbench, ROSA, {"usd": 3.75, "EUR": None, "PEN": 2.0})
    currencies.change(workbench, ROSA, {"USD": 3.75})
    with workbench.database.read() as cursor:
        values = [row["value"] for row in cursor.rows("SELECT value FROM setting_event")]
    assert values == ['{"USD": 3.75}']


def test_the_defaults_are_those_of_the_declaration(workbench: Workbench) -> None:
    assert policies.current(workbench) == Policies()
