"""Where money is spent: cities and districts, merchants, terminals and cash machines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from fraudkit.sample.draw import weighted
from fraudkit.sample.names import NamePools, name_pools
from fraudkit.sample.rows import Floats, Integers
from fraudkit.sample.settings import SampleSettings

LARGE_SHARE: Final = 0.15
"""Merchants of rare big purchases, as a share of a city's merchants."""
FEWEST_PER_CITY: Final = 12
NATIONAL: Final = 0
"""Online merchants and bills belong to the first city of the settings."""
LARGEST_TERMINALS: Final = 3
POPULARITY: Final = 2.0
"""Exponent that makes the first merchants of a city the popular ones."""


@dataclass(frozen=True, slots=True)
class Ranges:
    """Consecutive numbers per city: first number and count."""

    start: Integers
    count: Integers

    def popular(self, rng: np.random.Generator, city: Integers) -> Integers:
        """Draw one number for each city given; low numbers are popular."""
        return self.start[city] + (rng.random(len(city)) ** POPULARITY * self.count[city]).astype(np.int64)


@dataclass(frozen=True, slots=True)
class Merchants:
    """All merchants, terminals and places.

    Parameters
    ----------
    place_names, place_city
        Every district with the number of its city.
    city_weight, abroad
        Share of customers per city, and which cities are abroad.
    names, mcc, place, median, spread
        One value per merchant: name, category code, place and amounts.
    terminal_start, terminal_count
        The terminals of each merchant.
    terminal_place
        Place of each terminal, cash machines included.
    street, large, online, bill
        Which merchants of the kind each city has.
    cash_machines
        Which terminals are cash machines, by city.
    """

    place_names: list[str]
    place_city: Integers
    city_weight: Floats
    abroad: Integers
    names: list[str]
    mcc: list[str]
    place: Integers
    median: Floats
    spread: Floats
    terminal_start: Integers
    terminal_count: Integers
    terminal_place: Integers
    street: Ranges
    large: Ranges
    online: Ranges
    bill: Ranges
    cash_machines: Ranges

    def terminals(self, rng: np.random.Generator, merchant: Integers) -> Integers:
        """Draw a terminal of each merchant."""
        return self.terminal_start[merchant] + rng.integers(0, self.terminal_count[merchant])

    def places_in(self, rng: np.random.Generator, city: Integers) -> Integers:
        """Draw a district of each city."""
        start = np.searchsorted(self.place_city, city, side="left")
        stop = np.searchsorted(self.place_city, city, side="right")
        return rng.integers(start, stop)


def build_merchants(settings: SampleSettings, rng: np.random.Generator) -> Merchants:
    """Invent the merchants of every city, as many as the customers need."""
    places = [
        (city, district) for city in range(len(settings.cities)) for district in _districts(settings, city)
    ]
    place_city = np.array([city for city, _ in places], dtype=np.int64)
    weight = np.array([city.get("weight", 0.0) for city in settings.cities])
    drawn = list(_draw_merchants(settings, rng, place_city, weight))
    category = [settings.categories[number] for number, _, _ in drawn]
    place = np.array([place for _, place, _ in drawn], dtype=np.int64)
    pools = name_pools(settings.seed)
    count = rng.integers(1, LARGEST_TERMINALS + 1, len(drawn))
    machine_place = _cash_machine_places(settings, rng, place_city, weight)
    return Merchants(
        place_names=[f"{settings.cities[city]['name']} - {district}" for city, district in places],
        place_city=place_city,
        city_weight=weight,
        abroad=np.flatnonzero([city.get("abroad", False) for city in settings.cities]),
        names=[
            _name(pools, rng, table, abroad=settings.cities[city].get("abroad", False))
            for table, city in zip(category, place_city[place].tolist(), strict=True)
        ],
        mcc=[table["mcc"] for table in category],
        place=place,
        median=np.array([table["amount"][0] for table in category]),
        spread=np.array([table["amount"][1] for table in category]),
        terminal_start=np.cumsum(count) - count,
        terminal_count=count,
        terminal_place=np.concatenate([np.repeat(place, count), machine_place]),
        **{
            kind: _ranges(drawn, kind, place_city, len(weight))
            for kind in ("street", "large", "online", "bill")
        },
        cash_machines=_city_ranges(place_city[machine_place], len(weight), int(count.sum())),
    )


def _name(pools: NamePools, rng: np.random.Generator, category: dict[str, Any], *, abroad: bool) -> str:
    patterns = category["names_abroad" if abroad else "names"]
    return pools.fill(rng, patterns[rng.integers(len(patterns))])


def _districts(settings: SampleSettings, city: int) -> list[str]:
    districts: list[str] = settings.cities[city]["districts"]
    return districts


def _draw_merchants(
    settings: SampleSettings, rng: np.random.Generator, place_city: Integers, weight: Floats
) -> Iterator[tuple[int, int, str]]:
    """Yield category, place and kind of each merchant, by kind and city."""
    total = settings.customers / settings.population["customers_per_merchant"]
    for kind in ("street", "large", "online", "bill"):
        numbers = [n for n, table in enumerate(settings.categories) if table["place"] == kind]
        weights = [settings.categories[n]["weight"] for n in numbers]
        for city in range(len(weight)) if kind in {"street", "large"} else [NATIONAL]:
            share = weight[city] / weight.sum() if kind in {"street", "large"} else 1 / 8
            size = max(FEWEST_PER_CITY, round(total * share * (LARGE_SHARE if kind == "large" else 1)))
            districts = np.flatnonzero(place_city == city)
            chosen = weighted(rng, weights, size)
            where = districts[rng.integers(0, len(districts), size)]
            yield from ((numbers[c], int(p), kind) for c, p in zip(chosen, where, strict=True))


def _cash_machine_places(
    settings: SampleSettings, rng: np.random.Generator, place_city: Integers, weight: Floats
) -> Integers:
    total = settings.customers / settings.population["customers_per_cash_machine"]
    count = np.maximum(4, np.rint(total * weight / weight.sum())).astype(np.int64)
    districts = [np.flatnonzero(place_city == city) for city in range(len(weight))]
    return np.concatenate([d[rng.integers(0, len(d), n)] for d, n in zip(districts, count, strict=True)])


def _ranges(drawn: list[tuple[int, int, str]], kind: str, place_city: Integers, cities: int) -> Ranges:
    numbers = [number for number, (_, _, of_kind) in enumerate(drawn) if of_kind == kind]
    city = place_city[[drawn[number][1] for number in numbers]]
    return _city_ranges(city, cities, numbers[0])


def _city_ranges(city: Integers, cities: int, first: int) -> Ranges:
    count = np.bincount(city, minlength=cities)
    return Ranges(first + np.cumsum(count) - count, count)
