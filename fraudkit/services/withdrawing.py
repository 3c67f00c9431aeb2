"""Take a batch back as a whole: its transactions leave ranking and queue, its verdicts stay in the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from fraudkit.domain import Actor, CaseEvent, Progress, silent
from fraudkit.errors import ConflictError, NotFoundError
from fraudkit.services import scoring
from fraudkit.services.workbench import Workbench
from fraudkit.store import Cursor, Row, batches, cases, now_us
from fraudkit.words import N_

DONE: Final = N_(
    "Batch {batch_id} was withdrawn: {transactions} transactions no longer count, "
    "{alerts} alerts left the queue."
)


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """What left the portfolio with a batch.

    Parameters
    ----------
    batch_id
        Which batch.
    transactions
        How many of its transactions no longer count.
    alerts, cases
        How many open alerts left the queue, and of how many cases.
    """

    batch_id: int
    transactions: int
    alerts: int
    cases: int

    def as_json(self) -> dict[str, Any]:
        """Return what commands print."""
        return {"outcome": "done", **asdict(self)}


def withdraw(workbench: Workbench, batch_id: int, actor: Actor) -> Withdrawal:
    """Withdraw a batch in one transaction; nothing is deleted, and the same file can be imported again.

    Raises
    ------
    NotFoundError
        When there is no such batch.
    ConflictError
        When it was withdrawn before.
    """
    with workbench.database.write() as cursor:
        _require_present(cursor, batch_id)
        alerts = batches.open_alerts(cursor, batch_id)
        _tell_cases(cursor, alerts, batch_id, actor)
        batches.drop_alerts(cursor, [alert["alert_id"] for alert in alerts])
        moved = batches.set_transactions_aside(cursor, batch_id)
        done = Withdrawal(batch_id, moved, len(alerts), len({alert["case_id"] for alert in alerts}))
        batches.append_event(cursor, batch_id, batches.WITHDRAWN, asdict(done), actor)
    return done


def withdraw_and_rank(
    workbench: Workbench, batch_id: int, actor: Actor, progress: Progress = silent
) -> Withdrawal:
    """Withdraw a batch and rank what remains."""
    progress(0.0, N_("Withdrawing the batch"))
    done = withdraw(workbench, batch_id, actor)
    with workbench.database.read() as cursor:
        remains = cursor.value("SELECT count(*) FROM (SELECT 1 FROM transactions LIMIT 1)")
    if remains:
        scoring.rank(workbench, progress)
    return done


def _require_present(cursor: Cursor, batch_id: int) -> None:
    if cursor.row("SELECT batch_id FROM batch WHERE batch_id = ?", [batch_id]) is None:
        raise NotFoundError(
            N_("There is no batch {batch_id}."), N_("The Import page lists all batches."), batch_id=batch_id
        )
    if batches.is_withdrawn(cursor, batch_id):
        raise ConflictError(
            N_("Batch {batch_id} was withdrawn before."),
            N_("Import the file again if its transactions are to count."),
            batch_id=batch_id,
        )


def _tell_cases(cursor: Cursor, alerts: Sequence[Row], batch_id: int, actor: Actor) -> None:
    """Append to each case what it lost."""
    if not alerts:
        return
    states = {case_id: cases.state(cursor, case_id) for case_id in {alert["case_id"] for alert in alerts}}
    versions = {case_id: state.version for case_id, state in states.items()}
    events, happened_at = [], now_us()
    for alert in alerts:
        case_id = alert["case_id"]
        versions[case_id] += 1
        payload: dict[str, object] = {"transaction_id": alert["transaction_id"], "batch_id": batch_id}
        events.append(CaseEvent(case_id, versions[case_id], "alert_withdrawn", actor, happened_at, payload))
    cases.append(cursor, events, states)
