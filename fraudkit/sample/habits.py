"""What customers do of their own will, one vectorised step per column."""

from __future__ import annotations

import numpy as np

from fraudkit.sample.clock import draw_days, draw_seconds
from fraudkit.sample.draw import addresses, external_accounts, weighted, weighted_rows
from fraudkit.sample.merchants import NATIONAL, Merchants
from fraudkit.sample.population import OLDEST, YOUNGEST, Population
from fraudkit.sample.pricing import activity_cents
from fraudkit.sample.rows import DAY, KIND_NUMBER, NONE, Flags, Integers, Rows, concatenate
from fraudkit.sample.settings import SampleSettings

CARD = (KIND_NUMBER["card_purchase"], KIND_NUMBER["online_purchase"], KIND_NUMBER["cash_withdrawal"])
REMOTE = tuple(
    KIND_NUMBER[name]
    for name in ("online_purchase", "wallet_purchase", "wallet_transfer", "interbank_transfer")
)
TRANSFER = tuple(KIND_NUMBER[name] for name in ("wallet_transfer", "wallet_receipt", "interbank_transfer"))
DOLLAR_USE = 0.3
"""Share of card use that owners of an account in dollars put on it."""
LONGEST_RETRY = 55


def discretionary(
    settings: SampleSettings,
    merchants: Merchants,
    population: Population,
    size: int,
    rng: np.random.Generator,
) -> Rows:
    """Return about `size` honest transactions, unordered."""
    customer = weighted(rng, population.activity, size)
    activity = _activities(settings, population, customer, rng)
    kind = np.array([KIND_NUMBER[name] for name in settings.activities])[activity]
    account = _accounts(population, customer, kind, rng)
    second = draw_days(settings, population, account, rng) * DAY
    second += draw_seconds(settings, population, customer, activity, rng)
    city = population.whereabouts(customer, second)
    large = (rng.random(size) < settings.habits["large_purchase_share"]) & np.isin(kind, CARD[:2])
    kind = np.where(large, KIND_NUMBER["card_purchase"], kind)
    merchant = _merchants(
        settings, merchants, population, customer=customer, kind=kind, city=city, large=large, rng=rng
    )
    remote = np.isin(kind, REMOTE)
    rows = Rows.of(
        size,
        second=second,
        kind=kind,
        account=account,
        cents=activity_cents(
            settings, merchants, population, account=account, kind=kind, merchant=merchant, rng=rng
        ),
        card=np.where(np.isin(kind, CARD), _cards(population, account, rng), NONE),
        merchant=merchant,
        terminal=_terminals(merchants, kind, merchant, city, rng),
        counterparty=_counterparties(settings, population, customer, kind, rng),
        device=np.where(remote, population.device(customer, second), NONE),
        address=np.where(remote, _addresses(settings, population, customer, rng), NONE),
    )
    return concatenate([rows, _retries(settings, rows, rng)])


def _activities(
    settings: SampleSettings, population: Population, customer: Integers, rng: np.random.Generator
) -> Integers:
    """Draw what each customer does; the old use cash and cards, the young wallets."""
    young = np.array([table["young"] for table in settings.activities.values()])
    old = np.array([table["old"] for table in settings.activities.values()])
    seniority = ((population.age - YOUNGEST) / (OLDEST - YOUNGEST))[:, None]
    taste = rng.gamma(4.0, 0.25, (population.customers, len(young)))
    return weighted_rows(rng, (((1 - seniority) * young + seniority * old) * taste)[customer])


def _accounts(
    population: Population, customer: Integers, kind: Integers, rng: np.random.Generator
) -> Integers:
    dollars = population.dollar_account[customer]
    uses = (dollars != NONE) & np.isin(kind, CARD[:2]) & (rng.random(len(customer)) < DOLLAR_USE)
    return np.where(uses, dollars, customer)


def _cards(population: Population, account: Integers, rng: np.random.Generator) -> Integers:
    return rng.integers(0, population.cards[account])


def _merchants(
    settings: SampleSettings,
    merchants: Merchants,
    population: Population,
    *,
    customer: Integers,
    kind: Integers,
    city: Integers,
    large: Flags,
    rng: np.random.Generator,
) -> Integers:
    """Return a favourite or another merchant where the customer is; none for other activities."""
    size = len(customer)
    online = kind == KIND_NUMBER["online_purchase"]
    street = np.isin(kind, (KIND_NUMBER["card_purchase"], KIND_NUMBER["wallet_purchase"]))
    # The square makes the first favourites the daily ones.
    pick = (rng.random(size) ** 2 * population.street_favourites.shape[1]).astype(np.int64)
    loyal = rng.random(size) < settings.habits["favourite_share"]
    at_home = loyal & (city == population.city[customer])
    chosen = np.where(
        at_home, population.street_favourites[customer, pick], merchants.street.popular(rng, city)
    )
    chosen = np.where(large, merchants.large.popular(rng, city), chosen)
    national = merchants.online.popular(rng, np.full(size, NATIONAL))
    remote = np.where(loyal, population.online_favourites[customer, pick], national)
    return np.where(online, remote, np.where(street, chosen, NONE))


def _terminals(
    merchants: Merchants, kind: Integers, merchant: Integers, city: Integers, rng: np.random.Generator
) -> Integers:
    terminal = np.full(len(kind), NONE, dtype=np.int64)
    at_shop = np.flatnonzero(kind == KIND_NUMBER["card_purchase"])
    terminal[at_shop] = merchants.terminals(rng, merchant[at_shop])
    at_machine = np.flatnonzero(kind == KIND_NUMBER["cash_withdrawal"])
    terminal[at_machine] = merchants.cash_machines.popular(rng, city[at_machine])
    return terminal


def _counterparties(
    settings: SampleSettings,
    population: Population,
    customer: Integers,
    kind: Integers,
    rng: np.random.Generator,
) -> Integers:
    size = len(customer)
    pick = (rng.random(size) ** 2 * population.contacts.shape[1]).astype(np.int64)
    known = population.contacts[customer, pick]
    # Money from a contact inside the bank is the other side of that contact's own transfer.
    known = np.where(
        (kind == KIND_NUMBER["wallet_receipt"]) & (known < population.customers),
        external_accounts(rng, size),
        known,
    )
    new = rng.random(size) < settings.habits["new_counterparty_share"]
    return np.where(np.isin(kind, TRANSFER), np.where(new, external_accounts(rng, size), known), NONE)


def _addresses(
    settings: SampleSettings, population: Population, customer: Integers, rng: np.random.Generator
) -> Integers:
    size = len(customer)
    pick = (rng.random(size) ** 2 * population.addresses.shape[1]).astype(np.int64)
    new = rng.random(size) < settings.habits["new_address_share"]
    return np.where(new, addresses(rng, size), population.addresses[customer, pick])


def _retries(settings: SampleSettings, rows: Rows, rng: np.random.Generator) -> Rows:
    """Return online purchases that were authorised a second time."""
    online = np.flatnonzero(rows.kind == KIND_NUMBER["online_purchase"])
    again = online[rng.random(len(online)) < settings.habits["retry_share"]]
    retried = rows.take(again)
    return retried.replaced(second=retried.second + rng.integers(4, LONGEST_RETRY, len(again)))
