"""Features read from the database: all rows as a matrix, or a few rows with what explains them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from fraudkit.features import sql
from fraudkit.features.build import build_features, build_inputs
from fraudkit.features.plan import FeaturePlan, plan_features
from fraudkit.features.rows import Codes, FeatureRows, Labels
from fraudkit.features.spec import KNOWN_FRAUD, FeatureSpec
from fraudkit.schema import COLUMNS
from fraudkit.store import preferences
from fraudkit.store.database import Cursor
from fraudkit.store.statements import query

_BLOCK = 122_880  # one row group of DuckDB
_READING = 0.4  # of the time that a matrix takes


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
    threads: int = 1,
) -> FeatureMatrix:
    """Compute the features of all transactions."""
    plan = plan_features(specs, available)
    parameters = rate_parameters(cursor, base_currency)
    positions, rows = _read(cursor, plan, query("feature_relation"), parameters)
    progress(_READING)
    X = build_features(
        specs, plan, rows, threads, lambda share: progress(_READING + (1.0 - _READING) * share)
    )
    return FeatureMatrix(positions, X)


def of_transactions(
    cursor: Cursor,
    specs: Sequence[FeatureSpec],
    available: frozenset[str],
    base_currency: str,
    transaction_ids: Sequence[str],
) -> dict[str, NDArray[np.float32]]:
    """Compute the features of a few transactions, reading only the rows that share an entity with them."""
    plan = plan_features(specs, available)
    positions, rows, places = _related(cursor, plan, base_currency, transaction_ids)
    X = build_features(specs, plan, rows)
    found = np.searchsorted(positions, np.array(list(places.values()), np.int64))
    return dict(zip(places, X[found], strict=True))


def reason_values(
    cursor: Cursor,
    specs: Sequence[FeatureSpec],
    available: frozenset[str],
    base_currency: str,
    transaction_id: str,
) -> dict[str, float | None]:
    """Return what fills the gaps of the reasons: `amount` and `<feature>.<input>`."""
    plan = plan_features(specs, available, for_reasons=True)
    positions, rows, places = _related(cursor, plan, base_currency, [transaction_id])
    if not places:
        return {}
    return build_inputs(plan, rows, int(np.searchsorted(positions, places[transaction_id])))


def rate_parameters(cursor: Cursor, base_currency: str) -> dict[str, Any]:
    """Return the bound values of `feature_relation.sql`."""
    rates = preferences.currency_rates(cursor, base_currency)
    return {
        "currencies": list(rates),
        "factors": list(rates.values()),
        "base_currency": base_currency,
    }


def _related(
    cursor: Cursor, plan: FeaturePlan, base_currency: str, transaction_ids: Sequence[str]
) -> tuple[NDArray[np.int64], FeatureRows, dict[str, int]]:
    """Read all rows that can matter to some transactions; return also the positions of these."""
    wanted = (
        "(SELECT * FROM transactions WHERE transaction_id IN (SELECT unnest($transaction_ids::VARCHAR[])))"
    )
    identifiers = {"transaction_ids": list(transaction_ids)}
    found = cursor.rows(f"SELECT transaction_id, position FROM {wanted} AS wanted", identifiers)
    relation = f"{query('feature_relation')}\nWHERE {sql.related(plan.specs, wanted)}"
    parameters = {**rate_parameters(cursor, base_currency), **identifiers}
    positions, rows = _read(cursor, plan, relation, parameters)
    return positions, rows, {row["transaction_id"]: row["position"] for row in found}


def _read(
    cursor: Cursor, plan: FeaturePlan, relation: str, parameters: dict[str, Any]
) -> tuple[NDArray[np.int64], FeatureRows]:
    """Read the rows of a relation in one pass, in order of position, keys encoded block by block."""
    statement = sql.render_rows(plan, relation)
    batches = [_encode(batch) for batch in cursor.batches(statement, parameters, _BLOCK)]
    if not batches:
        return np.empty(0, np.int64), _no_rows(plan)
    columns = _columns(batches)
    positions = _numbers(columns.pop("position"))
    codes = {name: _codes(columns.pop(name + sql.KEY_SUFFIX)) for name in plan.keys}
    cents, labels = columns.pop("cents"), columns.pop("known_at", None)
    rows = FeatureRows(
        _numbers(columns.pop("ts_us")),
        _numbers(cents.fill_null(0)),
        codes,
        {name: column.to_numpy().astype(np.float64) for name, column in columns.items()},
        Labels() if labels is None else _labels(labels),
        cents.is_valid().to_numpy() if cents.null_count else None,
    )
    if np.all(positions[1:] > positions[:-1]):  # as they were stored
        return positions, rows
    order = np.argsort(positions)
    return positions[order], rows.take(order)


def _no_rows(plan: FeaturePlan) -> FeatureRows:
    none, codes = np.empty(0, np.int64), Codes(np.empty(0, np.int32), 0)
    return FeatureRows(none, none, dict.fromkeys(plan.keys, codes), dict.fromkeys(plan.columns, np.empty(0)))


def _encode(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Replace the keys by dictionaries, so that a block's strings are dropped at once."""
    arrays = [
        column.dictionary_encode() if name.endswith(sql.KEY_SUFFIX) else column
        for name, column in zip(batch.schema.names, batch.columns, strict=True)
    ]
    return pa.RecordBatch.from_arrays(arrays, names=batch.schema.names)


def _columns(batches: list[pa.RecordBatch]) -> dict[str, pa.ChunkedArray]:
    table = pa.Table.from_batches(batches).unify_dictionaries()
    return dict(zip(table.column_names, table.columns, strict=True))


def _numbers(column: pa.ChunkedArray) -> NDArray[np.int64]:
    numbers: NDArray[np.int64] = column.to_numpy()
    return numbers


def _codes(column: pa.ChunkedArray) -> Codes:
    parts = [chunk.indices.fill_null(-1).to_numpy(zero_copy_only=False) for chunk in column.chunks]
    return Codes(np.concatenate(parts), len(column.chunk(0).dictionary))


def _labels(column: pa.ChunkedArray) -> Labels:
    known = column.is_valid().to_numpy()
    return Labels(np.flatnonzero(known), _numbers(column.drop_null()))
