"""Random draws that the generator needs again and again, vectorised."""

from __future__ import annotations

import ipaddress
from typing import Any, Final

import numpy as np

from fraudkit.sample.rows import Floats, Integers

CARRIER_NETWORK: Final = ipaddress.ip_network("100.64.0.0/10")
"""Addresses inside carriers' networks (RFC 6598): believable, and nobody's."""
BENCHMARK_NETWORK: Final = ipaddress.ip_network("198.18.0.0/15")
"""Addresses reserved for tests of networks (RFC 2544)."""
CARRIER_SHARE: Final = 0.75
FIRST_EXTERNAL_ACCOUNT: Final = 100_000_000
"""Counterparties below are accounts of this bank, from here on accounts of others."""
EXTERNAL_ACCOUNTS: Final = 900_000_000


def weighted(rng: np.random.Generator, weights: Any, size: int) -> Integers:
    """Draw positions in proportion to their weights."""
    cumulative = np.cumsum(np.asarray(weights, dtype=np.float64))
    drawn: Integers = np.searchsorted(cumulative, rng.random(size) * cumulative[-1], side="right")
    return drawn


def weighted_rows(rng: np.random.Generator, weights: Floats) -> Integers:
    """Draw one column for each row of a matrix of weights."""
    cumulative = np.cumsum(weights, axis=1)
    threshold = rng.random(len(weights)) * cumulative[:, -1]
    drawn: Integers = (cumulative <= threshold[:, None]).sum(axis=1)
    return drawn


def amounts(rng: np.random.Generator, median: Any, spread: Any, size: int) -> Floats:
    """Draw log-normal amounts; `spread` is the standard deviation of the logarithm."""
    return np.asarray(median) * np.exp(np.asarray(spread) * rng.standard_normal(size))


def to_cents(amount: Floats, step: Any = 1) -> Integers:
    """Return amounts in cents, rounded to a multiple of `step` cents and at least one step."""
    rounded = np.rint(amount * 100 / step)
    cents: Integers = (np.maximum(rounded, 1) * step).astype(np.int64)
    return cents


def addresses(rng: np.random.Generator, size: int | tuple[int, ...]) -> Integers:
    """Draw IPv4 addresses that belong to nobody."""
    carrier = rng.integers(1, CARRIER_NETWORK.num_addresses - 1, size) + int(CARRIER_NETWORK[0])
    other = rng.integers(1, BENCHMARK_NETWORK.num_addresses - 1, size) + int(BENCHMARK_NETWORK[0])
    return np.where(rng.random(size) < CARRIER_SHARE, carrier, other)


def external_accounts(rng: np.random.Generator, size: int | tuple[int, ...]) -> Integers:
    """Draw accounts of other banks."""
    return rng.integers(FIRST_EXTERNAL_ACCOUNT, FIRST_EXTERNAL_ACCOUNT + EXTERNAL_ACCOUNTS, size)
