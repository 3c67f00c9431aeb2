"""How much fraud lies below the line, estimated from a random sample that was reviewed.

Everybody measures only where they looked. A random sample with known inclusion probabilities p_i looks
everywhere: sum(y_i / p_i) over the sampled transactions is an unbiased estimate of the total (Horvitz and
Thompson, 1952). Transactions of a draw that nobody has reviewed yet are taken to be like the reviewed ones
of the same draw, so that each of these stands for (N / n) * (n / reviewed) transactions.

The interval is that of a weighted sum of Poisson counts (Fay and Feuer, "Confidence intervals for directly
standardized rates", 1997): it holds for few frauds and for none, where a normal interval is empty; with
equal weights it is Garwood's exact interval.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaincinv

LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Drawn:
    """One transaction of a random sample.

    Parameters
    ----------
    draw
        Which draw took it.
    probability
        The probability with which it was taken, over 0 and at most 1.
    is_fraud
        What the review found; None while there is no verdict of either kind.
    amount
        Its size in base currency.
    """

    draw: str
    probability: float
    is_fraud: bool | None
    amount: float


@dataclass(frozen=True, slots=True)
class Estimate:
    """A total with its 95 % interval."""

    total: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class MissedFraud:
    """What a random sample says about the transactions that it was drawn from.

    Parameters
    ----------
    drawn, reviewed, frauds
        Transactions of the sample, those with a verdict, and the frauds among these.
    stands_for
        How many transactions the reviewed ones stand for.
    count, amount
        Frauds below the line and their money; None while nothing was reviewed.
    """

    drawn: int
    reviewed: int
    frauds: int
    stands_for: float
    count: Estimate | None
    amount: Estimate | None


def missed_fraud(sample: Sequence[Drawn]) -> MissedFraud:
    """Return the estimate of fraud below the line from everything that was ever drawn."""
    reviewed = [one for one in sample if one.is_fraud is not None]
    if not reviewed:
        return MissedFraud(len(sample), 0, 0, 0.0, None, None)
    weights = _weights(sample, reviewed)
    fraud = np.array([bool(one.is_fraud) for one in reviewed])
    money = weights * np.array([one.amount for one in reviewed])
    return MissedFraud(
        len(sample),
        len(reviewed),
        int(fraud.sum()),
        float(weights.sum()),
        weighted_total(fraud, weights),
        weighted_total(fraud, money),
    )


def weighted_total(counts: ArrayLike, weights: ArrayLike, level: float = LEVEL) -> Estimate:
    """Return sum(weights * counts) and its interval.

    Parameters
    ----------
    counts
        (n,) events of each unit, Poisson distributed.
    weights
        (n,) what one event of the unit counts.
    level
        How often the interval holds, at least.
    """
    x, w = np.asarray(counts, np.float64), np.asarray(weights, np.float64)
    largest = float(w.max(initial=0.0))
    if largest <= 0.0:
        return Estimate(0.0, 0.0, 0.0)
    w = w / largest  # squares of tiny weights would vanish
    total, variance = float(w @ x), float(w**2 @ x)
    tail = (1.0 - level) / 2.0
    low = 0.0 if variance <= 0.0 else _gamma_quantile(tail, total, variance)
    high = _gamma_quantile(1.0 - tail, total + 1.0, variance + 1.0)
    return Estimate(total * largest, low * largest, high * largest)


def _gamma_quantile(share: float, mean: float, variance: float) -> float:
    """Return the quantile of the gamma distribution with this mean and variance."""
    return float(gammaincinv(mean**2 / variance, share)) * variance / mean


def _weights(sample: Sequence[Drawn], reviewed: Sequence[Drawn]) -> NDArray[np.float64]:
    """Return for how many transactions each reviewed one stands."""
    drawn: dict[str, list[float]] = {}
    for one in sample:
        drawn.setdefault(one.draw, []).append(1.0 / one.probability)
    answered: dict[str, list[float]] = {}
    for one in reviewed:
        answered.setdefault(one.draw, []).append(1.0 / one.probability)
    fill = {draw: math.fsum(drawn[draw]) / math.fsum(found) for draw, found in answered.items()}
    return np.array([fill[one.draw] / one.probability for one in reviewed])
