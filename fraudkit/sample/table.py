"""From numbers to the canonical columns: identifiers, names, times and exact amounts as Arrow."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute

from fraudkit.sample.draw import FIRST_EXTERNAL_ACCOUNT
from fraudkit.sample.ledger import Ledger
from fraudkit.sample.merchants import Merchants
from fraudkit.sample.population import ACCOUNT_TYPES, Population
from fraudkit.sample.rows import DAY, KINDS, NONE, Flags, Integers, Rows
from fraudkit.sample.settings import SampleSettings

CASH_MACHINE_MCC: Final = "6011"
DEVICE_MULTIPLIER: Final = 2_654_435_761
"""Knuth's multiplicative hash: devices get scattered numbers, each its own."""
BANKS: Final = 7
"""Other banks that accounts outside belong to."""


def transaction_table(
    settings: SampleSettings, merchants: Merchants, population: Population, ledger: Ledger, label: Flags
) -> pa.Table:
    """Return all canonical columns of all transactions, in order of time."""
    rows = ledger.rows
    owner = population.owner[rows.account]
    start = datetime.combine(settings.start_date, datetime.min.time(), UTC)
    machine = (rows.terminal != NONE) & (rows.merchant == NONE)
    place = np.where(machine, merchants.terminal_place[rows.terminal], merchants.place[rows.merchant])
    mcc = np.array([*merchants.mcc, CASH_MACHINE_MCC])
    columns = {
        "transaction_id": transaction_ids(len(rows)),
        "transaction_datetime": pa.array(rows.second + int(start.timestamp()), pa.timestamp("s")),
        "transaction_amount": decimal(rows.cents),
        "currency": pick(["PEN", "USD"], (rows.account >= population.customers).astype(np.int64)),
        "transaction_type": pick([kind.transaction_type for kind in KINDS], rows.kind),
        "channel": pick([kind.channel for kind in KINDS], rows.kind),
        "customer_id": coded("CL-", owner + 1, 6),
        "customer_age": pa.array(population.age[owner]),
        "customer_location": pick(merchants.place_names, population.place[owner]),
        "customer_risk_score": pa.array(population.risk_score[owner]),
        "account_id": account_ids(rows.account),
        "account_type": pick(list(ACCOUNT_TYPES), population.account_type[rows.account]),
        "account_age": pa.array(rows.second // DAY - population.opened[rows.account]),
        "card_id": coded(
            "TJ-", np.where(rows.card == NONE, NONE, rows.account * 2 + rows.card + 1), 6, check=True
        ),
        "account_balance_before": decimal(ledger.before),
        "account_balance_after": decimal(ledger.after),
        "merchant_id": coded("CO-", np.where(rows.merchant == NONE, NONE, rows.merchant + 1), 6),
        "merchant_name": pick(merchants.names, rows.merchant),
        "merchant_mcc": pick(mcc.tolist(), np.where(machine, len(mcc) - 1, rows.merchant)),
        "merchant_location": pick(
            merchants.place_names, np.where(machine | (rows.merchant != NONE), place, NONE)
        ),
        "terminal_id": coded("TE-", np.where(rows.terminal == NONE, NONE, rows.terminal + 1), 6),
        "counterparty_account": counterparties(rows.counterparty),
        "device_id": devices(rows.device),
        "ip_address": dotted(rows.address),
        "fraud_label": pa.array(label.astype(np.int8)),
    }
    return pa.table(columns)


def truth_table(settings: SampleSettings, rows: Rows) -> pa.Table:
    """Return the transactions that are fraud, with kind and scenario."""
    fraud = np.flatnonzero(rows.fraud != NONE)
    kinds = list(settings.fraud["kinds"])
    scenario = [
        f"{kinds[kind]}-{number:04d}"
        for kind, number in zip(rows.fraud[fraud].tolist(), rows.scenario[fraud].tolist(), strict=True)
    ]
    return pa.table(
        {
            "transaction_id": transaction_ids(len(rows)).take(pa.array(fraud)),
            "fraud_kind": pick(kinds, rows.fraud[fraud]),
            "scenario_id": pa.array(scenario, pa.string()),
        }
    )


def transaction_ids(size: int) -> pa.Array:
    """Return the identifiers of transactions in order of time."""
    return coded("OP-", np.arange(1, size + 1), 9)


def account_ids(account: Integers) -> pa.Array:
    """Return the identifiers of accounts of this bank."""
    return coded("CT-", np.where(account < 0, NONE, account + 1), 7, check=True)


def counterparties(counterparty: Integers) -> pa.Array:
    """Return accounts of this bank by their identifier, others with a number of their bank."""
    outside = counterparty >= FIRST_EXTERNAL_ACCOUNT
    other = np.where(outside, counterparty * 100 + counterparty % BANKS + 11, NONE)
    theirs = coded("EX-", other, 11)
    ours = account_ids(np.where(outside, NONE, counterparty))
    return pa.compute.coalesce(ours, theirs)


def devices(device: Integers) -> pa.Array:
    """Return scattered identifiers, so that order of making does not show."""
    scattered = (device.astype(np.uint64) * np.uint64(DEVICE_MULTIPLIER)) % np.uint64(2**32)
    return coded("DI-", np.where(device == NONE, NONE, scattered.astype(np.int64)), 10)


def dotted(address: Integers) -> pa.Array:
    """Return IPv4 addresses as text."""
    distinct, code = np.unique(address, return_inverse=True)
    texts = [f"{a >> 24}.{a >> 16 & 255}.{a >> 8 & 255}.{a & 255}" for a in distinct.tolist()]
    return pick(texts, np.where(address == NONE, NONE, code))


def pick(texts: list[str], position: Integers) -> pa.Array:
    """Return one text per position; none where the position is negative."""
    index = pa.array(np.maximum(position, 0).astype(np.int32), mask=position < 0)
    return pa.array(texts, pa.string()).take(index)


def decimal(cents: Integers) -> pa.Array:
    """Return cents as exact decimals with two places."""
    wide = np.stack([cents, cents >> 63], axis=1)
    return pa.Array.from_buffers(pa.decimal128(18, 2), len(cents), [None, pa.py_buffer(wide.tobytes())])


def coded(prefix: str, number: Integers, digits: int, *, check: bool = False) -> pa.Array:
    """Return identifiers such as `TJ-000123-4`: prefix, digits and, if wanted, a check digit.

    Negative numbers give none. The check digit is the sum of the digits, each times its place counted from
    the right, modulo ten.
    """
    value = np.maximum(number, 0)
    text = np.empty((len(value), len(prefix) + digits + 2 * check), dtype=np.uint8)
    text[:, : len(prefix)] = np.frombuffer(prefix.encode(), np.uint8)
    control = np.zeros(len(value), dtype=np.int64)
    for place in range(1, digits + 1):
        value, figure = np.divmod(value, 10)
        text[:, len(prefix) + digits - place] = figure + ord("0")
        control += place * figure
    if check:
        text[:, -2] = ord("-")
        text[:, -1] = control % 10 + ord("0")
    fixed = pa.Array.from_buffers(pa.binary(text.shape[1]), len(value), [None, pa.py_buffer(text.tobytes())])
    strings = fixed.cast(pa.string())
    if not (number < 0).any():
        return strings
    return pa.compute.if_else(pa.array(number >= 0), strings, pa.scalar(None, pa.string()))
