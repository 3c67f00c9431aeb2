"""Verdicts that wait for a second person: appended with the label that will come of each."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import fields
from decimal import Decimal
from typing import Any, Final

import pyarrow as pa

from fraudkit.domain import Actor
from fraudkit.store import audited
from fraudkit.store.database import Cursor, Row
from fraudkit.store.labels import NewLabel

_AMOUNTS: Final = ("gross_amount", "prevented_amount", "recovered_amount")
_NAMES: Final = tuple(field.name for field in fields(NewLabel))


def append(cursor: Cursor, labels: Sequence[NewLabel], actor: Actor, happened_at: int) -> list[int]:
    """Append proposals and return their numbers, in the order of the labels."""
    table = pa.table(
        {
            "case_id": [label.case_id for label in labels],
            "case_version": [label.case_version for label in labels],
            "transaction_id": [label.transaction_id for label in labels],
            "verdict": [label.verdict for label in labels],
            "label": [_written(label) for label in labels],
        }
    )
    with cursor.registered("new_proposal", table):
        rows = cursor.rows(
            "INSERT INTO label_proposal BY NAME "
            "SELECT *, ? AS actor, ? AS role, ? AS happened_at FROM new_proposal RETURNING *",
            [actor.name, actor.role, happened_at],
        )
    audited.record(cursor, "label_proposal", rows)
    return sorted(row["proposal_id"] for row in rows)


def of_case(cursor: Cursor, case_id: int, version: int) -> list[Row]:
    """Return the proposals that made a version of a case; `label` is None where it was erased."""
    rows = cursor.rows(
        "SELECT * FROM label_proposal WHERE case_id = ? AND case_version = ? ORDER BY proposal_id",
        [case_id, version],
    )
    return [{**row, "label": None if row["label"] is None else _read(row["label"])} for row in rows]


def _written(label: NewLabel) -> str:
    """Return a label as JSON; amounts as text, which keeps their decimals."""
    values = {name: getattr(label, name) for name in _NAMES}
    return json.dumps({name: value for name, value in values.items() if value is not None}, default=_plain)


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Decimal) else dict(value)


def _read(text: str) -> NewLabel:
    values: dict[str, Any] = {**dict.fromkeys(_NAMES), **json.loads(text)}
    for name in _AMOUNTS:
        values[name] = None if values[name] is None else Decimal(values[name])
    return NewLabel(**{**values, "actions": tuple(values["actions"] or ())})
