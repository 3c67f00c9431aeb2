"""The labelled cases that the model finds most alike, and when there are none."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Final

import numpy as np

from fraudkit.domain import EntityKind, Verdict
from fraudkit.services.scoring import TransactionExplanation, active_model
from fraudkit.services.workbench import Workbench
from fraudkit.store import rankings
from fraudkit.store.statements import query

SHOWN: Final = 10
NEAR: Final = 0.6
"""From this similarity on two transactions count as alike; benchmarks/nearest.py measures it."""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """One labelled transaction.

    Parameters
    ----------
    similarity
        0 to 1, by the forest's own kernel: how far the two share leaves and paths.
    transaction_id, case_id, entity_kind, entity_id
        Which one, and whose.
    ts_us, utc_offset_minutes, amount, currency, transaction_type, channel, merchant
        What it was.
    verdict, certainty, reason, actor, created_at
        How it was decided, by whom and when (microseconds UTC).
    """

    similarity: float
    transaction_id: str
    case_id: int
    entity_kind: EntityKind
    entity_id: str
    ts_us: int
    utc_offset_minutes: int
    amount: float
    currency: str | None
    transaction_type: str | None
    channel: str | None
    merchant: str | None
    verdict: Verdict
    certainty: str
    reason: str | None
    actor: str
    created_at: int


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """What labelled cases say about one transaction.

    Parameters
    ----------
    near
        Labelled transactions that are alike, the most alike first; at most `SHOWN`. None: a new pattern.
    labelled
        How many labelled transactions were compared.
    closest
        The largest similarity of all; None without labels.
    """

    near: tuple[Neighbour, ...]
    labelled: int
    closest: float | None

    @property
    def outcomes(self) -> list[tuple[tuple[Verdict, str | None], int]]:
        """How often each verdict and reason occurs among the alike, the most frequent first."""
        return Counter((found.verdict, found.reason) for found in self.near).most_common()


def neighbourhood(workbench: Workbench, case_id: int, explanation: TransactionExplanation) -> Neighbourhood:
    """Return the labelled alerts of other cases that are most alike to an explained transaction.

    The similarity is that of the forest's frozen splits, so verdicts do not change it. Alerts of the same
    case prove nothing about it and are left out. Nothing is alike where the fallback ranks or another model
    is being put in force.
    """
    model = active_model(workbench)
    with workbench.database.read() as cursor:
        run = rankings.last_run(cursor)
        if explanation.is_fallback or run is None or run["model_id"] != model.model_id:
            return Neighbourhood((), 0, None)
        rows = cursor.rows(query("labelled_alerts"), {"case_id": case_id})
    if not rows:
        return Neighbourhood((), 0, None)
    values = {part.feature: part.value for part in explanation.contributions}
    own = np.array([[values[name] for name in model.manifest.features]], np.float32)
    others = np.array([row.pop("features") for row in rows], np.float32)
    similarity = model.forest.similarity(own, others, workbench.settings.threads)[0]
    order = np.argsort(-similarity, kind="stable")[:SHOWN]
    near = tuple(
        Neighbour(float(similarity[place]), **rows[place]) for place in order if similarity[place] >= NEAR
    )
    return Neighbourhood(near, len(rows), float(similarity.max()))
