"""A verdict on one transaction by its identifier, whether the ranking raised it or not."""

from __future__ import annotations

from fraudkit.domain import Actor, Verdict
from fraudkit.errors import NotFoundError
from fraudkit.services import deciding, reviewing, scoring
from fraudkit.services.alerting import raise_alerts
from fraudkit.services.workbench import Workbench
from fraudkit.words import N_


def label_transaction(
    workbench: Workbench,
    actor: Actor,
    transaction_id: str,
    verdict: Verdict,
    reason: str | None = None,
    *,
    note: str = "",
) -> deciding.Decision:
    """Decide one transaction, open a case by hand when there is none, and learn from it.

    Raises
    ------
    NotFoundError
        When no transaction has this identifier.
    InvalidInputError
        When the reason does not belong to the verdict.
    """
    case_id = case_of(workbench, actor, transaction_id)
    version = reviewing.case_view(workbench, case_id).state.version
    decision = deciding.decide(
        workbench, actor, case_id, version, verdict, reason, transaction_ids=[transaction_id], note=note
    )
    scoring.relearn(workbench)
    return decision


def case_of(workbench: Workbench, actor: Actor, transaction_id: str) -> int:
    """Return the case of a transaction; opens one by hand when the ranking never raised it.

    Raises
    ------
    NotFoundError
        When no transaction has this identifier.
    """
    found = _alert_case(workbench, transaction_id)
    if found is not None:
        return found
    with workbench.database.read() as cursor:
        known = cursor.value("SELECT count(*) FROM transactions WHERE transaction_id = ?", [transaction_id])
    if not known:
        raise NotFoundError(
            N_("There is no transaction “{transaction_id}”."),
            N_("Check the identifier; `queue` lists the riskiest ones."),
            transaction_id=transaction_id,
        )
    model_id = scoring.active_model(workbench).model_id
    candidate = scoring.candidate(workbench, transaction_id)
    with workbench.database.write() as cursor:
        raise_alerts(cursor, [candidate], model_id, origin="manual", actor=actor)
    opened = _alert_case(workbench, transaction_id)
    assert opened is not None  # noqa: S101 - just raised
    return opened


def _alert_case(workbench: Workbench, transaction_id: str) -> int | None:
    with workbench.database.read() as cursor:
        case_id: int | None = cursor.value(
            "SELECT case_id FROM alert WHERE transaction_id = ? ORDER BY alert_id DESC LIMIT 1",
            [transaction_id],
        )
    return case_id
