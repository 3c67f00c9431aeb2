"""Small pasts for tests: a row is minutes after the start and an amount, anything else by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from fraudkit.domain import EntityKind
from fraudkit.explain.past import ABSENT, Past, Texts

START = 1_772_704_800_000_000  # 2026-03-05 05:00 in Lima
MINUTE = 60_000_000
DAY = 1440
COLUMNS = (
    "currency",
    "transaction_type",
    "channel",
    "merchant_id",
    "merchant_name",
    "merchant_mcc",
    "merchant_location",
    "terminal_id",
    "counterparty_account",
    "device_id",
    "ip_address",
    "payee",
    "payee_name",
    "verdict",
)
ROW: Mapping[str, Any] = {
    "currency": "PEN",
    "rate": 1.0,
    "direction": 0,
    "severity": 50.0,
    "is_timed": True,
    "is_alert": False,
}


def row(minutes: float, amount: float = 10.0, **values: Any) -> dict[str, Any]:
    return {**ROW, "minutes": minutes, "amount": amount, **values}


def past_of(rows: Sequence[Mapping[str, Any]], place: int = -1, entity_kind: EntityKind = "customer") -> Past:
    """Return a past of rows in order of time."""
    numbers = {
        name: np.array([float(each[name]) for each in rows]) for name in ("amount", "rate", "severity")
    }
    return Past(
        entity_kind=entity_kind,
        entity_id="C1",
        place=range(len(rows))[place],
        transaction_ids=np.array([f"T{number}" for number in range(len(rows))], object),
        ts_us=np.array([START + round(each["minutes"] * MINUTE) for each in rows], np.int64),
        utc_offset_minutes=np.full(len(rows), -300, np.int64),
        is_timed=np.array([each["is_timed"] for each in rows], bool),
        amount=numbers["amount"],
        base=numbers["amount"] * numbers["rate"],
        direction=np.array([each["direction"] for each in rows], np.int64),
        severity=numbers["severity"],
        is_alert=np.array([each["is_alert"] for each in rows], bool),
        texts={name: texts([each.get(name) for each in rows]) for name in COLUMNS},
    )


def texts(values: Sequence[str | None]) -> Texts:
    known = tuple(dict.fromkeys(value for value in values if value is not None))
    codes = [ABSENT if value is None else known.index(value) for value in values]
    return Texts(np.array(codes, np.int32), known)
