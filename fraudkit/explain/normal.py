"""What would look normal: usual values put in the place of a transaction's own, and the score computed again.

A lever is what a person can imagine otherwise: the amount, which moves several features at once, or any other
feature. Every set of the strongest levers is scored by the forest itself, so nothing is estimated, and the
smallest set that takes the transaction below the line is the answer. For a lever with a scale (money, counts,
hours) the reach of "normal" is exact as well: along one value a forest is constant between its thresholds, so
one score in each stretch says where the line is crossed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

Origin = Literal["own", "training"]
Scores = Callable[[NDArray[np.float32]], NDArray[np.float64]]

MOST_LEVERS: Final = 5
"""Sets are tried among so many levers, the strongest; with five that is 31 scores."""


@dataclass(frozen=True, slots=True)
class Lever:
    """Something that could have been otherwise.

    Parameters
    ----------
    name
        The feature that names it; `amount` for the amount.
    values
        The usual value of each of its features.
    origin
        Where they come from: the entity's own history, or the rows that the model was trained on.
    usual, actual
        The usual and the actual value as people see them: the amount in its own currency, else the
        feature's value.
    """

    name: str
    values: Mapping[str, float]
    origin: Origin
    usual: float
    actual: float


@dataclass(frozen=True, slots=True)
class Swap:
    """Usual values for some levers, and where the transaction would then stand.

    Parameters
    ----------
    levers
        What was swapped.
    score
        The score then.
    is_below
        Whether that lies below the line; None where there is no line.
    """

    levers: tuple[Lever, ...]
    score: float
    is_below: bool | None


def swaps(
    row: Mapping[str, float],
    levers: Sequence[Lever],
    names: Sequence[str],
    score: Scores,
    line: float | None,
) -> list[Swap]:
    """Return every set of levers with its score, smaller sets first and the lowest score first among equals.

    Parameters
    ----------
    row
        The transaction's features by name.
    levers
        The strongest levers; no more than `MOST_LEVERS` are tried.
    names
        The model's features in their order.
    score
        Scores rows of features.
    line
        The score of the line; None without one.
    """
    tried = levers[:MOST_LEVERS]
    sets = [chosen for size in range(1, len(tried) + 1) for chosen in combinations(tried, size)]
    if not sets:
        return []
    X = np.array([_swapped(row, chosen, names) for chosen in sets], np.float32)
    found = [
        Swap(chosen, float(reached), None if line is None else bool(reached < line))
        for chosen, reached in zip(sets, score(X), strict=True)
    ]
    return sorted(found, key=lambda swap: (len(swap.levers), swap.score))


def smallest(found: Sequence[Swap]) -> Swap | None:
    """Return the smallest set that takes the transaction below the line, if any does."""
    return next((swap for swap in found if swap.is_below), None)


def reach(
    lever: Lever,
    row: Mapping[str, float],
    names: Sequence[str],
    features_at: Callable[[NDArray[np.float64]], Mapping[str, NDArray[np.float64]]],
    crossings: NDArray[np.float64],
    score: Scores,
    line: float,
) -> float | None:
    """Return how far a lever may go from its usual value towards the actual one and stay below the line.

    Parameters
    ----------
    lever
        The lever; everything else stays as it is.
    row, names
        The transaction's features, and their order.
    features_at
        Gives the lever's features at some values of it.
    crossings
        The values at which the forest splits on one of them.
    score
        Scores rows of features.
    line
        The score of the line.

    Returns
    -------
    The last value before the line is crossed; None when already the usual value stands above it, or when the
    line is not crossed on the way.
    """
    rising = lever.actual > lever.usual
    between = (crossings > min(lever.usual, lever.actual)) & (crossings < max(lever.usual, lever.actual))
    steps = np.unique(np.concatenate([[lever.usual, lever.actual], crossings[between]]))
    steps = steps if rising else steps[::-1]
    middles = (steps[:-1] + steps[1:]) / 2
    probes = np.concatenate([steps, middles])
    X = np.tile(np.array([row[name] for name in names], np.float32), (len(probes), 1))
    for name, values in features_at(probes).items():
        X[:, list(names).index(name)] = values
    below = score(X) < line
    at_steps, at_middles = below[: len(steps)], below[len(steps) :]
    if not at_steps[0]:
        return None
    blocked = np.flatnonzero(~(at_middles & at_steps[:-1]))
    if not len(blocked):
        return None
    return float(steps[blocked[0]])


def _swapped(row: Mapping[str, float], chosen: Sequence[Lever], names: Sequence[str]) -> list[float]:
    values = dict(row)
    for lever in chosen:
        values |= lever.values
    return [values[name] for name in names]


@dataclass(frozen=True, slots=True)
class Normality:
    """What would look normal.

    Parameters
    ----------
    line
        The score of the line; None without one.
    is_below
        Whether the transaction stands below it anyway.
    best
        The smallest set that takes it below the line; None when none does.
    best_severity
        The percentile that it would then have; NaN where the percentile is not known.
    reach
        How far the lever of a set of one may go; None where that has no scale.
    singles
        Each lever by itself with the percentile that the transaction would then have, the most telling first.
    together
        All levers at once; None without any.
    together_severity
        The percentile with all of them.
    """

    line: float | None
    is_below: bool
    best: Swap | None
    best_severity: float
    reach: float | None
    singles: tuple[tuple[Swap, float], ...]
    together: Swap | None
    together_severity: float
