"""The engine beside its peers, in CPU time, interleaved, medians of five; then end to end and in the app.

`python -m benchmarks.engine [--quick]`. Both sides run on one thread. Ratios hold for the machine they are
measured on; a neighbour's load moves them by a fifth. The features against pandas, polars and DuckDB are in
benchmarks/features.py, which this calls. Without the handbook's transactions only the forest is measured.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shap
from numpy.typing import NDArray
from sklearn.ensemble import IsolationForest
from threadpoolctl import threadpool_limits

from benchmarks import application, end_to_end, features
from benchmarks.clock import cpu_seconds
from benchmarks.handbook import read_transactions, shared_data
from fraudkit.features import kernel
from fraudkit.forest import Forest, warm_up

Work = Callable[[], NDArray[Any]]
REPEATS = 5
QUICK_ROWS = 6_000


@dataclass(frozen=True)
class Comparison:
    """One kernel against its peer.

    Attributes
    ----------
    name
        What the report calls it.
    peer, kernel
        The work of each; both return what they computed.
    ratio, difference
        Bars: how many times faster at least, and how far the results may lie apart.
    """

    name: str
    peer: Work
    kernel: Work
    ratio: float
    difference: float


def measure(comparison: Comparison, repeats: int) -> bool:
    """Print the medians beside the bars and return whether they are reached."""
    apart = float(np.abs(comparison.peer() - comparison.kernel()).max())
    works = (comparison.peer, 0.0), (comparison.kernel, 0.05)
    times = [[cpu_seconds(work, least) for work, least in works] for _ in range(repeats)]
    peer, kernel = np.median(np.array(times), axis=0)
    reached = peer / kernel >= comparison.ratio and apart <= comparison.difference
    print(
        f"{comparison.name:44} {peer * 1e3:9.1f} ms {kernel * 1e3:8.2f} ms  {peer / kernel:6.1f} x  "
        f"bar {comparison.ratio:g} x  apart {apart:.1e}  bar {comparison.difference:g}  "
        f"{'reached' if reached else 'MISSED'}"
    )
    return bool(reached)


def compare_scores(X: NDArray[np.float32], trees: int, samples: int, ratio: float) -> Comparison:
    """Set scores against scikit-learn's `score_samples`."""
    model = IsolationForest(n_estimators=trees, max_samples=samples, random_state=0).fit(X)
    forest = Forest.from_sklearn(model)
    return Comparison(
        f"score {trees} x {samples}, {len(X):,} rows / scikit-learn",
        lambda: -model.score_samples(X),
        lambda: forest.anomaly_score(X),
        ratio,
        1e-6,
    )


def compare_explanations(
    X: NDArray[np.float32], rows: int, dtype: Any, ratio: float, *, size: tuple[int, int] = (100, 256)
) -> Comparison:
    """Set explanations against shap's `TreeExplainer`, which explains the mean path length."""
    trees, samples = size
    model = IsolationForest(n_estimators=trees, max_samples=samples, random_state=0).fit(X)
    forest = Forest.from_sklearn(model)
    explainer, part = shap.TreeExplainer(model), X[:rows]

    def explain() -> NDArray[Any]:
        return -forest.explain(part, dtype=dtype).values * forest.arrays.normaliser

    return Comparison(
        f"explain {trees} x {samples}, {rows:,} rows, {np.dtype(dtype).name} / shap",
        lambda: explainer.shap_values(part, check_additivity=False),
        explain,
        ratio,
        1e-12 if dtype is np.float64 else 1e-5,
    )


def make_rows(rows: int) -> NDArray[np.float32]:
    """Return 15 heavy-tailed features, like amounts and counts."""
    generator = np.random.default_rng(0)
    scale = np.exp(generator.standard_normal((rows, 1)))
    return (generator.standard_normal((rows, 15)) * scale).astype(np.float32)


def compare_interactions(X: NDArray[np.float32], rows: int) -> Comparison:
    """Set interaction values of the app's forest against shap's; no bar on speed."""
    model = IsolationForest(n_estimators=200, max_samples=1024, random_state=0).fit(X)
    forest = Forest.from_sklearn(model)
    explainer, part = shap.TreeExplainer(model), X[:rows]
    return Comparison(
        f"interactions 200 x 1024, {rows} rows / shap",
        lambda: explainer.shap_interaction_values(part),
        lambda: -forest.interactions(part) * forest.arrays.normaliser,
        0,
        1e-9,
    )


def compare_fast_tree_shap(X: NDArray[np.float32], rows: int) -> Comparison | None:
    """Set explanations against fasttreeshap-fixed's where it is installed; no bar."""
    try:
        import fasttreeshap_fixed  # noqa: PLC0415 - not among the requirements
    except ImportError:
        print("fasttreeshap-fixed is not installed; not measured")
        return None
    model = IsolationForest(n_estimators=100, max_samples=256, random_state=0).fit(X)
    forest = Forest.from_sklearn(model)
    explainer, part = fasttreeshap_fixed.TreeExplainer(model, algorithm="v2", n_jobs=1), X[:rows]
    return Comparison(
        f"explain 100 x 256, {rows:,} rows, float64 / fasttreeshap v2",
        lambda: explainer.shap_values(part, check_additivity=False),
        lambda: -forest.explain(part).values * forest.arrays.normaliser,
        0,
        1e-10,
    )


def print_scaling(X: NDArray[np.float32]) -> None:
    """Print wall time on one and on two threads, medians; no bar, as it depends on idle cores."""
    forest = Forest.fit(X)
    for name, work in (
        ("score", lambda threads: forest.score(X, threads=threads)),
        ("explain", lambda threads: forest.explain(X[:4096], dtype=np.float32, threads=threads)),
    ):
        walls: list[list[float]] = [[], []]
        for _ in range(REPEATS):
            for threads in (1, 2):
                began = time.perf_counter()
                work(threads)
                walls[threads - 1].append(time.perf_counter() - began)
        one, two = (float(np.median(taken)) for taken in walls)
        print(f"{name} 200 x 1024 on two threads instead of one: {one / two:.2f} x (wall)")


def forest_comparisons(X: NDArray[np.float32], *, quick: bool) -> list[Comparison]:
    """Return the forest's kernels against scikit-learn and shap."""
    comparisons = [
        compare_scores(X, 100, 256, 0 if quick else 2.7),
        compare_scores(X, 200, 1024, 0 if quick else 1),
        compare_explanations(X, 20 if quick else 1000, np.float64, 0 if quick else 35),
        compare_explanations(X, 20 if quick else 1000, np.float32, 0 if quick else 65),
        compare_explanations(X, 20 if quick else 100, np.float32, 0 if quick else 45),
        compare_interactions(X, 1 if quick else 5),
    ]
    if not quick:
        fast = compare_fast_tree_shap(X, 1000)
        comparisons += [
            compare_scores(X, 100, 4096, 1),
            compare_explanations(X, 300, np.float64, 1, size=(200, 1024)),
            compare_explanations(X, 300, np.float32, 1, size=(200, 1024)),
            *([fast] if fast else []),
        ]
    return comparisons


def measure_on_handbook(*, quick: bool) -> bool:
    """Print what is measured on the handbook's transactions."""
    if not (shared_data() / "handbook").exists():
        print(f"The handbook's transactions are not in {shared_data()}; set FRAUDKIT_SHARED_DATA.")
        return True
    transactions = read_transactions(shared_data())
    transactions = transactions.head(QUICK_ROWS) if quick else transactions
    rows = len(transactions)
    reached = quick or features.main([]) == 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "uploads").mkdir()
        end_to_end.write_csv(transactions, folder / "transactions.csv")
        transactions.drop(columns=["TX_TIME_SECONDS"]).to_csv(folder / "uploads" / "extract.csv", index=False)
        del transactions
        with threadpool_limits(1):
            reached &= end_to_end.compare(
                folder / "transactions.csv", rows, 1 if quick else REPEATS, quick=quick
            )
        reached &= application.measure(folder / "uploads" / "extract.csv", folder, rows, quick=quick)
    return reached


def main(arguments: list[str] | None = None) -> int:
    """Print every ratio beside its bar; 0 when all are reached, 1 when not. Quick runs have no bars."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--quick", action="store_true", help="few rows, one repeat, no bars on speed")
    quick = parser.parse_args(arguments).quick
    began = time.process_time()
    warm_up()
    kernel.warm_up()
    print(f"compiled code loaded or made in {time.process_time() - began:.2f} s CPU")
    X = make_rows(2_000 if quick else 100_000)
    with threadpool_limits(1):
        reached = [measure(one, 1 if quick else REPEATS) for one in forest_comparisons(X, quick=quick)]
    if not quick:
        print_scaling(X)
    del X
    return 0 if measure_on_handbook(quick=quick) and all(reached) else 1


if __name__ == "__main__":
    sys.exit(main())
