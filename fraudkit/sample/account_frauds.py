"""Frauds with accounts: mules that pass money on, and takeovers that drain what is there."""

from __future__ import annotations

import numpy as np

from fraudkit.sample.crime import Scene, commit
from fraudkit.sample.draw import amounts, external_accounts, to_cents
from fraudkit.sample.ledger import Ledger
from fraudkit.sample.rows import DAY, HOUR, KIND_NUMBER, MINUTE, NONE, Flags, Rows, concatenate

NEW_ACCOUNT_DAYS = 110
"""Recruiters prefer accounts that were opened within the last months."""
NOTE = 2_000
LOWEST_BALANCE = 60_000
"""Takeovers of accounts with less are not worth the trouble, in cents."""
ATTEMPTS = 400
CREDIT_DAYS = (4, 12)
"""After so many days the bank credits provisionally what a customer reported."""


def mule_account(scene: Scene, size: int) -> Rows:
    """Receive money from strangers and pass it on within hours, as transfers and cash."""
    rng = scene.rng
    day = scene.day(margin=3)
    account = _mule(scene, day)
    receipts = max(2, size // 2)
    start = day * DAY + int(rng.integers(8 * HOUR, 18 * HOUR))
    received = start + np.cumsum(rng.integers(3 * MINUTE, 100 * MINUTE, receipts))
    amount = to_cents(amounts(rng, 900.0, 0.6, receipts), 1000)
    incoming = Rows.of(
        receipts,
        second=received,
        kind=KIND_NUMBER["interbank_receipt"],
        account=account,
        cents=amount,
        counterparty=external_accounts(rng, receipts),
    )
    return concatenate(
        [incoming, _passed_on(scene, account, int(received[-1]), int(amount.sum()), size - receipts)]
    )


def _mule(scene: Scene, day: int) -> int:
    """Take a new account when there is an unused one, else that of a young customer."""
    population = scene.population
    age = day - population.opened[: population.customers]
    new = np.flatnonzero((age > 3) & (age < NEW_ACCOUNT_DAYS))  # noqa: PLR2004 - opened at least days ago
    for account in scene.rng.permutation(new).tolist():
        if scene.claim(account):
            return int(account)
    return scene.victim(day)


def _passed_on(scene: Scene, account: int, after: int, total: int, size: int) -> Rows:
    """Return how nearly all of a sum leaves the account again, in cents."""
    rng = scene.rng
    cash = rng.random(size) < 0.35  # noqa: PLR2004 - share of what mules take as cash
    share = rng.dirichlet(np.full(size, 6.0)) * rng.uniform(0.9, 0.985)
    step = np.where(cash, NOTE, 1000)
    city = np.full(size, scene.population.city[account])
    device = int(scene.population.device(np.array([account]), np.array([after]))[0])
    return Rows.of(
        size,
        second=np.minimum(after + np.cumsum(rng.integers(2 * MINUTE, 50 * MINUTE, size)), scene.last_second),
        kind=np.where(cash, KIND_NUMBER["cash_withdrawal"], KIND_NUMBER["interbank_transfer"]),
        account=account,
        cents=np.maximum((share * total / step).astype(np.int64), 1) * step,
        card=np.where(cash, 0, NONE),
        terminal=np.where(cash, scene.merchants.cash_machines.popular(rng, city), NONE),
        counterparty=np.where(cash, NONE, external_accounts(rng, size)),
        device=np.where(cash, NONE, device),
        address=np.where(cash, NONE, scene.population.addresses[account, 0]),
    )


def takeovers(scene: Scene, ledger: Ledger) -> tuple[Rows, Flags]:
    """Return all account takeovers with the bank's credits, and which honest rows they prevent.

    From the takeover until the provisional credit the account is blocked: its owner spends nothing.
    """
    incoming = ledger.rows.incoming
    blocked = np.zeros(len(ledger.rows), dtype=np.bool_)
    refunds: list[Rows] = []

    def takeover(of: Scene, size: int) -> Rows:
        drained = _drained(of, ledger, size)
        reopened = _credit(of, drained)
        until = int(reopened.second[0])
        own = ledger.own(int(drained.account[0]))
        first, stop = np.searchsorted(ledger.rows.second[own], [int(drained.second[0]), until])
        meanwhile = own[first:stop]
        blocked[meanwhile[~incoming[meanwhile]]] = True
        if until <= of.last_second:
            refunds.append(reopened)
        return drained

    frauds = commit(scene, "account_takeover", takeover)
    return concatenate([*frauds, *refunds]), blocked


def _drained(scene: Scene, ledger: Ledger, size: int) -> Rows:
    """Send nearly a whole balance from a new device and address to new counterparties, within the hour."""
    rng = scene.rng
    account, start, balance = _worthwhile(scene, ledger)
    share = rng.dirichlet(np.full(size, 3.0)) * rng.uniform(0.86, 0.985)
    cents = np.maximum((share * balance / 1000).astype(np.int64), 1) * 1000
    wallet = cents <= scene.settings.amounts["wallet_limit"] * 100
    receivers = external_accounts(rng, max(1, size - 1))
    return Rows.of(
        size,
        second=start + np.cumsum(rng.integers(50, 9 * MINUTE, size)),
        kind=np.where(
            wallet & (rng.random(size) < 0.6),  # noqa: PLR2004 - share of wallets among small transfers
            KIND_NUMBER["wallet_transfer"],
            KIND_NUMBER["interbank_transfer"],
        ),
        account=account,
        cents=cents,
        counterparty=receivers[np.arange(size) % len(receivers)],
        device=scene.new_device(),
        address=scene.new_address(),
    )


def _worthwhile(scene: Scene, ledger: Ledger) -> tuple[int, int, int]:
    """Draw account and time until the balance is worth a takeover; the best of all draws otherwise."""
    best = (NONE, 0, -1)
    for _ in range(ATTEMPTS):
        day = scene.day(margin=1)
        start = day * DAY + int(scene.rng.integers(0, 23 * HOUR))
        account = scene.victim(day)
        balance = ledger.balance_at(account, start)
        if balance > best[2]:
            scene.release(best[0])
            best = (account, start, balance)
        else:
            scene.release(account)
        if balance >= LOWEST_BALANCE:
            break
    return best


def _credit(scene: Scene, drained: Rows) -> Rows:
    """Return the bank's provisional credit of everything that was taken."""
    day = int(drained.second[-1]) // DAY + int(scene.rng.integers(*CREDIT_DAYS))
    return Rows.of(
        1,
        second=day * DAY + int(scene.rng.integers(9 * HOUR, 18 * HOUR)),
        kind=KIND_NUMBER["provisional_credit"],
        account=int(drained.account[0]),
        cents=int(drained.cents.sum()),
    )


def mules(scene: Scene) -> Rows:
    """Return what passes through mule accounts."""
    return concatenate(commit(scene, "mule_account", mule_account))
