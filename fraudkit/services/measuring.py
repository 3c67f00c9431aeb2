"""How good a model would have been: fitted on earlier transactions, measured on later known frauds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from fraudkit.domain import MICROSECONDS_PER_DAY
from fraudkit.errors import ModelError, NotFoundError
from fraudkit.evaluate import average_precision, precision_at, rank_correlation
from fraudkit.evaluate.drift import FeatureBins
from fraudkit.forest import Forest
from fraudkit.services import modelling
from fraudkit.services.workbench import Workbench
from fraudkit.store import rankings

if TYPE_CHECKING:
    from fraudkit.services.training import TrainingSet

EARLIER_SHARE: Final = 0.7
LEAST_FRAUDS: Final = 10
_COMPARED_ROWS: Final = 20_000
_LABEL_DELAY_US: Final = 7 * MICROSECONDS_PER_DAY


def later_quality(workbench: Workbench, data: TrainingSet, parameters: Mapping[str, int]) -> dict[str, float]:
    """Return how well a forest fitted on earlier transactions ranks the frauds of later ones.

    The forest is fitted on the first 70 % of the time whose labels are known by now, and scored on the rest;
    rows that analysts have decided are left out there. `average_precision` and `precision_at_capacity` are
    its figures, `average_precision_learned` the same after the analysts' verdicts; all are absent when fewer
    than ten frauds are known in the later part.
    """
    figures = {"rows": float(len(data.X)), "known_frauds": float(data.fraud.sum())}
    known_until = data.ts_us.max() - _LABEL_DELAY_US
    settled = data.ts_us <= known_until
    if not settled.any():
        return figures
    start = data.ts_us.min()
    cut = start + (known_until - start) * EARLIER_SHARE
    earlier, later = data.ts_us < cut, settled & (data.ts_us >= cut)
    with workbench.database.read() as cursor:
        decided = rankings.learning_labels(cursor)
        places = rankings.positions_of(cursor, [row["transaction_id"] for row in decided])
    later &= ~np.isin(data.positions, list(places.values()))
    if data.fraud[later].sum() < LEAST_FRAUDS or earlier.sum() < parameters["max_samples"]:
        return figures
    forest = Forest.fit(data.X[earlier], data.names, **parameters)
    capacity = workbench.settings.alert_capacity
    score = forest.score(data.X[later])
    figures |= {
        "later_rows": float(later.sum()),
        "later_frauds": float(data.fraud[later].sum()),
        "average_precision": average_precision(data.fraud[later], score),
        "precision_at_capacity": precision_at(data.fraud[later], score, capacity),
    }
    if decided:
        rows = {
            identifier: data.X[np.searchsorted(data.positions, place)] for identifier, place in places.items()
        }
        learned = modelling.teach(forest, decided, rows).score(data.X[later])
        figures["average_precision_learned"] = average_precision(data.fraud[later], learned)
    return figures


def against_active(workbench: Workbench, data: TrainingSet, forest: Forest) -> dict[str, float]:
    """Return how a new forest compares with the active model; nothing when there is none.

    `agreement` is the rank correlation of their scores, `shared_alerts` the share of the alerts that both
    would raise, `largest_psi` the largest population stability index of a feature against the active model.
    """
    try:
        active = modelling.active_model(workbench)
    except (ModelError, NotFoundError):
        return {}  # a first model has nothing to be compared with
    chosen = np.random.default_rng(0).permutation(len(data.X))[:_COMPARED_ROWS]
    theirs = active.forest.score(_columns(data, active.manifest.features, chosen))
    ours = forest.score(data.X[chosen])
    share = min(1.0, workbench.settings.alert_capacity / len(data.X))
    count = max(1, round(share * len(chosen)))
    shared = np.intersect1d(np.argsort(-theirs)[:count], np.argsort(-ours)[:count])
    stability = [
        FeatureBins.from_json(active.manifest.feature_bins[name]).stability(data.X[:, place])
        for place, name in enumerate(data.names)
        if name in active.manifest.feature_bins
    ]
    figures = {"agreement": rank_correlation(ours, theirs), "shared_alerts": len(shared) / count}
    return figures | ({"largest_psi": max(stability)} if stability else {})


def _columns(data: TrainingSet, names: tuple[str, ...], chosen: NDArray[np.intp]) -> NDArray[np.float32]:
    """Return rows with the columns of another model; NaN for those that these data do not have."""
    rows = np.full((len(chosen), len(names)), np.nan, np.float32)
    for place, name in enumerate(names):
        if name in data.names:
            rows[:, place] = data.X[chosen, data.names.index(name)]
    return rows
