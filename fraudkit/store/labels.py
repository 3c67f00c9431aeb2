"""The ledger of labels: appended events; the last one of a transaction counts."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from fraudkit.domain import Actor, Certainty, LabelSource, Verdict
from fraudkit.store import audited
from fraudkit.store.database import Cursor, Row


@dataclass(frozen=True, slots=True)
class NewLabel:
    """One label about to be appended; `withdrawn` takes the former label back."""

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


def append(cursor: Cursor, labels: Sequence[NewLabel], actor: Actor, happened_at: int) -> list[int]:
    """Append labels, bring the alerts' projection up to date and return the labels' numbers."""
    frame = pd.DataFrame(
        [
            {
                "transaction_id": label.transaction_id,
                "verdict": label.verdict,
                "certainty": label.certainty,
                "fraud_type": label.fraud_type,
                "reason": label.reason,
                "source": label.source,
                "case_id": label.case_id,
                "case_version": label.case_version,
                "supersedes": label.supersedes,
                "note": label.note,
                "evidence": json.dumps(label.evidence, ensure_ascii=False),
            }
            for label in labels
        ]
    ).astype({"supersedes": "Int64", "fraud_type": "string", "reason": "string"})
    first = cursor.value("SELECT coalesce(max(label_id), 0) FROM label_event")
    with cursor.registered("new_label", frame):
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


def ledger_position(cursor: Cursor) -> int:
    """Return the number of the last label."""
    return int(cursor.value("SELECT coalesce(max(label_id), 0) FROM label_event"))
