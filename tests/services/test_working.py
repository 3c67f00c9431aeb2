from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from fraudkit import workflow
from fraudkit.domain import Actor, CaseState
from fraudkit.errors import ConflictError, FraudkitError, InvalidInputError, PermissionDeniedError
from fraudkit.services import case_writing, deciding, policies, reviewing, working
from fraudkit.services.workbench import Workbench
from fraudkit.store import now_us
from tests.services.clock import MINUTE, Clock
from tests.services.ledger import add_alerts, add_transactions

ANA, LUIS, ROSA = Actor("Ana"), Actor("Luis"), Actor("Rosa", "lead")
HOUR = 60 * MINUTE


@pytest.fixture
def bench(workbench: Workbench) -> Workbench:
    """Two cases: 1 of customer A with two alerts, 2 of customer B with one; both of low priority."""
    add_alerts(workbench, add_transactions(workbench, ["A", "B", "A"]), [3.0, 2.0, 1.0])
    return workbench


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


def stands(workbench: Workbench, case_id: int = 1) -> CaseState:
    return reviewing.case_view(workbench, case_id).state


def kinds(workbench: Workbench, case_id: int = 1) -> list[str]:
    return [event.kind for event in reviewing.case_view(workbench, case_id).events]


def take(workbench: Workbench, actor: Actor = ANA, case_id: int = 1) -> CaseState:
    return working.claim(workbench, actor, case_id, stands(workbench, case_id).version)


def test_a_claim_keeps_others_off_and_they_are_told_who_holds_it(bench: Workbench) -> None:
    held = take(bench)
    assert (held.status, held.assignee) == ("in_review", "Ana")
    for write in (
        lambda: working.claim(bench, LUIS, 1, held.version),
        lambda: working.release(bench, LUIS, 1, held.version),
        lambda: deciding.decide(bench, LUIS, 1, held.version, "genuine", "travel"),
        lambda: working.escalate(bench, LUIS, 1, held.version, "beyond_my_limit"),
        lambda: working.wait(bench, LUIS, 1, held.version, "merchant", now_us() + HOUR),
        lambda: working.claim(bench, ROSA, 1, held.version),
    ):
        with pytest.raises(ConflictError, match=r"Ana is working on case 1 and holds it until \d\d:\d\d"):
            write()
    assert stands(bench).version == held.version


def test_of_many_who_claim_at_once_one_succeeds(bench: Workbench) -> None:
    version = stands(bench).version

    def attempt(name: str) -> bool:
        try:
            working.claim(bench, Actor(name), 1, version)
        except ConflictError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(attempt, [f"analyst {number}" for number in range(8)])) == 1
    assert kinds(bench).count("claimed") == 1


def test_who_holds_a_case_and_claims_it_again_writes_nothing(bench: Workbench) -> None:
    held = take(bench)
    assert take(bench) == held


def test_a_lease_lapses_by_itself_and_the_next_claim_says_so(bench: Workbench, clock: Clock) -> None:
    take(bench)
    clock.forward(31)
    free = stands(bench)
    assert (free.status, free.assignee) == ("new", None)
    assert "lapsed" not in kinds(bench), "reading writes nothing"
    taken = take(bench, LUIS)
    assert (taken.status, taken.assignee) == ("in_review", "Luis")
    assert kinds(bench)[-2:] == ["lapsed", "claimed"]
    with pytest.raises(ConflictError, match="Luis took it up"):
        deciding.decide(bench, ANA, 1, free.version, "genuine", "travel")


def test_whose_own_lease_lapsed_may_still_decide(bench: Workbench, clock: Clock) -> None:
    version = take(bench).version
    clock.forward(45)
    assert deciding.decide(bench, ANA, 1, version, "genuine", "travel").status == "closed"
    assert "lapsed" not in kinds(bench)


def test_a_screen_that_stays_open_renews_the_lease_and_its_version_still_counts(
    bench: Workbench, clock: Clock
) -> None:
    seen = take(bench)
    assert working.renew(bench, ANA, 1, seen.version) == seen, "renewed although most of it was left"
    clock.forward(20)
    renewed = working.renew(bench, ANA, 1, seen.version)
    assert (renewed.lease_until or 0) > (seen.lease_until or 0)
    clock.forward(20)
    assert stands(bench).assignee == "Ana"
    assert working.renew(bench, LUIS, 1, renewed.version).assignee == "Ana", "a foreign screen renews nothing"
    assert deciding.decide(bench, ANA, 1, seen.version, "genuine", "travel").status == "closed"


def test_a_renewal_by_somebody_of_the_same_name_and_another_role_is_no_excuse(
    bench: Workbench, clock: Clock
) -> None:
    seen = take(bench)
    clock.forward(20)
    working.renew(bench, Actor("Ana", "lead"), 1, seen.version)
    with pytest.raises(ConflictError, match="Ana is working on it"):
        deciding.decide(bench, ANA, 1, seen.version, "genuine", "travel")


def test_released_cases_are_free(bench: Workbench) -> None:
    working.release(bench, ANA, 1, take(bench).version)
    assert (stands(bench).status, stands(bench).assignee) == ("new", None)
    take(bench, LUIS)


def test_a_wait_comes_back_to_the_same_person(bench: Workbench, clock: Clock) -> None:
    until = now_us() + 2 * HOUR
    waiting = working.wait(bench, ANA, 1, take(bench).version, "customer_contact", until, "calls at noon")
    assert (waiting.status, waiting.waiting_until, waiting.waiting_reason) == (
        "waiting",
        until,
        "customer_contact",
    )
    assert reviewing.case_view(bench, 1).events[-1].remark == "calls at noon"
    clock.forward(121)
    awake = stands(bench)
    assert (awake.status, awake.assignee, awake.woken_at) == ("new", "Ana", until)
    with pytest.raises(ConflictError, match="kept for Ana"):
        take(bench, LUIS)
    assert take(bench).woken_at is None
    assert kinds(bench)[-2:] == ["woken", "claimed"]


def test_the_owner_may_take_a_waiting_case_up_or_decide_it_at_once(bench: Workbench) -> None:
    until = now_us() + HOUR
    working.wait(bench, ANA, 1, stands(bench).version, "merchant", until)
    assert take(bench).status == "in_review"
    waiting = working.wait(bench, ANA, 2, stands(bench, 2).version, "merchant", until)
    assert deciding.decide(bench, ANA, 2, waiting.version, "genuine", "travel").status == "closed"


def test_a_wait_beyond_the_due_time_needs_a_lead(bench: Workbench) -> None:
    case = take(bench)
    beyond = (case.due_at or 0) + HOUR
    with pytest.raises(PermissionDeniedError, match="only a team lead"):
        working.wait(bench, ANA, 1, case.version, "merchant", beyond)
    with pytest.raises(InvalidInputError, match="passed"):
        working.wait(bench, ANA, 1, case.version, "merchant", now_us() - 1)
    with pytest.raises(InvalidInputError, match="boredom"):
        working.wait(bench, ANA, 1, case.version, "boredom", now_us() + HOUR)
    assert working.wait(bench, ROSA, 2, stands(bench, 2).version, "merchant", beyond).status == "waiting"


def test_a_new_alert_wakes_a_waiting_case(bench: Workbench) -> None:
    working.wait(bench, ANA, 1, stands(bench).version, "documents", now_us() + HOUR)
    add_alerts(bench, add_transactions(bench, ["A"], first=10), [9.0], first=10)
    awake = stands(bench)
    assert (awake.status, awake.assignee, awake.alerts) == ("new", "Ana", 3)
    assert kinds(bench)[-2:] == ["woken", "alert_raised"]


def test_escalated_cases_are_taken_by_leads_or_by_whom_a_lead_names(bench: Workbench) -> None:
    passed_on = working.escalate(bench, ANA, 1, take(bench).version, "wider_pattern", "same device in 2")
    assert (passed_on.status, passed_on.escalated_by, passed_on.assignee) == ("escalated", "Ana", None)
    with pytest.raises(PermissionDeniedError):
        take(bench, LUIS)
    working.assign(bench, ROSA, 1, passed_on.version, "Luis", "knows this merchant")
    assert stands(bench).status == "escalated"
    assert take(bench, LUIS).status == "in_review"
    working.escalate(bench, ANA, 2, take(bench, ANA, 2).version, "conflicting")
    assert take(bench, ROSA, 2).assignee == "Rosa"


def test_a_lead_gives_a_case_to_somebody_else_and_says_why(bench: Workbench) -> None:
    held = take(bench)
    with pytest.raises(PermissionDeniedError):
        working.assign(bench, ANA, 1, held.version, "Luis", "too much to do")
    with pytest.raises(InvalidInputError, match="reason"):
        working.assign(bench, ROSA, 1, held.version, "Luis", "  ")
    given = working.assign(bench, ROSA, 1, held.version, "Luis", "Ana is ill; card 4532015112830366")
    assert (given.status, given.assignee, given.lease_until) == ("new", "Luis", None)
    assert "4532015112830366" not in str(reviewing.case_view(bench, 1).events[-1].remark)
    with pytest.raises(ConflictError, match="Rosa assigned it"):
        deciding.decide(bench, ANA, 1, held.version, "genuine", "travel")
    with pytest.raises(ConflictError, match="kept for Luis"):
        take(bench)
    assert working.assign(bench, ROSA, 1, given.version, None, "back to all").assignee is None


def test_another_priority_moves_the_due_time_from_the_opening(bench: Workbench) -> None:
    case = stands(bench)
    with pytest.raises(PermissionDeniedError):
        working.prioritise(bench, ANA, 1, case.version, "high", "customer is waiting")
    policies.change(bench, ROSA, hours_high=2)
    raised = working.prioritise(bench, ROSA, 1, case.version, "high", "customer is waiting")
    assert (raised.priority, raised.due_at) == ("high", case.opened_at + 2 * HOUR)
    with pytest.raises(InvalidInputError, match="already"):
        working.prioritise(bench, ROSA, 1, raised.version, "high", "again")
    lowered = working.prioritise(bench, ROSA, 1, raised.version, "low", "it was a mistake")
    assert lowered.due_at == case.due_at


def test_a_lead_opens_a_closed_case_again(bench: Workbench) -> None:
    closed = deciding.decide(bench, ANA, 1, stands(bench).version, "genuine", "travel")
    with pytest.raises(PermissionDeniedError):
        working.reopen(bench, ANA, 1, closed.version, "I was wrong")
    again = working.reopen(bench, ROSA, 1, closed.version, "the customer called")
    assert (again.status, again.assignee, again.verdict, again.undecided) == ("new", None, "genuine", 0)
    with pytest.raises(ConflictError, match="is open"):
        working.reopen(bench, ROSA, 1, again.version, "again")
    same = deciding.decide(bench, ANA, 1, again.version, "genuine", "travel", transaction_ids=["T1"])
    assert same.status == "closed", "the same verdict again needs nobody else"


def test_nothing_can_be_done_to_a_closed_case_but_what_the_table_allows(bench: Workbench) -> None:
    version = deciding.decide(bench, ANA, 1, stands(bench).version, "genuine", "travel").version
    for write in (
        lambda: working.claim(bench, ANA, 1, version),
        lambda: working.release(bench, ANA, 1, version),
        lambda: working.escalate(bench, ANA, 1, version, "conflicting"),
        lambda: working.assign(bench, ROSA, 1, version, "Luis", "why"),
        lambda: working.prioritise(bench, ROSA, 1, version, "high", "why"),
    ):
        with pytest.raises(ConflictError, match="does not allow this"):
            write()
    assert stands(bench).version == version


def test_a_refusal_says_in_both_languages_what_the_other_person_did(bench: Workbench) -> None:
    version = stands(bench).version
    working.escalate(bench, LUIS, 1, version, "conflicting")
    with pytest.raises(FraudkitError) as refused:
        deciding.decide(bench, ANA, 1, version, "genuine", "travel")
    spanish, hint = refused.value.localised("es")
    assert spanish.startswith("El caso 1 cambió: Luis lo escaló a las ")
    assert "escalated" not in spanish
    assert hint


@pytest.mark.parametrize(
    "kind", [*sorted(set(workflow.TRANSITIONS) - {"decided"}), "decided.fraud", "decided.genuine"]
)
def test_there_is_a_sentence_for_every_event(kind: str) -> None:
    assert case_writing._MEANWHILE[kind].format(case_id=1, actor="Ana", time="10:00")
