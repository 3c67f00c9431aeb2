"""What the case page shows about one transaction: its row, its customer's history, where its score lies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from fraudkit.charts.distribution import Bin
from fraudkit.domain import MICROSECONDS_PER_DAY, EntityKind
from fraudkit.errors import NotFoundError
from fraudkit.explain.facts import HISTORY_DAYS, HistoryFacts
from fraudkit.store import Row, queue
from fraudkit.store.statements import query
from fraudkit.words import N_

if TYPE_CHECKING:
    from fraudkit.services.workbench import Workbench

ENTITY_COLUMNS: Final[dict[EntityKind, str]] = {
    "customer": "customer_id",
    "account": "account_id",
    "card": "card_id",
    "terminal": "terminal_id",
    "transaction": "transaction_id",
}
DAYS_AFTER: Final = 7
MOST_POINTS: Final = 400
SCORE_BINS: Final = 48


@dataclass(frozen=True, slots=True)
class History:
    """A customer's history around one transaction.

    Parameters
    ----------
    facts
        Counts, medians and sums strictly before the transaction.
    points
        The payments to draw, nearest in time first: `transaction_id`, `ts_us`, `utc_offset_minutes`,
        `amount`, `currency`, `partner`, `channel`, `transaction_type`.
    """

    facts: HistoryFacts
    points: tuple[Row, ...]


def transaction(workbench: Workbench, transaction_id: str) -> Row:
    """Return one transaction as stored, with its file, severity and place in the last ranking.

    Raises
    ------
    NotFoundError
        When there is no such transaction.
    """
    with workbench.database.read() as cursor:
        row = cursor.row(query("transaction"), {"transaction_id": transaction_id})
    if row is None:
        raise _unknown(transaction_id)
    return row


def history(workbench: Workbench, transaction_id: str, entity_kind: EntityKind) -> History:
    """Return the history of the transaction's customer (or other entity) around it.

    Raises
    ------
    NotFoundError
        When there is no such transaction.
    """
    with workbench.database.read() as cursor:
        facts = cursor.row(
            _for_entity("history_facts", entity_kind),
            {"transaction_id": transaction_id, "history_us": HISTORY_DAYS * MICROSECONDS_PER_DAY},
        )
        points = cursor.rows(
            _for_entity("history_points", entity_kind),
            {
                "transaction_id": transaction_id,
                "before_us": HISTORY_DAYS * MICROSECONDS_PER_DAY,
                "after_us": DAYS_AFTER * MICROSECONDS_PER_DAY,
                "most": MOST_POINTS,
            },
        )
    if facts is None:
        raise _unknown(transaction_id)
    return History(HistoryFacts(entity_kind=entity_kind, **facts), tuple(points))


def score_bins(workbench: Workbench, bins: int = SCORE_BINS) -> list[Bin]:
    """Return how the scores of the last ranking are spread; empty before the first ranking."""
    with workbench.database.read() as cursor:
        rows = cursor.rows(query("score_bins"), {"bins": bins})
    found = []
    for row in rows:
        width = (row["highest"] - row["lowest"]) / bins
        start = row["lowest"] + row["step"] * width
        found.append(Bin(start, start + width, row["count"]))
    return found


def _for_entity(name: str, entity_kind: EntityKind) -> str:
    return query(name).replace(":entity:", ENTITY_COLUMNS[entity_kind])


def _unknown(transaction_id: str) -> NotFoundError:
    return NotFoundError(
        N_("There is no transaction {transaction_id}."),
        N_("Open a case from the queue."),
        transaction_id=transaction_id,
    )


def has_transactions(workbench: Workbench) -> bool:
    """Return whether anything was imported."""
    with workbench.database.read() as cursor:
        return bool(cursor.value("SELECT count(*) FROM (SELECT 1 FROM transactions LIMIT 1)"))


def queue_choices(workbench: Workbench) -> dict[str, list[str]]:
    """Return what the queue can be filtered by, as it occurs among the alerts."""
    with workbench.database.read() as cursor:
        reasons = cursor.rows("SELECT DISTINCT unnest(reasons) AS value FROM alert_rank ORDER BY value")
        return {
            "channel": queue.choices(cursor, "channel"),
            "transaction_type": queue.choices(cursor, "transaction_type"),
            "reason": [row["value"] for row in reasons],
        }


def line_score(workbench: Workbench) -> float | None:
    """Return the score at the capacity line of the last ranking."""
    with workbench.database.read() as cursor:
        value: float | None = cursor.value(
            "SELECT line_score FROM ranking_run ORDER BY ranked_at DESC, rowid DESC LIMIT 1"
        )
    return value
