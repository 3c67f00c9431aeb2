"""Who banks here: customers with their habits, their accounts, devices, contacts and journeys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from fraudkit.sample.draw import addresses, external_accounts, weighted
from fraudkit.sample.merchants import NATIONAL, Merchants
from fraudkit.sample.rows import DAY, HOUR, NONE, Flags, Floats, Integers
from fraudkit.sample.settings import SampleSettings

ADDRESSES: Final = 5
TRIPS: Final = 2
YOUNGEST, OLDEST = 18, 82
NIGHT_WORKERS: Final = 0.03
ACCOUNT_TYPES: Final = ("Cuenta Sueldo", "Cuenta de Ahorros", "Cuenta Corriente", "Ahorros en Dólares")
NEVER: Final = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True)
class Population:
    """Customers (C of them) and accounts (A); account c is the account in soles of customer c.

    Parameters
    ----------
    age, risk_score, income, activity, hour_shift, salaried, twice_monthly
        One value per customer; `income` is a factor around 1, `activity` a relative weight.
    city, place
        Where the customer lives.
    device_change
        Second of the extract from which the customer uses the second device.
    addresses, contacts, street_favourites, online_favourites
        (C, n) pools of each customer.
    trip_start, trip_end, trip_city
        (C, 2) journeys, in seconds; `NONE` as city where there is none.
    owner, account_type, opened, cards
        One value per account; `opened` in days since the extract's first day, negative before.
    dollar_account
        The customer's account in dollars, or `NONE`.
    """

    age: Integers
    risk_score: Integers
    income: Floats
    activity: Floats
    hour_shift: Floats
    salaried: Flags
    twice_monthly: Flags
    city: Integers
    place: Integers
    device_change: Integers
    addresses: Integers
    contacts: Integers
    street_favourites: Integers
    online_favourites: Integers
    trip_start: Integers
    trip_end: Integers
    trip_city: Integers
    owner: Integers
    account_type: Integers
    opened: Integers
    cards: Integers
    dollar_account: Integers

    @property
    def customers(self) -> int:
        """Number of customers."""
        return len(self.age)

    @property
    def accounts(self) -> int:
        """Number of accounts."""
        return len(self.owner)

    def device(self, customer: Integers, second: Integers) -> Integers:
        """Return the device that a customer uses at a time."""
        return 2 * customer + (second >= self.device_change[customer])

    def whereabouts(self, customer: Integers, second: Integers) -> Integers:
        """Return the city in which a customer is at a time."""
        city = self.city[customer]
        for trip in range(TRIPS):
            away = (second >= self.trip_start[customer, trip]) & (second < self.trip_end[customer, trip])
            city = np.where(away, self.trip_city[customer, trip], city)
        return city


def build_population(settings: SampleSettings, merchants: Merchants, rng: np.random.Generator) -> Population:
    """Invent the customers and what belongs to them."""
    shares = settings.population
    size = settings.customers
    city = weighted(rng, merchants.city_weight, size)
    salaried = rng.random(size) < shares["salaried_share"]
    dollars = np.flatnonzero(rng.random(size) < shares["dollar_account_share"])
    accounts = size + len(dollars)
    dollar_account = np.full(size, NONE, dtype=np.int64)
    dollar_account[dollars] = np.arange(size, accounts)
    age = np.clip(np.rint(YOUNGEST + rng.gamma(2.6, 8.5, size)), YOUNGEST, OLDEST).astype(np.int64)
    income = np.exp(settings.amounts["income_spread"] * rng.standard_normal(size)) * (0.7 + age / 120)
    favourites = shares["favourite_merchants"]
    trip_start, trip_end, trip_city = _trips(settings, merchants, rng, city)
    return Population(
        age=age,
        risk_score=np.rint(100 * rng.beta(1.8, 5.5, size)).astype(np.int64),
        income=income,
        activity=rng.gamma(3.0, 1 / 3.0, size) * np.sqrt(income) + 0.08,
        hour_shift=rng.normal(0, 1.2, size) + 9 * (rng.random(size) < NIGHT_WORKERS),
        salaried=salaried,
        twice_monthly=rng.random(size) < shares["twice_monthly_share"],
        city=city,
        place=merchants.places_in(rng, city),
        device_change=_device_change(settings, rng),
        addresses=addresses(rng, (size, ADDRESSES)),
        contacts=_contacts(settings, rng),
        street_favourites=merchants.street.popular(rng, np.repeat(city, favourites)).reshape(size, -1),
        online_favourites=merchants.online.popular(
            rng, np.full(size * favourites, NATIONAL, dtype=np.int64)
        ).reshape(size, -1),
        trip_start=trip_start,
        trip_end=trip_end,
        trip_city=trip_city,
        owner=np.concatenate([np.arange(size), dollars]),
        account_type=_account_types(rng, salaried, len(dollars)),
        opened=_opened(settings, rng, accounts),
        cards=1 + (rng.random(accounts) < shares["second_card_share"]),
        dollar_account=dollar_account,
    )


def _account_types(rng: np.random.Generator, salaried: Flags, dollars: int) -> Integers:
    other = 1 + (rng.random(len(salaried)) < 0.12)  # noqa: PLR2004 - share of current accounts
    return np.concatenate([np.where(salaried, 0, other), np.full(dollars, 3)]).astype(np.int64)


def _opened(settings: SampleSettings, rng: np.random.Generator, accounts: int) -> Integers:
    """Old accounts are years old; new ones were opened before or within the first two thirds."""
    old = -np.rint(60 + np.exp(6.8 + 0.8 * rng.standard_normal(accounts)))
    new = np.rint(rng.uniform(-60, settings.days * 0.66, accounts))
    is_new = rng.random(accounts) < settings.population["new_account_share"]
    is_new[settings.customers :] = False
    return np.where(is_new, new, old).astype(np.int64)


def _contacts(settings: SampleSettings, rng: np.random.Generator) -> Integers:
    """Draw each customer's regular counterparties, nobody their own."""
    size = settings.customers
    shape = (size, settings.population["contacts"])
    inside = (np.arange(size)[:, None] + rng.integers(1, size, shape)) % size
    is_inside = rng.random(shape) < settings.population["inside_contact_share"]
    return np.where(is_inside, inside, external_accounts(rng, shape))


def _device_change(settings: SampleSettings, rng: np.random.Generator) -> Integers:
    changes = rng.random(settings.customers) < settings.population["new_device_share"]
    second = rng.integers(0, settings.days * DAY, settings.customers)
    return np.where(changes, second, NEVER)


def _trips(
    settings: SampleSettings, merchants: Merchants, rng: np.random.Generator, city: Integers
) -> tuple[Integers, Integers, Integers]:
    shares = settings.population
    shape = (settings.customers, TRIPS)
    shortest, longest = shares["trip_days"]
    start = rng.integers(0, settings.days, shape) * DAY + rng.integers(6, 18, shape) * HOUR
    end = start + rng.integers(shortest, longest + 1, shape) * DAY
    inland = weighted(rng, merchants.city_weight, settings.customers * TRIPS).reshape(shape)
    abroad = merchants.abroad[rng.integers(0, len(merchants.abroad), shape)]
    goal = np.where(rng.random(shape) < shares["trip_abroad_share"], abroad, inland)
    travels = (rng.random(shape) < shares["traveller_share"]) & (goal != city[:, None])
    return np.where(travels, start, NEVER), np.where(travels, end, NEVER), np.where(travels, goal, NONE)
