"""The probability of fraud behind a score: verdicts counted by score band, with an interval.

An Isolation Forest says how unusual a transaction is, not how likely it is fraud. The bank's own verdicts do.
A verdict is counted at the score that stood on the screen when it was given: the forest had not learned from
it yet, so the pair (score, verdict) is an honest trial (Dawid 1984, prequential assessment).

In a band with fraud share q, sampling weights w = 1 / inclusion probability, trust v and verdicts y (0 or 1):

    q^ = sum(v w y) / sum(v w)             Horvitz and Thompson 1952: what was sampled stands for the rest
    m  = sum(v w)^2 / sum(v w^2)           effective number of verdicts (Kish 1965), v their power
    q | verdicts ~ Beta(1/2 + m q^, 1/2 + m (1 - q^))    Jeffreys' prior (Brown, Cai and DasGupta 2001)

`trust` is the exponent of a power prior (Ibrahim and Chen 2000): verdicts given under a former model count,
but less than those under the present one. Bands start with equal numbers of verdicts; neighbours are joined
until the posterior mean rises with the score (pool adjacent violators, Ayer et al. 1955). Shown are the mean
and the central 90 % of the posterior.

What this cannot repair: verdicts exist only where people looked. Within a band the undecided are taken to be
like the decided, and below the lowest verdict nothing was seen: there the lowest band's share is an upper
bound, and `observed_from` says where that begins. A random sample below the line, each verdict with its
inclusion probability, moves that limit down without bias; leaving the weights out would not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betaincinv

LEAST_VERDICTS: Final = 50
"""Of each class, before a probability is shown."""

VERDICTS_PER_BAND: Final = 30
MOST_BANDS: Final = 10
INTERVAL: Final = 0.90
FORMER_MODEL_TRUST: Final = 0.25
"""How much a verdict counts whose score came from a model that is no longer in use."""


@dataclass(frozen=True, slots=True)
class Band:
    """One range of scores and the share of fraud in it.

    Parameters
    ----------
    lowest
        Least score of the band; minus infinity for the first.
    probability
        Mean of the posterior.
    low, high
        Bounds of the central 90 % of the posterior.
    verdicts, frauds
        What was counted, each verdict once.
    effective
        For how many equal verdicts they count.
    """

    lowest: float
    probability: float
    low: float
    high: float
    verdicts: int
    frauds: int
    effective: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """Probability of fraud by score: constant within a band, rising from band to band.

    Parameters
    ----------
    bands
        In the order of their scores.
    observed_from
        The lowest score that a verdict was given at; below it a probability is only an upper bound.
    """

    bands: tuple[Band, ...]
    observed_from: float

    @property
    def verdicts(self) -> int:
        """How many verdicts it rests on."""
        return sum(band.verdicts for band in self.bands)

    def band(self, score: float) -> Band:
        """Return the band that a score lies in."""
        return self.bands[int(self._places(np.array([score]))[0])]

    def probability(self, score: ArrayLike) -> NDArray[np.float64]:
        """Return the probability of fraud for each score."""
        shares = np.array([band.probability for band in self.bands])
        found: NDArray[np.float64] = shares[self._places(np.asarray(score, np.float64))]
        return found

    def _places(self, score: NDArray[np.float64]) -> NDArray[np.intp]:
        return np.searchsorted([band.lowest for band in self.bands[1:]], score, side="right")


@dataclass(slots=True)
class _Sums:
    """Verdicts of neighbouring scores, added up."""

    lowest: float
    fraud: float
    weight: float
    square: float
    verdicts: int
    frauds: int

    @property
    def effective(self) -> float:
        return self.weight**2 / self.square

    @property
    def counts(self) -> tuple[float, float]:
        """The two parameters of the posterior."""
        found = self.effective * self.fraud / self.weight
        return 0.5 + found, 0.5 + max(self.effective - found, 0.0)

    @property
    def mean(self) -> float:
        frauds, others = self.counts
        return frauds / (frauds + others)

    def joined(self, upper: _Sums) -> _Sums:
        return _Sums(
            self.lowest,
            self.fraud + upper.fraud,
            self.weight + upper.weight,
            self.square + upper.square,
            self.verdicts + upper.verdicts,
            self.frauds + upper.frauds,
        )

    def band(self, *, first: bool) -> Band:
        frauds, others = self.counts
        tail = (1.0 - INTERVAL) / 2.0
        low, high = betaincinv(frauds, others, [tail, 1.0 - tail])
        lowest = -np.inf if first else self.lowest
        return Band(lowest, self.mean, float(low), float(high), self.verdicts, self.frauds, self.effective)


def calibrate(
    score: ArrayLike, fraud: ArrayLike, weight: ArrayLike = 1.0, trust: ArrayLike = 1.0
) -> Calibration | None:
    """Return the probability of fraud by score band, or None while there are too few verdicts.

    Parameters
    ----------
    score
        (n,) the score that stood on the screen when each verdict was given.
    fraud
        (n,) whether the verdict that stands is fraud; else it is genuine.
    weight
        (n,) or one for all: 1 / inclusion probability, for how many transactions the verdict stands.
    trust
        (n,) or one for all: in (0, 1], how much a verdict counts.
    """
    ranked = np.asarray(score, np.float64)
    is_fraud = np.asarray(fraud, bool)
    if min(int(is_fraud.sum()), int((~is_fraud).sum())) < LEAST_VERDICTS:
        return None
    weights = np.broadcast_to(np.asarray(weight, np.float64), ranked.shape)
    power = np.broadcast_to(np.asarray(trust, np.float64), ranked.shape)
    rising = _rising(_bands(ranked, is_fraud, weights, power))
    bands = tuple(sums.band(first=place == 0) for place, sums in enumerate(rising))
    return Calibration(bands, float(ranked.min()))


def brier(fraud: ArrayLike, probability: ArrayLike) -> float:
    """Return the mean squared distance of probabilities from what happened (Brier 1950); 0 is perfect."""
    return float(np.mean((np.asarray(probability, np.float64) - np.asarray(fraud, np.float64)) ** 2))


def _bands(
    score: NDArray[np.float64],
    fraud: NDArray[np.bool_],
    weight: NDArray[np.float64],
    trust: NDArray[np.float64],
) -> list[_Sums]:
    """Return bands of about equally many verdicts, equal scores never apart."""
    values, place, counts = np.unique(score, return_inverse=True, return_counts=True)
    wanted = int(np.clip(len(score) // VERDICTS_PER_BAND, 1, MOST_BANDS))
    before = np.cumsum(counts) - counts
    band_of_value = before * wanted // len(score)
    _, band_of_value = np.unique(band_of_value, return_inverse=True)
    band = band_of_value[place]
    firsts = np.searchsorted(band_of_value, np.arange(band_of_value[-1] + 1))

    def totals(values_to_add: NDArray[np.float64]) -> NDArray[np.float64]:
        added: NDArray[np.float64] = np.bincount(band, values_to_add, len(firsts)).astype(np.float64)
        return added

    columns = zip(
        values[firsts],
        totals(trust * weight * fraud),
        totals(trust * weight),
        totals(trust * weight**2),
        np.bincount(band, minlength=len(firsts)),
        totals(fraud.astype(np.float64)),
        strict=True,
    )
    return [
        _Sums(float(lowest), float(found), float(total), float(square), int(count), int(frauds))
        for lowest, found, total, square, count, frauds in columns
    ]


def _rising(bands: list[_Sums]) -> list[_Sums]:
    """Join neighbours until the probability rises from band to band."""
    rising: list[_Sums] = []
    for band in bands:
        rising.append(band)
        while len(rising) > 1 and rising[-2].mean >= rising[-1].mean:
            upper = rising.pop()
            rising.append(rising.pop().joined(upper))
    return rising
