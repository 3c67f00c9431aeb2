"""The strongest reasons of every transaction, stored four to a number, and groups of alerts by reason."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from fraudkit.store import preferences
from fraudkit.store.database import Cursor, Row, now_us
from fraudkit.store.statements import query

PACKED: Final = 4


def pack(evidence: NDArray[np.floating]) -> NDArray[np.uint32]:
    """Return the places of the four strongest positive features of each row in one number.

    Parameters
    ----------
    evidence
        (n, features), at most 255 features; positive makes a row more suspicious.

    Returns
    -------
    numpy.ndarray
        (n,) uint32: byte k holds 1 + the place of the k-th strongest feature; 0 where there is none.
    """
    order = np.argsort(-evidence, axis=1, kind="stable")[:, :PACKED]
    positive = np.take_along_axis(evidence, order, axis=1) > 0
    places = np.where(positive, order + 1, 0).astype(np.uint32)
    shifts = (8 * np.arange(places.shape[1])).astype(np.uint32)
    packed: NDArray[np.uint32] = np.bitwise_or.reduce(places << shifts, axis=1)
    return packed


def unpack(packed: int, features: Sequence[str]) -> list[str]:
    """Return the names that a packed number stands for, strongest first."""
    places = [(packed >> (8 * byte)) & 255 for byte in range(PACKED)]
    return [features[place - 1] for place in places if place]


def start_run(
    cursor: Cursor, model_id: str, ledger_position: int, last_position: int, features: Sequence[str]
) -> int:
    """Stamp a new run and return its number."""
    run_id = int(cursor.value("SELECT nextval('reason_run_number')"))
    cursor.execute(
        "INSERT INTO reason_run VALUES (?, ?, ?, ?, ?, ?)",
        [run_id, model_id, ledger_position, last_position, list(features), now_us()],
    )
    return run_id


def last_run(cursor: Cursor) -> Row | None:
    """Return the stamp of the last run, or None."""
    return cursor.row("SELECT * FROM reason_run ORDER BY run_id DESC LIMIT 1")


def write_block(
    cursor: Cursor, positions: NDArray[np.int64], packed: NDArray[np.uint32], run_id: int
) -> None:
    """Put the reasons of a block of consecutive positions in the place of the old ones."""
    table = pa.table({"position": positions, "packed": packed})
    cursor.execute(
        "DELETE FROM transaction_reason WHERE position BETWEEN ? AND ?",
        [int(positions[0]), int(positions[-1])],
    )
    with cursor.registered("fresh_reason", table):
        cursor.execute("INSERT INTO transaction_reason SELECT *, ? FROM fresh_reason", [run_id])


def groups(cursor: Cursor, base_currency: str) -> list[Row]:
    """Return the open alerts by their two strongest reasons: features, alerts, cases and open amount."""
    rates = preferences.currency_rates(cursor, base_currency)
    return cursor.rows(
        query("reason_groups"),
        {"currencies": list(rates), "factors": list(rates.values()), "base_currency": base_currency},
    )
