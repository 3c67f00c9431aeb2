"""The content of the extract: columns, money, references, labels."""

from __future__ import annotations

import pandas as pd
from hypothesis import given
from hypothesis import settings as trials
from hypothesis import strategies as st

from fraudkit.sample import Sample, SampleSettings, generate_sample, read_settings
from fraudkit.schema import COLUMNS
from tests.sample import checks


def test_all_canonical_columns_and_no_other(sample: Sample, settings: SampleSettings) -> None:
    assert sorted(sample.transactions.column_names) == sorted(column.name for column in COLUMNS)
    assert sample.transactions.num_rows == settings.transactions
    assert sum(sample.frauds.values()) == sample.truth.num_rows


def test_balances_add_up_and_never_fall_below_zero(frame: pd.DataFrame) -> None:
    checks.check_balances(frame)


def test_entities_keep_their_attributes(frame: pd.DataFrame) -> None:
    checks.check_references(frame)


def test_time_runs_forward_within_the_extract(frame: pd.DataFrame, settings: SampleSettings) -> None:
    checks.check_time(frame, pd.Timestamp(settings.start_date), settings.days)


def test_transfers_inside_the_bank_have_two_sides(frame: pd.DataFrame) -> None:
    checks.check_both_sides(frame)


def test_every_kind_of_fraud_at_half_a_percent(frame: pd.DataFrame, settings: SampleSettings) -> None:
    checks.check_frauds(frame, set(settings.fraud["kinds"]))


@trials(max_examples=6, deadline=None)
@given(
    seed=st.integers(0, 2**63 - 1),
    transactions=st.integers(10_000, 14_000),
    days=st.integers(60, 400),
)
def test_what_holds_for_one_holds_for_all(seed: int, transactions: int, days: int) -> None:
    settings = read_settings(transactions=transactions, seed=seed, days=days)
    frame = checks.frame_of(generate_sample(settings))
    assert len(frame) == transactions
    checks.check_balances(frame)
    checks.check_references(frame)
    checks.check_time(frame, pd.Timestamp(settings.start_date), days)
    checks.check_both_sides(frame)
    checks.check_frauds(frame, set(settings.fraud["kinds"]))


def test_columns_follow_the_channel(frame: pd.DataFrame) -> None:
    has = frame.notna().groupby(frame["channel"]).mean()
    for channel, columns in {
        "card_present": {"card_id", "merchant_id", "merchant_mcc", "terminal_id"},
        "atm": {"card_id", "merchant_mcc", "merchant_location", "terminal_id"},
        "ecommerce": {"card_id", "merchant_id", "device_id", "ip_address"},
        "payroll": {"counterparty_account"},
    }.items():
        assert (has.loc[channel, sorted(columns)] == 1).all(), channel
    assert (has.loc["payroll", ["card_id", "merchant_id", "device_id"]] == 0).all()
    assert (has.loc["card_present", ["device_id", "ip_address"]] == 0).all()
    transfers = frame[frame["transaction_type"] == "transfer_out"]
    assert transfers[["counterparty_account", "device_id", "ip_address"]].notna().all(axis=None)


def test_labels_are_what_the_bank_already_knows(frame: pd.DataFrame, settings: SampleSettings) -> None:
    known_until = pd.Timestamp(settings.end_date) + pd.Timedelta(days=1 - settings.fraud["report_delay_days"])
    labelled = frame[frame["fraud_label"] == 1]
    assert set(frame["fraud_label"]) == {0, 1}
    assert labelled["transaction_datetime"].max() < known_until
    older = frame[frame["transaction_datetime"] < known_until].dropna(subset=["fraud_kind"])
    share = older.groupby("fraud_kind")["fraud_label"].mean()
    assert share["mule_account"] == 0
    assert share["account_takeover"] == 1
    assert 0 < share["card_testing"] + share["compromised_terminal"] + share["night_cash_run"] < 3


def test_salaries_come_on_pay_days_and_twice_in_july(frame: pd.DataFrame) -> None:
    salary = frame[frame["transaction_type"] == "salary"]
    date = salary["transaction_datetime"].dt
    assert ((date.day == 15) | date.is_month_end).all()
    fortnightly = salary.loc[(date.month == 8) & (date.day == 15), "account_id"]
    open_before = salary.groupby("account_id")["account_age"].transform("min") > 60
    monthly = salary[open_before & ~salary["account_id"].isin(fortnightly)]
    month = monthly["transaction_datetime"].dt.month
    assert (monthly[month == 7].groupby("account_id").size() == 2).all()
    assert (monthly[month == 9].groupby("account_id").size() == 1).all()


def test_honest_life_confuses(frame: pd.DataFrame) -> None:
    """Journeys, large purchases, new telephones, new receivers and retries happen without fraud."""
    honest = frame[frame["fraud_kind"].isna()]
    place = honest["merchant_location"].dropna()
    abroad = place.str.startswith(("Miami", "Madrid", "Bogot", "Santiago de Chile", "Guayaquil"))
    assert abroad.sum() > 5
    devices = honest.groupby("customer_id")["device_id"].nunique()
    assert (devices >= 2).sum() > 5
    large = honest[(honest["transaction_type"] == "purchase") & (honest["transaction_amount"] > 100_000)]
    assert len(large) > 20
    again = honest[honest["channel"] == "ecommerce"].groupby(["card_id", "merchant_id", "transaction_amount"])
    assert (again["transaction_datetime"].diff() < pd.Timedelta(minutes=1)).sum() > 5
