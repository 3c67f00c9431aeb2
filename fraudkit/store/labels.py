"""The ledger of labels: appended events; the last one of a transaction counts."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any, Final

import pyarrow as pa

from fraudkit.domain import Actor, Certainty, LabelSource, Liability, ReasonFeedback, Verdict
from fraudkit.store import audited
from fraudkit.store.database import Cursor, Row


@dataclass(frozen=True, slots=True)
class NewLabel:
    """One label about to be appended; `withdrawn` takes the former label back.

    Parameters
    ----------
    transaction_id, verdict, certainty, fraud_type, reason, source
        What is said of which transaction, and on whose word.
    case_id, case_version, supersedes
        The case that said so, and the label that stood until then.
    note, evidence
        Free text, and what was on the screen; both may be erased.
    fraud_subtype, alert_was_useful, liability, detected_by, actions
        Second level of the fraud type; whether the alert deserved a look; who bears the loss; who found it;
        codes of what was done.
    gross_amount, prevented_amount, recovered_amount
        In the transaction's currency.
    first_unusual_transaction_id, incident_start, incident_end
        Where the incident began, and its span in microseconds UTC.
    reason_feedback
        What the analyst said of each reason that was shown, by feature.
    seconds_on_case
        How long the case was on the screen.
    sweep_id, in_random_sample, inclusion_probability, data_first, lean_before_score
        How the transaction came before the analyst.
    approval_of, approved_by
        The proposal that a second person approved, and who.
    """

    transaction_id: str
    verdict: Verdict | str
    certainty: Certainty
    fraud_type: str | None
    reason: str | None
    source: LabelSource
    case_id: int
    case_version: int
    supersedes: int | None
    note: str
    evidence: dict[str, Any]
    fraud_subtype: str | None = None
    alert_was_useful: bool | None = None
    gross_amount: Decimal | None = None
    prevented_amount: Decimal | None = None
    recovered_amount: Decimal | None = None
    liability: Liability | None = None
    detected_by: str | None = None
    first_unusual_transaction_id: str | None = None
    incident_start: int | None = None
    incident_end: int | None = None
    actions: tuple[str, ...] = ()
    reason_feedback: Mapping[str, ReasonFeedback] = field(default_factory=dict)
    seconds_on_case: float | None = None
    sweep_id: str | None = None
    in_random_sample: bool | None = None
    inclusion_probability: float | None = None
    data_first: bool | None = None
    lean_before_score: str | None = None
    approval_of: int | None = None
    approved_by: str | None = None


_MONEY: Final = pa.decimal128(18, 2)
_TYPES: Final = pa.schema(
    [
        ("transaction_id", pa.string()),
        ("verdict", pa.string()),
        ("certainty", pa.string()),
        ("fraud_type", pa.string()),
        ("reason", pa.string()),
        ("source", pa.string()),
        ("case_id", pa.int64()),
        ("case_version", pa.int32()),
        ("supersedes", pa.int64()),
        ("note", pa.string()),
        ("evidence", pa.string()),
        ("fraud_subtype", pa.string()),
        ("alert_was_useful", pa.bool_()),
        ("gross_amount", _MONEY),
        ("prevented_amount", _MONEY),
        ("recovered_amount", _MONEY),
        ("liability", pa.string()),
        ("detected_by", pa.string()),
        ("first_unusual_transaction_id", pa.string()),
        ("incident_start", pa.int64()),
        ("incident_end", pa.int64()),
        ("actions", pa.string()),
        ("reason_feedback", pa.string()),
        ("seconds_on_case", pa.float64()),
        ("sweep_id", pa.string()),
        ("in_random_sample", pa.bool_()),
        ("inclusion_probability", pa.float64()),
        ("data_first", pa.bool_()),
        ("lean_before_score", pa.string()),
        ("approval_of", pa.int64()),
        ("approved_by", pa.string()),
    ]
)


_SAID: Final = tuple(_TYPES.names[_TYPES.get_field_index("fraud_subtype") :])
"""What a label says beyond verdict and reason."""


def append(cursor: Cursor, labels: Sequence[NewLabel], actor: Actor, happened_at: int) -> list[int]:
    """Append labels, bring the alerts' projection up to date and return the labels' numbers."""
    table = pa.Table.from_pylist([_row(label) for label in labels], _TYPES)
    first = cursor.value("SELECT coalesce(max(label_id), 0) FROM label_event")
    with cursor.registered("new_label", table):
        rows = cursor.rows(
            "INSERT INTO label_event BY NAME "
            "SELECT *, ? AS label_known_at, ? AS created_at, ? AS actor, ? AS role "
            "FROM new_label RETURNING *",
            [happened_at, happened_at, actor.name, actor.role],
        )
    audited.record(cursor, "label_event", rows)
    cursor.execute(
        "UPDATE alert_state SET verdict = CASE l.verdict WHEN 'withdrawn' THEN NULL ELSE l.verdict END, "
        "label_id = l.label_id FROM label_event l "
        "WHERE l.transaction_id = alert_state.transaction_id AND l.label_id > ?",
        [first],
    )
    return sorted(row["label_id"] for row in rows)


def of_case(cursor: Cursor, case_id: int, version: int | None = None) -> list[Row]:
    """Return the labels that a case gave, or those of one of its versions, oldest first."""
    return cursor.rows(
        "SELECT * FROM label_event WHERE case_id = ? AND (? IS NULL OR case_version = ?) ORDER BY label_id",
        [case_id, version, version],
    )


def by_number(cursor: Cursor, label_ids: Sequence[int]) -> dict[int, Row]:
    """Return labels by their numbers."""
    rows = cursor.rows(
        "SELECT * FROM label_event WHERE label_id IN (SELECT unnest(?::BIGINT[]))", [list(label_ids)]
    )
    return {row["label_id"]: row for row in rows}


def transactions_since(cursor: Cursor, label_id: int) -> set[str]:
    """Return the transactions that were labelled after a label."""
    rows = cursor.rows("SELECT DISTINCT transaction_id FROM label_event WHERE label_id > ?", [label_id])
    return {row["transaction_id"] for row in rows}


def ledger_position(cursor: Cursor) -> int:
    """Return the number of the last label."""
    return int(cursor.value("SELECT coalesce(max(label_id), 0) FROM label_event"))


def restored(given: Row, former: Row | None, case_id: int, case_version: int) -> NewLabel:
    """Return the label that takes `given` back: the one before it with all it said, or none."""
    source = former or given
    said = {name: former[name] for name in _SAID} if former else {}
    if former:
        said["actions"] = tuple(json.loads(former["actions"] or "[]"))
        said["reason_feedback"] = json.loads(former["reason_feedback"] or "{}")
    return NewLabel(
        transaction_id=given["transaction_id"],
        verdict=former["verdict"] if former else "withdrawn",
        certainty=source["certainty"],
        fraud_type=former["fraud_type"] if former else None,
        reason=former["reason"] if former else None,
        source=source["source"],
        case_id=case_id,
        case_version=case_version,
        supersedes=given["label_id"],
        note="",
        evidence={},
        **said,
    )


def _row(label: NewLabel) -> Row:
    return {
        **asdict(label),
        "evidence": json.dumps(label.evidence, ensure_ascii=False),
        "actions": json.dumps(label.actions) if label.actions else None,
        "reason_feedback": json.dumps(dict(label.reason_feedback)) if label.reason_feedback else None,
    }
