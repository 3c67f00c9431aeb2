"""Training: a new forest on the current data, measured, stored, and active when a person says so."""

from __future__ import annotations

import tempfile
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from fraudkit.config import Settings
from fraudkit.domain import Actor, Progress, silent
from fraudkit.errors import InvalidInputError
from fraudkit.evaluate.drift import FeatureBins
from fraudkit.features import DEFAULT_FEATURES, features_named
from fraudkit.forest import Forest
from fraudkit.registry import Manifest, Origin
from fraudkit.registry.manifest import library_versions
from fraudkit.registry.registry import digest, dump
from fraudkit.services import measuring, scoring
from fraudkit.services.sampling import import_sample
from fraudkit.services.workbench import Workbench
from fraudkit.store import feature_rows, labels, rankings
from fraudkit.store.feature_rows import FeatureMatrix
from fraudkit.words import N_

LEAST_ROWS: Final = 1_000
PARAMETERS: Final = {"n_estimators": 200, "max_samples": 1024, "random_state": 0}
BUILDER: Final = Actor("fraudkit", "administrator")


@dataclass(frozen=True, slots=True)
class TrainedModel:
    """A new model: its identifier and what was measured."""

    model_id: str
    figures: dict[str, float]

    def as_json(self) -> dict[str, Any]:
        """Return plain values."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class ModelRow:
    """One model as the list of models shows it.

    Parameters
    ----------
    model_id, origin, is_active
        Which model, whether it came with fraudkit or was trained here, whether it ranks.
    features, rows, trained_from_us, trained_to_us, figures
        From its manifest.
    """

    model_id: str
    origin: Origin
    is_active: bool
    features: tuple[str, ...]
    rows: int
    trained_from_us: int
    trained_to_us: int
    figures: dict[str, float]


@dataclass(frozen=True, eq=False)
class TrainingSet:
    """Features of all transactions, limited to those that the data can feed.

    Attributes
    ----------
    names
        Features in the order of the columns.
    X
        (n, features) float32.
    positions, ts_us
        (n,) which transactions and when.
    fraud
        (n,) whether a fraud is known from outside.
    ledger_position
        The last label.
    """

    names: tuple[str, ...]
    X: NDArray[np.float32]
    positions: NDArray[np.int64]
    ts_us: NDArray[np.int64]
    fraud: NDArray[np.bool_]
    ledger_position: int


def train(workbench: Workbench, actor: Actor, progress: Progress = silent) -> TrainedModel:
    """Fit a forest on all current transactions, measure it and store it; it does not become active.

    The verdicts of the ledger are learned again by whichever model is active, so nothing is lost.

    Raises
    ------
    InvalidInputError
        When there are fewer than a thousand transactions.
    """
    workbench.require_transactions()
    data = training_set(workbench, progress)
    progress(0.6, N_("Fitting the forest"))
    forest = Forest.fit(data.X, data.names, **PARAMETERS)
    progress(0.8, N_("Measuring against later frauds"))
    figures = measuring.later_quality(workbench, data, PARAMETERS)
    figures |= measuring.against_active(workbench, data, forest)
    artifact, manifest = pack(data, forest, figures)
    workbench.registry.store_local(artifact, manifest)
    payload = {
        "last_position": manifest.last_position,
        "ledger_position": manifest.ledger_position,
        "figures": figures,
    }
    with workbench.database.write() as cursor:
        rankings.append_model_event(cursor, manifest.model_id, "trained", actor, payload)
    progress(1.0, N_("Trained"))
    return TrainedModel(manifest.model_id, figures)


def activate(workbench: Workbench, model_id: str, actor: Actor, progress: Progress = silent) -> None:
    """Make a model the one that ranks, and rank everything anew.

    Raises
    ------
    NotFoundError
        When there is no such model.
    ModelError
        When its files were changed.
    """
    workbench.registry.load(model_id)
    with workbench.database.write() as cursor:
        rankings.append_model_event(cursor, model_id, "activated", actor, {})
        anything = cursor.value("SELECT count(*) FROM (SELECT 1 FROM transactions LIMIT 1)")
    if anything:
        scoring.rank(workbench, progress)


def models(workbench: Workbench) -> list[ModelRow]:
    """Return all models, the bundled one first."""
    with workbench.database.read() as cursor:
        activated = rankings.activated_model(cursor)
    return [
        ModelRow(
            manifest.model_id,
            origin,
            manifest.model_id == activated or (activated is None and origin == "bundled"),
            manifest.features,
            manifest.rows,
            manifest.trained_from_us,
            manifest.trained_to_us,
            manifest.figures,
        )
        for origin, manifest in workbench.registry.manifests()
    ]


def train_bundled(settings: Settings, progress: Progress = silent) -> TrainedModel:
    """Train the model that comes with fraudkit from the sample extract; the same bytes every time.

    Raises
    ------
    InvalidInputError
        When the sample extract is not there or does not load.
    """
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        apart = replace(
            settings,
            database=work / "sample.duckdb",
            sample_database=work / "absent.duckdb",
            audit_folder=None,
            upload_folder=settings.sample_extract.parent,
        )
        workbench = Workbench.open(apart)
        try:
            import_sample(workbench)
            data = training_set(workbench, progress)
            figures = measuring.later_quality(workbench, data, PARAMETERS)
            artifact, manifest = pack(data, Forest.fit(data.X, data.names, **PARAMETERS), figures)
            workbench.registry.store_bundled(artifact, manifest)
        finally:
            workbench.close()
    progress(1.0, N_("Trained"))
    return TrainedModel(manifest.model_id, figures)


def training_set(workbench: Workbench, progress: Progress = silent) -> TrainingSet:
    """Compute the features of all transactions and keep those that vary.

    Raises
    ------
    InvalidInputError
        When there are fewer than a thousand transactions.
    """
    progress(0.0, N_("Building features"))
    with workbench.database.read() as cursor:
        available = feature_rows.available_columns(cursor)
        usable = [spec for spec in features_named(DEFAULT_FEATURES) if spec.is_available(available)]
        matrix = feature_rows.matrix(
            cursor,
            usable,
            available,
            workbench.settings.base_currency,
            lambda share: progress(0.6 * share, N_("Building features")),
            workbench.settings.threads,
        )
        times = cursor.numpy("SELECT ts_us FROM transactions ORDER BY position")["ts_us"]
        frauds = cursor.numpy(
            "SELECT DISTINCT position FROM known_fraud JOIN transactions USING (transaction_id)"
        )["position"]
        position = labels.ledger_position(cursor)
    _require_enough(matrix)
    varying = [place for place in range(len(usable)) if _varies(matrix.X[:, place])]
    return TrainingSet(
        tuple(usable[place].name for place in varying),
        np.ascontiguousarray(matrix.X[:, varying]),
        matrix.positions,
        np.asarray(times[: len(matrix.positions)], np.int64),
        np.isin(matrix.positions, frauds),
        position,
    )


def pack(data: TrainingSet, forest: Forest, figures: dict[str, float]) -> tuple[bytes, Manifest]:
    """Return artifact and manifest of a fitted forest; the same data give the same bytes."""
    artifact = dump(forest)
    sha256 = digest(artifact)
    reference = forest.reference if forest.reference is not None else data.X
    quantiles = np.quantile(forest.score(reference), np.linspace(0, 1, 101))
    manifest = Manifest(
        model_id=f"forest-{sha256[:10]}",
        sha256=sha256,
        features=data.names,
        parameters=dict(PARAMETERS),
        rows=len(data.X),
        trained_from_us=int(data.ts_us.min()),
        trained_to_us=int(data.ts_us.max()),
        last_position=int(data.positions[-1]),
        ledger_position=data.ledger_position,
        libraries=library_versions(),
        score_quantiles=tuple(float(value) for value in quantiles),
        feature_bins={
            name: FeatureBins.fit(reference[:, place]).as_json() for place, name in enumerate(data.names)
        },
        figures=figures,
    )
    return artifact, manifest


def _varies(column: NDArray[Any]) -> bool:
    present = column[~np.isnan(column)]
    return len(present) > 0 and bool(present.min() < present.max())


def _require_enough(matrix: FeatureMatrix) -> None:
    if len(matrix.positions) < LEAST_ROWS:
        raise InvalidInputError(
            N_("There are {rows} transactions; a model needs at least {least}."),
            N_("Import more data first; until then the transactions are ranked among themselves."),
            rows=len(matrix.positions),
            least=LEAST_ROWS,
        )
