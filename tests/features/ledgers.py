"""Small random ledgers and both ways of computing features from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
from hypothesis import strategies as st
from numpy.typing import NDArray

from fraudkit.features import sql
from fraudkit.features.build import build_features
from fraudkit.features.plan import FeaturePlan, plan_features
from fraudkit.features.rows import Codes, FeatureRows, Labels
from fraudkit.features.spec import FeatureSpec
from fraudkit.schema import COLUMNS

HOUR = 3_600_000_000
DAY = 24 * HOUR
START = 1_700_000_000_000_000
ALL_COLUMNS = frozenset(column.name for column in COLUMNS)

_SCHEMA = pa.schema(
    [
        ("position", pa.int64()),
        ("transaction_id", pa.string()),
        ("ts_us", pa.int64()),
        ("utc_offset_minutes", pa.int16()),
        ("time_precision", pa.string()),
        ("transaction_amount", pa.decimal128(18, 2)),
        ("base_rate", pa.float64()),
        *(
            (name, pa.string())
            for name in (
                "customer_id",
                "account_id",
                "card_id",
                "merchant_id",
                "merchant_name",
                "terminal_id",
                "device_id",
                "counterparty_account",
            )
        ),
        ("account_balance_before", pa.decimal128(18, 2)),
        ("account_balance_after", pa.decimal128(18, 2)),
        ("account_age", pa.float64()),
    ]
)
_LABELS = pa.schema([("transaction_id", pa.string()), ("label_known_at", pa.int64())])

_STEPS = [
    0,
    1,
    HOUR - 1,
    HOUR,
    HOUR + 1,
    DAY - 1,
    DAY,
    DAY + 1,
    7 * DAY,
    7 * DAY + 1,
    14 * DAY,
    30 * DAY,
    37 * DAY,
    90 * DAY,
    90 * DAY + 1,
]


@dataclass(frozen=True, eq=False)
class Ledger:
    """Transactions and late labels as tables."""

    transactions: pa.Table
    labels: pa.Table

    def connection(self) -> duckdb.DuckDBPyConnection:
        connection = duckdb.connect(config={"threads": 1})
        connection.register("transactions", self.transactions)
        connection.register("known_fraud", self.labels)
        return connection


def _entity(prefix: str, count: int = 2) -> st.SearchStrategy[str | None]:
    return st.sampled_from([None, *(f"{prefix}{number}" for number in range(count))])


def _money(largest: int) -> st.SearchStrategy[Any]:
    return st.decimals(-largest, largest, places=2, allow_nan=False, allow_infinity=False)


@st.composite
def ledgers(draw: st.DrawFn) -> Ledger:
    """Draw ledgers with ties, exact window borders, gaps of every kind, currencies and late labels."""
    size = draw(st.integers(1, 24))
    steps = st.lists(st.sampled_from(_STEPS), max_size=3)
    moments = [START + sum(draw(steps)) for _ in range(size)]
    largest = draw(st.sampled_from([1, 1_000, 90_000_000_000]))
    balance = st.none() | _money(largest)
    rows = [
        {
            "position": 3 * place + 1,
            "transaction_id": f"t{place}",
            "ts_us": moment,
            "utc_offset_minutes": draw(st.sampled_from([-300, 0, 330])),
            "time_precision": draw(st.sampled_from(["second", "second", "date"])),
            "transaction_amount": draw(_money(largest)),
            "base_rate": draw(st.sampled_from([1.0, 1.0, 3.75, None])),
            "customer_id": draw(_entity("c")),
            "account_id": draw(_entity("a")),
            "card_id": draw(_entity("k")),
            "merchant_id": draw(_entity("m")),
            "merchant_name": draw(_entity("n")),
            "terminal_id": draw(_entity("x")),
            "device_id": draw(_entity("d", 3)),
            "counterparty_account": draw(_entity("p", 3)),
            "account_balance_before": draw(balance),
            "account_balance_after": draw(balance),
            "account_age": draw(st.sampled_from([None, 1.0, 400.0])),
        }
        for place, moment in enumerate(moments)
    ]
    delays = st.sampled_from(_STEPS)
    labels = [
        {"transaction_id": f"t{place}", "label_known_at": moments[place] + draw(delays) - DAY}
        for place in draw(st.lists(st.integers(0, size - 1), max_size=6))
    ]
    return Ledger(pa.Table.from_pylist(rows, _SCHEMA), pa.Table.from_pylist(labels, _LABELS))


def by_sql(ledger: Ledger, specs: Sequence[FeatureSpec]) -> NDArray[np.float64]:
    """Return the features in float64 as DuckDB computes them."""
    table = ledger.connection().execute(sql.render(specs, ALL_COLUMNS)).to_arrow_table()
    columns = [table.column(spec.name).to_numpy() for spec in specs]
    return np.column_stack([np.asarray(column, np.float64) for column in columns])


def read_rows(ledger: Ledger, plan: FeaturePlan) -> FeatureRows:
    """Return the rows as the kernel wants them, read by the statement that the product reads with."""
    statement = sql.render_rows(plan, "SELECT * FROM transactions") + " ORDER BY position"
    table = ledger.connection().execute(statement).to_arrow_table()
    cents, known_at = table["cents"], table["known_at"]
    return FeatureRows(
        table["ts_us"].to_numpy(),
        cents.fill_null(0).to_numpy(),
        {name: _codes(table[name + sql.KEY_SUFFIX]) for name in plan.keys},
        {name: np.asarray(table[name].to_numpy(), np.float64) for name in plan.columns},
        Labels(np.flatnonzero(known_at.is_valid().to_numpy()), known_at.drop_null().to_numpy()),
        cents.is_valid().to_numpy(),
    )


def _codes(column: pa.ChunkedArray) -> Codes:
    encoded = column.combine_chunks().dictionary_encode()
    values = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int32)
    return Codes(values, len(encoded.dictionary))


def by_kernel(ledger: Ledger, specs: Sequence[FeatureSpec], threads: int = 1) -> NDArray[np.float64]:
    """Return the features in float64 as the kernel computes them."""
    plan = plan_features(specs, ALL_COLUMNS)
    return build_features(specs, plan, read_rows(ledger, plan), threads, dtype=np.float64)
