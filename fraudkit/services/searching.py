"""Searching: one field for transactions, cases, notes, customers, accounts, cards and merchants."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from fraudkit.ingest.card_key import load_key
from fraudkit.ingest.card_numbers import mask_text
from fraudkit.services.workbench import Workbench
from fraudkit.store import Row, search
from fraudkit.store.entities import ENTITY_COLUMNS
from fraudkit.store.search import Wanted

LONGEST: Final = 120
SHORTEST_PART: Final = 3
SHOWN: Final = 20
_SHOWN_ENTITIES: Final = 8
_CASE: Final = re.compile(r"^(?:#|case|caso)?\s*(\d{1,15})$", re.IGNORECASE)
_AMOUNT: Final = re.compile(r"^[^\d\s.,+-]{0,3}\s?(\d{1,3}(?:[.,' ]\d{3})+|\d{1,13})(?:[.,](\d{1,2}))?$")

__all__ = ["Found", "Hits", "find", "searchable"]


@dataclass(frozen=True, slots=True)
class Hits:
    """Some of what fits, and how many fit altogether."""

    rows: tuple[Row, ...] = ()
    total: int = 0


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found.

    Parameters
    ----------
    text
        What was searched for, without card numbers.
    cases, transactions, notes
        Rows of each.
    entities
        Customers, accounts, cards, merchants and others, by kind; kinds without any are left out.
    """

    text: str
    cases: Hits
    transactions: Hits
    entities: dict[str, Hits]
    notes: Hits

    @property
    def total(self) -> int:
        """How much was found altogether."""
        parts = [self.cases, self.transactions, self.notes, *self.entities.values()]
        return sum(part.total for part in parts)


def searchable(workbench: Workbench, text: str) -> str:
    """Return what may be remembered of a typed text: shortened, a card number as its name here."""
    return mask_text(text.strip(), load_key(workbench.settings.card_key))[:LONGEST]


def find(workbench: Workbench, text: str, shown: int = SHOWN) -> Found:
    """Return what fits a text that somebody typed.

    A transaction fits by the start of its identifier, a part of its merchant or its amount; a whole number
    fits all amounts that begin with it. A case fits by its number or its customer; customers, accounts,
    cards (also by their last four digits), merchants, terminals and devices by a part of their name; a note
    by a part of its text. Case and surrounding space do not matter.

    Parameters
    ----------
    workbench
        The open workbench.
    text
        What was typed; bound as a value, never part of a statement.
    shown
        How many of each kind to return; the totals are complete.
    """
    text = searchable(workbench, text)
    if not text:
        return Found("", Hits(), Hits(), {}, Hits())
    wanted = _wanted(text)
    with workbench.database.read() as cursor:
        entities = {
            kind: Hits(tuple(rows), total)
            for kind in ENTITY_COLUMNS
            for rows, total in [search.entities(cursor, kind, wanted, min(shown, _SHOWN_ENTITIES))]
            if total
        }
        return Found(
            text,
            _hits(search.cases(cursor, wanted, shown)),
            _hits(search.transactions(cursor, wanted, shown)),
            entities,
            _hits(search.notes(cursor, wanted, shown)),
        )


def _hits(found: tuple[list[Row], int]) -> Hits:
    return Hits(tuple(found[0]), found[1])


def _wanted(text: str) -> Wanted:
    lower = text.lower()
    case = _CASE.match(text)
    number = int(case.group(1)) if case else None
    return Wanted(text, lower, lower if len(lower) >= SHORTEST_PART else None, number, amounts_of(text))


def amounts_of(text: str) -> tuple[Decimal, Decimal] | None:
    """Return the least and largest amount that a typed amount means, or None for no amount.

    Examples
    --------
    >>> amounts_of("1.234,50")
    (Decimal('1234.50'), Decimal('1234.50'))
    >>> amounts_of("S/ 450")
    (Decimal('450.00'), Decimal('450.99'))
    """
    match = _AMOUNT.match(text)
    if match is None:
        return None
    whole = re.sub(r"\D", "", match.group(1))
    if match.group(2) is None:
        return Decimal(f"{whole}.00"), Decimal(f"{whole}.99")
    amount = Decimal(f"{whole}.{match.group(2):0<2}")
    return amount, amount
