"""What stands around an explanation: what is usual for each feature, and which past labels moved a score."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from fraudkit.domain import Verdict
from fraudkit.services.scoring import TransactionExplanation, active_model
from fraudkit.services.workbench import Workbench
from fraudkit.store import rankings
from fraudkit.store.statements import query

MOST_LABELS: Final = 3
LEAST_SHIFT: Final = 0.005
"""A label that moves a score by less would show as 0.00."""

_TYPICAL: Final[dict[str, dict[str, float]]] = {}
"""A model's reference rows never change, so neither do its medians."""


@dataclass(frozen=True, slots=True)
class LabelInfluence:
    """How much one past label moved a score.

    Parameters
    ----------
    transaction_id, case_id
        What was decided, and in which case.
    verdict, actor, created_at
        How, by whom and when (microseconds UTC).
    shift
        By how much the score is higher because of it; negative when it is lower.
    """

    transaction_id: str
    case_id: int | None
    verdict: Verdict
    actor: str
    created_at: int
    shift: float


def typical_values(workbench: Workbench) -> dict[str, float]:
    """Return the median of each feature over the rows that the active model was trained on."""
    model = active_model(workbench)
    if model.model_id not in _TYPICAL:
        columns = zip(model.manifest.features, model.reference.T, strict=True)
        known = ((name, column[~np.isnan(column)]) for name, column in columns)
        _TYPICAL[model.model_id] = {name: float(np.median(values)) for name, values in known if len(values)}
    return _TYPICAL[model.model_id]


def label_influences(
    workbench: Workbench, explanation: TransactionExplanation, most: int = MOST_LABELS
) -> list[LabelInfluence]:
    """Return the labels that moved the score most, the strongest first; exact, not an estimate."""
    model = active_model(workbench)
    if explanation.is_fallback or model.ledger_position != explanation.ledger_position:
        return []
    if model.learned is model.forest:
        return []  # nothing was learned yet
    values = {part.feature: part.value for part in explanation.contributions}
    row = np.array([[values[name] for name in model.manifest.features]])
    shifts = model.learned.label_contributions(row)[0]
    with workbench.database.read() as cursor:
        learned = [label["transaction_id"] for label in rankings.learning_labels(cursor)]
        if len(learned) != len(shifts):
            return []  # a label came in between; the next look shows it
        strongest = np.argsort(-np.abs(shifts), kind="stable")[:most]
        moved = {
            learned[place]: float(shifts[place]) for place in strongest if abs(shifts[place]) >= LEAST_SHIFT
        }
        rows = cursor.rows(query("labels_of_transactions"), [list(moved)])
    found = [LabelInfluence(**label, shift=moved[label["transaction_id"]]) for label in rows]
    return sorted(found, key=lambda influence: -abs(influence.shift))


@dataclass(frozen=True, slots=True)
class LabelCount:
    """How many transactions have a verdict.

    Parameters
    ----------
    verdict
        Which verdict stands.
    is_own
        Whether it was given here; else it came from outside.
    count
        Transactions.
    """

    verdict: Verdict
    is_own: bool
    count: int


def label_counts(workbench: Workbench) -> list[LabelCount]:
    """Return the standing verdicts, counted by kind."""
    with workbench.database.read() as cursor:
        return [LabelCount(**row) for row in cursor.rows(query("label_counts"))]
