"""The riskiest transactions as a list, for commands and other programs."""

from __future__ import annotations

from dataclasses import dataclass

from fraudkit.errors import NotFoundError
from fraudkit.features.catalog import FEATURE_BY_NAME
from fraudkit.services import explaining
from fraudkit.services.workbench import Workbench
from fraudkit.store.statements import query
from fraudkit.words import N_, Language, translate


@dataclass(frozen=True, slots=True)
class ListedTransaction:
    """One transaction of the list, riskiest first.

    Parameters
    ----------
    severity
        Percentile against the model's reference, 0 to 100.
    score
        What orders the list.
    amount, currency
        As imported.
    reasons
        The strongest reasons in the reader's words.
    """

    transaction_id: str
    severity: float
    score: float
    amount: float
    currency: str | None
    reasons: tuple[str, ...]


def riskiest(workbench: Workbench, count: int, language: Language) -> list[ListedTransaction]:
    """Return the riskiest undecided transactions.

    Raises
    ------
    NotFoundError
        When nothing has been imported or ranked yet.
    """
    workbench.require_transactions()
    with workbench.database.read() as cursor:
        rows = cursor.rows(query("riskiest"), [count])
        ranked = cursor.value("SELECT count(*) FROM ranking_run")
    if not ranked:
        raise NotFoundError(N_("Nothing has been ranked yet."), N_("Run the command `score` first."))
    unexplained = [row["transaction_id"] for row in rows if row["reasons"] is None]
    names = explaining.reasons_of(workbench, unexplained)
    names |= {row["transaction_id"]: row["reasons"] for row in rows if row["reasons"] is not None}
    return [
        ListedTransaction(
            transaction_id=row["transaction_id"],
            severity=row["severity"],
            score=row["score"],
            amount=float(row["amount"]),
            currency=row["currency"],
            reasons=tuple(
                translate(FEATURE_BY_NAME[name].label, language) for name in names[row["transaction_id"]]
            ),
        )
        for row in rows
    ]
