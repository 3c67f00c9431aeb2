"""What comes and goes by the calendar: salaries, other income, monthly bills."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from fraudkit.sample.clock import dates, is_month_end
from fraudkit.sample.draw import amounts, external_accounts, to_cents
from fraudkit.sample.merchants import NATIONAL, Merchants
from fraudkit.sample.population import Population
from fraudkit.sample.pricing import outgoing_cents
from fraudkit.sample.rows import DAY, HOUR, KIND_NUMBER, NONE, Integers, Rows, concatenate
from fraudkit.sample.settings import SampleSettings

IRREGULAR_DAYS: Final = 9.0
"""Mean days between two receipts of customers without a salary."""
DOLLAR_DAYS: Final = 40.0
BRANCH_SHARE: Final = 0.4
LOW_WAGE_SPREAD: Final = 0.18
"""How far low wages lie above the minimum, as a share of it."""
LAST_DAY: Final = 28


@dataclass(frozen=True, slots=True)
class Receipts:
    """Income whose dates are set and whose amounts follow spending; `weight` is the relative size."""

    rows: Rows
    weight: np.typing.NDArray[np.float64]


def schedule_receipts(settings: SampleSettings, population: Population, rng: np.random.Generator) -> Receipts:
    """Return salaries on pay days and irregular income of everybody else, still without amounts."""
    salaries, shares = _salaries(settings, population, rng)
    others = _irregular(settings, population, rng)
    rows = concatenate([salaries, others])
    weight = np.concatenate([shares, np.exp(0.6 * rng.standard_normal(len(others)))])
    kept = _open(population, rows)
    return Receipts(rows.take(kept), weight[kept])


def price_receipts(
    settings: SampleSettings,
    population: Population,
    receipts: Receipts,
    spending: Rows,
    rng: np.random.Generator,
) -> Rows:
    """Give each receipt its amount, so that an account receives about what it spends."""
    account = receipts.rows.account
    needed = np.maximum(outgoing_cents(population, spending), 0) * rng.uniform(
        0.98, 1.15, population.accounts
    )
    units = np.bincount(account, receipts.weight, minlength=population.accounts)
    unit = needed / np.maximum(units, 1.0)
    paid_twice = population.twice_monthly[population.owner]
    lowest = settings.population["minimum_salary"] * 100 / np.where(paid_twice, 2, 1)
    lowest *= 1 + rng.gamma(1.2, LOW_WAGE_SPREAD, population.accounts)
    salaried = population.account_type == 0
    unit = np.where(salaried, np.maximum(unit, lowest), unit)
    amount = unit[account] * receipts.weight / 100
    step = np.where(receipts.rows.kind == KIND_NUMBER["salary"], 1, 1000)
    return receipts.rows.replaced(cents=to_cents(amount, step))


def bills(
    settings: SampleSettings, merchants: Merchants, population: Population, rng: np.random.Generator
) -> Rows:
    """Return monthly bills: the same merchant, about the same day and amount."""
    parts = []
    for _ in range(settings.habits["bills"]):
        customer = np.flatnonzero(rng.random(population.customers) < 0.5)  # noqa: PLR2004 - half have it
        merchant = merchants.bill.popular(rng, np.full(len(customer), NATIONAL))
        usual = amounts(rng, merchants.median[merchant], merchants.spread[merchant], len(customer))
        usual *= population.income[customer] ** 0.5
        day = rng.integers(1, LAST_DAY + 1, len(customer))
        for number, date in enumerate(dates(settings)):
            due = np.flatnonzero(day == date.day)
            second = number * DAY + rng.integers(7 * HOUR, 22 * HOUR, len(due))
            parts.append(
                Rows.of(
                    len(due),
                    second=second,
                    kind=KIND_NUMBER["bill"],
                    account=customer[due],
                    cents=to_cents(usual[due] * rng.uniform(0.92, 1.08, len(due)), 10),
                    card=0,
                    merchant=merchant[due],
                    device=population.device(customer[due], second),
                    address=population.addresses[customer[due], 0],
                )
            )
    rows = concatenate(parts)
    return rows.take(_open(population, rows))


def _open(population: Population, rows: Rows) -> np.typing.NDArray[np.bool_]:
    return rows.second >= population.opened[rows.account] * DAY


def _salaries(
    settings: SampleSettings, population: Population, rng: np.random.Generator
) -> tuple[Rows, np.typing.NDArray[np.float64]]:
    table = settings.population
    employer = external_accounts(rng, population.customers // 6 + 1)
    employed_by = employer[rng.integers(0, len(employer), population.customers)]
    parts, weights = [], []
    for number, date in enumerate(dates(settings)):
        month_end = is_month_end(date)
        shares = population.salaried & (
            month_end | (population.twice_monthly & (date.day == table["pay_day"]))
        )
        # A gratificación is a further month's salary: two halves for those paid twice.
        bonus = np.where([date.month, date.day] in table["bonus_dates"], 1 + population.twice_monthly, 0)
        weight = (shares * 1.0 + bonus * population.salaried).astype(np.float64)
        paid = np.flatnonzero(weight > 0)
        parts.append(_salary_rows(number, paid, employed_by[paid], rng))
        weights.append(weight[paid])
    return concatenate(parts), np.concatenate(weights)


def _salary_rows(day: int, customer: Integers, employer: Integers, rng: np.random.Generator) -> Rows:
    return Rows.of(
        len(customer),
        second=day * DAY + rng.integers(5 * HOUR, 11 * HOUR, len(customer)),
        kind=KIND_NUMBER["salary"],
        account=customer,
        counterparty=employer,
    )


def _irregular(settings: SampleSettings, population: Population, rng: np.random.Generator) -> Rows:
    rate = np.where(population.salaried, 0.0, settings.days / IRREGULAR_DAYS)
    dollars = population.accounts - population.customers
    rate = np.concatenate([rate, np.full(dollars, settings.days / DOLLAR_DAYS)])
    account = np.repeat(np.arange(population.accounts), rng.poisson(rate))
    branch = rng.random(len(account)) < BRANCH_SHARE
    payer = population.contacts[population.owner[account], rng.integers(0, 3, len(account))]
    outside = np.where(payer < population.customers, external_accounts(rng, len(account)), payer)
    return Rows.of(
        len(account),
        second=rng.integers(0, settings.days, len(account)) * DAY
        + rng.integers(9 * HOUR, 18 * HOUR, len(account)),
        kind=np.where(branch, KIND_NUMBER["deposit"], KIND_NUMBER["interbank_receipt"]),
        account=account,
        counterparty=np.where(branch, NONE, outside),
    )
