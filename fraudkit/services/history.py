"""What the case page shows about one transaction: its row, its customer's history, where its score lies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from fraudkit.charts.distribution import Bin
from fraudkit.domain import EntityKind
from fraudkit.errors import NotFoundError
from fraudkit.explain.facts import HistoryFacts, facts_of
from fraudkit.explain.past import ABSENT, Past, Texts
from fraudkit.explain.velocity import Velocity, velocity
from fraudkit.store import Cursor, Row, feature_rows, queue
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
MOST_TRANSACTIONS: Final = 20_000
"""Of an entity with more, those nearest in time are read, and the page says so."""
SCORE_BINS: Final = 48
_TEXTS: Final = (
    "currency",
    "transaction_type",
    "channel",
    "merchant_id",
    "merchant_name",
    "merchant_mcc",
    "merchant_location",
    "terminal_id",
    "counterparty_account",
    "device_id",
    "ip_address",
    "payee",
    "payee_name",
    "verdict",
)


@dataclass(frozen=True, slots=True)
class History:
    """A customer's history around one transaction.

    Parameters
    ----------
    facts
        Counts, medians and sums strictly before the transaction.
    past
        The customer's transactions in order of time.
    pace
        How much was done right before the transaction.
    """

    facts: HistoryFacts
    past: Past
    pace: Velocity


def transaction(workbench: Workbench, transaction_id: str, position: int | None = None) -> Row:
    """Return one transaction as stored, with its file, severity and place in the last ranking.

    A transaction of a withdrawn batch is found as well, with `is_withdrawn` set.

    Parameters
    ----------
    workbench
        The open workbench.
    transaction_id
        Which transaction.
    position
        Where it is thought to stand; finding it is much quicker then.

    Raises
    ------
    NotFoundError
        When there is no such transaction.
    """
    with workbench.database.read() as cursor:
        tried = [("transactions", position)] if position is not None else []
        for table, place in (*tried, ("transactions", None), ("withdrawn_transaction", None)):
            sql = query("transaction").replace(":table:", table)
            found = _position(cursor, table, transaction_id) if place is None else place
            row = cursor.row(sql, {"transaction_id": transaction_id, "position": found})
            if row is not None:
                return {**row, "is_withdrawn": table != "transactions"}
    raise _unknown(transaction_id)


def _position(cursor: Cursor, table: str, transaction_id: str) -> int | None:
    position: int | None = cursor.value(
        f"SELECT position FROM {table} WHERE transaction_id = ? LIMIT 1", [transaction_id]
    )
    return position


def history(workbench: Workbench, transaction_id: str, entity_kind: EntityKind) -> History:
    """Return the history of the transaction's customer (or other entity) around it.

    Raises
    ------
    NotFoundError
        When there is no such transaction, or its batch was withdrawn.
    """
    return history_of(workbench, transaction(workbench, transaction_id), entity_kind)


def history_of(workbench: Workbench, row: Row, entity_kind: EntityKind) -> History:
    """Return the history around a transaction that `transaction` has returned.

    Raises
    ------
    NotFoundError
        When its batch was withdrawn.
    """
    if row["is_withdrawn"]:
        raise _unknown(row["transaction_id"])
    if row[ENTITY_COLUMNS[entity_kind]] is None:  # a correction took it away since the case was opened
        entity_kind = "transaction"
    column = ENTITY_COLUMNS[entity_kind]
    with workbench.database.read() as cursor:
        found = cursor.arrow(
            query("entity_past").replace(":entity:", column),
            {
                **feature_rows.rate_parameters(cursor, workbench.settings.base_currency),
                "entity_id": row[column],
                "ts_us": row["ts_us"],
                "most": MOST_TRANSACTIONS,
            },
        )
    past = _past(found, row, entity_kind)
    pace = velocity(past)
    return History(facts_of(past, pace), past, pace)


def _past(found: pa.Table, row: Row, entity_kind: EntityKind) -> Past:
    is_cut = found.num_rows == MOST_TRANSACTIONS
    found = found.sort_by([("ts_us", "ascending"), ("position", "ascending")])
    plain = {name: found[name].to_numpy() for name in ("position", "ts_us", "amount", "base", "severity")}
    return Past(
        entity_kind=entity_kind,
        entity_id=row[ENTITY_COLUMNS[entity_kind]],
        place=int(np.flatnonzero(plain["position"] == row["position"])[0]),
        transaction_ids=found["transaction_id"].to_numpy(),
        ts_us=plain["ts_us"],
        utc_offset_minutes=found["utc_offset_minutes"].to_numpy().astype(np.int64),
        is_timed=pc.not_equal(found["time_precision"], "date").to_numpy(),
        amount=plain["amount"],
        base=plain["base"].astype(np.float64),
        direction=found["direction"].to_numpy().astype(np.int64),
        severity=plain["severity"].astype(np.float64),
        is_alert=found["is_alert"].to_numpy(),
        texts={name: _texts(found[name]) for name in _TEXTS},
        is_cut=is_cut,
    )


def _texts(column: pa.ChunkedArray) -> Texts:
    encoded = column.combine_chunks().dictionary_encode()
    codes = pc.fill_null(encoded.indices, ABSENT).to_numpy(zero_copy_only=False)
    return Texts(codes.astype(np.int32), tuple(encoded.dictionary.to_pylist()))


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
