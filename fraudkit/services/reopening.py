"""A fraud that became known later contradicts a verdict: its case is opened again."""

from __future__ import annotations

from itertools import groupby

from fraudkit.domain import Actor, CaseEvent
from fraudkit.store import Cursor, batches, cases, now_us


def reopen_contradicted(cursor: Cursor, batch_id: int, actor: Actor) -> tuple[int, ...]:
    """Reopen the cases whose verdicts the late labels of a batch contradict; return their numbers.

    The verdicts stay in the ledger; their alerts wait for a new one.
    """
    found = batches.contradicted(cursor, batch_id)
    if not found:
        return ()
    happened_at, events, states = now_us(), [], {}
    for case_id, group in groupby(found, key=lambda row: row["case_id"]):
        identifiers = [row["transaction_id"] for row in group]
        states[case_id] = cases.state(cursor, case_id)
        payload: dict[str, object] = {
            "transactions": identifiers,
            "undecided": len(identifiers),
            "batch_id": batch_id,
        }
        version = states[case_id].version + 1
        events.append(CaseEvent(case_id, version, "reopened", actor, happened_at, payload))
    cases.append(cursor, events, states)
    batches.await_verdict(cursor, [row["alert_id"] for row in found])
    return tuple(states)
