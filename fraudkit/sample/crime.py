"""What all invented frauds share: unused victims, devices and addresses nobody has seen, a budget."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from fraudkit.sample.draw import addresses, weighted
from fraudkit.sample.merchants import Merchants
from fraudkit.sample.population import Population
from fraudkit.sample.rows import DAY, HOUR, NONE, Flags, Integers, Rows
from fraudkit.sample.settings import SampleSettings

QUIET_SHARE: Final = 0.15
"""No fraud in the first part of the extract, so that victims have a history."""
HISTORY_DAYS: Final = 10
"""Victims' accounts are at least that old."""


@dataclass(slots=True)
class Scene:
    """Where frauds happen.

    Parameters
    ----------
    settings, merchants, population
        The invented world.
    honest
        What honest customers do in it.
    rng
        Random numbers of the frauds.
    devices
        How many devices criminals have used so far.
    taken
        Which accounts already play a part in some fraud.
    shopping
        Honest purchases at terminals, in order of time.
    """

    settings: SampleSettings
    merchants: Merchants
    population: Population
    honest: Rows
    rng: np.random.Generator
    devices: int = 0
    taken: Flags = field(init=False)
    shopping: Rows = field(init=False)

    def __post_init__(self) -> None:
        """Nobody is a victim yet."""
        self.taken = np.zeros(self.population.accounts, dtype=np.bool_)
        shopping = self.honest.take((self.honest.terminal != NONE) & (self.honest.merchant != NONE))
        self.shopping = shopping.take(np.argsort(shopping.second, kind="stable"))

    @property
    def first_day(self) -> int:
        """First day on which fraud may happen."""
        return int(self.settings.days * QUIET_SHARE)

    @property
    def last_second(self) -> int:
        """Last second of the extract."""
        return self.settings.days * DAY - 1

    def new_device(self) -> int:
        """Return a device that nobody has used."""
        self.devices += 1
        return 2 * self.population.customers + self.devices

    def new_address(self) -> int:
        """Return an address that nobody is known to have used."""
        return int(addresses(self.rng, 1)[0])

    def claim(self, account: int) -> bool:
        """Take an account as a victim unless it already is one."""
        free = not self.taken[account]
        self.taken[account] = True
        return free

    def release(self, account: int) -> None:
        """Let an account go again; `NONE` is nobody."""
        if account != NONE:
            self.taken[account] = False

    def victim(self, day: int) -> int:
        """Take an unused account in soles, of an active customer, open for some days."""
        population = self.population
        known = population.opened[: population.customers] < day - HISTORY_DAYS
        free = known & ~self.taken[: population.customers]
        account = int(weighted(self.rng, population.activity * free, 1)[0])
        self.taken[account] = True
        return account

    def day(self, margin: int = 2) -> int:
        """Draw a day that leaves `margin` days for what follows."""
        return int(self.rng.integers(self.first_day, self.settings.days - margin))

    def night(self, day: int, size: int) -> Integers:
        """Draw seconds between 23:00 and 05:00 of the night that begins on a day, in order."""
        return np.sort(day * DAY + self.rng.integers(23 * HOUR, 29 * HOUR, size))


Scenario = Callable[[Scene, int], Rows]


def sizes(scene: Scene, kind: str) -> list[int]:
    """Return the sizes of the scenarios of one kind that together reach its share of all frauds."""
    fraud = scene.settings.fraud
    table = fraud["kinds"][kind]
    smallest, largest = table["size"]
    budget = round(scene.settings.transactions * fraud["share"] * table["share"])
    drawn: list[int] = []
    while budget >= smallest or not drawn:
        size = int(scene.rng.integers(smallest, largest + 1))
        size = size if budget - size >= smallest else min(max(budget, smallest), largest)
        drawn.append(size)
        budget -= size
    return drawn


def commit(scene: Scene, kind: str, scenario: Scenario) -> list[Rows]:
    """Run scenarios of one kind until its budget is used; each gets its number within the kind."""
    number = list(scene.settings.fraud["kinds"]).index(kind)
    return [
        scenario(scene, size).replaced(fraud=number, scenario=position)
        for position, size in enumerate(sizes(scene, kind), start=1)
    ]
