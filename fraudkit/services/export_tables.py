"""What the exports hold: columns and rows of each, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final

from fraudkit.explain.action_words import action
from fraudkit.explain.formats import Formats, local_datetime
from fraudkit.services import entities, reviewing, searching
from fraudkit.services.exporting import MOST_ROWS, Cell, Table
from fraudkit.services.reviewing import QueueFilter
from fraudkit.services.workbench import Workbench
from fraudkit.store import Row
from fraudkit.store.statements import query
from fraudkit.taxonomy import PRIORITY_LABELS, STATUS_LABELS, VERDICT_LABELS
from fraudkit.words import N_

Columns = Sequence[tuple[str, Callable[[Any], Cell]]]
WITHDRAWN: Final = N_("Withdrawn")


def queue(workbench: Workbench, chosen: QueueFilter, formats: Formats) -> Table:
    """Return all cases of the queue in their order."""
    found = reviewing.queue_page(workbench, chosen, page_size=MOST_ROWS + 1)
    words = formats.words
    columns: Columns = (
        (N_("Rank"), lambda row: row.rank),
        (N_("Case"), lambda row: row.case_id),
        (N_("Severity"), lambda row: round(row.severity, 4)),
        (N_("Amount"), lambda row: row.amount),
        (N_("Currency"), lambda row: row.currency),
        (N_("Open amount"), lambda row: row.open_amount),
        (N_("Kind"), lambda row: row.entity_kind),
        (N_("Who"), lambda row: row.entity_id),
        (N_("Merchant"), lambda row: row.merchant),
        (N_("When"), lambda row: local_datetime(row.ts_us, row.utc_offset_minutes)),
        (N_("Alerts"), lambda row: row.alerts),
        (N_("Undecided"), lambda row: row.undecided),
        (N_("Priority"), lambda row: words(PRIORITY_LABELS[row.priority])),
        (N_("Status"), lambda row: words(STATUS_LABELS[row.status])),
        (N_("Assigned to"), lambda row: row.assignee),
        (N_("Transaction"), lambda row: row.transaction_id),
        (N_("Why"), lambda row: " · ".join(row.reasons)),
    )
    return _table("queue", columns, found.rows, formats)


def labels(workbench: Workbench, formats: Formats, *, with_imported: bool = False) -> Table:
    """Return the ledger of labels, those of analysts or also those that extracts brought."""
    with workbench.database.read() as cursor:
        rows = cursor.rows(query("export_labels"), {"with_imported": with_imported, "limit": MOST_ROWS + 1})
    columns: Columns = (
        (N_("Label"), lambda row: row["label_id"]),
        (N_("Stands"), lambda row: row["stands"]),
        (N_("Transaction"), lambda row: row["transaction_id"]),
        (N_("Verdict"), lambda row: _verdict(row["verdict"], formats)),
        (N_("Certainty"), lambda row: row["certainty"]),
        (N_("Fraud type"), lambda row: row["fraud_type"]),
        (N_("Reason"), lambda row: row["reason"]),
        (N_("Amount"), lambda row: row["transaction_amount"]),
        (N_("Currency"), lambda row: row["currency"]),
        (N_("When it took place"), _moment),
        (N_("Customer"), lambda row: row["customer_id"]),
        (N_("Case"), lambda row: row["case_id"]),
        (N_("Who"), lambda row: row["actor"]),
        (N_("Role"), lambda row: row["role"]),
        (N_("Written, UTC"), lambda row: local_datetime(row["created_at"])),
        (N_("Note"), lambda row: row["note"]),
        (N_("Origin"), lambda row: row["source"]),
    )
    return _table("labels", columns, rows, formats)


def search(workbench: Workbench, text: str, formats: Formats) -> Table:
    """Return the transactions that a search finds."""
    found = searching.find(workbench, text, shown=MOST_ROWS + 1)
    return _table("search", _operations(formats), found.transactions.rows, formats, found.text)


def operations(workbench: Workbench, kind: str, identifier: str, formats: Formats) -> Table:
    """Return all operations of a customer or of another entity.

    Raises
    ------
    NotFoundError
        When no operation names it.
    """
    found = entities.entity(workbench, kind, identifier)
    rows = entities.operations(workbench, found, 1, MOST_ROWS + 1)
    return _table("operations", _operations(formats), rows, formats, f"{kind} {identifier}")


def audit(rows: Sequence[Row], formats: Formats) -> Table:
    """Return entries of the audit chain."""
    columns: Columns = (
        (N_("Entry"), lambda row: row["entry_id"]),
        (N_("Written, UTC"), lambda row: local_datetime(row["happened_at"])),
        (N_("Who"), lambda row: row["actor"]),
        (N_("Role"), lambda row: row["role"]),
        (N_("What"), lambda row: action(row["action"], formats)),
        (N_("Code"), lambda row: row["action"]),
        (N_("Row"), lambda row: row["subject"]),
        (N_("Case"), lambda row: row["case_id"]),
        (N_("Digest of its content"), lambda row: row["content_digest"]),
        (N_("Hash"), lambda row: row["hash"]),
    )
    return _table("audit", columns, rows, formats)


def _operations(formats: Formats) -> Columns:
    return (
        (N_("Transaction"), lambda row: row["transaction_id"]),
        (N_("When"), _moment),
        (N_("Amount"), lambda row: row["amount"]),
        (N_("Currency"), lambda row: row["currency"]),
        (N_("Merchant or receiver"), lambda row: row["partner"]),
        (N_("Type"), lambda row: row["transaction_type"]),
        (N_("Channel"), lambda row: row["channel"]),
        (N_("Customer"), lambda row: row["customer_id"]),
        (N_("Account"), lambda row: row["account_id"]),
        (N_("Card"), lambda row: row["card_id"]),
        (N_("Verdict"), lambda row: _verdict(row["verdict"], formats)),
        (N_("Case"), lambda row: row["case_id"]),
    )


def _table(
    kind: str, columns: Columns, rows: Sequence[Any], formats: Formats, subject: str | None = None
) -> Table:
    heads = [formats.words(head) for head, _ in columns]
    return Table(kind, heads, [[value(row) for _, value in columns] for row in rows], subject)


def _moment(row: Row) -> datetime | None:
    return None if row["ts_us"] is None else local_datetime(row["ts_us"], row["utc_offset_minutes"])


def _verdict(verdict: Any, formats: Formats) -> str | None:
    if verdict is None:
        return None
    return formats.words(WITHDRAWN if verdict == "withdrawn" else VERDICT_LABELS[verdict])
