"""Each kind of fraud is what its name says."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

DAY = pd.Timedelta(days=1)


def scenarios(frame: pd.DataFrame, kind: str) -> Iterator[pd.DataFrame]:
    chosen = frame[frame["fraud_kind"] == kind]
    assert not chosen.empty
    for _, scenario in chosen.groupby("scenario_id"):
        yield scenario


def test_card_testing_is_a_burst_of_small_amounts_from_one_new_device(frame: pd.DataFrame) -> None:
    for burst in scenarios(frame, "card_testing"):
        assert burst["transaction_datetime"].agg(["min", "max"]).diff().iloc[-1] < pd.Timedelta(hours=1)
        assert len(set(burst["device_id"])) == 1
        assert (frame["device_id"] == burst["device_id"].iloc[0]).sum() == len(burst)
        assert burst["transaction_amount"].median() < 1_500
        assert len(burst) >= 8


def test_takeover_drains_the_account_from_a_new_device_to_new_receivers(frame: pd.DataFrame) -> None:
    for takeover in scenarios(frame, "account_takeover"):
        before = takeover["account_balance_before"].iloc[0]
        assert takeover["transaction_amount"].sum() >= 0.8 * before
        assert (takeover["transaction_type"] == "transfer_out").all()
        assert (frame["device_id"] == takeover["device_id"].iloc[0]).sum() == len(takeover)
        receivers = frame["counterparty_account"].isin(takeover["counterparty_account"])
        assert receivers.sum() == len(takeover)


def test_after_a_takeover_the_account_is_blocked_until_the_bank_credits_the_loss(frame: pd.DataFrame) -> None:
    credited = 0
    for takeover in scenarios(frame, "account_takeover"):
        last = takeover.index[-1]
        after = frame[(frame["account_id"] == takeover["account_id"].iloc[0]) & (frame.index > last)]
        credit = after[after["transaction_type"] == "refund"]
        until = credit.index[0] if len(credit) else len(frame)
        blocked = after[after.index < until]
        assert set(blocked["transaction_type"]) <= {"salary", "deposit", "transfer_in"}
        if len(credit):
            credited += 1
            assert credit["transaction_amount"].tolist() == [takeover["transaction_amount"].sum()]
    assert credited > 0


def test_cards_of_a_compromised_terminal_all_paid_there_before(frame: pd.DataFrame) -> None:
    honest = frame[frame["fraud_kind"].isna() & (frame["channel"] == "card_present")]
    for scenario in scenarios(frame, "compromised_terminal"):
        cards = set(scenario["card_id"])
        start = scenario["transaction_datetime"].min()
        earlier = honest[honest["card_id"].isin(cards) & (honest["transaction_datetime"] < start)]
        shared = earlier.groupby("terminal_id")["card_id"].nunique().max()
        assert shared == len(cards)
        hour = scenario["transaction_datetime"].dt.hour
        away = ~scenario["merchant_location"].str.startswith("Lima")
        assert (away | (hour >= 23) | (hour < 5)).all()


def test_mules_pass_on_what_came_in_within_a_day(frame: pd.DataFrame) -> None:
    for scenario in scenarios(frame, "mule_account"):
        assert len(set(scenario["account_id"])) == 1
        incoming = scenario["transaction_type"] == "transfer_in"
        received = scenario.loc[incoming, "transaction_amount"].sum()
        passed_on = scenario.loc[~incoming, "transaction_amount"].sum()
        assert 0.8 * received <= passed_on <= received
        assert scenario["transaction_datetime"].agg(["min", "max"]).diff().iloc[-1] < 1.5 * DAY


def test_cash_runs_happen_at_night_with_one_card(frame: pd.DataFrame) -> None:
    for scenario in scenarios(frame, "night_cash_run"):
        hour = scenario["transaction_datetime"].dt.hour
        assert ((hour >= 23) | (hour < 7)).all()
        assert len(set(scenario["card_id"])) == 1
        assert (scenario["channel"] == "atm").all()
        assert scenario["transaction_amount"].min() >= 20_000
