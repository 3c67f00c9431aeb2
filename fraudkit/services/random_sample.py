"""The hidden random sample: after each ranking, a few transactions from below the line join the queue.

Nobody who works the queue can tell them from the others, so what they turn out to be tells how much fraud
nobody looks at. Each transaction has one chance, in the first ranking that finds it below the line. The draw
is made from a seed that its event keeps: with the same ledger it can be repeated and compared.
"""

from __future__ import annotations

import math
import secrets
from typing import Final

from fraudkit.evaluate.missed_fraud import Drawn, MissedFraud, missed_fraud
from fraudkit.services import policies
from fraudkit.services.alerting import SYSTEM
from fraudkit.services.workbench import Workbench
from fraudkit.store import Cursor, Row, quality_events

_SEED_BYTES: Final = 16


def draw(cursor: Cursor, raised: int, until: int, model_id: str) -> list[Row]:
    """Draw from what came below the line since the last draw; the caller raises the alerts.

    Parameters
    ----------
    cursor
        Inside the write transaction of a ranking, after the alerts above the line were raised.
    raised
        How many alerts this ranking raised; the policy's share of them is drawn, at least one.
    until
        Position of the last transaction that was ranked.
    model_id
        The model that drew the line.

    Returns
    -------
    list of rows
        `position`, `transaction_id`, `score`, `severity`; empty when nothing new lies below the line.
    """
    share = policies.read(cursor).random_share
    former = quality_events.events(cursor, "drawn")
    after = int(former[-1]["payload"]["until"]) if former else 0
    size = max(1, math.ceil(share * raised)) if share > 0 else 0
    known = quality_events.population(cursor, after, until) if size and until > after else 0
    if not known:
        return []
    seed = secrets.token_hex(_SEED_BYTES)
    rows = quality_events.take(cursor, after, until, seed, size)
    probability = len(rows) / known
    names = [row["transaction_id"] for row in rows]
    stand_ins = quality_events.stand_ins(cursor, seed, len(names))
    payload = {
        "seed": seed,
        "after": after,
        "until": until,
        "population": known,
        "probability": probability,
        "share": share,
        "model_id": model_id,
        "transactions": names,
        "stand_ins": stand_ins,
    }
    draw_id = quality_events.append(cursor, "drawn", None, SYSTEM, payload)
    quality_events.add_members(cursor, draw_id, names, probability, stand_ins)
    return rows


def estimate(workbench: Workbench) -> MissedFraud:
    """Return what the samples say about fraud below the line, with its interval."""
    with workbench.database.read() as cursor:
        rows = quality_events.reviewed(cursor, workbench.settings.base_currency)
    return missed_fraud([Drawn(**row) for row in rows])
