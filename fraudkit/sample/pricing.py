"""What things cost: amounts by merchant, activity and income, rounded as people pay them."""

from __future__ import annotations

from typing import Final

import numpy as np

from fraudkit.sample.draw import amounts, to_cents
from fraudkit.sample.merchants import Merchants
from fraudkit.sample.population import Population
from fraudkit.sample.rows import KIND_NUMBER, NONE, Integers, Rows
from fraudkit.sample.settings import SampleSettings

INCOME_ELASTICITY: Final = 0.6
"""How strongly amounts follow income."""
PRICE_STEPS: Final = (1, 10, 50, 100, 500, 1000)
PRICE_STEP_SHARES: Final = (30, 25, 22, 15, 5, 3)
"""Prices end in cents, ten cents, half soles… in these proportions."""
GIFT_STEPS: Final = (10, 50, 100, 500, 1000, 5000)
GIFT_STEP_SHARES: Final = (8, 12, 30, 22, 20, 8)
NOTE: Final = 2000
"""Cash machines give notes of 20."""


def activity_cents(
    settings: SampleSettings,
    merchants: Merchants,
    population: Population,
    *,
    account: Integers,
    kind: Integers,
    merchant: Integers,
    rng: np.random.Generator,
) -> Integers:
    """Return the amount of each transaction, in cents of the account's currency."""
    size = len(kind)
    median = np.where(merchant != NONE, merchants.median[merchant], 0.0)
    spread = np.where(merchant != NONE, merchants.spread[merchant], 0.0)
    for name in ("wallet_transfer", "wallet_receipt", "interbank_transfer", "cash_withdrawal"):
        chosen = kind == KIND_NUMBER[name]
        median[chosen], spread[chosen] = settings.amounts[name]
    amount = (
        amounts(rng, median, spread, size) * population.income[population.owner[account]] ** INCOME_ELASTICITY
    )
    dollars = account >= population.customers
    amount = np.where(dollars, amount / settings.soles_per_dollar, amount)
    limits = settings.amounts
    wallet = np.isin(kind, [KIND_NUMBER[n] for n in ("wallet_purchase", "wallet_transfer", "wallet_receipt")])
    cash = kind == KIND_NUMBER["cash_withdrawal"]
    amount = np.where(wallet, np.minimum(amount, limits["wallet_limit"]), amount)
    amount = np.where(cash, np.minimum(amount, limits["cash_limit"]), amount)
    return to_cents(amount, _steps(kind, merchant, cash, rng))


def _steps(kind: Integers, merchant: Integers, cash: Integers, rng: np.random.Generator) -> Integers:
    size = len(kind)
    price = rng.choice(PRICE_STEPS, size, p=np.array(PRICE_STEP_SHARES) / 100)
    gift = rng.choice(GIFT_STEPS, size, p=np.array(GIFT_STEP_SHARES) / 100)
    return np.where(cash, NOTE, np.where(merchant != NONE, price, gift))


def outgoing_cents(population: Population, rows: Rows) -> Integers:
    """Return what each account spends more than it receives."""
    gained = np.bincount(rows.account, rows.signed_cents, minlength=population.accounts)
    return -np.rint(gained).astype(np.int64)
