"""A customer's personal data in the database: where they lie, and how each row is emptied.

Every changed event gets an entry of the audit chain with the digest of what is left of it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

import pandas as pd

from fraudkit.domain import Actor
from fraudkit.store import audited
from fraudkit.store.database import Cursor, Row, now_us
from fraudkit.store.statements import query

ROW_TABLES: Final = ("transactions", "withdrawn_transaction")
Names = Mapping[tuple[str, str], str]
"""New name by kind and present name."""


def names(cursor: Cursor, customer_id: str) -> list[tuple[str, str]]:
    """Return kind and name of everything that belongs to the customer alone."""
    rows = cursor.rows(query("erasure_names"), {"customer": customer_id})
    return [(row["kind"], row["name"]) for row in rows]


def transactions(cursor: Cursor, customer_id: str) -> list[str]:
    """Return the identifiers of the customer's operations, withdrawn ones included."""
    parts = [f"SELECT transaction_id FROM {table} WHERE customer_id = ?" for table in ROW_TABLES]
    rows = cursor.rows(" UNION ALL ".join(parts), [customer_id] * len(ROW_TABLES))
    return [row["transaction_id"] for row in rows]


def cases(cursor: Cursor, transaction_ids: Sequence[str]) -> list[Row]:
    """Return the cases that hold any of the operations."""
    return cursor.rows(
        "SELECT * FROM case_state WHERE case_id IN "
        "(SELECT case_id FROM alert WHERE list_contains(?, transaction_id)) ORDER BY case_id",
        [list(transaction_ids)],
    )


def notes(cursor: Cursor, case_ids: Sequence[int], transaction_ids: Sequence[str]) -> list[Row]:
    """Return the notes on the customer; the names must be registered as `erased_name`."""
    return cursor.rows(
        query("erasure_notes"), {"cases": list(case_ids), "transactions": list(transaction_ids)}
    )


def labels(cursor: Cursor, transaction_ids: Sequence[str]) -> list[int]:
    """Return the labels of the operations that hold a note or what was on the screen."""
    rows = cursor.rows(
        "SELECT label_id FROM label_event WHERE list_contains(?, transaction_id) "
        "AND (note IS NOT NULL OR evidence IS NOT NULL) ORDER BY label_id",
        [list(transaction_ids)],
    )
    return [row["label_id"] for row in rows]


def rejected(cursor: Cursor, known: Sequence[str]) -> int:
    """Return how many rejected rows name one of the customer's things."""
    return int(cursor.value(f"SELECT count(*) FROM rejected_row WHERE {_NAMED}", [list(known)]))


_NAMED: Final = (
    "EXISTS (SELECT 1 FROM (SELECT unnest(?::VARCHAR[]) AS name) WHERE value = name "
    "OR regexp_matches(raw_text, '(^|[^0-9A-Za-z])' || regexp_escape(name) || '($|[^0-9A-Za-z])'))"
)


def as_frame(renamed: Names) -> pd.DataFrame:
    """Return the names as a table with `kind`, `name` and `becomes`."""
    rows = [(kind, name, becomes) for (kind, name), becomes in renamed.items()]
    return pd.DataFrame(rows, columns=["kind", "name", "becomes"]).astype("string")


def rename_rows(cursor: Cursor) -> None:
    """Take the customer out of all operations, those of others that name the customer's accounts included."""
    for table in ROW_TABLES:
        cursor.execute(query("erase_counterparties").replace(":table:", table))
        cursor.execute(query("erase_rows").replace(":table:", table))


def empty_rejected(cursor: Cursor, known: Sequence[str]) -> None:
    """Empty the rejected rows that name one of the customer's things; their line and reason stay."""
    cursor.execute(f"UPDATE rejected_row SET value = NULL, raw_text = '' WHERE {_NAMED}", [list(known)])


def empty_labels(cursor: Cursor, label_ids: Sequence[int], actor: Actor) -> None:
    """Empty note and evidence of labels."""
    for label_id in label_ids:
        audited.erase(cursor, "label_event", [label_id], actor)


def empty_proposals(cursor: Cursor, transaction_ids: Sequence[str]) -> None:
    """Empty the verdicts that waited for approval."""
    cursor.execute(
        "UPDATE label_proposal SET label = NULL WHERE list_contains(?, transaction_id)",
        [list(transaction_ids)],
    )


def empty_notes(cursor: Cursor, found: Sequence[Row], renamed: Names, actor: Actor) -> None:
    """Empty notes and delete their files."""
    for row in found:
        subject = renamed.get((row["subject_kind"], row["subject_id"]), row["subject_id"])
        changed = cursor.rows(
            "UPDATE note_event SET body = NULL, mentions = NULL, file_name = NULL, file_sha256 = NULL, "
            "subject_id = ? WHERE note_id = ? RETURNING *",
            [subject, row["note_id"]],
        )
        audited.note_erasure(cursor, "note_event", changed[0], actor)
        cursor.execute("DELETE FROM attachment WHERE note_id = ?", [row["note_id"]])


def rename_cases(cursor: Cursor, case_ids: Sequence[int], renamed: Names, actor: Actor) -> int:
    """Put the new names into the events of cases, empty what people remarked, and return how many changed."""
    by_name = {name: becomes for (_, name), becomes in renamed.items()}
    count = 0
    for row in cursor.rows(
        "SELECT * FROM case_event WHERE list_contains(?, case_id) ORDER BY event_id", [list(case_ids)]
    ):
        payload = json.dumps(_renamed(json.loads(row["payload"]), by_name), ensure_ascii=False)
        if payload == row["payload"] and row["remark"] is None:
            continue
        changed = cursor.rows(
            "UPDATE case_event SET payload = ?, remark = NULL WHERE event_id = ? RETURNING *",
            [payload, row["event_id"]],
        )
        audited.note_erasure(cursor, "case_event", changed[0], actor)
        count += 1
    cursor.execute(
        "UPDATE case_state SET entity_id = n.becomes FROM erased_name n "
        "WHERE n.kind = entity_kind AND n.name = entity_id"
    )
    return count


def rename_reports(cursor: Cursor, renamed: Names) -> None:
    """Put the new names into what was noticed about the values of batches."""
    by_name = {name: becomes for (_, name), becomes in renamed.items()}
    rows = cursor.rows(
        "SELECT batch_id, report FROM batch_report SEMI JOIN (SELECT unnest(?::VARCHAR[]) AS known) k "
        "ON contains(report, '\"' || k.known || '\"')",
        [list(by_name)],
    )
    for row in rows:
        report = json.dumps(_renamed(json.loads(row["report"]), by_name), ensure_ascii=False)
        cursor.execute("UPDATE batch_report SET report = ? WHERE batch_id = ?", [report, row["batch_id"]])


def empty_exports(cursor: Cursor, known: Sequence[str], actor: Actor) -> int:
    """Empty the subject of exports that named the customer."""
    rows = cursor.rows(
        "SELECT export_id FROM export_event SEMI JOIN (SELECT unnest(?::VARCHAR[]) AS known) k "
        "ON subject = k.known OR ends_with(subject, ' ' || k.known)",
        [list(known)],
    )
    for row in rows:
        audited.erase(cursor, "export_event", [row["export_id"]], actor)
    return len(rows)


def append(cursor: Cursor, new_name: str, counts: Mapping[str, int], reason: str, actor: Actor) -> None:
    """Append the event of one erasure."""
    rows = cursor.rows(
        "INSERT INTO erasure_event (kind, new_name, transactions, counts, reason, actor, role, happened_at) "
        "VALUES ('customer', ?, ?, ?, ?, ?, ?, ?) RETURNING *",
        [
            new_name,
            counts["transactions"],
            json.dumps(dict(counts)),
            reason,
            actor.name,
            actor.role,
            now_us(),
        ],
    )
    audited.record(cursor, "erasure_event", rows)


def left_in(cursor: Cursor, known: Sequence[str]) -> list[str]:
    """Return the columns, as `table.column`, in which one of the names still stands, alone or in JSON."""
    texts = cursor.rows(
        "SELECT table_name, column_name FROM duckdb_columns() JOIN duckdb_tables() USING (table_name) "
        "WHERE data_type = 'VARCHAR' AND NOT duckdb_columns.internal ORDER BY ALL"
    )
    found = []
    for row in texts:
        column = f"{row['table_name']}.{row['column_name']}"
        sql = (
            f"SELECT count(*) FROM {row['table_name']} SEMI JOIN (SELECT unnest(?::VARCHAR[]) AS known) k "
            f"ON {column} = k.known OR contains({column}, '\"' || k.known || '\"')"
        )
        if cursor.value(sql, [list(known)]):
            found.append(column)
    return found


def _renamed(value: Any, by_name: Mapping[str, str]) -> Any:
    """Return JSON in which every text that is one of the names has become the new one."""
    if isinstance(value, dict):
        return {by_name.get(key, key): _renamed(item, by_name) for key, item in value.items()}
    if isinstance(value, list):
        return [_renamed(item, by_name) for item in value]
    return by_name.get(value, value) if isinstance(value, str) else value
