"""Rankings, the alerts' scores and the events of models in the database."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from fraudkit.domain import Actor
from fraudkit.store import audited
from fraudkit.store.database import Cursor, Row, now_us
from fraudkit.store.statements import query

_BLOCK: Final = 245_760  # two row groups of DuckDB: its memory stays that of a block


def last_run(cursor: Cursor) -> Row | None:
    """Return the last ranking run, its report parsed, or None."""
    row = cursor.row("SELECT * FROM ranking_run ORDER BY ranked_at DESC, rowid DESC LIMIT 1")
    return None if row is None else {**row, "report": json.loads(row["report"])}


def append_run(
    cursor: Cursor,
    model_id: str,
    ledger_position: int,
    last_position: int,
    line_score: float | None,
    report: dict[str, Any],
) -> None:
    """Stamp what was ranked, with which model and which labels."""
    cursor.execute(
        "INSERT INTO ranking_run VALUES (?, ?, ?, ?, ?, ?)",
        [model_id, ledger_position, last_position, line_score, json.dumps(report), now_us()],
    )


def replace_ranking(
    cursor: Cursor,
    positions: NDArray[np.int64],
    score: NDArray[np.float64],
    severity: NDArray[np.float64],
) -> None:
    """Put new scores of all transactions in the place of the old ones."""
    cursor.execute("DELETE FROM ranking")
    for start in range(0, len(positions), _BLOCK):
        block = slice(start, start + _BLOCK)
        bounds = [int(positions[block][0]), int(positions[block][-1])]
        table = pa.table({"position": positions[block], "score": score[block], "severity": severity[block]})
        with cursor.registered("scored", table):
            cursor.execute(
                "INSERT INTO ranking BY NAME SELECT s.position, t.transaction_id, s.score, s.severity "
                "FROM scored s JOIN transactions t USING (position) WHERE t.position BETWEEN ? AND ?",
                bounds,
            )


def above_line(cursor: Cursor, capacity: int) -> list[Row]:
    """Return the riskiest undecided transactions, riskiest first."""
    labels = cursor.value("SELECT count(*) FROM label_event")
    return cursor.rows(query("above_line"), {"capacity": capacity, "reach": capacity + labels})


def alert_positions(cursor: Cursor) -> tuple[list[int], list[int]]:
    """Return number and position of all alerts whose batch was not withdrawn."""
    rows = cursor.rows(
        "SELECT alert_id, transactions.position FROM alert JOIN transactions USING (transaction_id) "
        "ORDER BY alert_id"
    )
    return [row["alert_id"] for row in rows], [row["position"] for row in rows]


def open_alerts(cursor: Cursor) -> tuple[list[int], NDArray[np.float32]]:
    """Return number and features of the alerts that nobody has decided."""
    rows = cursor.rows(
        "SELECT alert_id, features FROM alert_rank JOIN alert_state USING (alert_id) "
        "WHERE verdict IS NULL ORDER BY alert_id"
    )
    return [row["alert_id"] for row in rows], np.array([row["features"] for row in rows], np.float32)


def alert_features(cursor: Cursor, transaction_id: str, model_id: str) -> NDArray[np.float32] | None:
    """Return the features of an alert as the last ranking stored them; None if by another model."""
    run = cursor.row("SELECT model_id FROM ranking_run ORDER BY ranked_at DESC, rowid DESC LIMIT 1")
    if run is None or run["model_id"] != model_id:
        return None
    row = cursor.row(
        "SELECT features FROM alert_rank JOIN alert_state USING (alert_id) WHERE transaction_id = ? LIMIT 1",
        [transaction_id],
    )
    return None if row is None else np.array(row["features"], np.float32)


def update_alerts(
    cursor: Cursor,
    alert_ids: Sequence[int],
    score: NDArray[np.float64],
    severity: NDArray[np.float64],
    features: NDArray[np.float32],
    reasons: Sequence[Sequence[str]],
) -> None:
    """Replace what the projection says of some alerts."""
    if not alert_ids:
        return
    table = pa.table(
        {
            "alert_id": list(alert_ids),
            "score": score,
            "severity": severity,
            "features": pa.array(list(features.astype(np.float64)), pa.list_(pa.float64())),
            "reasons": pa.array([list(names) for names in reasons], pa.list_(pa.string())),
        }
    )
    with cursor.registered("rescored", table):
        cursor.execute("DELETE FROM alert_rank WHERE alert_id IN (SELECT alert_id FROM rescored)")
        cursor.execute("INSERT INTO alert_rank BY NAME SELECT * FROM rescored")


def learning_labels(cursor: Cursor) -> list[Row]:
    """Return transaction, verdict, certainty and stored features of every label that the forest learns."""
    return cursor.rows(query("learning_labels"))


def positions_of(cursor: Cursor, transaction_ids: Sequence[str]) -> dict[str, int]:
    """Return the positions of transactions."""
    rows = cursor.rows(
        "SELECT transaction_id, position FROM transactions "
        "WHERE transaction_id IN (SELECT unnest(?::VARCHAR[]))",
        [list(transaction_ids)],
    )
    return {row["transaction_id"]: row["position"] for row in rows}


def severities(cursor: Cursor, positions: Sequence[int]) -> dict[int, float]:
    """Return the severity of transactions at some positions in the last ranking."""
    rows = cursor.rows(
        "SELECT position, severity FROM ranking WHERE position IN (SELECT unnest(?::BIGINT[]))",
        [list(positions)],
    )
    return {row["position"]: row["severity"] for row in rows}


def append_model_event(
    cursor: Cursor, model_id: str, kind: str, actor: Actor, payload: dict[str, Any]
) -> None:
    """Append that a model was trained or activated."""
    rows = cursor.rows(
        "INSERT INTO model_event VALUES (?, ?, ?, ?, ?, ?) RETURNING *",
        [model_id, kind, actor.name, actor.role, now_us(), json.dumps(payload)],
    )
    audited.record(cursor, "model_event", rows)


def activated_model(cursor: Cursor) -> str | None:
    """Return the model that a person activated last, or None."""
    model_id: str | None = cursor.value(
        "SELECT model_id FROM model_event WHERE kind = 'activated' "
        "ORDER BY happened_at DESC, rowid DESC LIMIT 1"
    )
    return model_id
