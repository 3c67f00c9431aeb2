"""Transactions from below the line as candidates for alerts, many at once."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from fraudkit.errors import ConflictError
from fraudkit.features.fallback import FALLBACK_FEATURES, FallbackRanking
from fraudkit.services.alerting import Candidate
from fraudkit.services.explaining import ranking_specs
from fraudkit.services.modelling import REASONS, active_model, strongest
from fraudkit.services.workbench import Workbench
from fraudkit.store import feature_rows, rankings
from fraudkit.words import N_


def candidates(workbench: Workbench, transaction_ids: Sequence[str]) -> list[Candidate]:
    """Return transactions as candidates for alerts, with what the model says of them now.

    Raises
    ------
    ConflictError
        When the active model has not ranked these data.
    """
    if not transaction_ids:
        return []
    model = active_model(workbench)
    with workbench.database.read() as cursor:
        run = rankings.last_run(cursor)
        if run is None or run["model_id"] != model.model_id:
            raise ConflictError(
                N_("The active model has not ranked these transactions yet."), N_("Rank them first.")
            )
        report = run["report"]
        specs, available = ranking_specs(model, report), frozenset(report["available"])
        currency = workbench.settings.base_currency
        found = feature_rows.of_transactions(cursor, specs, available, currency, list(transaction_ids))
        positions = rankings.positions_of(cursor, list(found))
        stored = rankings.severities(cursor, list(positions.values()))
    X = np.stack(list(found.values()))
    if report["fallback"] is None:
        score = model.learned.score(X)
        severity = model.severity(score, report["fit"]["missing"])
        reasons = model.reasons(X, workbench.settings.threads)
    else:
        fallback = FallbackRanking.from_json(report["fallback"])
        score = fallback.score(X, FALLBACK_FEATURES)
        severity = np.array([stored.get(positions[name], math.nan) for name in found])
        reasons = strongest(fallback.explain(X, FALLBACK_FEATURES), FALLBACK_FEATURES)
    return [
        Candidate(name, positions[name], float(one), float(place), row.tolist(), why[:REASONS])
        for name, one, place, row, why in zip(found, score, severity, X, reasons, strict=True)
    ]
