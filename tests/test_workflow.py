"""The life of a case as a pure function: random events, the table of transitions, and what time does."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fraudkit import workflow
from fraudkit.domain import CASE_EVENTS, Actor, CaseEvent, CaseState, CaseStatus
from fraudkit.errors import ConflictError

HOUR = 3_600_000_000
STATUSES = get_args(CaseStatus)
ACTORS = st.sampled_from([Actor("Ana"), Actor("Luis"), Actor("Rosa", "lead")])
RESULTS: dict[str, set[str]] = {
    "alert_withdrawn": {*workflow.OPEN_STATUSES, "closed", "auto_closed"},
    "claimed": {"in_review"},
    "renewed": {"in_review"},
    "released": {"new"},
    "lapsed": {"new"},
    "waited": {"waiting"},
    "woken": {"new"},
    "escalated": {"escalated"},
    "assigned": {"new", "waiting", "escalated"},
    "submitted": {"pending_approval"},
    "approved": {"in_review", "closed"},
    "returned": {"new", "closed"},
    "decided": {"in_review", "closed"},
    "undone": {"in_review", "closed"},
    "reopened": set(workflow.OPEN_STATUSES),
    "merged": {"merged"},
}
"""Where each event leads; those that are not named leave the status as it is."""


def opened(**changes: object) -> CaseState:
    event = CaseEvent(1, 1, "opened", Actor("fraudkit"), 0, {"entity_kind": "customer", "entity_id": "A"})
    return replace(workflow.apply(None, event), **changes)  # type: ignore[arg-type]


def payload(kind: str, number: int) -> dict[str, object]:
    counts = {"newly_decided": number, "reopened": number, "undecided": number}
    codes = {"reason": "merchant", "case_verdict": "fraud" if number else None, "assignee": "Luis"}
    priority = ("low", "medium", "high")[number % 3]
    return {**counts, **codes, "priority": priority, "until": number * HOUR, "lease_until": number * HOUR}


@given(
    st.sampled_from(STATUSES),
    st.sampled_from([kind for kind in CASE_EVENTS if kind != "opened"]),
    ACTORS,
    st.integers(0, 3),
)
def test_no_event_happens_outside_the_table(status: CaseStatus, kind: str, actor: Actor, number: int) -> None:
    before = opened(status=status, undecided=3, alerts=3)
    event = CaseEvent(1, 2, kind, actor, HOUR, payload(kind, number))
    if status not in workflow.TRANSITIONS[kind]:
        with pytest.raises(ConflictError):
            workflow.apply(before, event)
        return
    after = workflow.apply(before, event)
    assert after.status in RESULTS.get(kind, {status})
    assert (after.version, after.changed_at) == (2, HOUR)


@given(st.lists(st.tuples(st.sampled_from(CASE_EVENTS[1:]), ACTORS, st.integers(0, 2)), max_size=30))
def test_whatever_happens_a_case_stays_consistent(steps: list[tuple[str, Actor, int]]) -> None:
    state = opened()
    for moment, (kind, actor, number) in enumerate(steps, start=1):
        decidable = min(number, state.undecided) if kind in ("decided", "approved") else number
        event = CaseEvent(1, state.version + 1, kind, actor, moment, payload(kind, decidable))
        try:
            state = workflow.apply(state, event)
        except ConflictError:
            continue
        is_closed = state.status not in workflow.OPEN_STATUSES
        assert is_closed == (state.closed_at is not None)
        assert (state.status == "waiting") == (state.waiting_until is not None)
        assert (state.status == "pending_approval") == (state.maker is not None)
        assert state.lease_until is None or state.status == "in_review"
        assert state.woken_at is None or state.status in workflow.OPEN_STATUSES
        assert state.due_at is not None


@given(st.integers(0, 3), st.integers(0, 3))
def test_what_is_seen_depends_on_the_moment_only(lease: int, now: int) -> None:
    held = opened(status="in_review", assignee="Ana", lease_until=lease)
    assert workflow.seen(held, now).status == ("in_review" if lease > now else "new")
    asleep = opened(status="waiting", assignee="Ana", waiting_until=lease, waiting_reason="merchant")
    awake = workflow.seen(asleep, now)
    assert awake.status == ("waiting" if lease > now else "new")
    assert awake.assignee == "Ana"
    assert workflow.seen(awake, now) == awake


def test_every_event_but_the_first_has_its_transitions() -> None:
    assert set(workflow.TRANSITIONS) == set(CASE_EVENTS) - {"opened"}


def test_priority_rises_with_alerts_and_moves_the_due_time_from_the_opening() -> None:
    state = opened()
    assert state.due_at == 72 * HOUR
    for version, (priority, hours) in enumerate([("high", 4), ("low", 4)], start=2):
        raised = {"transaction_id": "T", "priority": priority}
        state = workflow.apply(
            state, CaseEvent(1, version, "alert_raised", Actor("fraudkit"), version * HOUR, raised)
        )
        assert (state.priority, state.due_at) == ("high", hours * HOUR)
