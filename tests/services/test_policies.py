from __future__ import annotations

from typing import get_args

import pytest

from fraudkit.domain import Actor, Priority
from fraudkit.errors import InvalidInputError, PermissionDeniedError
from fraudkit.services import policies
from fraudkit.services.policies import POLICY_FIELDS, Policies
from fraudkit.services.workbench import Workbench

LEAD = Actor("Rosa", "lead")


def events(workbench: Workbench) -> list[tuple[str, str, str]]:
    with workbench.database.read() as cursor:
        rows = cursor.rows("SELECT name, value, actor FROM setting_event ORDER BY happened_at, name")
    return [(row["name"], row["value"], row["actor"]) for row in rows]


def test_without_a_change_the_defaults_are_in_force(workbench: Workbench) -> None:
    assert policies.current(workbench) == Policies()
    assert policies.changes(workbench) == {}


def test_a_change_is_one_event_for_each_policy_that_really_changes(workbench: Workbench) -> None:
    after = policies.change(workbench, LEAD, lease_minutes=20, undo_minutes=15, random_share=0.1)
    assert (after.lease_minutes, after.random_share) == (20, 0.1)
    assert policies.current(workbench) == after
    assert sorted(events(workbench)) == [
        ("policy.lease_minutes", "20", "Rosa"),
        ("policy.random_share", "0.1", "Rosa"),
    ]
    assert {name: change.actor for name, change in policies.changes(workbench).items()} == {
        "lease_minutes": "Rosa",
        "random_share": "Rosa",
    }


def test_the_last_change_counts(workbench: Workbench) -> None:
    policies.change(workbench, LEAD, approve_high_genuine=False)
    policies.change(workbench, LEAD, approve_high_genuine=True, analysts=7)
    assert policies.current(workbench) == Policies(analysts=7)


@pytest.mark.parametrize("role", ["analyst", "manager"])
def test_only_leading_roles_change_policies(workbench: Workbench, role: str) -> None:
    with pytest.raises(PermissionDeniedError):
        policies.change(workbench, Actor("Luis", role), lease_minutes=20)  # type: ignore[arg-type]
    assert events(workbench) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("lease_minutes", 0),
        ("lease_minutes", 2.5),
        ("random_share", 1.5),
        ("random_share", float("nan")),
        ("approval_amount", -1),
        ("approval_amount", "much"),
        ("no_such_policy", 1),
    ],
)
def test_impossible_values_are_refused_and_nothing_is_written(
    workbench: Workbench, name: str, value: object
) -> None:
    with pytest.raises(InvalidInputError):
        policies.change(workbench, LEAD, **{"analysts": 9, name: value})
    assert events(workbench) == []


def test_every_policy_says_what_it_is_and_keeps_its_own_bounds() -> None:
    for name, policy in POLICY_FIELDS.items():
        assert policy.metadata["label"], name
        assert policy.metadata["least"] <= policy.default <= policy.metadata["most"], name


@pytest.mark.parametrize("priority", get_args(Priority))
def test_a_case_is_due_its_priority_s_hours_after_it_was_opened(priority: Priority) -> None:
    assert Policies().due_at(0, priority) == Policies().hours(priority) * 3_600_000_000
