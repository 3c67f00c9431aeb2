"""Alerts and the cases that they form: an alert joins its entity's open case, else opens one."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import pyarrow as pa

from fraudkit import workflow
from fraudkit.domain import Actor, CaseEvent, Priority
from fraudkit.services import calibrating, policies
from fraudkit.services.policies import Policies
from fraudkit.store import Cursor, Row, cases, now_us, preferences
from fraudkit.store.statements import query

SYSTEM: Final = Actor("fraudkit", "administrator")
Origin = Literal["ranking", "manual"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A transaction that stands above the line.

    Parameters
    ----------
    transaction_id, position
        Which transaction.
    score, severity
        What the model says, log-odds and percentile.
    features
        The model's features in their order; NaN where missing.
    reasons
        Names of the strongest features, strongest first.
    """

    transaction_id: str
    position: int
    score: float
    severity: float
    features: Sequence[float]
    reasons: Sequence[str]


def raise_alerts(
    cursor: Cursor,
    candidates: Sequence[Candidate],
    model_id: str,
    *,
    origin: Origin = "ranking",
    actor: Actor = SYSTEM,
) -> list[int]:
    """Append an alert for each candidate and group them into cases.

    Parameters
    ----------
    cursor
        Inside a write transaction.
    candidates
        In the order in which they stand in the queue; none may be an alert already.
    model_id
        The model that scored them.
    origin
        Whether the ranking or a person raised them.
    actor
        Who opens the cases.

    Returns
    -------
    list of int
        The numbers of the alerts, in the order of the candidates.
    """
    if not candidates:
        return []
    table = _table(candidates)
    with cursor.registered("candidate", table):
        facts = cursor.rows(query("candidate_facts"))
    known = cases.open_cases(cursor, [_entity(row) for row in facts])
    case_ids, events, states = _group(cursor, facts, known, actor)
    cases.append(cursor, events, states)
    table = table.append_column("case_id", [case_ids])
    with cursor.registered("candidate", table):
        numbers = cursor.rows(query("insert_alerts"), [origin, model_id, events[0].happened_at])
        alert_ids = [row["alert_id"] for row in sorted(numbers, key=lambda row: row["alert_id"])]
    table = table.append_column("alert_id", [alert_ids])
    with cursor.registered("candidate", table):
        cursor.execute(
            "INSERT INTO alert_rank BY NAME "
            "SELECT alert_id, score, severity, features, reasons FROM candidate"
        )
        cursor.execute(
            "INSERT INTO alert_state BY NAME SELECT alert_id, case_id, transaction_id FROM candidate"
        )
    return alert_ids


def _table(candidates: Sequence[Candidate]) -> pa.Table:
    """Return the candidates as Arrow, which keeps a missing feature as NaN."""
    return pa.table(
        {
            "place": list(range(len(candidates))),
            "transaction_id": [candidate.transaction_id for candidate in candidates],
            "position": [candidate.position for candidate in candidates],
            "score": [candidate.score for candidate in candidates],
            "severity": [candidate.severity for candidate in candidates],
            "features": pa.array(
                [list(candidate.features) for candidate in candidates], pa.list_(pa.float64())
            ),
            "reasons": pa.array([list(candidate.reasons) for candidate in candidates], pa.list_(pa.string())),
        }
    )


def _entity(row: Row) -> tuple[str, str]:
    return row["entity_kind"], row["entity_id"]


def _group(
    cursor: Cursor,
    facts: Sequence[Row],
    known: dict[tuple[str, str], Any],
    actor: Actor,
) -> tuple[list[int], list[CaseEvent], dict[int, Any]]:
    """Assign every candidate to a case and write down the events that this makes."""
    happened_at, in_force = now_us(), policies.read(cursor)
    priority_of = _priorities(cursor, in_force)
    fresh = [entity for entity in dict.fromkeys(_entity(row) for row in facts) if entity not in known]
    numbers = dict(zip(fresh, cases.new_case_ids(cursor, len(fresh)), strict=True))
    states = {state.case_id: state for state in known.values()}
    asleep = {state.case_id for state in known.values() if state.status == "waiting"}
    versions = {state.case_id: state.version for state in known.values()}
    case_ids: list[int] = []
    events: list[CaseEvent] = []

    def add(case_id: int, kind: str, payload: dict[str, object]) -> None:
        versions[case_id] = versions.get(case_id, 0) + 1
        events.append(CaseEvent(case_id, versions[case_id], kind, actor, happened_at, payload))

    for row in facts:
        entity = _entity(row)
        case_id = known[entity].case_id if entity in known else numbers[entity]
        if case_id not in versions:
            opened: dict[str, object] = {"entity_kind": entity[0], "entity_id": entity[1]}
            add(case_id, "opened", {**opened, "due_hours": in_force.hours("low")})
        if case_id in asleep:
            add(case_id, "woken", {"cause": "alert"})
            asleep.remove(case_id)
        priority = priority_of(row)
        raised: dict[str, object] = {"transaction_id": row["transaction_id"], "priority": priority}
        add(case_id, "alert_raised", {**raised, "due_hours": in_force.hours(priority)})
        case_ids.append(case_id)
    return case_ids, events, states


def _priorities(cursor: Cursor, in_force: Policies) -> Callable[[Row], Priority]:
    """Return how an alert gets its priority: from its expected loss once calibrated, from its amount before.

    Money in a currency without a rate is taken as it stands: a priority that is too high is looked at.
    """
    rates: dict[str, float] = preferences.read(cursor, "currency_rates", {})
    calibration = calibrating.compute(cursor)

    def priority(row: Row) -> Priority:
        amount = abs(float(row["transaction_amount"]))
        money = 0.0 if math.isnan(amount) else amount * float(rates.get(row["currency"], 1.0))
        if calibration is None:
            return workflow.priority_of_amount(money)
        loss = float(calibration.probability(row["score"])) * money
        if loss >= in_force.high_loss:
            return "high"
        return "medium" if loss >= in_force.medium_loss else "low"

    return priority
