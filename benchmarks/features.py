"""The windows' kernel beside pandas, DuckDB and polars, in CPU time, interleaved, medians of five.

`python -m benchmarks.features [--quick]`. All compute the same 21 features of the handbook's 1.75 million
transactions on one thread, from memory to memory, strictly before each transaction. pandas leaves distinct
terminals and earlier visits out, which it has no rolling form of, and takes the last transaction from the row
before. First the declared features are compared with the portable SQL, bit by bit. Ratios hold for the
machine that they are measured on; a neighbour's load moves them by a fifth.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
from collections.abc import Callable
from functools import partial

os.environ.setdefault("POLARS_MAX_THREADS", "1")  # polars reads it when it is imported

import duckdb
import numpy as np
import pandas as pd
import polars as pl
from numpy.typing import NDArray

from benchmarks.clock import cpu_seconds
from benchmarks.handbook import read_transactions, shared_data
from fraudkit.features import FEATURES, kernel, sql
from fraudkit.features.build import build_features
from fraudkit.features.plan import FeaturePlan, plan_features
from fraudkit.features.rows import Codes, FeatureRows, Labels
from fraudkit.features.spec import SPAN_US, Entity, FeatureSpec, Measure, Span, Window

CUSTOMER_SPANS: tuple[Span, ...] = ("1h", "24h", "7d", "30d")
TERMINAL_SPANS: tuple[Span, ...] = ("24h", "7d", "30d")
AVAILABLE = frozenset({"customer_id", "terminal_id", "transaction_amount"})
BARS = {"pandas": 35.0, "duckdb": 15.0, "polars": 4.0}
QUICK_ROWS = 60_000
LEAST = 3.0
"""CPU seconds that each engine runs at a time; what the one before left behind in memory counts but once."""
Matrix = NDArray[np.float32]
ABSENT = ("account_id", "card_id", "merchant_id", "merchant_name", "device_id", "counterparty_account")
CANONICAL = """
CREATE TABLE transactions AS
SELECT row_number() OVER () AS position, CAST(TRANSACTION_ID AS VARCHAR) AS transaction_id,
    epoch_us(TX_DATETIME) AS ts_us, -300 AS utc_offset_minutes, 'second' AS time_precision,
    CAST(TX_AMOUNT AS DECIMAL(18,2)) AS transaction_amount, 1e0 AS base_rate,
    CAST(CUSTOMER_ID AS VARCHAR) AS customer_id, CAST(TERMINAL_ID AS VARCHAR) AS terminal_id,
    {texts},
    CAST(NULL AS DECIMAL(18,2)) AS account_balance_before,
    CAST(NULL AS DECIMAL(18,2)) AS account_balance_after,
    CAST(NULL AS DOUBLE) AS account_age
FROM given;
CREATE TABLE known_fraud AS
SELECT CAST(TRANSACTION_ID AS VARCHAR) AS transaction_id,
    epoch_us(TX_DATETIME) + 7 * 86400000000 AS label_known_at
FROM given WHERE TX_FRAUD = 1;
"""


def feature(name: str, formula: str, **inputs: Window) -> FeatureSpec:
    """Declare a feature without words."""
    return FeatureSpec(name, "", "habit", "ratio", formula, "", "", "", inputs=inputs)


def window(entity: Entity, measure: Measure, span: Span) -> FeatureSpec:
    """Declare a feature that is nothing but a window."""
    declared = Window(entity, measure, span)
    return feature(declared.name, "{value}", value=declared)


def declared_features() -> list[FeatureSpec]:
    """Return the 21 features."""
    mean, deviation = Window("customer", "mean", "30d"), Window("customer", "deviation", "30d")
    return [
        *(window("customer", "count", span) for span in CUSTOMER_SPANS),
        *(window("customer", "sum", span) for span in CUSTOMER_SPANS),
        window("customer", "mean", "30d"),
        window("customer", "deviation", "30d"),
        feature("amount_z", "({amount} - {mean}) / NULLIF({deviation}, 0e0)", mean=mean, deviation=deviation),
        feature("amount_ratio", "{amount} / NULLIF({mean}, 0e0)", mean=mean),
        window("customer", "hours_since_last", "30d"),
        *(window("terminal", "count", span) for span in TERMINAL_SPANS),
        *(window("terminal", "mean", span) for span in TERMINAL_SPANS),
        feature("visits", "{value}", value=Window("customer", "count", "30d", "terminal")),
        feature("terminals_7d", "{value}", value=Window("customer", "distinct", "7d", of="terminal")),
    ]


SPECS = declared_features()
NAMES = [spec.name for spec in SPECS]


def prepare(transactions: pd.DataFrame) -> pd.DataFrame:
    """Return what all four start from."""
    return pd.DataFrame(
        {
            "customer": transactions["CUSTOMER_ID"].to_numpy(np.int64),
            "terminal": transactions["TERMINAL_ID"].to_numpy(np.int64),
            "ts_us": transactions["TX_TIME_SECONDS"].to_numpy(np.int64) * 1_000_000,
            "cents": np.round(transactions["TX_AMOUNT"].to_numpy() * 100).astype(np.int64),
        }
    )


def feature_rows(frame: pd.DataFrame) -> FeatureRows:
    """Return what the kernel starts from; the handbook's identifiers are dense codes already."""
    codes = {
        name: Codes(frame[name].to_numpy(np.int32), int(frame[name].max()) + 1)
        for name in ("customer", "terminal")
    }
    return FeatureRows(frame["ts_us"].to_numpy(), frame["cents"].to_numpy(), codes)


def by_kernel(frame: pd.DataFrame) -> Matrix:
    """Compute with the kernel."""
    return build_features(SPECS, plan_features(SPECS, AVAILABLE), feature_rows(frame))


def statement() -> str:
    """Return the quickest SQL that was found: integer RANGE frames in named windows."""
    frames = {f"c_{span}": ("customer", span) for span in CUSTOMER_SPANS}
    frames |= {f"t_{span}": ("terminal", span) for span in TERMINAL_SPANS}
    frames["visit"] = ("customer, terminal", "30d")
    named = ",\n".join(
        f"{name} AS (PARTITION BY {keys} ORDER BY ts_us"
        f" RANGE BETWEEN {SPAN_US[span]} PRECEDING AND 1 PRECEDING)"
        for name, (keys, span) in frames.items()
    )
    columns = [
        *(f"count(*) OVER c_{span}" for span in CUSTOMER_SPANS),
        *(f"coalesce(sum(cents) OVER c_{span}, 0) / 1e2" for span in CUSTOMER_SPANS),
        "avg(cents) OVER c_30d / 1e2",
        "coalesce(stddev_samp(cents) OVER c_30d, 0) / 1e2",
        "(cents - avg(cents) OVER c_30d) / nullif(stddev_samp(cents) OVER c_30d, 0)",
        "cents / nullif(avg(cents) OVER c_30d, 0)",
        "(ts_us - max(ts_us) OVER c_30d) / 3.6e9",
        *(f"count(*) OVER t_{span}" for span in TERMINAL_SPANS),
        *(f"avg(cents) OVER t_{span} / 1e2" for span in TERMINAL_SPANS),
        "count(*) OVER visit",
        "count(DISTINCT terminal) OVER c_7d",
    ]
    selected = ",\n".join(f"({sql})::FLOAT AS {name}" for sql, name in zip(columns, NAMES, strict=True))
    return f"SELECT {selected} FROM frame WINDOW {named}"


def by_duckdb(frame: pd.DataFrame) -> Matrix:
    """Compute with DuckDB; row order is as it comes, for the work is the same."""
    with duckdb.connect(config={"threads": 1}) as connection:
        connection.register("frame", frame)
        found = connection.execute(statement()).fetchnumpy()
    return np.column_stack([np.ma.filled(found[name], np.nan) for name in NAMES])


def by_polars(frame: pd.DataFrame) -> Matrix:
    """Compute with polars' rolling groups, one pass for each window."""
    data = pl.DataFrame({name: frame[name].to_numpy() for name in frame}).with_columns(
        pl.int_range(pl.len()).alias("row")
    )
    cents = pl.col("cents")
    found = data
    for entity, spans in (("customer", CUSTOMER_SPANS), ("terminal", TERMINAL_SPANS)):
        for span in spans:
            name = f"{entity}_{span}"
            measures = [pl.len().alias(f"{name}_count"), cents.sum().alias(f"{name}_sum")]
            if name == "customer_30d":
                measures += [cents.std().alias("deviation"), pl.col("ts_us").last().alias("last")]
            if name == "customer_7d":
                measures.append(pl.col("terminal").n_unique().alias("terminals"))
            found = found.hstack(_rolled(data, [entity], span, measures))
    found = found.hstack(_rolled(data, ["customer", "terminal"], "30d", [pl.len().alias("visits")]))
    mean, amount = pl.col("customer_30d_sum") / pl.col("customer_30d_count"), pl.col("cents")
    counts = [pl.col(f"customer_{span}_count") for span in CUSTOMER_SPANS]
    sums = [pl.col(f"customer_{span}_sum") / 100 for span in CUSTOMER_SPANS]
    of_terminal = [pl.col(f"terminal_{span}_count") for span in TERMINAL_SPANS]
    means = [pl.col(f"terminal_{s}_sum") / pl.col(f"terminal_{s}_count") / 100 for s in TERMINAL_SPANS]
    columns = [
        *counts, *sums, mean / 100, pl.col("deviation").fill_null(0) / 100,
        (amount - mean) / pl.col("deviation"), amount / mean, (pl.col("ts_us") - pl.col("last")) / 3.6e9,
        *of_terminal, *means, pl.col("visits"), pl.col("terminals"),
    ]  # fmt: skip
    named = [column.cast(pl.Float32).alias(name) for column, name in zip(columns, NAMES, strict=True)]
    return found.select(named).to_numpy()


def _rolled(data: pl.DataFrame, keys: list[str], span: Span, measures: list[pl.Expr]) -> pl.DataFrame:
    """Aggregate [t - span, t) and return it in the order of the rows."""
    period = f"{SPAN_US[span]}i"
    ordered = data.sort([*keys, "ts_us"], maintain_order=True)
    rolled = ordered.rolling("ts_us", period=period, closed="left", group_by=keys).agg(measures)
    columns = [name for name in rolled.columns if name not in {*keys, "ts_us"}]
    return rolled.select(columns).with_columns(ordered["row"]).sort("row").drop("row")


def by_pandas(frame: pd.DataFrame) -> Matrix:
    """Compute with groupby().rolling(), the way of most tutorials."""
    data = frame.assign(
        when=pd.to_datetime(frame["ts_us"], unit="us"), amount=frame["cents"] / 100, row=np.arange(len(frame))
    )
    found: dict[str, NDArray[np.float32]] = {}
    for entity, spans in (("customer", CUSTOMER_SPANS), ("terminal", TERMINAL_SPANS)):
        ordered = data.sort_values([entity, "ts_us"], kind="stable")
        back = np.argsort(ordered["row"].to_numpy())
        for span in spans:
            hours = SPAN_US[span] // SPAN_US["1h"]
            rolled = ordered.groupby(entity).rolling(f"{hours}h", on="when", closed="left")["amount"]
            total, count = rolled.sum().to_numpy()[back], rolled.count().to_numpy()[back]
            found[f"{entity}_count_{span}"] = count.astype(np.float32)
            found[f"{entity}_{'sum' if entity == 'customer' else 'mean'}_{span}"] = (
                total if entity == "customer" else total / count
            ).astype(np.float32)
            if (entity, span) == ("customer", "30d"):
                mean, deviation = total / count, rolled.std().to_numpy()[back]
        if entity == "customer":
            last = ordered.groupby(entity)["ts_us"].shift().to_numpy()[back]
    amount = data["amount"].to_numpy()
    found |= {
        "customer_mean_30d": mean,
        "customer_deviation_30d": deviation,
        "amount_z": (amount - mean) / deviation,
        "amount_ratio": amount / mean,
        "customer_hours_since_last_30d": (frame["ts_us"] - last) / 3.6e9,
    }
    missing = np.full(len(frame), np.nan, np.float32)
    return np.column_stack([np.asarray(found.get(name, missing), np.float32) for name in NAMES])


ENGINES: dict[str, Callable[[pd.DataFrame], Matrix]] = {
    "kernel": by_kernel, "pandas": by_pandas, "duckdb": by_duckdb, "polars": by_polars,
}  # fmt: skip


def differences(transactions: pd.DataFrame) -> dict[str, int]:
    """Return for each feature in how many rows kernel and portable SQL differ, bit by bit."""
    available = frozenset({*AVAILABLE, "fraud_label"})
    plan = plan_features(FEATURES, available)
    with duckdb.connect(config={"threads": 1, "memory_limit": "4GB"}) as connection:
        connection.register("given", transactions)
        absent = ", ".join(f"CAST(NULL AS VARCHAR) AS {name}" for name in ABSENT)
        connection.execute(CANONICAL.format(texts=absent))
        relation = "SELECT * FROM transactions"
        read = connection.execute(sql.render_rows(plan, relation) + " ORDER BY position").fetchnumpy()
        found = build_features(FEATURES, plan, _feature_rows(read, plan), dtype=np.float64)
        expected = connection.execute(sql.render(FEATURES, available, relation)).fetchnumpy()
    return {
        spec.name: int((~_same(found[:, place], np.ma.filled(expected[spec.name], np.nan))).sum())
        for place, spec in enumerate(FEATURES)
        if spec in plan.specs
    }


def _same(left: NDArray[np.float64], right: NDArray[np.float64]) -> NDArray[np.bool_]:
    return (left == right) | (np.isnan(left) & np.isnan(right))


def _feature_rows(read: dict[str, NDArray[np.generic]], plan: FeaturePlan) -> FeatureRows:
    codes = {}
    for name in plan.keys:
        values, known = pd.factorize(read[name + sql.KEY_SUFFIX])
        codes[name] = Codes(values.astype(np.int32), len(known))
    is_known = ~np.ma.getmaskarray(read["known_at"])
    labels = Labels(np.flatnonzero(is_known), np.ma.getdata(read["known_at"])[is_known])
    columns = {name: np.ma.filled(read[name].astype(np.float64), np.nan) for name in plan.columns}
    return FeatureRows(read["ts_us"], read["cents"], codes, columns, labels)


def measure(frame: pd.DataFrame, repeats: int, least: float) -> dict[str, list[float]]:
    """Return the CPU seconds of every engine in turn; pandas, the slowest, has two turns at most."""
    seconds: dict[str, list[float]] = {name: [] for name in ENGINES}
    for turn in range(repeats):
        for name, compute in ENGINES.items():
            if name == "pandas" and turn > 1:
                continue
            seconds[name].append(cpu_seconds(partial(compute, frame), least))
    return seconds


def _print_differences(transactions: pd.DataFrame) -> bool:
    differing = differences(transactions)
    total = sum(differing.values())
    print(f"{len(differing)} declared features against the portable SQL: {total} values differ")
    return not any(differing.values())


def main(arguments: list[str] | None = None) -> int:
    """Print the ratios beside their bars; 0 when all are reached, 1 when not, 2 without the data."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--quick", action="store_true", help="60,000 transactions, one turn, no bars")
    quick = parser.parse_args(arguments).quick
    if not (shared_data() / "handbook").exists():
        print(f"The handbook's transactions are not in {shared_data()}; set FRAUDKIT_SHARED_DATA.")
        return 2
    transactions = read_transactions(shared_data())
    transactions = transactions.head(QUICK_ROWS) if quick else transactions
    frame = prepare(transactions)
    kernel.warm_up()
    turns = measure(frame, 1, 0.0) if quick else measure(frame, 5, LEAST)
    seconds = {name: statistics.median(spent) for name, spent in turns.items()}
    print(f"{len(SPECS)} features of {len(frame):,} transactions, CPU seconds, one thread")
    reached = _print_differences(transactions)
    for name, spent in seconds.items():
        ratio = spent / seconds["kernel"]
        bar = BARS.get(name)
        reached &= quick or bar is None or ratio >= bar
        beside = "" if bar is None else f"  {ratio:6.1f}x the kernel's"
        verdict = "" if quick or bar is None else f"  bar {bar:g}  {'reached' if ratio >= bar else 'MISSED'}"
        print(f"  {name:8} {spent:8.2f}{beside}{verdict}")
    return 0 if reached else 1


if __name__ == "__main__":
    sys.exit(main())
