"""The whole extract from settings: honest life first, then frauds, then balances that add up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa

from fraudkit.domain import Progress, silent
from fraudkit.sample.account_frauds import mules, takeovers
from fraudkit.sample.card_frauds import card_frauds
from fraudkit.sample.crime import Scene
from fraudkit.sample.habits import discretionary
from fraudkit.sample.income import bills, price_receipts, schedule_receipts
from fraudkit.sample.ledger import Ledger, balanced, cushions, opening_balances, pair_transfers
from fraudkit.sample.merchants import Merchants, build_merchants
from fraudkit.sample.population import Population, build_population
from fraudkit.sample.rows import DAY, KIND_NUMBER, NONE, Flags, Rows, concatenate
from fraudkit.sample.settings import SampleSettings
from fraudkit.sample.table import transaction_table, truth_table
from fraudkit.words import N_

SURPLUS: Final = 1.04
"""Honest rows are made in surplus and cut to the exact number at the end."""
INSIDE_SHARE: Final = 0.07
"""Transfers inside the bank, which appear twice, as a share of what customers do."""


@dataclass(frozen=True, slots=True)
class Sample:
    """An invented extract and the truth about it.

    Parameters
    ----------
    transactions
        All canonical columns, in order of time.
    truth
        `transaction_id`, `fraud_kind`, `scenario_id` of every fraudulent transaction.
    frauds
        Fraudulent transactions by kind.
    customers, accounts, merchants
        How many there are.
    """

    transactions: pa.Table
    truth: pa.Table
    frauds: Mapping[str, int]
    customers: int
    accounts: int
    merchants: int


def generate_sample(settings: SampleSettings, progress: Progress = silent) -> Sample:
    """Invent an extract; equal settings give equal extracts."""
    streams = [
        np.random.Generator(np.random.PCG64(s)) for s in np.random.SeedSequence(settings.seed).spawn(7)
    ]
    progress(0.05, N_("Inventing merchants and customers"))
    merchants = build_merchants(settings, streams[0])
    population = build_population(settings, merchants, streams[1])
    progress(0.15, N_("Living through the days"))
    honest = _honest(settings, merchants, population, streams[2])
    progress(0.45, N_("Committing frauds"))
    scene = Scene(settings, merchants, population, honest, streams[3])
    rows = concatenate([honest, card_frauds(scene), mules(scene)])
    opening = opening_balances(settings, population, streams[4])
    ledger = balanced(rows, opening, cushions(population, streams[4]))
    drained, blocked = takeovers(scene, ledger)
    rows = concatenate([_without(ledger.rows, blocked), drained])
    rows = _cut(rows, settings.transactions, scene.taken, streams[5])
    progress(0.6, N_("Running the balances"))
    ledger = balanced(rows, ledger.opening)
    label = known_labels(settings, population, ledger.rows, streams[6])
    progress(0.7, N_("Writing down the transactions"))
    return _sample(settings, merchants, population, ledger, label)


def _sample(
    settings: SampleSettings, merchants: Merchants, population: Population, ledger: Ledger, label: Flags
) -> Sample:
    kinds = list(settings.fraud["kinds"])
    fraud = ledger.rows.fraud
    count = np.bincount(fraud[fraud != NONE], minlength=len(kinds))
    return Sample(
        transactions=transaction_table(settings, merchants, population, ledger, label),
        truth=truth_table(settings, ledger.rows),
        frauds=dict(zip(kinds, count.tolist(), strict=True)),
        customers=population.customers,
        accounts=population.accounts,
        merchants=len(merchants.names),
    )


def _honest(
    settings: SampleSettings, merchants: Merchants, population: Population, rng: np.random.Generator
) -> Rows:
    """Return bills, income and everything customers do, in slight surplus."""
    monthly = bills(settings, merchants, population, rng)
    receipts = schedule_receipts(settings, population, rng)
    wanted = settings.transactions - len(monthly) - len(receipts.rows)
    acts = discretionary(settings, merchants, population, int(wanted * SURPLUS / (1 + INSIDE_SHARE)), rng)
    acts = acts.take(acts.second < settings.days * DAY)
    acts, received = pair_transfers(population, acts, rng)
    spending = concatenate([monthly, acts, received])
    income = price_receipts(settings, population, receipts, spending, rng)
    rows = concatenate([spending, income])
    return rows.take(rows.second < settings.days * DAY)


def _without(rows: Rows, removed: Flags) -> Rows:
    """Return the rows that are not removed; a transfer inside the bank goes with both its sides."""
    pairs = rows.pair[removed & (rows.pair != NONE)]
    return rows.take(~(removed | np.isin(rows.pair, pairs)))


def _cut(rows: Rows, wanted: int, victims: Flags, rng: np.random.Generator) -> Rows:
    """Drop purchases at random until the number is met; a victim's may belong to the story and stay."""
    purchases = [KIND_NUMBER[f"{way}_purchase"] for way in ("card", "online", "wallet")]
    honest = np.flatnonzero(np.isin(rows.kind, purchases) & ~victims[rows.account])
    kept = np.ones(len(rows), dtype=np.bool_)
    kept[rng.permutation(honest)[: max(len(rows) - wanted, 0)]] = False
    return rows.take(kept)


def known_labels(
    settings: SampleSettings, population: Population, rows: Rows, rng: np.random.Generator
) -> Flags:
    """Return which frauds their victims have reported to the bank by the end of the extract."""
    fraud = settings.fraud
    share = np.array([table["reported"] for table in fraud["kinds"].values()])
    reports = rng.random(population.accounts)[rows.account] < share[rows.fraud]
    known_until = (settings.days - fraud["report_delay_days"]) * DAY
    known: Flags = (rows.fraud != NONE) & reports & (rows.second < known_until)
    return known
