"""Features read from the database: all rows as a matrix, or a few rows with what explains them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
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
from fraudkit.schema import COLUMN_BY_NAME, COLUMNS
from fraudkit.store import preferences, quality
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
    relation, fills = _relation(cursor)
    parameters = {**rate_parameters(cursor, base_currency), **fills}
    positions, rows = _read(cursor, plan, relation, parameters)
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


def _relation(cursor: Cursor) -> tuple[str, dict[str, Any]]:
    """Return `feature_relation.sql` with the recorded medians of batches in place of missing values."""
    relation, parameters = query("feature_relation"), dict[str, Any]()
    filled: list[str] = []
    for name, (batches, values) in quality.medians(cursor).items():
        parameters |= {f"{name}_batches": batches, f"{name}_medians": values}
        median = f"(${name}_medians::DOUBLE[])[list_position(${name}_batches::INTEGER[], t.batch_id)]"
        kind = COLUMN_BY_NAME[name].sql_type
        filled.append(f"coalesce(t.{name}, CAST({median} AS {kind})) AS {name}")
    if filled:
        relation = relation.replace("t.*", f"t.* REPLACE ({', '.join(filled)})", 1)
    return relation, parameters


def _related(
    cursor: Cursor, plan: FeaturePlan, base_currency: str, transaction_ids: Sequence[str]
) -> tuple[NDArray[np.int64], FeatureRows, dict[str, int]]:
    """Read all rows that can matter to some transactions; return also the positions of these.

    They share an entity with one of them and are not later than all of them; older ones are read whatever
    their age, as a label may become known at any time. The features are then the same as over all rows.
    """
    entities = [f"{sql.entity_of(name, 't')} AS {name}" for name in plan.entities]
    wanted = cursor.rows(
        f"SELECT {', '.join(['t.transaction_id', 't.position', 't.ts_us', *entities])} FROM transactions t"
        " WHERE t.transaction_id IN (SELECT unnest($transaction_ids::VARCHAR[]))",
        {"transaction_ids": list(transaction_ids)},
    )
    if not wanted:
        return np.empty(0, np.int64), _no_rows(plan), {}
    values: dict[str, list[Any]] = {"own": [row["position"] for row in wanted]}
    for name in plan.entities:
        values[name] = list({row[name] for row in wanted} - {None})
    values = {name: known for name, known in values.items() if known}
    filled, fills = _relation(cursor)
    relation = f"{filled}\nWHERE ({_sharing(values)}) AND t.ts_us <= $latest"
    parameters = {
        **rate_parameters(cursor, base_currency),
        **fills,
        **values,
        "latest": max(row["ts_us"] for row in wanted),
    }
    positions, rows = _read(cursor, plan, relation, parameters, few=True)
    return positions, rows, {row["transaction_id"]: row["position"] for row in wanted}


def _sharing(values: Mapping[str, list[Any]]) -> str:
    """Return the condition of having one of the values; one value is compared, more are joined."""
    conditions = []
    for name, known in values.items():
        own = "t.position" if name == "own" else sql.entity_of(name, "t")
        some = f"= ${name}[1]" if len(known) == 1 else f"IN (SELECT unnest(${name}))"
        conditions.append(f"{own} {some}")
    return " OR ".join(conditions)


def _read(
    cursor: Cursor, plan: FeaturePlan, relation: str, parameters: dict[str, Any], *, few: bool = False
) -> tuple[NDArray[np.int64], FeatureRows]:
    """Read the rows of a relation in one pass, in order of position, keys encoded block by block."""
    statement = sql.render_rows(plan, relation, few=few)
    blocks = [_block(batch) for batch in cursor.batches(statement, parameters, _BLOCK)]
    if not blocks:
        return np.empty(0, np.int64), _no_rows(plan)
    positions = _joined(blocks, "position")
    known_at = _joined(blocks, "known_at") if plan.with_labels else np.empty(0)
    labelled = np.flatnonzero(~np.isnan(known_at))
    has_cents = _joined(blocks, "has_cents")
    rows = FeatureRows(
        _joined(blocks, "ts_us"),
        _joined(blocks, "cents"),
        {name: _codes([block.pop(name + sql.KEY_SUFFIX) for block in blocks]) for name in sorted(plan.keys)},
        {name: _joined(blocks, name) for name in sorted(plan.columns)},
        Labels(labelled, known_at[labelled].astype(np.int64)),
        None if has_cents.all() else has_cents,
    )
    pa.default_memory_pool().release_unused()  # what the dictionaries were made in
    if np.all(positions[1:] > positions[:-1]):  # as they were stored
        return positions, rows
    order = np.argsort(positions)
    return positions[order], rows.take(order)


def _no_rows(plan: FeaturePlan) -> FeatureRows:
    none, codes = np.empty(0, np.int64), Codes(np.empty(0, np.int32), 0)
    return FeatureRows(none, none, dict.fromkeys(plan.keys, codes), dict.fromkeys(plan.columns, np.empty(0)))


def _block(batch: pa.RecordBatch) -> dict[str, Any]:
    """Return a batch as arrays of their own, keys encoded, so that its strings are dropped at once."""
    found: dict[str, Any] = {}
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        if name.endswith(sql.KEY_SUFFIX):
            found[name] = column.dictionary_encode()
        elif name in {"position", "ts_us"}:
            found[name] = column.to_numpy().copy()
        elif name == "cents":
            found[name] = column.fill_null(0).to_numpy().copy()
            found["has_cents"] = column.is_valid().to_numpy(zero_copy_only=False)
        else:  # a column of a formula, or known_at: NaN for NULL
            found[name] = column.to_numpy(zero_copy_only=False).astype(np.float64)
    return found


def _joined(blocks: list[dict[str, Any]], name: str) -> NDArray[Any]:
    """Return a column of all blocks, taking it from them."""
    return np.concatenate([block.pop(name) for block in blocks])


def _codes(parts: list[pa.DictionaryArray]) -> Codes:
    column = pa.chunked_array(parts).unify_dictionaries()
    indices = [part.indices.fill_null(-1).to_numpy() for part in column.chunks]
    return Codes(np.concatenate(indices), len(column.chunk(0).dictionary))
