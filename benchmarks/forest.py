"""The forest's kernels beside scikit-learn, shap and fasttreeshap-fixed; part of benchmarks/engine.py.

fasttreeshap-fixed is no requirement. To measure it, give it an environment of its own that sees this one's
packages: `python -m venv FOLDER`, write the path of this environment's site-packages into a file `engine.pth`
in FOLDER's site-packages, `FOLDER/bin/pip install --no-deps fasttreeshap-fixed==0.1.5`, and run the benchmark
with FOLDER/bin/python.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import shap
from numpy.typing import NDArray
from sklearn.ensemble import IsolationForest
from threadpoolctl import threadpool_limits

from benchmarks.clock import cpu_seconds
from fraudkit.forest import Forest

Work = Callable[[], NDArray[Any]]
REPEATS = 5


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


def compare(*, quick: bool) -> bool:
    """Print every ratio beside its bar; quick runs have few rows, one repeat and no bars on speed."""
    X = make_rows(2_000 if quick else 100_000)
    with threadpool_limits(1):
        reached = [measure(one, 1 if quick else REPEATS) for one in forest_comparisons(X, quick=quick)]
    return all(reached)
