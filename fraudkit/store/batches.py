"""What happens to batches after they were loaded: withdrawn as a whole, a correction of another one."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

from fraudkit.domain import Actor
from fraudkit.store import audited, statements
from fraudkit.store.database import Cursor, Row, now_us
from fraudkit.workflow import OPEN_STATUSES

WITHDRAWN: Final = "withdrawn"
CORRECTS: Final = "corrects"
SEPARATES: Final = "separates"


def all_batches(cursor: Cursor) -> list[Row]:
    """Return all batches, newest first, with `withdrawn_at`, `corrects` and `report`."""
    rows = cursor.rows(statements.query("batches"))
    return [{**row, "report": json.loads(row["report"]) if row["report"] else None} for row in rows]


def is_withdrawn(cursor: Cursor, batch_id: int) -> bool:
    """Return whether a batch was withdrawn."""
    sql = "SELECT count(*) FROM batch_event WHERE batch_id = ? AND kind = ?"
    return bool(cursor.value(sql, [batch_id, WITHDRAWN]))


def append_event(cursor: Cursor, batch_id: int, kind: str, payload: dict[str, Any], actor: Actor) -> None:
    """Append what happened to a batch."""
    rows = cursor.rows(
        "INSERT INTO batch_event VALUES (?, ?, ?, ?, ?, ?) RETURNING *",
        [batch_id, kind, json.dumps(payload), actor.name, actor.role, now_us()],
    )
    audited.record(cursor, "batch_event", rows)


def append_report(cursor: Cursor, batch_id: int, report: dict[str, Any]) -> None:
    """Append what was noticed about a batch's values."""
    cursor.execute(
        "INSERT INTO batch_report VALUES (?, ?)", [batch_id, json.dumps(report, ensure_ascii=False)]
    )


def corrected_rows(cursor: Cursor, batch_id: int) -> frozenset[int]:
    """Return the lines of a batch's rejected rows that were corrected and sent again."""
    return _named_rows(cursor, batch_id, CORRECTS)


def separated_rows(cursor: Cursor, batch_id: int) -> frozenset[int]:
    """Return the lines of a batch's known rows that were declared transactions of their own."""
    return _named_rows(cursor, batch_id, SEPARATES)


def _named_rows(cursor: Cursor, batch_id: int, kind: str) -> frozenset[int]:
    """Return the lines of a batch that later batches took up, unless these were withdrawn."""
    rows = cursor.rows(
        "SELECT unnest(CAST(payload -> 'source_rows' AS BIGINT[])) AS source_row FROM batch_event AS taken "
        "WHERE kind = ? AND CAST(payload ->> 'batch_id' AS INTEGER) = ? AND NOT EXISTS (SELECT 1 "
        "FROM batch_event AS gone WHERE gone.batch_id = taken.batch_id AND gone.kind = 'withdrawn')",
        [kind, batch_id],
    )
    return frozenset(row["source_row"] for row in rows)


def repeated_rows(cursor: Cursor, batch_id: int, limit: int) -> list[Row]:
    """Return rows of a batch that were known already, each with the transaction that it repeats."""
    separated = sorted(separated_rows(cursor, batch_id))
    return cursor.rows(
        statements.query("repeated_rows"), {"batch_id": batch_id, "separated": separated, "limit": limit}
    )


def append_separate(
    cursor: Cursor, of_batch: int, source_rows: Sequence[int], batch_id: int, last_position: int
) -> int:
    """Append known rows of a batch as transactions of their own; return how many."""
    cursor.execute(
        statements.query("separate_rows"),
        {
            "of_batch": of_batch,
            "source_rows": list(source_rows),
            "batch_id": batch_id,
            "last": last_position,
        },
    )
    return int(cursor.value("SELECT count(*) FROM transactions WHERE position > ?", [last_position]))


def open_alerts(cursor: Cursor, batch_id: int) -> list[Row]:
    """Return number, transaction and case of the batch's alerts that nobody has decided."""
    return cursor.rows(statements.query("withdrawn_alerts"), [batch_id])


def drop_alerts(cursor: Cursor, alert_ids: Sequence[int]) -> None:
    """Take alerts out of the queue; their cases keep them as events."""
    for table in ("alert_rank", "alert_state", "alert"):
        cursor.execute(
            f"DELETE FROM {table} WHERE alert_id IN (SELECT unnest(?::BIGINT[]))", [list(alert_ids)]
        )


def set_transactions_aside(cursor: Cursor, batch_id: int) -> int:
    """Move a batch's transactions to where no query of the workbench reads; return how many."""
    moved = int(cursor.value("SELECT count(*) FROM transactions WHERE batch_id = ?", [batch_id]))
    cursor.execute(
        "INSERT INTO withdrawn_transaction BY NAME SELECT * FROM transactions WHERE batch_id = ?", [batch_id]
    )
    cursor.execute(
        "DELETE FROM ranking WHERE position IN (SELECT position FROM transactions WHERE batch_id = ?)",
        [batch_id],
    )
    cursor.execute("DELETE FROM transactions WHERE batch_id = ?", [batch_id])
    return moved


def contradicted(cursor: Cursor, batch_id: int) -> list[Row]:
    """Return alert, case and transaction of verdicts that late labels of the batch contradict."""
    return cursor.rows(statements.query("contradicted_verdicts"), [batch_id])


def await_verdict(cursor: Cursor, alert_ids: Sequence[int]) -> None:
    """Let alerts wait for a verdict again; what was said about them stays in the ledger."""
    cursor.execute(
        "UPDATE alert_state SET verdict = NULL WHERE alert_id IN (SELECT unnest(?::BIGINT[]))",
        [list(alert_ids)],
    )


def arrivals_in_open_cases(cursor: Cursor, batch_id: int) -> int:
    """Return how many transactions of a batch belong to whom an open case is about."""
    sql = statements.query("arrivals_in_open_cases")
    found = cursor.row(sql, [batch_id, list(OPEN_STATUSES)])
    return int(found["transactions"]) if found else 0


def follow_alerts(cursor: Cursor, batch_id: int) -> None:
    """Point decided alerts of withdrawn transactions to the rows that brought them back."""
    if not cursor.value("SELECT count(*) FROM (SELECT 1 FROM withdrawn_transaction LIMIT 1)"):
        return
    cursor.execute(
        "UPDATE alert SET position = t.position FROM transactions t "
        "WHERE t.batch_id = ? AND t.transaction_id = alert.transaction_id AND alert.position <> t.position",
        [batch_id],
    )
