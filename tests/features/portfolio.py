"""Small portfolios of random transactions, written straight into the tables."""

from __future__ import annotations

import numpy as np
import pandas as pd

from fraudkit.store import Database

DAY_US = 86_400_000_000
START_US = 1_780_000_000_000_000


def random_transactions(rows: int, seed: int, days: float = 60.0) -> pd.DataFrame:
    """Return transactions with few entities, many ties in time and holes in every optional column."""
    draw = np.random.default_rng(seed)
    ticks = np.sort(draw.integers(0, int(days * 96), rows))  # quarters of an hour: ties are common
    before = draw.integers(0, 500_000, rows) / 100
    amount = draw.integers(1, 90_000, rows) / 100
    arriving = draw.random(rows) < 0.3
    frame = pd.DataFrame(
        {
            "position": np.arange(1, rows + 1),
            "batch_id": 1,
            "source_row": np.arange(2, rows + 2),
            "transaction_id": [f"T{place:05d}" for place in range(rows)],
            "has_identifier": True,
            "ts_us": START_US + ticks * (DAY_US // 96),
            "utc_offset_minutes": -300,
            "time_precision": "second",
            "transaction_amount": amount,
            "currency": draw.choice(["PEN", "USD", "EUR"], rows, p=[0.8, 0.15, 0.05]),
            "customer_id": _names("C", draw, rows, 5),
            "card_id": _names("K", draw, rows, 3),
            "merchant_name": _names("M", draw, rows, 6),
            "terminal_id": _names("S", draw, rows, 4),
            "device_id": _names("D", draw, rows, 4),
            "counterparty_account": _names("A", draw, rows, 4),
            "account_balance_before": before,
            "account_balance_after": np.where(arriving, before + amount, np.maximum(before - amount, 0)),
        }
    )
    return frame.sample(frac=1, random_state=seed).sort_values("position").reset_index(drop=True)


def insert(database: Database, frame: pd.DataFrame, frauds: pd.DataFrame | None = None) -> None:
    """Write transactions and labels known late (transaction_id, label_known_at)."""
    with database.write() as cursor:
        with cursor.registered("given", frame):
            cursor.execute("INSERT INTO transactions BY NAME SELECT * FROM given")
        if frauds is not None and len(frauds):
            with cursor.registered("known", frauds):
                cursor.execute(
                    "INSERT INTO label_event BY NAME SELECT transaction_id, label_known_at, "
                    "'fraud' AS verdict, 'confirmed' AS certainty, 'import' AS source, "
                    "'import' AS actor, 'administrator' AS role, 0 AS created_at FROM known"
                )


def _names(prefix: str, draw: np.random.Generator, rows: int, entities: int) -> pd.Series:
    codes = draw.integers(0, entities + 1, rows)  # the last code stands for missing
    return pd.Series([f"{prefix}{code}" if code < entities else None for code in codes], dtype="string")
