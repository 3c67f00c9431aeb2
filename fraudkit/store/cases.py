"""Cases in the database: appended events and the state that they add up to."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, fields
from typing import Final, cast

import pandas as pd
import pyarrow as pa

from fraudkit import workflow
from fraudkit.domain import Actor, CaseEvent, CaseState, Role
from fraudkit.errors import NotFoundError
from fraudkit.store import audited
from fraudkit.store.database import Cursor, Row
from fraudkit.store.statements import query
from fraudkit.words import N_

_STATE_COLUMNS: Final = tuple(field.name for field in fields(CaseState))
_STATE_TYPES: Final = pa.schema(
    [(field.name, pa.int64() if "int" in str(field.type) else pa.string()) for field in fields(CaseState)]
)
_EVENT_TYPES: Final = pa.schema(
    [
        ("case_id", pa.int64()),
        ("version", pa.int64()),
        ("kind", pa.string()),
        ("actor", pa.string()),
        ("role", pa.string()),
        ("happened_at", pa.int64()),
        ("payload", pa.string()),
        ("remark", pa.string()),
    ]
)


def state(cursor: Cursor, case_id: int) -> CaseState:
    """Return the present state of one case.

    Raises
    ------
    NotFoundError
        When there is no such case.
    """
    row = cursor.row("SELECT * FROM case_state WHERE case_id = ?", [case_id])
    if row is None:
        raise NotFoundError(
            N_("There is no case {case_id}."), N_("Open the queue and choose one."), case_id=case_id
        )
    return CaseState(**row)


def open_cases(cursor: Cursor, entities: Iterable[tuple[str, str]]) -> dict[tuple[str, str], CaseState]:
    """Return the open case of each entity that has one, by (entity kind, entity id)."""
    wanted = pd.DataFrame(sorted(set(entities)), columns=["entity_kind", "entity_id"])
    with cursor.registered("wanted_entity", wanted):
        rows = cursor.rows(
            "SELECT s.* FROM case_state s JOIN wanted_entity USING (entity_kind, entity_id) "
            "WHERE s.status IN (SELECT unnest(?)) ORDER BY case_id",
            [list(workflow.OPEN_STATUSES)],
        )
    return {(row["entity_kind"], row["entity_id"]): CaseState(**row) for row in rows}


def open_with_amount(
    cursor: Cursor, rates: Mapping[str, float], base_currency: str
) -> list[tuple[CaseState, float]]:
    """Return every open case with the worth of its undecided alerts in base currency, the oldest first."""
    rows = cursor.rows(
        query("open_cases"),
        {
            "statuses": list(workflow.OPEN_STATUSES),
            "currencies": list(rates),
            "factors": list(rates.values()),
            "base_currency": base_currency,
        },
    )
    return [(CaseState(**{name: row[name] for name in _STATE_COLUMNS}), row["open_amount"]) for row in rows]


def people(cursor: Cursor) -> list[str]:
    """Return the names of all people who appear in the course of a case, in alphabetical order."""
    rows = cursor.rows(
        "SELECT DISTINCT actor FROM case_event "
        "WHERE kind NOT IN ('opened', 'alert_raised', 'lapsed', 'woken')"
    )
    return sorted((row["actor"] for row in rows), key=str.casefold)


def new_case_ids(cursor: Cursor, count: int) -> list[int]:
    """Draw case numbers that no other case has."""
    rows = cursor.rows("SELECT nextval('case_number') AS case_id FROM range(?)", [count])
    return [row["case_id"] for row in rows]


def append(cursor: Cursor, events: Sequence[CaseEvent], states: dict[int, CaseState]) -> None:
    """Append events and bring the projection of the cases that they touch up to date.

    Parameters
    ----------
    cursor
        Inside a write transaction.
    events
        In the order of their versions.
    states
        The states of those cases before the events; changed to what they are after.

    Raises
    ------
    ConflictError
        When a case has moved on.
    """
    known = set(states)
    for event in events:
        states[event.case_id] = workflow.apply(states.get(event.case_id), event)
    _insert_events(cursor, events)
    touched = sorted({event.case_id for event in events})
    if len(touched) == 1 and known.issuperset(touched):
        _update_state(cursor, states[touched[0]])
    else:
        _write_states(cursor, [states[case_id] for case_id in touched])


def events(cursor: Cursor, case_id: int | None = None) -> list[CaseEvent]:
    """Return the events of one case, or of all, in the order in which they were written."""
    rows = cursor.rows(
        "SELECT * FROM case_event WHERE ? IS NULL OR case_id = ? ORDER BY event_id", [case_id, case_id]
    )
    return [_event(row) for row in rows]


def _event(row: Row) -> CaseEvent:
    return CaseEvent(
        case_id=row["case_id"],
        version=row["version"],
        kind=row["kind"],
        actor=Actor(row["actor"], cast("Role", row["role"])),
        happened_at=row["happened_at"],
        payload=json.loads(row["payload"]),
        remark=row["remark"],
    )


def _insert_events(cursor: Cursor, appended: Sequence[CaseEvent]) -> None:
    table = pa.Table.from_pylist([_event_row(event) for event in appended], _EVENT_TYPES)
    with cursor.registered("appended_event", table):
        rows = cursor.rows("INSERT INTO case_event BY NAME SELECT * FROM appended_event RETURNING *")
    audited.record(cursor, "case_event", rows)


def _event_row(event: CaseEvent) -> Row:
    return {
        "case_id": event.case_id,
        "version": event.version,
        "kind": event.kind,
        "actor": event.actor.name,
        "role": event.actor.role,
        "happened_at": event.happened_at,
        "payload": json.dumps(event.payload, ensure_ascii=False),
        "remark": event.remark,
    }


def _update_state(cursor: Cursor, state: CaseState) -> None:
    """Bring one known case up to date, which takes a third of the time that many at once take."""
    values = asdict(state)
    case_id = values.pop("case_id")
    assigned = ", ".join(f"{column} = ?" for column in values)
    cursor.execute(f"UPDATE case_state SET {assigned} WHERE case_id = ?", [*values.values(), case_id])


def _write_states(cursor: Cursor, states: Sequence[CaseState]) -> None:
    table = pa.Table.from_pylist([asdict(state) for state in states], _STATE_TYPES)
    changes = ", ".join(f"{column} = excluded.{column}" for column in _STATE_COLUMNS if column != "case_id")
    with cursor.registered("changed_state", table):
        cursor.execute(
            "INSERT INTO case_state BY NAME SELECT * FROM changed_state "
            f"ON CONFLICT (case_id) DO UPDATE SET {changes}"
        )
