"""A small portfolio of transactions and alerts, written straight into the tables."""

from __future__ import annotations

import pandas as pd

from fraudkit.services.alerting import Candidate, raise_alerts
from fraudkit.services.workbench import Workbench
from fraudkit.store import now_us


def add_transactions(workbench: Workbench, customers: list[str | None], first: int = 1) -> list[str]:
    """Add one transaction for each entry and return their identifiers."""
    count = len(customers)
    identifiers = [f"T{first + place}" for place in range(count)]
    frame = pd.DataFrame(
        {
            "position": range(first, first + count),
            "batch_id": 1,
            "source_row": range(2, 2 + count),
            "transaction_id": identifiers,
            "has_identifier": True,
            "ts_us": [1_700_000_000_000_000 + place * 60_000_000 for place in range(count)],
            "utc_offset_minutes": -300,
            "time_precision": "second",
            "transaction_amount": [100.0 * (place + 1) for place in range(count)],
            "currency": "PEN",
            "customer_id": pd.array(customers, dtype="string"),
        }
    )
    with workbench.database.write() as cursor, cursor.registered("added", frame):
        cursor.execute("INSERT INTO transactions BY NAME SELECT * FROM added")
    return identifiers


def add_alerts(
    workbench: Workbench, identifiers: list[str], scores: list[float], first: int = 1
) -> list[int]:
    """Raise an alert for each transaction."""
    candidates = [
        Candidate(identifier, first + place, score, 99.0, [score, float("nan")], ["amount_ratio"])
        for place, (identifier, score) in enumerate(zip(identifiers, scores, strict=True))
    ]
    with workbench.database.write() as cursor:
        cursor.execute(
            "INSERT INTO ranking_run VALUES ('test', 0, 0, 0.0, '{}', ?)",
            [now_us()],
        )
        return raise_alerts(cursor, candidates, "test")
