"""When a second person has to approve a verdict."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from fraudkit.domain import CaseState, Verdict
from fraudkit.services.policies import Policies
from fraudkit.services.reviewing import AlertRow
from fraudkit.taxonomy import SENSITIVE_TYPES


def reasons_for_approval(
    in_force: Policies,
    state: CaseState,
    chosen: Sequence[AlertRow],
    verdict: Verdict,
    fraud_type: str | None,
    amount: float,
    at_once: int,
) -> tuple[str, ...]:
    """Return the codes of why a verdict needs a second person; none when it may stand at once.

    Parameters
    ----------
    in_force
        The policies.
    state
        The case before the verdict.
    chosen
        The alerts that the verdict is for.
    verdict, fraud_type
        What is said.
    amount
        What the transactions are worth in base currency; one whose currency has no rate adds nothing, because
        there is nothing to compare it by.
    at_once
        How many transactions are decided in one go, over all cases.
    """
    contradicted = any(alert.verdict not in (None, verdict) for alert in chosen)
    found = {
        "amount": verdict != "undetermined" and amount >= in_force.approval_amount,
        "sensitive_type": in_force.approve_sensitive_types and fraud_type in SENSITIVE_TYPES,
        "bulk": at_once > in_force.bulk_limit,
        "high_to_genuine": in_force.approve_high_genuine
        and state.priority == "high"
        and verdict == "genuine",
        "reversal": in_force.approve_reversal and state.undecided == 0 and contradicted,
    }
    return tuple(code for code, needed in found.items() if needed)


def is_same_person(name: str | None, other: str | None) -> bool:
    """Return whether two names are one person's, however they were typed."""
    return _folded(name) == _folded(other)


def _folded(name: str | None) -> str:
    return " ".join(unicodedata.normalize("NFKC", name or "").casefold().split())
