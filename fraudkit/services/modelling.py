"""The active model: the forest from disk, and what it has learned from the ledger up to now."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from fraudkit.domain import TRAINING_WEIGHT
from fraudkit.errors import ModelError
from fraudkit.features import FeatureSpec, features_named
from fraudkit.forest import Forest
from fraudkit.registry import Manifest
from fraudkit.services.workbench import Workbench
from fraudkit.store import Cursor, Database, Row, feature_rows, labels, rankings
from fraudkit.words import N_

REASONS: Final = 4
"""At most so many reasons are named for an alert."""

FeaturesOf = Callable[[Sequence[str]], dict[str, NDArray[np.float32]]]


@dataclass(frozen=True, eq=False)
class ActiveModel:
    """The model that ranks.

    Attributes
    ----------
    model_id, manifest
        Which model.
    forest
        As it was trained.
    learned
        With the verdicts up to `ledger_position`; the same as `forest` before any.
    ledger_position
        Number of the last label that it knows.
    """

    model_id: str
    manifest: Manifest
    forest: Forest
    learned: Forest
    ledger_position: int
    _scales: dict[tuple[int, ...], NDArray[np.float64]] = field(default_factory=dict, repr=False)

    @property
    def specs(self) -> tuple[FeatureSpec, ...]:
        """The declarations of its features, in the order of the columns."""
        return features_named(self.manifest.features)

    @property
    def reference(self) -> NDArray[np.float32]:
        """(m, features) rows that it was trained on, a sample."""
        if self.forest.reference is None:
            raise ModelError(
                N_("Model {model} has no reference rows, so its scores mean nothing."),
                N_("Train a new model."),
                model=self.model_id,
            )
        return self.forest.reference

    def severity(self, score: NDArray[np.float64], missing: Sequence[str] = ()) -> NDArray[np.float64]:
        """Return the percentile, 0 to 100, of scores in the reference with the same features masked."""
        columns = tuple(place for place, name in enumerate(self.manifest.features) if name in set(missing))
        if columns not in self._scales:
            masked = self.reference.copy()
            masked[:, list(columns)] = np.nan
            self._scales[columns] = np.sort(self.learned.score(masked))
        return percentile(self._scales[columns], score)

    def reasons(self, X: NDArray[np.float32], threads: int = 1) -> list[list[str]]:
        """Return the names of the features that make each row more suspicious, strongest first."""
        evidence = self.learned.explain(X, dtype=np.float32, threads=threads).values
        return strongest(evidence, self.manifest.features)


def percentile(reference: NDArray[np.float64], values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return where values lie in sorted reference values, 0 to 100; within ties the middle."""
    below = np.searchsorted(reference, values, side="left")
    upto = np.searchsorted(reference, values, side="right")
    share: NDArray[np.float64] = 50.0 * (below + upto) / max(len(reference), 1)
    return share


def strongest(evidence: NDArray[Any], names: Sequence[str]) -> list[list[str]]:
    """Return the names of up to four features with the largest positive evidence, for each row."""
    order = np.argsort(-evidence, axis=1, kind="stable")[:, :REASONS]
    return [
        [names[place] for place in row if evidence[number, place] > 0] for number, row in enumerate(order)
    ]


_CACHE: WeakKeyDictionary[Database, tuple[tuple[object, ...], ActiveModel]] = WeakKeyDictionary()
_CACHE_LOCK = threading.Lock()


def active_model(workbench: Workbench) -> ActiveModel:
    """Return the active model, learned up to the last label; kept until something changes.

    Raises
    ------
    ModelError
        When its file is damaged, or there is no model at all.
    """
    with _CACHE_LOCK, workbench.database.read() as cursor:
        key = _state(workbench, cursor)
        kept = _CACHE.get(workbench.database)
        if kept is not None and kept[0] == key:
            return kept[1]
        former = kept[1] if kept is not None and kept[0][0] == key[0] else None
        model_id = str(key[0])
        base = (former.manifest, former.forest) if former else _load(workbench, model_id)
        run = rankings.last_run(cursor)
        stored = run is not None and run["model_id"] == model_id and run["report"]["fallback"] is None
        model = learn(cursor, *base, _features_of(workbench, cursor, base[0]), use_stored=stored)
        _CACHE[workbench.database] = (key, model)
        return model


def base_model(workbench: Workbench, cursor: Cursor) -> tuple[Manifest, Forest]:
    """Return the active model as it was trained."""
    model_id = active_id(workbench, cursor)
    kept = _CACHE.get(workbench.database)
    if kept is not None and kept[0][0] == model_id:
        return kept[1].manifest, kept[1].forest
    return _load(workbench, model_id)


def learn(
    cursor: Cursor, manifest: Manifest, forest: Forest, features_of: FeaturesOf, *, use_stored: bool
) -> ActiveModel:
    """Teach a forest all labels of the ledger, sorted by transaction.

    Parameters
    ----------
    cursor
        Where the ledger is read.
    manifest, forest
        The model as trained.
    features_of
        Gives the features of transactions.
    use_stored
        Take them from the alerts where these hold them for this very model.
    """
    position = labels.ledger_position(cursor)
    rows = rankings.learning_labels(cursor)
    if not rows:
        return ActiveModel(manifest.model_id, manifest, forest, forest, position)
    stored = {row["transaction_id"]: row["features"] for row in rows} if use_stored else {}
    known = {key: np.array(value, np.float32) for key, value in stored.items() if value is not None}
    absent = [row["transaction_id"] for row in rows if row["transaction_id"] not in known]
    if absent:
        known |= features_of(absent)
    learned = teach(forest, [row for row in rows if row["transaction_id"] in known], known)
    return ActiveModel(manifest.model_id, manifest, forest, learned, position)


def active_id(workbench: Workbench, cursor: Cursor) -> str:
    """Return the identifier of the active model: the one activated last, else the bundled one.

    Raises
    ------
    ModelError
        When there is neither.
    """
    model_id = rankings.activated_model(cursor) or workbench.registry.bundled_id()
    if model_id is None:
        raise ModelError(
            N_("There is no model: none was activated and the bundled one is missing."),
            N_("Train one on the current data, then activate it."),
        )
    return model_id


def remember(workbench: Workbench, model: ActiveModel) -> None:
    """Keep a model that was just learned, so that the next reader need not learn it again."""
    with _CACHE_LOCK, workbench.database.read() as cursor:
        key = _state(workbench, cursor)
        if key[:2] == (model.model_id, model.ledger_position):
            _CACHE[workbench.database] = (key, model)


def _state(workbench: Workbench, cursor: Cursor) -> tuple[object, ...]:
    run = cursor.row(
        "SELECT model_id, last_position FROM ranking_run ORDER BY ranked_at DESC, rowid DESC LIMIT 1"
    )
    ranked = (run["model_id"], run["last_position"]) if run else (None, None)
    return (active_id(workbench, cursor), labels.ledger_position(cursor), *ranked)


def _load(workbench: Workbench, model_id: str) -> tuple[Manifest, Forest]:
    model = workbench.registry.load(model_id)
    return model.manifest, model.forest


def _features_of(workbench: Workbench, cursor: Cursor, manifest: Manifest) -> FeaturesOf:
    def compute(transaction_ids: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        available = feature_rows.available_columns(cursor)
        specs = features_named(manifest.features)
        currency = workbench.settings.base_currency
        return feature_rows.of_transactions(cursor, specs, available, currency, transaction_ids)

    return compute


def teach(forest: Forest, rows: Sequence[Row], features: Mapping[str, NDArray[np.float32]]) -> Forest:
    """Teach a forest verdicts, given as rows of the ledger and features by transaction."""
    if not rows:
        return forest
    return forest.learn(
        np.stack([features[row["transaction_id"]] for row in rows]),
        np.array([row["verdict"] == "fraud" for row in rows], np.int64),
        weights=np.array([TRAINING_WEIGHT[row["certainty"]] for row in rows]),
    )
