from __future__ import annotations

from typing import get_args

import pytest

from fraudkit.domain import Actor, Role
from fraudkit.errors import ConflictError, FraudkitError, PermissionDeniedError
from fraudkit.services import approving, deciding, permissions, policies, reviewing, working
from fraudkit.services.workbench import Workbench
from fraudkit.store import now_us
from tests.services.ledger import add_alerts, add_transactions

ANA, ROSA = Actor("Ana"), Actor("Rosa", "lead")
HOUR = 3_600_000_000
ROLES = get_args(Role)

MATRIX = {
    "claim": ("analyst", "lead", "administrator"),
    "claim an escalated one": ("lead",),
    "decide": ("analyst", "lead", "administrator"),
    "wait": ("analyst", "lead", "administrator"),
    "wait beyond the due time": ("lead",),
    "escalate": ("analyst", "lead", "administrator"),
    "assign": ("lead", "manager"),
    "prioritise": ("lead", "manager"),
    "approve": ("lead", "manager"),
    "return": ("lead", "manager"),
    "undo another's verdict": ("lead", "manager"),
    "reopen": ("lead", "manager"),
    "set a policy": ("lead", "administrator"),
}


@pytest.fixture
def bench(workbench: Workbench) -> Workbench:
    add_alerts(workbench, add_transactions(workbench, ["A"]), [3.0])
    return workbench


def attempt(workbench: Workbench, what: str, actor: Actor) -> None:
    version = reviewing.case_view(workbench, 1).state.version
    if what in ("approve", "return"):
        policies.change(workbench, ROSA, approval_amount=1)
        version = deciding.decide(workbench, ANA, 1, version, "genuine", "travel").version
    elif what in ("undo another's verdict", "reopen"):
        version = deciding.decide(workbench, ANA, 1, version, "genuine", "travel").version
    elif what == "claim an escalated one":
        version = working.escalate(workbench, ANA, 1, version, "conflicting").version
    calls = {
        "claim": lambda: working.claim(workbench, actor, 1, version),
        "claim an escalated one": lambda: working.claim(workbench, actor, 1, version),
        "decide": lambda: deciding.decide(workbench, actor, 1, version, "genuine", "travel"),
        "wait": lambda: working.wait(workbench, actor, 1, version, "merchant", now_us() + HOUR),
        "wait beyond the due time": lambda: working.wait(
            workbench, actor, 1, version, "merchant", now_us() + 100 * HOUR
        ),
        "escalate": lambda: working.escalate(workbench, actor, 1, version, "conflicting"),
        "assign": lambda: working.assign(workbench, actor, 1, version, "Luis", "why"),
        "prioritise": lambda: working.prioritise(workbench, actor, 1, version, "high", "why"),
        "approve": lambda: approving.approve(workbench, actor, 1, version),
        "return": lambda: approving.send_back(workbench, actor, 1, version, "why"),
        "undo another's verdict": lambda: deciding.undo(workbench, actor, 1, version),
        "reopen": lambda: working.reopen(workbench, actor, 1, version, "why"),
        "set a policy": lambda: policies.change(workbench, actor, analysts=9),
    }
    calls[what]()


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("what", MATRIX)
def test_the_role_decides_what_may_be_done(bench: Workbench, what: str, role: Role) -> None:
    actor = Actor("Eva", role)
    if role in MATRIX[what]:
        attempt(bench, what, actor)
        return
    with pytest.raises((PermissionDeniedError, ConflictError)) as refused:
        attempt(bench, what, actor)
    assert isinstance(refused.value, FraudkitError)
    events = reviewing.case_view(bench, 1).events
    assert "Eva" not in {event.actor.name for event in events}, "a refused write was written"


def test_every_permission_is_somebody_s_and_nobody_holds_them_all_by_chance() -> None:
    assert set(permissions.ALLOWED) == set(permissions.PERMISSIONS)
    assert all(permissions.ALLOWED.values())
