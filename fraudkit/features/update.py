"""New transactions and labels: only the entities that they touch are computed again.

A feature looks at the past of its entities only, so a new row can change rows that share an entity with it,
and no others. Features of the same entities are updated together; the rows that they read are all rows of
the entities of the rows that they change.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from fraudkit.features.build import build_features
from fraudkit.features.plan import FeaturePlan, group_windows, inputs_of
from fraudkit.features.rows import FeatureRows
from fraudkit.features.spec import ENTITIES, Entity, FeatureSpec


def update_features(
    specs: Sequence[FeatureSpec],
    plan: FeaturePlan,
    rows: FeatureRows,
    values: NDArray[np.float32],
    changed: NDArray[np.bool_],
    threads: int = 1,
) -> int:
    """Bring a matrix up to date in place; the result is that of a full build.

    For callers that keep a matrix. Ranking keeps none: a full build of 1.75 million rows takes 0.4 s of CPU.

    Parameters
    ----------
    specs, plan
        The columns of the matrix and their plan.
    rows
        All rows, the changed ones among them.
    values
        (n, features), right for the rows before the change; rows that are new may hold anything.
    changed
        (n,) bool, rows that are new or whose label became known since.

    Returns
    -------
    int
        The number of values that were computed again.
    """
    computed = 0
    places = {spec.name: place for place, spec in enumerate(specs)}
    for entities, group in _by_entities(plan.specs).items():
        touched = _sharing(rows, entities, changed)
        read = np.flatnonzero(_sharing(rows, entities, touched))
        windows = [window for spec in group for window in inputs_of(spec).values()]
        part = FeaturePlan(tuple(group), group_windows(windows))
        found = build_features(group, part, rows.take(read), threads)
        kept = touched[read]
        for place, spec in enumerate(group):
            values[read[kept], places[spec.name]] = found[kept, place]
        computed += int(kept.sum()) * len(group)
    absent = [places[spec.name] for spec in specs if spec not in plan.specs]
    for place in absent:
        values[changed, place] = np.nan
    return computed


def _by_entities(specs: Iterable[FeatureSpec]) -> dict[tuple[Entity, ...], list[FeatureSpec]]:
    """Return features by the entities whose past they look at."""
    found: dict[tuple[Entity, ...], list[FeatureSpec]] = {}
    for spec in specs:
        whose = {window.entity for window in inputs_of(spec).values()}
        found.setdefault(tuple(name for name in ENTITIES if name in whose), []).append(spec)
    return found


def _sharing(rows: FeatureRows, entities: tuple[Entity, ...], chosen: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return the chosen rows and all that share one of the entities with them, (n,) bool."""
    sharing = chosen.copy()
    for entity in entities:
        codes = rows.codes[entity]
        touched = np.zeros(codes.count + 1, bool)  # the last place stands for rows without the entity
        touched[codes.values[chosen]] = True
        touched[-1] = False
        sharing |= touched[codes.values]
    return sharing
