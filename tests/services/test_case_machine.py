"""Random people do random things to cases: the projection stays what the events say, nothing gets lost."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fraudkit import workflow
from fraudkit.config import Settings
from fraudkit.domain import Actor, CaseState
from fraudkit.errors import FraudkitError
from fraudkit.services import approving, auditing, deciding, policies, working
from fraudkit.services.workbench import Workbench
from fraudkit.store import cases, now_us
from tests.services.clock import MINUTE, Clock
from tests.services.ledger import add_alerts, add_transactions

PEOPLE = (Actor("Ana"), Actor("Luis"), Actor("Rosa", "lead"), Actor("Hugo", "manager"))
Act = Callable[[Workbench, Actor, int, int], object]

ACTS: dict[str, Act] = {
    "claim": working.claim,
    "release": working.release,
    "renew": working.renew,
    "wait": lambda w, a, c, v: working.wait(w, a, c, v, "merchant", now_us() + 600 * MINUTE),
    "escalate": lambda w, a, c, v: working.escalate(w, a, c, v, "conflicting"),
    "assign": lambda w, a, c, v: working.assign(w, a, c, v, "Luis", "why"),
    "lift": lambda w, a, c, v: working.prioritise(w, a, c, v, "high", "why"),
    "reopen": lambda w, a, c, v: working.reopen(w, a, c, v, "why"),
    "fraud": lambda w, a, c, v: deciding.decide(w, a, c, v, "fraud", "card"),
    "genuine": lambda w, a, c, v: deciding.decide(w, a, c, v, "genuine", "travel"),
    "mule": lambda w, a, c, v: deciding.decide(
        w, a, c, v, "fraud", "mule_complicit", details=deciding.VerdictDetails(checklist=DONE)
    ),
    "change": lambda w, a, c, v: deciding.decide(w, a, c, v, "genuine", "travel", transaction_ids=[f"T{c}"]),
    "approve": approving.approve,
    "return": lambda w, a, c, v: approving.send_back(w, a, c, v, "why"),
    "undo": deciding.undo,
}
DONE = ("flow_of_funds", "linked_accounts")
STEP = st.tuples(
    st.sampled_from([*ACTS, "forward", "alert"]), st.sampled_from(PEOPLE), st.integers(1, 2), st.booleans()
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEP, min_size=5, max_size=30))
def test_the_projection_is_what_the_events_say(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, Actor, int, bool]]
) -> None:
    folder = tmp_path_factory.mktemp("cases")
    keys = {"card_key": folder / "card.key", "audit_key": folder / "audit.key"}
    workbench = Workbench.open(
        Settings(database=folder / "a.duckdb", sample_database=folder / "b.duckdb", threads=1, **keys)
    )
    try:
        with pytest.MonkeyPatch.context() as patched:
            play(workbench, Clock(patched), steps)
        check(workbench)
    finally:
        workbench.close()


def play(workbench: Workbench, clock: Clock, steps: list[tuple[str, Actor, int, bool]]) -> None:
    """Do all of it; what is refused must have written nothing."""
    policies.change(workbench, PEOPLE[2], undo_minutes=60)
    add_alerts(workbench, add_transactions(workbench, ["A", "B"]), [2.0, 1.0])
    position = 3
    for kind, actor, case_id, is_stale in steps:
        if kind == "forward":
            clock.forward(25)
            continue
        if kind == "alert":
            identifiers = add_transactions(workbench, ["AB"[case_id - 1]], first=position)
            add_alerts(workbench, identifiers, [1.0], first=position)
            position += 1
            continue
        before = events(workbench)
        version = stored(workbench)[case_id].version - is_stale
        try:
            ACTS[kind](workbench, actor, case_id, version)
        except FraudkitError:
            assert events(workbench) == before, f"a refused {kind} was written"


def check(workbench: Workbench) -> None:
    rebuilt = rebuild(workbench)
    assert stored(workbench) == rebuilt
    with workbench.database.read() as cursor:
        rows = cursor.rows(
            "SELECT case_id, count(*) AS open FROM alert_state WHERE verdict IS NULL GROUP BY 1"
        )
        own = cursor.rows("SELECT actor, approved_by FROM label_event WHERE approved_by IS NOT NULL")
    waiting = {row["case_id"]: row["open"] for row in rows}
    assert {case_id: state.undecided for case_id, state in rebuilt.items() if state.undecided} == waiting
    assert all(row["actor"] != row["approved_by"] for row in own)
    assert auditing.verify(workbench).is_whole


def events(workbench: Workbench) -> int:
    with workbench.database.read() as cursor:
        return int(cursor.value("SELECT count(*) FROM case_event"))


def stored(workbench: Workbench) -> dict[int, CaseState]:
    with workbench.database.read() as cursor:
        return {row["case_id"]: CaseState(**row) for row in cursor.rows("SELECT * FROM case_state")}


def rebuild(workbench: Workbench) -> dict[int, CaseState]:
    with workbench.database.read() as cursor:
        return workflow.project(cases.events(cursor))
