"""Events of the review of quality: draws, leans, second readings."""

from __future__ import annotations

import hashlib
import json
from typing import Any, Final, Literal

from fraudkit.domain import Actor
from fraudkit.store import audited, preferences
from fraudkit.store.database import Cursor, Row, now_us
from fraudkit.store.statements import query

QualityKind = Literal["drawn", "leaned", "served", "second", "second_withdrawn", "settled"]
_BLOCK: Final = 100_000
_ORDERED_DRAW: Final = "ORDER BY sha256($seed || transaction_id), position LIMIT $size"


def append(
    cursor: Cursor, kind: QualityKind, case_id: int | None, actor: Actor, payload: dict[str, Any]
) -> int:
    """Append an event and return its number."""
    rows = cursor.rows(
        "INSERT INTO quality_event BY NAME SELECT ? AS kind, ?::BIGINT AS case_id, ? AS payload, ? AS actor, "
        "? AS role, ? AS happened_at RETURNING *",
        [kind, case_id, json.dumps(payload, ensure_ascii=False), actor.name, actor.role, now_us()],
    )
    audited.record(cursor, "quality_event", rows)
    return int(rows[0]["event_id"])


def events(
    cursor: Cursor, kind: QualityKind | None = None, case_id: int | None = None, actor: str | None = None
) -> list[Row]:
    """Return events, oldest first, their payload parsed; None means any."""
    rows = cursor.rows(
        "SELECT * FROM quality_event WHERE ($kind IS NULL OR kind = $kind) "
        "AND ($case_id IS NULL OR case_id = $case_id) AND ($actor IS NULL OR actor = $actor) "
        "ORDER BY event_id",
        {"kind": kind, "case_id": case_id, "actor": actor},
    )
    return [{**row, "payload": json.loads(row["payload"])} for row in rows]


def population(cursor: Cursor, after: int, until: int) -> int:
    """Return how many transactions a draw is made from."""
    sql = f"SELECT count(*) FROM ({query('sample_population')})"
    return sum(int(cursor.value(sql, bounds)) for bounds in _blocks(after, until))


def take(cursor: Cursor, after: int, until: int, seed: str, size: int) -> list[Row]:
    """Return a simple random sample of so many transactions; the same seed draws the same ones.

    Those that come first in each block, then the first of them.
    """
    sql = f"{query('sample_population')} {_ORDERED_DRAW.replace('transaction_id', 'r.transaction_id')}"
    drawn: list[Row] = []
    for bounds in _blocks(after, until):
        drawn += cursor.rows(sql, {**bounds, "seed": seed, "size": size})
    return sorted(drawn, key=lambda row: (_digest(seed, row["transaction_id"]), row["position"]))[:size]


def _blocks(after: int, until: int) -> list[dict[str, int]]:
    """Return bounds of positions; digests of all transactions at once would be a ranking's peak of memory."""
    return [{"after": start, "until": min(start + _BLOCK, until)} for start in range(after, until, _BLOCK)]


def _digest(seed: str, transaction_id: str) -> str:
    """Return what `sha256` of the database returns."""
    return hashlib.sha256(f"{seed}{transaction_id}".encode()).hexdigest()


def add_members(
    cursor: Cursor, draw_id: int, transaction_ids: list[str], probability: float, stand_ins: list[float]
) -> None:
    """Note who was drawn, and at which score each stands in the queue; in the order of the stand-ins."""
    cursor.execute(
        "INSERT INTO sample_member BY NAME SELECT unnest($names::VARCHAR[]) AS transaction_id, "
        "$draw_id AS draw_id, $probability AS probability, "
        "unnest(list_resize($stand_ins::DOUBLE[], len($names::VARCHAR[]))) AS stands_at",
        {
            "names": transaction_ids,
            "draw_id": draw_id,
            "probability": probability,
            "stand_ins": stand_ins,
        },
    )


def stand_ins(cursor: Cursor, seed: str, size: int) -> list[float]:
    """Return the scores of so many open alerts, drawn by a seed; fewer when there are fewer."""
    rows = cursor.rows(
        "SELECT r.score FROM alert_rank r JOIN alert_state s USING (alert_id) WHERE s.verdict IS NULL "
        "ORDER BY sha256($seed || s.transaction_id), s.alert_id LIMIT $size",
        {"seed": seed, "size": size},
    )
    return [row["score"] for row in rows]


def members(cursor: Cursor, transaction_ids: list[str]) -> dict[str, float]:
    """Return with which probability each of some transactions was drawn; the others are left out."""
    rows = cursor.rows(
        "SELECT transaction_id, probability FROM sample_member "
        "WHERE transaction_id IN (SELECT unnest(?::VARCHAR[]))",
        [transaction_ids],
    )
    return {row["transaction_id"]: row["probability"] for row in rows}


def reviewed(cursor: Cursor, base_currency: str) -> list[Row]:
    """Return everything that was ever drawn: `draw`, `probability`, `is_fraud`, `amount`."""
    rates = preferences.currency_rates(cursor, base_currency)
    return cursor.rows(
        query("sample_reviewed"),
        {"currencies": list(rates), "factors": list(rates.values()), "base_currency": base_currency},
    )
