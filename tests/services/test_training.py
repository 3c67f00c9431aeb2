"""Training: reproducible, measured on later frauds, active only when a person says so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from fraudkit.config import Settings
from fraudkit.domain import Actor
from fraudkit.errors import InvalidInputError, ModelError, NotFoundError
from fraudkit.forest import Forest
from fraudkit.registry import Registry
from fraudkit.registry.registry import ARTIFACT, dump
from fraudkit.services import importing, measuring, modelling, scoring, training
from fraudkit.services.workbench import Workbench
from fraudkit.store import rankings
from tests.features.portfolio import DAY_US, insert, random_transactions

ROWS = 2_000
LEAD = Actor("Luz", "lead")


FEATURES = ("amount", "amount_deviation_90d", "new_device", "new_counterparty")


@pytest.fixture
def opened(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workbench]:
    monkeypatch.setattr(training, "PARAMETERS", {"n_estimators": 20, "max_samples": 128, "random_state": 0})
    monkeypatch.setattr(training, "DEFAULT_FEATURES", FEATURES)
    workbench = Workbench.open(replace(settings, bundled_models=settings.local_models / "none"))
    insert(workbench.database, *portfolio_with_large_frauds())
    yield workbench
    workbench.close()


def portfolio_with_large_frauds() -> tuple[pd.DataFrame, pd.DataFrame]:
    frame = random_transactions(ROWS, seed=6)
    fraud = np.random.default_rng(1).random(ROWS) < 0.04
    frame.loc[fraud, "transaction_amount"] *= 30
    known = frame[fraud].assign(label_known_at=lambda rows: rows.ts_us + 7 * DAY_US)
    return frame, known[["transaction_id", "label_known_at"]]


def test_training_measures_and_activates_nothing(opened: Workbench) -> None:
    trained = training.train(opened, LEAD)
    assert (
        trained.figures["average_precision"]
        > 3 * trained.figures["later_frauds"] / (trained.figures["later_rows"])
    )
    assert 0 < trained.figures["precision_at_capacity"] <= 1
    with pytest.raises(ModelError):
        modelling.active_model(opened)
    rows = training.models(opened)
    assert [(row.model_id, row.origin, row.is_active) for row in rows] == [(trained.model_id, "local", False)]


def test_the_same_data_give_the_same_model(opened: Workbench) -> None:
    first = training.train(opened, LEAD)
    second = training.train(opened, LEAD)
    assert second == first
    data = training.training_set(opened)
    artifacts = [
        training.pack(data, Forest.fit(data.X, data.names, **training.PARAMETERS), {})[0] for _ in range(2)
    ]
    assert artifacts[0] == artifacts[1]


def test_the_manifest_names_the_training_set(opened: Workbench) -> None:
    trained = training.train(opened, LEAD)
    stored = opened.registry.load(trained.model_id)
    with opened.database.read() as cursor:
        labels = cursor.value("SELECT max(label_id) FROM label_event")
    assert (stored.manifest.last_position, stored.manifest.ledger_position) == (ROWS, labels)
    assert stored.manifest.features == stored.forest.feature_names
    assert set(stored.manifest.feature_bins) == set(stored.manifest.features)
    assert stored.manifest.score_quantiles == tuple(sorted(stored.manifest.score_quantiles))
    assert dump(stored.forest) == (opened.registry.local_folder / trained.model_id / ARTIFACT).read_bytes()


def test_features_that_never_vary_stay_out(opened: Workbench) -> None:
    with opened.database.write() as cursor:
        cursor.execute("UPDATE transactions SET counterparty_account = NULL, device_id = 'D1'")
    names = training.training_set(opened).names
    assert "new_counterparty" not in names
    assert "amount_deviation_90d" in names


def test_activating_ranks_with_the_new_model_and_keeps_the_old_ones(opened: Workbench) -> None:
    first = training.train(opened, LEAD)
    training.activate(opened, first.model_id, LEAD)
    insert(
        opened.database,
        random_transactions(500, seed=9).assign(
            position=lambda rows: rows.position + ROWS, transaction_id=lambda rows: "N" + rows.transaction_id
        ),
    )
    second = training.train(opened, LEAD)
    assert second.model_id != first.model_id
    assert {"agreement", "shared_alerts", "largest_psi"} <= second.figures.keys()
    assert modelling.active_model(opened).model_id == first.model_id
    training.activate(opened, second.model_id, LEAD)
    assert scoring.active_model(opened).model_id == second.model_id
    with opened.database.read() as cursor:
        assert rankings.last_run(cursor)["model_id"] == second.model_id
        assert cursor.value("SELECT count(*) FROM ranking") == ROWS + 500
    assert {row.model_id for row in training.models(opened)} == {first.model_id, second.model_id}


def test_a_damaged_or_unknown_model_is_not_activated(opened: Workbench) -> None:
    trained = training.train(opened, LEAD)
    path = opened.registry.local_folder / trained.model_id / ARTIFACT
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(ModelError, match="digest"):
        training.activate(opened, trained.model_id, LEAD)
    with pytest.raises(NotFoundError):
        training.activate(opened, "forest-unknown", LEAD)
    assert not any(row.is_active for row in training.models(opened))


def test_too_few_rows_are_refused(settings: Settings) -> None:
    workbench = Workbench.open(settings)
    try:
        insert(workbench.database, random_transactions(50, seed=1))
        with pytest.raises(InvalidInputError, match="at least 1000"):
            training.train(workbench, LEAD)
    finally:
        workbench.close()


def test_without_known_frauds_nothing_is_claimed(opened: Workbench) -> None:
    with opened.database.write() as cursor:
        cursor.execute("DELETE FROM label_event")
    figures = training.train(opened, LEAD).figures
    assert "average_precision" not in figures
    assert figures["known_frauds"] == 0


def test_progress_ends_at_one_and_never_falls(opened: Workbench) -> None:
    seen: list[float] = []
    trained = training.train(opened, LEAD, lambda share, _text: seen.append(share))
    assert seen == sorted(seen)
    assert seen[-1] == 1.0
    seen.clear()
    training.activate(opened, trained.model_id, LEAD, lambda share, _text: seen.append(share))
    assert seen == sorted(seen)
    assert seen[-1] == 1.0


def test_the_measure_learns_nothing_from_the_rows_that_it_measures(opened: Workbench) -> None:
    """Frauds of the later part become known after their transactions: their labels cannot help there."""
    data = training.training_set(opened)
    figures = measuring.later_quality(opened, data, training.PARAMETERS)
    shuffled = replace(data, fraud=np.roll(data.fraud, 7))
    assert (
        measuring.later_quality(opened, shuffled, training.PARAMETERS)["average_precision"]
        < (figures["average_precision"])
    )


def test_the_five_rows_of_the_seed_excerpt_are_ranked_by_the_bundled_model(
    settings: Settings, shared_data: Path, analyst: Actor
) -> None:
    workbench = Workbench.open(settings)
    try:
        importing.import_file(workbench, shared_data / "seed" / "seed_excerpt.csv", analyst)
        report = scoring.rank(workbench)
        assert (report.rows, report.is_fallback, report.alerts_raised) == (5, True, 5)
        with workbench.database.read() as cursor:
            top = cursor.row("SELECT transaction_id FROM ranking ORDER BY score DESC LIMIT 1")
        explanation = scoring.explain(workbench, top["transaction_id"])
        assert {part.feature for part in explanation.contributions if part.evidence} == {
            "amount",
            "balance_share",
        }
    finally:
        workbench.close()


def test_the_bundled_model_is_built_again_from_the_sample(settings: Settings) -> None:
    """Bit for bit on the machine that built it; elsewhere libraries may differ in the last digit."""
    apart = replace(settings, bundled_models=settings.local_models / "again")
    assert training.train_bundled(apart).model_id.startswith("forest-")
    rebuilt = Registry(apart.bundled_models, apart.local_models).bundled()
    shipped = Registry(settings.bundled_models, settings.local_models).bundled()
    assert rebuilt.manifest.features == shipped.manifest.features
    X = shipped.forest.reference
    np.testing.assert_allclose(rebuilt.forest.score(X), shipped.forest.score(X), atol=1e-9)
