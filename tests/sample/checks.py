"""What holds for every extract, whatever its seed and size."""

from __future__ import annotations

import pandas as pd

from fraudkit.sample import Sample
from fraudkit.sample.rows import KINDS

INCOMING = {kind.transaction_type for kind in KINDS if kind.incoming}
OWNERS = {
    "account_id": ["customer_id", "account_type", "currency"],
    "customer_id": ["customer_age", "customer_location", "customer_risk_score"],
    "card_id": ["account_id"],
    "merchant_id": ["merchant_name", "merchant_mcc", "merchant_location"],
    "terminal_id": ["merchant_location", "merchant_mcc"],
}


def frame_of(sample: Sample) -> pd.DataFrame:
    """Return the transactions with fraud kind and scenario, amounts in cents."""
    frame = sample.transactions.to_pandas()
    for column in ("transaction_amount", "account_balance_before", "account_balance_after"):
        frame[column] = [int(value * 100) for value in frame[column]]
    return frame.merge(sample.truth.to_pandas(), how="left", on="transaction_id", validate="one_to_one")


def check_balances(frame: pd.DataFrame) -> None:
    direction = frame["transaction_type"].isin(INCOMING).map({True: 1, False: -1})
    gained = direction * frame["transaction_amount"]
    assert (frame["transaction_amount"] > 0).all()
    assert (frame["account_balance_before"] + gained == frame["account_balance_after"]).all()
    earlier = frame.groupby("account_id")["account_balance_after"].shift()
    assert (earlier.isna() | (earlier == frame["account_balance_before"])).all()
    assert frame["account_balance_after"].min() >= 0


def check_references(frame: pd.DataFrame) -> None:
    for entity, attributes in OWNERS.items():
        for attribute in attributes:
            assert frame.groupby(entity)[attribute].nunique(dropna=False).max() == 1, (entity, attribute)
    assert frame["transaction_id"].is_unique
    merchants = frame.dropna(subset=["terminal_id", "merchant_id"])
    assert merchants.groupby("terminal_id")["merchant_id"].nunique().max() == 1


def check_time(frame: pd.DataFrame, first: pd.Timestamp, days: int) -> None:
    time = frame["transaction_datetime"]
    assert time.is_monotonic_increasing
    assert time.iloc[0] >= first
    assert time.iloc[-1] < first + pd.Timedelta(days=days)
    assert frame["account_age"].min() >= 0


def check_both_sides(frame: pd.DataFrame) -> None:
    """A transfer inside the bank appears at the sender and, within seconds, at the receiver."""
    inside = frame[frame["counterparty_account"].str.startswith("CT-", na=False)]
    sent = inside[inside["transaction_type"] == "transfer_out"]
    received = inside[inside["transaction_type"] == "transfer_in"]
    assert len(sent) > 100
    key = ["from", "to", "transaction_amount", "channel"]
    left = sent.rename(columns={"account_id": "from", "counterparty_account": "to"})
    right = received.rename(columns={"account_id": "to", "counterparty_account": "from"})
    assert sorted(map(tuple, left[key].to_numpy())) == sorted(map(tuple, right[key].to_numpy()))
    assert (left["from"] != left["to"]).all()
    assert len(inside) == len(sent) + len(received)


def check_frauds(frame: pd.DataFrame, kinds: set[str]) -> None:
    assert 0.004 <= frame["fraud_kind"].notna().mean() <= 0.006
    assert set(frame["fraud_kind"].dropna()) == kinds
    assert (frame["fraud_kind"].isna() <= (frame["fraud_label"] == 0)).all()
    accounts = frame.dropna(subset=["scenario_id"]).groupby("account_id")["scenario_id"].nunique()
    assert accounts.max() == 1
