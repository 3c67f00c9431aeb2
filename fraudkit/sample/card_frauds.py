"""Frauds with stolen cards: testing bursts, a compromised terminal, cash runs at night."""

from __future__ import annotations

import numpy as np

from fraudkit.sample.crime import Scene, commit
from fraudkit.sample.draw import amounts, to_cents
from fraudkit.sample.merchants import NATIONAL
from fraudkit.sample.rows import DAY, HOUR, KIND_NUMBER, MINUTE, NONE, Flags, Integers, Rows, concatenate

SKIMMING_DAYS = 21
"""How long a compromised terminal collects cards."""
USES_PER_CARD = 2.5
NOTES = (20_000, 30_000, 40_000, 50_000, 70_000)


def card_testing(scene: Scene, size: int) -> Rows:
    """Try small amounts on one or two cards within minutes from one device, then a large purchase on each."""
    rng, population = scene.rng, scene.population
    day = scene.day(margin=1)
    victims = [scene.victim(day) for _ in range(int(rng.integers(1, 3)))]
    large = min(len(victims), size // 4)
    tests = size - large
    start = day * DAY + int(rng.integers(0, 22 * HOUR))
    second = start + np.cumsum(rng.integers(8, 75, tests))
    shops = scene.merchants.online.popular(rng, np.full(int(rng.integers(1, 3)), NATIONAL))
    target = scene.merchants.large.popular(rng, np.full(large, NATIONAL))
    account = np.concatenate([np.array(victims)[np.arange(tests) % len(victims)], victims[:large]])
    cents = np.concatenate(
        [to_cents(amounts(rng, 4.5, 0.7, tests)), to_cents(amounts(rng, 620.0, 0.5, large), 10)]
    )
    return Rows.of(
        size,
        second=np.concatenate([second, second[-1] + np.cumsum(rng.integers(60, 600, large))]),
        kind=KIND_NUMBER["online_purchase"],
        account=account,
        cents=cents,
        card=population.cards[account] - 1,
        merchant=np.concatenate([shops[rng.integers(0, len(shops), tests)], target]),
        device=scene.new_device(),
        address=scene.new_address(),
    )


def compromised_terminal(scene: Scene, size: int) -> Rows:
    """Use cards that honestly paid at one terminal abroad or at night one to three weeks later."""
    rng = scene.rng
    cards = max(2, round(size / USES_PER_CARD))
    accounts, card, until = _skimmed(scene, cards)
    uses = np.arange(size) % len(accounts)
    day = until // DAY + 2 + rng.integers(0, 12, len(accounts))
    abroad = rng.random(len(accounts)) < 0.5  # noqa: PLR2004 - half abroad, half at night at home
    night = scene.night(0, size)[rng.permutation(size)]
    second = day[uses] * DAY + np.where(abroad[uses], rng.integers(9 * HOUR, 23 * HOUR, size), night)
    return _card_uses(scene, np.minimum(second, scene.last_second), accounts[uses], card[uses], abroad[uses])


def _skimmed(scene: Scene, cards: int) -> tuple[Integers, Integers, int]:
    """Return accounts and cards seen at one busy terminal, and the second at which the skimming ended."""
    rng, shopping = scene.rng, scene.shopping
    latest = max(scene.settings.days - SKIMMING_DAYS - 16, 1)
    start = int(rng.integers(min(scene.first_day, latest - 1), latest)) * DAY
    until = start + SKIMMING_DAYS * DAY
    first, stop = np.searchsorted(shopping.second, [start, until])
    account, terminal = shopping.account[first:stop], shopping.terminal[first:stop]
    visit = np.where(scene.taken[account], NONE, terminal * scene.population.accounts + account)
    visits, position = np.unique(visit, return_index=True)
    position = position[visits != NONE]
    terminals, count = np.unique(terminal[position], return_counts=True)
    busy = terminals[count >= min(cards, count.max())]
    visitors = position[terminal[position] == busy[rng.integers(len(busy))]]
    chosen = first + rng.permutation(visitors)[:cards]
    scene.taken[shopping.account[chosen]] = True
    return shopping.account[chosen], shopping.card[chosen], until


def _card_uses(scene: Scene, second: Integers, account: Integers, card: Integers, abroad: Flags) -> Rows:
    """Return purchases abroad, and at home purchases and withdrawals in a city of the thieves."""
    rng, merchants = scene.rng, scene.merchants
    size = len(second)
    foreign = merchants.abroad[rng.integers(0, len(merchants.abroad))]
    city = np.where(abroad, foreign, NATIONAL)
    large = rng.random(size) < 0.45  # noqa: PLR2004 - share of purchases meant for resale
    merchant = np.where(large, merchants.large.popular(rng, city), merchants.street.popular(rng, city))
    cash = ~abroad & (rng.random(size) < 0.4)  # noqa: PLR2004 - share of withdrawals at night
    price = amounts(rng, merchants.median[merchant] * np.where(large, 0.6, 2.6), 0.5, size)
    price /= np.where(account >= scene.population.customers, scene.settings.soles_per_dollar, 1.0)
    return Rows.of(
        size,
        second=second,
        kind=np.where(cash, KIND_NUMBER["cash_withdrawal"], KIND_NUMBER["card_purchase"]),
        account=account,
        cents=np.where(cash, np.array(NOTES)[rng.integers(0, len(NOTES), size)], to_cents(price, 10)),
        card=card,
        merchant=np.where(cash, NONE, merchant),
        terminal=np.where(
            cash, merchants.cash_machines.popular(rng, city), merchants.terminals(rng, merchant)
        ),
    )


def night_cash_run(scene: Scene, size: int) -> Rows:
    """Withdraw with a stolen card and its code at several machines, in one or two nights."""
    rng, merchants = scene.rng, scene.merchants
    day = scene.day(margin=3)
    account = scene.victim(day)
    nights = int(rng.integers(1, 3))
    per_night = np.array_split(np.arange(size), nights)
    second = np.concatenate(
        [
            (day + night) * DAY
            + int(rng.integers(23 * HOUR, 28 * HOUR))
            + np.cumsum(rng.integers(2 * MINUTE, 25 * MINUTE, len(part)))
            for night, part in enumerate(per_night)
        ]
    )
    home = int(scene.population.city[account])
    machine = merchants.cash_machines.popular(rng, np.full(size, home))
    cents = np.array(NOTES)[np.maximum.accumulate(rng.integers(1, len(NOTES), size))]
    return Rows.of(
        size,
        second=np.minimum(second, scene.last_second),
        kind=KIND_NUMBER["cash_withdrawal"],
        account=account,
        cents=cents,
        card=0,
        terminal=machine,
    )


def card_frauds(scene: Scene) -> Rows:
    """Return all frauds with stolen cards."""
    return concatenate(
        [
            *commit(scene, "card_testing", card_testing),
            *commit(scene, "compromised_terminal", compromised_terminal),
            *commit(scene, "night_cash_run", night_cash_run),
        ]
    )
