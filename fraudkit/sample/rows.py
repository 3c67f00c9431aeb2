"""Transactions while they are made: one array per column, entities as numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Final

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

NONE: Final = -1
"""Stands for an empty value in every column."""
DAY: Final = 86_400
HOUR: Final = 3_600
MINUTE: Final = 60


@dataclass(frozen=True, slots=True)
class Kind:
    """What a transaction is: its type, its channel and which way the money goes."""

    name: str
    transaction_type: str
    channel: str
    incoming: bool = False


KINDS: Final = (
    Kind("card_purchase", "purchase", "card_present"),
    Kind("online_purchase", "purchase", "ecommerce"),
    Kind("wallet_purchase", "purchase", "wallet"),
    Kind("wallet_transfer", "transfer_out", "wallet"),
    Kind("wallet_receipt", "transfer_in", "wallet", incoming=True),
    Kind("interbank_transfer", "transfer_out", "interbank"),
    Kind("cash_withdrawal", "withdrawal", "atm"),
    Kind("interbank_receipt", "transfer_in", "interbank", incoming=True),
    Kind("bill", "payment", "ecommerce"),
    Kind("salary", "salary", "payroll", incoming=True),
    Kind("deposit", "deposit", "branch", incoming=True),
    Kind("provisional_credit", "refund", "branch", incoming=True),
)
KIND_NUMBER: Final = {kind.name: number for number, kind in enumerate(KINDS)}
INCOMING: Final = np.array([kind.incoming for kind in KINDS])


@dataclass(frozen=True, slots=True)
class Rows:
    """Columns of equal length; every value is an integer.

    Parameters
    ----------
    second
        Seconds since the extract's first midnight, local time.
    kind
        Position in `KINDS`.
    account, merchant, terminal, device, counterparty, address
        Numbers of the entities, `NONE` where there is none; `address` is an IPv4 address.
    card
        0 or 1: which card of the account, `NONE` without one.
    cents
        Amount in hundredths of the account's currency, positive.
    pair
        The same number on both sides of a transfer inside the bank.
    fraud, scenario
        Position in the list of fraud kinds, and which scenario; `NONE` for honest rows.
    """

    second: Integers
    kind: Integers
    account: Integers
    cents: Integers
    card: Integers
    merchant: Integers
    terminal: Integers
    counterparty: Integers
    device: Integers
    address: Integers
    pair: Integers
    fraud: Integers
    scenario: Integers

    @classmethod
    def of(cls, size: int, **columns: Integers | int) -> Rows:
        """Return `size` rows; columns that are not given are empty, numbers fill a column."""
        return cls(
            *(
                np.broadcast_to(np.asarray(columns.get(field.name, NONE), dtype=np.int64), (size,))
                for field in fields(cls)
            )
        )

    def __len__(self) -> int:
        return len(self.second)

    def take(self, chosen: Integers | Flags) -> Rows:
        """Return the chosen rows, by position or by flag."""
        return Rows(*(getattr(self, field.name)[chosen] for field in fields(self)))

    def replaced(self, **columns: Integers | int) -> Rows:
        """Return the same rows with other values in some columns."""
        kept = {field.name: getattr(self, field.name) for field in fields(self)}
        return Rows.of(len(self), **(kept | columns))

    @property
    def incoming(self) -> Flags:
        """Whether the money comes in."""
        return INCOMING[self.kind]

    @property
    def signed_cents(self) -> Integers:
        """What the account gains, negative for what it loses."""
        return np.where(self.incoming, self.cents, -self.cents)


def concatenate(parts: Sequence[Rows]) -> Rows:
    """Return all rows of all parts, in this order."""
    return Rows(*(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(Rows)))
