"""Ranking: all transactions against the active model, and the open alerts anew after each verdict."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from fraudkit.domain import Progress, silent
from fraudkit.features import features_named
from fraudkit.features.fallback import FALLBACK_FEATURES, FallbackRanking, is_needed
from fraudkit.services import modelling, random_sample
from fraudkit.services.alerting import Candidate, raise_alerts
from fraudkit.services.explaining import (
    Contribution,
    PairEffect,
    TransactionExplanation,
    explain,
    interactions,
    reason_values,
)
from fraudkit.services.fitting import FitReport, compare
from fraudkit.services.modelling import ActiveModel, active_model
from fraudkit.services.workbench import Workbench
from fraudkit.store import Cursor, Row, feature_rows, labels, now_us, rankings
from fraudkit.store.feature_rows import FeatureMatrix
from fraudkit.words import N_, Language, translate

_BLOCK: Final = 100_000

__all__ = [
    "ActiveModel",
    "Contribution",
    "FitReport",
    "PairEffect",
    "RankingReport",
    "TransactionExplanation",
    "active_model",
    "candidate",
    "explain",
    "fit_report",
    "interactions",
    "rank",
    "reason_values",
    "relearn",
]


@dataclass(frozen=True, slots=True)
class RankingReport:
    """What a ranking did.

    Parameters
    ----------
    model_id, ledger_position
        The model and the last label that it knew.
    rows
        Transactions ranked.
    alerts_raised
        New alerts.
    is_fallback
        Whether the extract was ranked against itself because the model does not fit it.
    fit
        How the data compare with what the model was trained on.
    """

    model_id: str
    ledger_position: int
    rows: int
    alerts_raised: int
    is_fallback: bool
    fit: FitReport

    def as_json(self) -> dict[str, Any]:
        """Return plain values."""
        return {**asdict(self), "outcome": "done", "message": self.fit.text("en")}

    def sentences(self, language: Language) -> list[str]:
        """Return what a person reads after a ranking."""
        done = translate(N_("{rows} transactions ranked, {alerts} new alerts."), language)
        return [done.format(rows=self.rows, alerts=self.alerts_raised), self.fit.text(language)]


@dataclass(frozen=True, eq=False)
class _Ranked:
    """Scores of all transactions and what ranked them."""

    model: ActiveModel
    matrix: FeatureMatrix
    fallback: FallbackRanking | None
    missing: tuple[str, ...]
    score: NDArray[np.float64]
    severity: NDArray[np.float64]

    def reasons(self, X: NDArray[np.float32], threads: int) -> list[list[str]]:
        if len(X) == 0:
            return []
        if self.fallback is None:
            return self.model.reasons(X, threads)
        return modelling.strongest(self.fallback.explain(X, FALLBACK_FEATURES), FALLBACK_FEATURES)


def rank(workbench: Workbench, progress: Progress = silent) -> RankingReport:
    """Score all transactions, replace the ranking and raise alerts for the riskiest undecided ones.

    The features are computed from the database, the scores come from the active model with all labels
    learned. Everything is written in one transaction at the end.

    Raises
    ------
    NotFoundError
        When there are no transactions.
    ModelError
        When the active model is missing or damaged.
    """
    workbench.require_transactions()
    progress(0.0, N_("Building features"))
    with workbench.database.read() as cursor:
        available = feature_rows.available_columns(cursor)
        manifest, forest = modelling.base_model(workbench, cursor)
        matrix = feature_rows.matrix(
            cursor,
            features_named(manifest.features),
            available,
            workbench.settings.base_currency,
            lambda share: progress(0.6 * share, N_("Building features")),
            workbench.settings.threads,
        )
        model = modelling.learn(
            cursor, manifest, forest, lambda ids: _from_matrix(cursor, matrix, ids), use_stored=False
        )
    fit = compare(model, matrix.X, available)
    if is_needed(len(matrix.positions), len(manifest.features), len(fit.missing)):
        ranked = _score_against_itself(workbench, model, fit, available)
    else:
        ranked = _score(workbench, model, matrix, fit, progress)
    progress(0.9, N_("Writing the ranking"))
    raised = _write(workbench, ranked, fit, available)
    modelling.remember(workbench, model)
    _catch_up(workbench, model)
    progress(1.0, N_("Ranked"))
    return RankingReport(
        model.model_id,
        model.ledger_position,
        len(matrix.positions),
        raised,
        ranked.fallback is not None,
        fit,
    )


def relearn(workbench: Workbench) -> None:
    """Learn from all verdicts and reorder the open alerts; nothing else is scored and no feature is built."""
    while not _reordered(workbench):
        pass  # another pass wrote meanwhile and knew fewer verdicts


def fit_report(workbench: Workbench) -> FitReport | None:
    """Return how the data of the last ranking compare with the model's, or None before any ranking."""
    with workbench.database.read() as cursor:
        run = rankings.last_run(cursor)
    return None if run is None else FitReport.from_json(run["report"]["fit"])


def candidate(workbench: Workbench, transaction_id: str) -> Candidate:
    """Return one transaction as a candidate for an alert that a person raises.

    Raises
    ------
    NotFoundError
        When there is no such transaction.
    """
    explanation = explain(workbench, transaction_id)
    with workbench.database.read() as cursor:
        position = rankings.positions_of(cursor, [transaction_id])[transaction_id]
    values = {part.feature: part.value for part in explanation.contributions}
    model_features = active_model(workbench).manifest.features
    features = [values[name] for name in (FALLBACK_FEATURES if explanation.is_fallback else model_features)]
    reasons = [part.feature for part in explanation.contributions if part.evidence > 0]
    return Candidate(
        transaction_id,
        position,
        explanation.score,
        explanation.severity,
        [math.nan if value is None else value for value in features],
        reasons[: modelling.REASONS],
    )


def _from_matrix(
    cursor: Cursor, matrix: FeatureMatrix, transaction_ids: Sequence[str]
) -> dict[str, NDArray[np.float32]]:
    positions = rankings.positions_of(cursor, transaction_ids)
    return dict(zip(positions, matrix.rows_at(list(positions.values())), strict=True))


def _score_against_itself(
    workbench: Workbench, model: ActiveModel, fit: FitReport, available: frozenset[str]
) -> _Ranked:
    """Rank by the fallback: its own features, each row against the extract."""
    with workbench.database.read() as cursor:
        specs = features_named(FALLBACK_FEATURES)
        matrix = feature_rows.matrix(
            cursor,
            specs,
            available,
            workbench.settings.base_currency,
            threads=workbench.settings.threads,
        )
    fallback = FallbackRanking.fit(matrix.X, FALLBACK_FEATURES)
    score = fallback.score(matrix.X, FALLBACK_FEATURES)
    severity = modelling.percentile(np.sort(score), score)
    return _Ranked(model, matrix, fallback, fit.missing, score, severity)


def _score(
    workbench: Workbench, model: ActiveModel, matrix: FeatureMatrix, fit: FitReport, progress: Progress
) -> _Ranked:
    rows = len(matrix.positions)
    score = np.empty(rows)
    for start in range(0, rows, _BLOCK):
        block = slice(start, start + _BLOCK)
        score[block] = model.learned.score(matrix.X[block], workbench.settings.threads)
        progress(0.6 + 0.3 * start / rows, N_("Scoring"))
    return _Ranked(model, matrix, None, fit.missing, score, model.severity(score, fit.missing))


def _write(workbench: Workbench, ranked: _Ranked, fit: FitReport, available: frozenset[str]) -> int:
    """Write scores, run, new alerts and the alerts' projection; return the number of new alerts."""
    threads = workbench.settings.threads
    report = {
        "fit": fit.as_json(),
        "available": sorted(available),
        "fallback": None if ranked.fallback is None else ranked.fallback.as_json(),
        "full": {"ledger_position": ranked.model.ledger_position, "at": now_us()},
    }
    model, matrix = ranked.model, ranked.matrix
    with workbench.database.write() as cursor:
        rankings.replace_ranking(cursor, matrix.positions, ranked.score, ranked.severity)
        top = rankings.above_line(cursor, workbench.settings.alert_capacity)
        line = top[-1]["score"] if top else None
        last_position = int(matrix.positions[-1])
        rankings.append_run(cursor, model.model_id, model.ledger_position, last_position, line, report)
        _refresh_alerts(cursor, ranked, threads)
        candidates = _candidates(ranked, [row for row in top if not row["is_alert"]], threads)
        raise_alerts(cursor, candidates, model.model_id)
        drawn = random_sample.draw(cursor, len(candidates), last_position, model.model_id)
        raise_alerts(cursor, _candidates(ranked, drawn, threads), model.model_id)
    return len(candidates)


def _refresh_alerts(cursor: Cursor, ranked: _Ranked, threads: int) -> None:
    alert_ids, positions = rankings.alert_positions(cursor)
    places = np.searchsorted(ranked.matrix.positions, positions)
    X = ranked.matrix.X[places]
    rankings.update_alerts(
        cursor, alert_ids, ranked.score[places], ranked.severity[places], X, ranked.reasons(X, threads)
    )


def _candidates(ranked: _Ranked, rows: list[Row], threads: int) -> list[Candidate]:
    X = ranked.matrix.rows_at([row["position"] for row in rows])
    return [
        Candidate(
            row["transaction_id"],
            row["position"],
            row["score"],
            row["severity"],
            features.astype(np.float64).tolist(),
            reasons,
        )
        for row, features, reasons in zip(rows, X, ranked.reasons(X, threads), strict=True)
    ]


def _catch_up(workbench: Workbench, model: ActiveModel) -> None:
    """Learn the verdicts that were given while the ranking ran."""
    with workbench.database.read() as cursor:
        moved_on = labels.ledger_position(cursor) != model.ledger_position
    if moved_on:
        relearn(workbench)


def _reordered(workbench: Workbench) -> bool:
    """Score the open alerts anew; False when a pass that knew less was faster: repeat then."""
    with workbench.database.read() as cursor:
        run = rankings.last_run(cursor)
        alert_ids, X = rankings.open_alerts(cursor)
    if run is None or run["report"]["fallback"] is not None:
        return True
    model = active_model(workbench)
    if run["model_id"] != model.model_id:
        return True  # the new model has not ranked yet; its ranking will learn
    threads = workbench.settings.threads
    if alert_ids:
        score = model.learned.score(X, threads)
        severity = model.severity(score, run["report"]["fit"]["missing"])
        reasons = model.reasons(X, threads)
    with workbench.database.write() as cursor:
        latest = rankings.last_run(cursor)
        if latest is None or latest["ranked_at"] != run["ranked_at"]:
            return latest is None or latest["ledger_position"] >= model.ledger_position
        if alert_ids:
            rankings.update_alerts(cursor, alert_ids, score, severity, X, reasons)
        rankings.append_run(
            cursor,
            model.model_id,
            model.ledger_position,
            run["last_position"],
            run["line_score"],
            run["report"],
        )
    return True
