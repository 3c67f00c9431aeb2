"""From a CSV to a ranked list with explanations: the engine against the way of tutorials.

The tutorial: pandas reads, groupby().rolling() computes the features, scikit-learn fits on all rows and
scores, shap explains. The engine: DuckDB reads, the kernels do the rest; the forest, of the same size, is
fitted on a sample of 100,000 rows (each of its trees sees 256 rows anyway). Both compute the 21 features of
benchmarks/features.py, on one thread, and time is CPU time.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import shap
from numpy.typing import NDArray
from sklearn.ensemble import IsolationForest

from benchmarks import features
from fraudkit.features.build import build_features
from fraudkit.features.plan import plan_features
from fraudkit.features.rows import Codes, FeatureRows
from fraudkit.forest import Forest

TREES, SAMPLES, FITTED_ROWS, BLOCK = 100, 256, 100_000, 50_000
BAR_TOP, BAR_ALL = 8.0, 45.0


@dataclass(frozen=True)
class Run:
    """CPU seconds of the stages of one way, in their order."""

    stages: dict[str, float]

    @property
    def seconds(self) -> float:
        """All stages together."""
        return sum(self.stages.values())

    def line(self) -> str:
        """Return the stages in one line."""
        return ", ".join(f"{name} {seconds:.2f}" for name, seconds in self.stages.items())


class Clock:
    """Notes how much CPU time each stage took."""

    def __init__(self) -> None:
        self.stages: dict[str, float] = {}
        self._last = time.process_time()

    def note(self, stage: str) -> None:
        """End a stage."""
        now = time.process_time()
        self.stages[stage] = now - self._last
        self._last = now


def write_csv(transactions: pd.DataFrame, path: Path) -> None:
    """Write what both read."""
    columns = ["TRANSACTION_ID", "TX_DATETIME", "CUSTOMER_ID", "TERMINAL_ID", "TX_AMOUNT", "TX_TIME_SECONDS"]
    transactions[columns].to_csv(path, index=False)


def tutorial(path: Path, top: int) -> tuple[Run, float]:
    """Run the tutorial's way; return also how many rows shap explains in a second."""
    clock = Clock()
    frame = features.prepare(pd.read_csv(path, parse_dates=["TX_DATETIME"]))
    clock.note("read")
    X = features.by_pandas(frame)
    clock.note("features")
    model = IsolationForest(n_estimators=TREES, max_samples=min(SAMPLES, len(X)), random_state=0).fit(X)
    clock.note("fit")
    ranked = np.argsort(model.score_samples(X))
    clock.note("score and rank")
    explainer = shap.TreeExplainer(model)
    began = time.process_time()
    explainer.shap_values(X[ranked[:top]], check_additivity=False)
    explained_per_second = min(top, len(X)) / (time.process_time() - began)
    clock.note("explain")
    return Run(clock.stages), explained_per_second


def engine(path: Path, top: int, *, explain_all: bool) -> tuple[Run, float]:
    """Run the engine's way; return also the CPU seconds of explaining every row, zero where not asked."""
    clock = Clock()
    rows = read_rows(path)
    clock.note("read")
    X = build_features(features.SPECS, plan_features(features.SPECS, features.AVAILABLE), rows)
    clock.note("features")
    forest = fit_forest(X)
    clock.note("fit")
    ranked = np.argsort(-forest.score(X))
    clock.note("score and rank")
    forest.explain(X[ranked[:top]], dtype=np.float32)
    clock.note("explain")
    began = time.process_time()
    if explain_all:
        for start in range(0, len(X), BLOCK):
            forest.explain(X[start : start + BLOCK], dtype=np.float32)
    return Run(clock.stages), time.process_time() - began


def read_rows(path: Path) -> FeatureRows:
    """Read the CSV with DuckDB; the entities' numbers become dense codes."""
    with duckdb.connect(config={"threads": 1}) as connection:
        found = connection.execute(
            "SELECT epoch_us(TX_DATETIME) AS ts_us, CAST(round(TX_AMOUNT * 100) AS BIGINT) AS cents, "
            "CUSTOMER_ID::INTEGER AS customer, TERMINAL_ID::INTEGER AS terminal FROM read_csv(?)",
            [str(path)],
        ).fetchnumpy()
    codes = {}
    for name in ("customer", "terminal"):
        values, known = pd.factorize(found[name])
        codes[name] = Codes(values.astype(np.int32), len(known))
    return FeatureRows(found["ts_us"], found["cents"], codes)


def fit_forest(X: NDArray[Any]) -> Forest:
    """Fit a forest of the tutorial's size on a sample of the rows."""
    drawn = np.random.default_rng(0).choice(len(X), min(FITTED_ROWS, len(X)), replace=False)
    return Forest.fit(X[np.sort(drawn)], n_estimators=TREES, max_samples=min(SAMPLES, len(X)))


def compare(path: Path, rows: int, repeats: int, *, quick: bool) -> bool:
    """Print both ways beside the bars; the tutorial runs once, it takes a minute."""
    top = 100 if quick else 1000
    naive, explained_per_second = tutorial(path, top)
    runs = [engine(path, top, explain_all=turn == 0) for turn in range(repeats)]
    every = runs[0][1]
    own = sorted((run for run, _ in runs), key=lambda run: run.seconds)[len(runs) // 2]
    naive_all = naive.seconds + rows / explained_per_second
    print(f"CSV of {rows:,} transactions to a ranked list, CPU seconds, {TREES} x {SAMPLES}, one thread")
    print(f"  tutorial {naive.seconds:8.2f}  {naive.line()}")
    print(f"  engine   {own.seconds:8.2f}  {own.line()}")
    reached = [
        _ratio(f"top {top:,} explained", naive.seconds, own.seconds, 0 if quick else BAR_TOP),
        _ratio("every one explained", naive_all, own.seconds + every, 0 if quick else BAR_ALL),
    ]
    rate = f"{top:,} rows at {explained_per_second:,.0f} a second"
    print(f"  (the tutorial's every one is extrapolated from {rate})")
    return all(reached)


def _ratio(name: str, naive: float, own: float, bar: float) -> bool:
    reached = naive / own >= bar
    verdict = "reached" if reached else "MISSED"
    print(f"  {name:22} {naive:9.1f} s / {own:6.2f} s  {naive / own:6.1f} x  bar {bar:g} x  {verdict}")
    return reached
