"""Why one transaction ranks where it does."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fraudkit.errors import NotFoundError
from fraudkit.features import FeatureSpec, features_named
from fraudkit.features.fallback import FALLBACK_FEATURES, FallbackRanking
from fraudkit.services.modelling import ActiveModel, active_model, strongest
from fraudkit.services.workbench import Workbench
from fraudkit.store import Cursor, feature_rows, rankings
from fraudkit.words import N_


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one feature adds to a score.

    Parameters
    ----------
    feature
        Its name.
    value
        Its value for this transaction; NaN where it cannot be computed.
    evidence
        Positive makes the transaction more suspicious; in the units of the score.
    """

    feature: str
    value: float
    evidence: float


@dataclass(frozen=True, slots=True)
class TransactionExplanation:
    """A score taken apart: `base` + the evidence of all contributions = `score`.

    Parameters
    ----------
    model_id, ledger_position
        The model and the last label that it knew.
    severity
        Percentile against the model's reference, 0 to 100; within the extract for the fallback.
    score
        Log-odds; a mean percentile, 0 to 1, for the fallback.
    base
        The score that no feature explains.
    contributions
        All features, the strongest evidence of either sign first.
    is_fallback
        Whether the extract is ranked against itself.
    """

    model_id: str
    ledger_position: int
    severity: float
    score: float
    base: float
    contributions: tuple[Contribution, ...]
    is_fallback: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return plain values."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class PairEffect:
    """What two features add to a score by acting together, beyond what each adds alone.

    Parameters
    ----------
    features
        Their names.
    effect
        In the units of the score: positive when together they are more suspicious than apart, negative when
        they say in part the same.
    """

    features: tuple[str, str]
    effect: float


def explain(workbench: Workbench, transaction_id: str) -> TransactionExplanation:
    """Explain any transaction by the active model with all labels learned.

    Raises
    ------
    NotFoundError
        When there is no such transaction.
    """
    model = active_model(workbench)
    with workbench.database.read() as cursor:
        report = _report(cursor, model)
        row = _features(workbench, cursor, model, report, transaction_id)
        stored = cursor.row("SELECT severity FROM ranking WHERE transaction_id = ?", [transaction_id])
    if report["fallback"] is not None:
        fallback = FallbackRanking.from_json(report["fallback"])
        evidence = fallback.explain(row, FALLBACK_FEATURES)[0]
        severity = stored["severity"] if stored else float("nan")
        return _explanation(
            model, FALLBACK_FEATURES, severity, fallback.base, row[0], evidence, is_fallback=True
        )
    explanation = model.learned.explain(row)
    score = model.learned.score(row)
    severity = float(model.severity(score, report["fit"]["missing"])[0])
    names = model.manifest.features
    return _explanation(model, names, severity, explanation.base, row[0], explanation.values[0])


def interactions(workbench: Workbench, transaction_id: str) -> tuple[PairEffect, ...]:
    """Return how every pair of features acts together on a transaction's score, the strongest first.

    Exact; none where the fallback ranks, which adds features up one by one.

    Raises
    ------
    NotFoundError
        When there is no such transaction.
    """
    model = active_model(workbench)
    with workbench.database.read() as cursor:
        report = _report(cursor, model)
        if report["fallback"] is not None:
            return ()
        row = _features(workbench, cursor, model, report, transaction_id)
    names, pairs = model.manifest.features, model.learned.interactions(row)[0]
    effects = [
        PairEffect((names[first], names[second]), 2.0 * float(pairs[first, second]))
        for first, second in zip(*np.triu_indices(len(names), k=1), strict=True)
        if pairs[first, second] != 0.0
    ]
    return tuple(sorted(effects, key=lambda pair: -abs(pair.effect)))


def reasons_of(workbench: Workbench, transaction_ids: Sequence[str]) -> dict[str, list[str]]:
    """Return the names of the strongest features of some transactions, strongest first."""
    if not transaction_ids:
        return {}
    model = active_model(workbench)
    with workbench.database.read() as cursor:
        report = _report(cursor, model)
        found = feature_rows.of_transactions(
            cursor,
            ranking_specs(model, report),
            frozenset(report["available"]),
            workbench.settings.base_currency,
            list(transaction_ids),
        )
    X = np.stack(list(found.values()))
    if report["fallback"] is None:
        names = model.reasons(X, workbench.settings.threads)
    else:
        fallback = FallbackRanking.from_json(report["fallback"])
        names = strongest(fallback.explain(X, FALLBACK_FEATURES), FALLBACK_FEATURES)
    return dict(zip(found, names, strict=True))


def reason_values(workbench: Workbench, transaction_id: str) -> dict[str, dict[str, float | None]]:
    """Return what fills the gaps of the reasons of one transaction, by feature.

    For each feature that ranks and can be computed: `value`, `amount` (both as the reason shows
    them, amounts in the base currency) and the inputs that its declaration names.

    Raises
    ------
    NotFoundError
        When there is no such transaction.
    """
    model = active_model(workbench)
    with workbench.database.read() as cursor:
        report = _report(cursor, model)
        available, specs = frozenset(report["available"]), ranking_specs(model, report)
        row = _features(workbench, cursor, model, report, transaction_id)[0]
        currency = workbench.settings.base_currency
        found = feature_rows.reason_values(cursor, specs, available, currency, transaction_id)
    gaps: dict[str, dict[str, float | None]] = {}
    for spec, value in zip(specs, row, strict=True):
        if not math.isnan(value):
            inputs = {name: found.get(f"{spec.name}.{name}") for name in spec.inputs}
            gaps[spec.name] = {"value": float(value), "amount": found["amount"], **inputs}
    return gaps


def ranking_specs(model: ActiveModel, report: dict[str, Any]) -> tuple[FeatureSpec, ...]:
    """Return the features that rank: the model's, or the fallback's where that is in force."""
    return model.specs if report["fallback"] is None else features_named(FALLBACK_FEATURES)


def _report(cursor: Cursor, model: ActiveModel) -> dict[str, Any]:
    """Return the report of the last ranking by this model, or what holds before any."""
    run = rankings.last_run(cursor)
    if run is not None and run["model_id"] == model.model_id:
        report: dict[str, Any] = run["report"]
        return report
    available = feature_rows.available_columns(cursor)
    missing = [spec.name for spec in model.specs if not spec.is_available(available)]
    return {"available": sorted(available), "fallback": None, "fit": {"missing": missing}}


def _features(
    workbench: Workbench,
    cursor: Cursor,
    model: ActiveModel,
    report: dict[str, Any],
    transaction_id: str,
) -> NDArray[np.float32]:
    """Return the features of one transaction, (1, features): an alert's as they were ranked."""
    kept = rankings.alert_features(cursor, transaction_id, model.model_id)
    if kept is not None:
        return kept[None, :]
    specs, available = ranking_specs(model, report), frozenset(report["available"])
    found = feature_rows.of_transactions(
        cursor, specs, available, workbench.settings.base_currency, [transaction_id]
    )
    if transaction_id not in found:
        raise NotFoundError(
            N_("There is no transaction {transaction_id}."),
            N_("Check the identifier; search the queue for it."),
            transaction_id=transaction_id,
        )
    return found[transaction_id][None, :]


def _explanation(
    model: ActiveModel,
    names: tuple[str, ...],
    severity: float,
    base: float,
    row: NDArray[np.float32],
    evidence: NDArray[Any],
    *,
    is_fallback: bool = False,
) -> TransactionExplanation:
    contributions = [
        Contribution(name, float(value), float(part))
        for name, value, part in zip(names, row, evidence, strict=True)
    ]
    contributions.sort(key=lambda part: -abs(part.evidence))
    return TransactionExplanation(
        model.model_id,
        model.ledger_position,
        severity,
        base + float(evidence.sum()),
        base,
        tuple(contributions),
        is_fallback,
    )
