"""The Fraud Detection Handbook's features, built from its raw transactions, and its train and test weeks.

Source: Le Borgne, Siblini, Lebichot, Bontempi, "Reproducible machine learning for credit card fraud
detection", chapters 3 (features, train and test sets) and 5 (periods).
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Column = NDArray[np.float64]
DAY = 86_400
WINDOWS = (1, 7, 30)
DELAY = 7
SHRINKAGE = 5.0  # everybody's amounts weigh as much as five of the customer's own
HISTORY = 50  # days: more than any window with its delay, and a mean of 14 days over sums of 30

BASE = (
    "amount",
    "weekend",
    "night",
    *(f"customer_count_{days}d" for days in WINDOWS),
    *(f"customer_mean_{days}d" for days in WINDOWS),
    *(f"terminal_count_{days}d" for days in WINDOWS),
    *(f"terminal_risk_{days}d" for days in WINDOWS),
)
CUSTOMER = (
    "amount_z_30d",
    "amount_to_mean_30d",
    "amount_to_mean_7d",
    "velocity",
    "mean_z_7d",
    "mean_z_14d",
    "log_seconds_since_last",
)
FEATURE_SETS = {
    "BASE": BASE,
    "BASE+X": BASE + CUSTOMER,
    "NORISK+X": tuple(name for name in BASE if "risk" not in name) + CUSTOMER,
}


@dataclass(frozen=True)
class Period:
    """Rows of one week: features by name, and which rows are frauds."""

    features: pd.DataFrame
    fraud: NDArray[np.bool_]

    def matrix(self, names: tuple[str, ...]) -> NDArray[np.float32]:
        """Return the named features, (n, f)."""
        return self.features[list(names)].to_numpy(np.float32)


def shared_data() -> Path:
    """Return the folder with data for trials, which need not exist."""
    root = Path(__file__).resolve().parents[1]
    return Path(os.environ.get("FRAUDKIT_SHARED_DATA", root.parent / "shared" / "data"))


def read_transactions(folder: Path) -> pd.DataFrame:
    """Return the 1.75 million simulated card transactions in order of time."""
    return pd.read_parquet(folder / "handbook" / "transactions.parquet").sort_values(
        ["TX_DATETIME", "TRANSACTION_ID"], ignore_index=True
    )


class Windows:
    """Sliding sums over one entity's transactions up to and including each, by time.

    Parameters
    ----------
    entity, seconds
        (n,) entity and time of each transaction, in order of time.
    """

    def __init__(self, entity: NDArray[np.int64], seconds: NDArray[np.int64]) -> None:
        self.order = np.argsort(entity, kind="stable")
        self.span = int(seconds.max()) + 1 + 60 * DAY
        self.entity, self.seconds = entity[self.order], seconds[self.order]
        self.key = self.entity * self.span + self.seconds

    def start(self, days: int) -> NDArray[np.intp]:
        """Return the first row of (t - days, t], in entity order."""
        earliest = self.seconds - days * DAY
        start = np.searchsorted(self.key, self.entity * self.span + earliest, side="right")
        first = np.searchsorted(self.entity, self.entity, side="left")
        return np.maximum(start, first)

    def sum(self, values: Column, days: int, *, without_own: bool = False) -> Column:
        """Return the sum of values over (t - days, t] of the same entity, in order of time."""
        total = np.concatenate([[0.0], np.cumsum(values[self.order])])
        end = np.arange(len(self.key)) + (0 if without_own else 1)
        return self.in_time(total[end] - total[self.start(days)])

    def seconds_since_last(self, default: float) -> Column:
        """Return the seconds since the same entity's previous transaction."""
        gap = np.diff(self.seconds, prepend=0).astype(np.float64)
        gap[np.diff(self.entity, prepend=-1) != 0] = default
        return self.in_time(gap)

    def in_time(self, values: Column) -> Column:
        """Return values given in entity order in order of time."""
        result = np.empty(len(values))
        result[self.order] = values
        return result


def build_features(transactions: pd.DataFrame) -> pd.DataFrame:
    """Return all features of all transactions; risk counts frauds known seven days before."""
    amount = transactions["TX_AMOUNT"].to_numpy(np.float64)
    seconds = transactions["TX_TIME_SECONDS"].to_numpy(np.int64)
    times = transactions["TX_DATETIME"].dt
    columns: dict[str, Column] = {
        "amount": amount,
        "weekend": (times.weekday >= 5).to_numpy(np.float64),
        "night": (times.hour <= 6).to_numpy(np.float64),
    }
    customer = Windows(transactions["CUSTOMER_ID"].to_numpy(np.int64), seconds)
    terminal = Windows(transactions["TERMINAL_ID"].to_numpy(np.int64), seconds)
    one, fraud = np.ones(len(amount)), transactions["TX_FRAUD"].to_numpy(np.float64)
    for days in WINDOWS:
        count = customer.sum(one, days)
        columns[f"customer_count_{days}d"] = count
        columns[f"customer_mean_{days}d"] = customer.sum(amount, days) / count
        known = terminal.sum(one, days + DELAY) - terminal.sum(one, DELAY)
        frauds = terminal.sum(fraud, days + DELAY) - terminal.sum(fraud, DELAY)
        columns[f"terminal_count_{days}d"] = known
        columns[f"terminal_risk_{days}d"] = frauds / np.maximum(known, 1)
    return pd.DataFrame(columns | _customer_features(amount, customer, columns))


def _customer_features(amount: Column, customer: Windows, columns: dict[str, Column]) -> dict[str, Column]:
    """Return the label-free features that compare an amount with its customer's own habits."""
    z = _shrunken_z(amount, customer)
    one = np.ones(len(amount))

    def earlier_mean(days: int) -> Column:
        count = customer.sum(one, days, without_own=True)
        return customer.sum(z, days, without_own=True) / np.maximum(count, 1)

    return {
        "amount_z_30d": z,
        "amount_to_mean_30d": amount / np.maximum(columns["customer_mean_30d"], 0.01),
        "amount_to_mean_7d": amount / np.maximum(columns["customer_mean_7d"], 0.01),
        "velocity": columns["customer_count_1d"] / (columns["customer_count_30d"] / 30),
        "mean_z_7d": earlier_mean(7),
        "mean_z_14d": earlier_mean(14),
        "log_seconds_since_last": np.log1p(customer.seconds_since_last(30.0 * DAY)),
    }


def _shrunken_z(amount: Column, customer: Windows) -> Column:
    """Standardise by the customer's earlier 30 days, mean and variance drawn to everybody's when few."""
    one = np.ones(len(amount))
    count = customer.sum(one, 30, without_own=True)
    total = customer.sum(amount, 30, without_own=True)
    squares = customer.sum(amount**2, 30, without_own=True) - total**2 / np.maximum(count, 1)
    mean = (total + SHRINKAGE * amount.mean()) / (count + SHRINKAGE)
    variance = (np.maximum(squares, 0) + SHRINKAGE * amount.var()) / (count + SHRINKAGE)
    return (amount - mean) / np.sqrt(variance)


def train_and_test(transactions: pd.DataFrame, start: str = "2018-07-25") -> tuple[Period, Period]:
    """Return a week and the week that follows after a week's delay.

    Each test day leaves out customers already known to be defrauded: in the training week, or up to seven
    days before.
    """
    since_start = (transactions["TX_DATETIME"].dt.normalize() - pd.Timestamp(start)).dt.days
    transactions = transactions[since_start.between(-HISTORY, 13 + DELAY)]
    features = build_features(transactions)
    fraud = transactions["TX_FRAUD"].to_numpy() == 1
    customer = transactions["CUSTOMER_ID"].to_numpy()
    day = since_start[transactions.index].to_numpy()
    train = (day >= 0) & (day < 7)
    known = set(customer[train & fraud])
    test = np.zeros(len(day), bool)
    for test_day in range(7 + DELAY, 14 + DELAY):
        known |= set(customer[(day == test_day - DELAY - 1) & fraud])
        test |= (day == test_day) & ~np.isin(customer, list(known))
    return Period(features[train], fraud[train]), Period(features[test], fraud[test])
