"""What reasons are given about, put together from what the services return."""

from __future__ import annotations

from fraudkit.domain import EntityKind
from fraudkit.explain.reasons import Subject
from fraudkit.services import context, reading_ahead, scoring
from fraudkit.services.history import History
from fraudkit.store import Row
from fraudkit.ui.shell import Page


def past(page: Page, row: Row, entity_kind: EntityKind) -> History | None:
    """Return the history around a transaction; None when its file was withdrawn."""
    return None if row["is_withdrawn"] else reading_ahead.history_of(page.workbench, row, entity_kind)


def subject(page: Page, row: Row, past: History) -> Subject:
    """Return the transaction with its customer's numbers and the values behind its features."""
    return Subject(
        transaction=row,
        facts=past.facts,
        gaps=scoring.reason_values(page.workbench, row["transaction_id"]),
        base_currency=page.workbench.settings.base_currency,
        typical=context.typical_values(page.workbench),
    )
