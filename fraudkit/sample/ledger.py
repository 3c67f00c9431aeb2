"""Both sides of transfers inside the bank, and running balances that add up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from fraudkit.sample.population import Population
from fraudkit.sample.rows import DAY, KIND_NUMBER, NONE, Integers, Rows
from fraudkit.sample.settings import SampleSettings

CUSHION: Final = (300, 40_000)
LATEST_RECEIPT: Final = 3
"""Seconds after which a transfer inside the bank has arrived."""


def pair_transfers(population: Population, rows: Rows, rng: np.random.Generator) -> tuple[Rows, Rows]:
    """Return the rows, transfers inside the bank numbered, and the receiving sides of these.

    A receiver whose account is not yet open makes the transfer go to another bank.
    """
    sent = (rows.counterparty >= 0) & (rows.counterparty < population.customers) & ~rows.incoming
    inside = np.flatnonzero(sent)
    receiver = rows.counterparty[inside]
    second = rows.second[inside] + rng.integers(0, LATEST_RECEIPT, len(inside))
    opened = second >= population.opened[receiver] * DAY
    counterparty = rows.counterparty.copy()
    counterparty[inside[~opened]] = population.contacts.max()
    inside, receiver, second = inside[opened], receiver[opened], second[opened]
    pair = np.full(len(rows), NONE, dtype=np.int64)
    pair[inside] = np.arange(len(inside))
    wallet = rows.kind[inside] == KIND_NUMBER["wallet_transfer"]
    received = Rows.of(
        len(inside),
        second=second,
        kind=np.where(wallet, KIND_NUMBER["wallet_receipt"], KIND_NUMBER["interbank_receipt"]),
        account=receiver,
        cents=rows.cents[inside],
        counterparty=rows.account[inside],
        pair=pair[inside],
    )
    return rows.replaced(counterparty=counterparty, pair=pair), received


@dataclass(frozen=True, slots=True)
class Ledger:
    """Rows in order of time, with the balance of the account before each.

    Parameters
    ----------
    rows
        Ordered by second; equal seconds keep the order in which they were made.
    opening
        Balance of each account before its first row, in cents.
    before
        Balance before each row, in cents.
    by_account
        Positions of the rows by account and time.
    first
        Where each account's rows begin in `by_account`, and at the end its length.
    """

    rows: Rows
    opening: Integers
    before: Integers
    by_account: Integers
    first: Integers

    @property
    def after(self) -> Integers:
        """Balance after each row, in cents."""
        return self.before + self.rows.signed_cents

    def own(self, account: int) -> Integers:
        """Return the positions of an account's rows, in order of time."""
        return self.by_account[self.first[account] : self.first[account + 1]]

    def balance_at(self, account: int, second: int) -> int:
        """Return the balance of an account just before a second, in cents."""
        own = self.own(account)
        earlier = int(np.searchsorted(self.rows.second[own], second, side="left"))
        if earlier == 0:
            return int(self.opening[account])
        last = own[earlier - 1 : earlier]
        return int(self.before[last][0] + self.rows.take(last).signed_cents[0])


def opening_balances(settings: SampleSettings, population: Population, rng: np.random.Generator) -> Integers:
    """Draw what each account holds at the start; accounts opened later start with nothing."""
    median, spread = settings.amounts["opening_balance"]
    income = population.income[population.owner]
    drawn = median * income * np.exp(spread * rng.standard_normal(population.accounts))
    return np.where(population.opened > 0, 0, np.rint(drawn * 100)).astype(np.int64)


def cushions(population: Population, rng: np.random.Generator) -> Integers:
    """Draw what each account keeps at its lowest, in cents."""
    return rng.integers(*CUSHION, population.accounts)


def balanced(rows: Rows, opening: Integers, cushion: Integers | int = 0) -> Ledger:
    """Order the rows and run the balances; where an account would fall below zero it opens with more.

    Notes
    -----
    With x_k the signed amounts of an account in order of time, the balance before row k is
    b + x_1 + … + x_(k-1), where b is `opening`, or
    `cushion` - min_k (x_1 + … + x_k) where that minimum would fall below zero.
    """
    rows = rows.take(np.argsort(rows.second, kind="stable"))
    by_account = np.argsort(rows.account, kind="stable")
    account = rows.account[by_account]
    signed = rows.signed_cents[by_account]
    total = np.cumsum(signed)
    first = np.flatnonzero(np.concatenate([[True], account[1:] != account[:-1]]))
    length = np.diff(np.append(first, len(account)))
    total -= np.repeat(total[first] - signed[first], length)
    lowest = np.minimum.reduceat(total, first)
    needs = np.zeros(len(opening), dtype=np.int64)
    needs[account[first]] = -lowest
    raised = np.where(opening < needs, needs + cushion, opening)
    before = np.empty(len(rows), dtype=np.int64)
    before[by_account] = raised[account] + total - signed
    bounds = np.searchsorted(account, np.arange(len(opening) + 1))
    return Ledger(rows, raised, before, by_account, bounds)
