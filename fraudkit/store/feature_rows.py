"""Features read from the database: all rows as a matrix, or a few rows with what explains them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fraudkit.features import sql
from fraudkit.features.spec import KNOWN_FRAUD, FeatureSpec
from fraudkit.schema import COLUMNS
from fraudkit.store import preferences
from fraudkit.store.database import Cursor
from fraudkit.store.rankings import positions_of
from fraudkit.store.statements import query

_BLOCK = 122_880  # one row group of DuckDB


@dataclass(frozen=True, eq=False)
class FeatureMatrix:
    """Features of all transactions in order of position.

    Attributes
    ----------
    positions
        (n,) int64.
    X
        (n, features) float32; NaN where a feature cannot be computed.
    """

    positions: NDArray[np.int64]
    X: NDArray[np.float32]

    def rows_at(self, positions: Sequence[int]) -> NDArray[np.float32]:
        """Return the rows at some positions."""
        rows: NDArray[np.float32] = self.X[np.searchsorted(self.positions, positions)]
        return rows


def available_columns(cursor: Cursor) -> frozenset[str]:
    """Return the canonical columns that have values; `fraud_label` when late labels are known."""
    stored = [column.name for column in COLUMNS if column.name not in {KNOWN_FRAUD, "transaction_datetime"}]
    counts = ", ".join(f"count({name}) > 0 AS {name}" for name in stored)
    found = cursor.row(f"SELECT {counts} FROM transactions") or {}
    labels = cursor.value("SELECT count(*) FROM (SELECT 1 FROM known_fraud LIMIT 1)")
    names = [name for name, present in found.items() if present]
    return frozenset([*names, *([KNOWN_FRAUD] if labels else [])])


def matrix(
    cursor: Cursor,
    specs: Sequence[FeatureSpec],
    available: frozenset[str],
    base_currency: str,
    progress: Callable[[float], None] = lambda _share: None,
) -> FeatureMatrix:
    """Compute the features of all transactions."""
    total = cursor.value("SELECT count(*) FROM transactions")
    statement = sql.render(specs, available, query("feature_relation"))
    positions = np.empty(total, np.int64)
    values = np.empty((total, len(specs)), np.float32)
    filled = 0
    for batch in cursor.batches(statement, rate_parameters(cursor, base_currency), _BLOCK):
        end = filled + batch.num_rows
        positions[filled:end] = batch.column(0).to_numpy()
        for place in range(len(specs)):
            values[filled:end, place] = batch.column(place + 1).to_numpy(zero_copy_only=False)
        filled = end
        progress(filled / total)
    return FeatureMatrix(positions[:filled], values[:filled])


def of_transactions(
    cursor: Cursor,
    specs: Sequence[FeatureSpec],
    available: frozenset[str],
    base_currency: str,
    transaction_ids: Sequence[str],
) -> dict[str, NDArray[np.float32]]:
    """Compute the features of a few transactions, reading only the rows that share an entity with them."""
    places = positions_of(cursor, transaction_ids)
    statement = sql.render(specs, available, _related(specs))
    rows = _rows_at(cursor, statement, base_currency, list(places.values()))
    names = [spec.name for spec in specs]
    return {
        transaction_id: np.array(
            [np.nan if rows[place][name] is None else rows[place][name] for name in names], np.float32
        )
        for transaction_id, place in places.items()
    }


def reason_values(
    cursor: Cursor,
    specs: Sequence[FeatureSpec],
    available: frozenset[str],
    base_currency: str,
    transaction_id: str,
) -> dict[str, float | None]:
    """Return what fills the gaps of the reasons: `amount` and `<feature>.<input>`."""
    places = positions_of(cursor, [transaction_id])
    statement = sql.render_inputs(specs, available, _related(specs))
    rows = _rows_at(cursor, statement, base_currency, list(places.values()))
    return {name: value for row in rows.values() for name, value in row.items() if name != "position"}


def rate_parameters(cursor: Cursor, base_currency: str) -> dict[str, Any]:
    """Return the bound values of `feature_relation.sql`."""
    rates = preferences.currency_rates(cursor, base_currency)
    return {
        "currencies": list(rates),
        "factors": list(rates.values()),
        "base_currency": base_currency,
    }


def _related(specs: Sequence[FeatureSpec]) -> str:
    wanted = "(SELECT * FROM transactions WHERE position IN (SELECT unnest($positions::BIGINT[])))"
    return f"{query('feature_relation')}\nWHERE {sql.related(specs, wanted)}"


def _rows_at(
    cursor: Cursor, statement: str, base_currency: str, positions: Sequence[int]
) -> dict[int, dict[str, Any]]:
    """Run a statement and return its rows at some positions, by position."""
    parameters = {**rate_parameters(cursor, base_currency), "positions": list(positions)}
    rows = cursor.rows(
        f"SELECT * FROM ({statement}) WHERE position IN (SELECT unnest($positions::BIGINT[]))", parameters
    )
    return {row["position"]: row for row in rows}
