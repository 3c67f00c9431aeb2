"""How many frauds an analyst finds who labels twenty transactions a round, and what the forest learned.

Protocol: a forest is fitted on an unlabelled week of the handbook; each round the analyst labels the next
twenty transactions and the forest learns; after fifteen rounds the week after a week's delay, never labelled,
measures the average precision. `python -m benchmarks.learning [--quick]`.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score

from benchmarks.handbook import FEATURE_SETS, Period, read_transactions, shared_data, train_and_test
from fraudkit.forest import Forest


@dataclass(frozen=True)
class Experiment:
    """One way of working, with the bars it has to reach.

    Attributes
    ----------
    features, trees, samples, diversity
        Name of the feature set, size of the forest, spread of each round's choice.
    seeds
        Forests to fit.
    found, precision, worst_precision
        Bars: mean frauds found, mean average precision of the later week, that of every seed.
    rounds, per_round
        Labels.
    learns
        Whether the forest learns between rounds; else its static queue is worked off.
    """

    features: str
    trees: int = 100
    samples: int = 256
    diversity: float = 0.0
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)
    found: float = 0.0
    precision: float = 0.0
    worst_precision: float = 0.0
    rounds: int = 15
    per_round: int = 20
    learns: bool = True

    @property
    def name(self) -> str:
        """What the report calls it."""
        way = f"learning, diversity {self.diversity:g}" if self.learns else "static"
        return f"{self.features:8} {self.trees} x {self.samples:<4} {way}"


@dataclass(frozen=True)
class Result:
    """What one seed gave."""

    found: int
    precision: float
    seconds: float


EXPERIMENTS = (
    Experiment("BASE", learns=False),
    Experiment("BASE", found=228, precision=0.45, worst_precision=0.44),
    Experiment("BASE+X", learns=False),
    Experiment("BASE+X", found=225, precision=0.52, worst_precision=0.45),
    Experiment("NORISK+X", seeds=(0, 1, 2), learns=False),
    Experiment("NORISK+X", seeds=(0, 1, 2), found=188, precision=0.20),
    Experiment("BASE", 200, 1024, 3.0, (0, 1, 2), found=255, precision=0.57),
    Experiment("BASE+X", 200, 1024, 3.0, (0, 1, 2)),
)


def run_seed(experiment: Experiment, pool: Period, later: Period, seed: int) -> Result:
    """Work the pool's queue for the given rounds and measure the later week."""
    began = time.process_time()
    names = FEATURE_SETS[experiment.features]
    X = pool.matrix(names)
    forest = Forest.fit(X, names, experiment.trees, experiment.samples, seed)
    labelled: NDArray[np.intp] = np.empty(0, np.intp)
    for _ in range(experiment.rounds):
        chosen = forest.choose(X, experiment.per_round, experiment.diversity, exclude=labelled)
        labelled = np.concatenate([labelled, chosen])
        if experiment.learns:
            forest = forest.learn(X[labelled], pool.fraud[labelled])
    precision = average_precision_score(later.fraud, forest.score(later.matrix(names)))
    return Result(int(pool.fraud[labelled].sum()), float(precision), time.process_time() - began)


def run(experiment: Experiment, pool: Period, later: Period) -> bool:
    """Run all seeds, print them beside the bars and return whether all bars are reached."""
    print(experiment.name)
    results = []
    for seed in experiment.seeds:
        result = run_seed(experiment, pool, later, seed)
        results.append(result)
        print(
            f"    seed {seed}: {result.found:3d} found, average precision {result.precision:.3f}, "
            f"{result.seconds:.1f} s"
        )
    precisions = [result.precision for result in results]
    measured = (
        ("frauds found, mean", float(np.mean([result.found for result in results])), experiment.found),
        ("average precision, mean", float(np.mean(precisions)), experiment.precision),
        ("average precision, worst seed", min(precisions), experiment.worst_precision),
    )
    for label, value, bar in measured:
        beside = f"  bar {bar:g}  {'reached' if value >= bar else 'MISSED'}" if bar else ""
        print(f"  {label:30} {value:8.3f}{beside}")
    return all(value >= bar for _, value, bar in measured)


def thin_out(period: Period, rows: int) -> Period:
    """Return every frauds and as many others as fit into `rows`, in order of time."""
    others = np.flatnonzero(~period.fraud)
    kept = np.random.default_rng(0).choice(others, rows - int(period.fraud.sum()), replace=False)
    positions = np.sort(np.concatenate([np.flatnonzero(period.fraud), kept]))
    return Period(period.features.iloc[positions], period.fraud[positions])


def main(arguments: list[str] | None = None) -> int:
    """Print every experiment beside its bars; 0 when all are reached, 1 when not, 2 without the data."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--quick", action="store_true", help="one seed, few rounds, a thinned pool, no bars")
    quick = parser.parse_args(arguments).quick
    if not (shared_data() / "handbook").exists():
        print(f"The handbook's transactions are not in {shared_data()}; set FRAUDKIT_SHARED_DATA.")
        return 2
    pool, later = train_and_test(read_transactions(shared_data()))
    print(
        f"pool {len(pool.fraud):,} with {pool.fraud.sum()} frauds; "
        f"later week {len(later.fraud):,} with {later.fraud.sum()}"
    )
    if quick:
        pool = thin_out(pool, 10_000)
        experiments = [
            replace(one, seeds=(0,), rounds=4, found=0, precision=0, worst_precision=0)
            for one in EXPERIMENTS
            if one.features == "BASE" and one.trees == 100
        ]
    else:
        experiments = list(EXPERIMENTS)
    reached = [run(experiment, pool, later) for experiment in experiments]
    return 0 if all(reached) else 1


if __name__ == "__main__":
    sys.exit(main())
