"""The generator's settings: read from one TOML file, checked, typed."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from fraudkit.config import PROJECT_ROOT
from fraudkit.errors import InvalidInputError
from fraudkit.words import N_

SETTINGS_FILE: Final = PROJECT_ROOT / "data" / "sample_settings.toml"
MINIMUM_TRANSACTIONS: Final = 10_000
MAXIMUM_TRANSACTIONS: Final = 10_000_000
"""Each million takes about 0.9 GB while it is made."""
MINIMUM_DAYS: Final = 60
MAXIMUM_DAYS: Final = 730
MAXIMUM_SEED: Final = 2**63 - 1
FRAUD_KINDS: Final = (
    "card_testing",
    "account_takeover",
    "compromised_terminal",
    "mule_account",
    "night_cash_run",
)
KEYS: Final[dict[str, set[str]]] = {
    "population": {
        "dollar_account_share",
        "second_card_share",
        "new_account_share",
        "salaried_share",
        "twice_monthly_share",
        "pay_day",
        "minimum_salary",
        "bonus_dates",
        "traveller_share",
        "trip_days",
        "trip_abroad_share",
        "new_device_share",
        "customers_per_merchant",
        "customers_per_cash_machine",
        "contacts",
        "inside_contact_share",
        "favourite_merchants",
    },
    "habits": {
        "favourite_share",
        "new_counterparty_share",
        "new_address_share",
        "retry_share",
        "large_purchase_share",
        "odd_hour_share",
        "payday_boost",
        "weekday_weights",
        "bills",
    },
    "activities": {
        "card_purchase",
        "online_purchase",
        "wallet_purchase",
        "wallet_transfer",
        "wallet_receipt",
        "interbank_transfer",
        "cash_withdrawal",
    },
    "amounts": {
        "wallet_transfer",
        "wallet_receipt",
        "interbank_transfer",
        "cash_withdrawal",
        "wallet_limit",
        "cash_limit",
        "income_spread",
        "opening_balance",
    },
    "fraud": {"share", "report_delay_days", "kinds"},
}
"""The names that each table of the file has, no more and no less."""


@dataclass(frozen=True, slots=True)
class SampleSettings:
    """What one extract is made from.

    Parameters
    ----------
    seed, transactions, days, end_date
        Seed of all random numbers, number of rows, days covered, last day (inclusive).
    transactions_per_customer_day
        Decides how many customers there are.
    soles_per_dollar
        Rate at which purchases of dollar accounts are converted.
    population, habits, activities, amounts, fraud, cities, categories
        The tables of the file under the same names.
    """

    seed: int
    transactions: int
    days: int
    end_date: date
    transactions_per_customer_day: float
    soles_per_dollar: float
    population: dict[str, Any]
    habits: dict[str, Any]
    activities: dict[str, dict[str, Any]]
    amounts: dict[str, Any]
    fraud: dict[str, Any]
    cities: list[dict[str, Any]]
    categories: list[dict[str, Any]]

    @property
    def start_date(self) -> date:
        """First day of the extract."""
        return self.end_date - timedelta(days=self.days - 1)

    @property
    def customers(self) -> int:
        """Number of customers that make so many transactions in so many days."""
        return max(100, round(self.transactions / (self.days * self.transactions_per_customer_day)))


def read_settings(
    path: Path = SETTINGS_FILE,
    *,
    transactions: int | None = None,
    seed: int | None = None,
    days: int | None = None,
) -> SampleSettings:
    """Return the settings of the file, with what the caller wants otherwise.

    Raises
    ------
    InvalidInputError
        When the file cannot be used, or a number is out of its range.
    """
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
        extract = tables.pop("extract")
        wanted = {"transactions": transactions, "seed": seed, "days": days}
        extract |= {name: value for name, value in wanted.items() if value is not None}
        settings = SampleSettings(**extract, **tables)
        _check_names(settings)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise InvalidInputError(
            N_("The settings of the sample cannot be read from {path}."),
            N_("Restore the file from the distribution: {error}"),
            path=path,
            error=error,
        ) from error
    _check(
        N_("A sample cannot have {value} transactions."),
        settings.transactions,
        (MINIMUM_TRANSACTIONS, MAXIMUM_TRANSACTIONS),
    )
    _check(N_("A sample cannot cover {value} days."), settings.days, (MINIMUM_DAYS, MAXIMUM_DAYS))
    _check(N_("A sample cannot have the seed {value}."), settings.seed, (0, MAXIMUM_SEED))
    return settings


def _check_names(settings: SampleSettings) -> None:
    """Raise ValueError, naming what is missing or unknown."""
    tables = {name: set(getattr(settings, name)) for name in KEYS}
    tables["fraud.kinds"] = set(settings.fraud.get("kinds", ()))
    for name, declared in (KEYS | {"fraud.kinds": set(FRAUD_KINDS)}).items():
        wrong = sorted(tables[name] ^ declared)
        if wrong:
            raise ValueError(f"[{name}] {', '.join(wrong)}")  # noqa: EM102, TRY003 - shown within the hint


def _check(message: str, value: int, bounds: tuple[int, int]) -> None:
    lowest, highest = bounds
    if not lowest <= value <= highest:
        raise InvalidInputError(
            message,
            N_("Use a number from {lowest} to {highest}."),
            value=value,
            lowest=lowest,
            highest=highest,
        )
