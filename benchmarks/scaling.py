"""Two threads instead of one: wall and CPU seconds; part of benchmarks/engine.py.

No bar, as it depends on the second core: where it is idle the wall time falls by nearly a half and the CPU
time stays; where others use it both say so.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks import features
from fraudkit.features.build import build_features
from fraudkit.features.plan import plan_features
from fraudkit.features.rows import FeatureRows
from fraudkit.forest import Forest

REPEATS = 5
SCORED_ROWS = 200_000
EXPLAINED_ROWS = 8_192
Work = Callable[[int], object]


def works(frame: pd.DataFrame, *, quick: bool) -> dict[str, Work]:
    """Return what is run, by name; each takes the number of threads."""
    rows, plan = features.feature_rows(frame), plan_features(features.SPECS, features.AVAILABLE)
    X = _matrix(rows)[: 2_000 if quick else SCORED_ROWS]
    forest = Forest.fit(X)
    explained = X[: 64 if quick else EXPLAINED_ROWS]
    return {
        f"features, {len(frame):,} rows": lambda threads: build_features(features.SPECS, plan, rows, threads),
        f"score, {len(X):,} rows": lambda threads: forest.score(X, threads=threads),
        f"explain, {len(explained):,} rows": lambda threads: forest.explain(
            explained, dtype=np.float32, threads=threads
        ),
    }


def print_scaling(frame: pd.DataFrame, *, quick: bool) -> None:
    """Print medians of both times on one and on two threads, in turns."""
    for name, work in works(frame, quick=quick).items():
        taken: dict[int, list[tuple[float, float]]] = {1: [], 2: []}
        for _ in range(1 if quick else REPEATS):
            for threads, times in taken.items():
                wall, used = time.perf_counter(), time.process_time()
                work(threads)
                times.append((time.perf_counter() - wall, time.process_time() - used))
        (wall_1, cpu_1), (wall_2, cpu_2) = (
            [statistics.median(of) for of in zip(*times, strict=True)] for times in taken.values()
        )
        print(
            f"{name:28} one thread {wall_1:6.2f} s wall {cpu_1:6.2f} s CPU, "
            f"two {wall_2:6.2f} s wall {cpu_2:6.2f} s CPU: {wall_1 / wall_2:.2f} x"
        )


def _matrix(rows: FeatureRows) -> NDArray[np.float32]:
    """Return the features row by row, as the forest is fed in the app."""
    plan = plan_features(features.SPECS, features.AVAILABLE)
    return np.ascontiguousarray(build_features(features.SPECS, plan, rows)[:SCORED_ROWS])
