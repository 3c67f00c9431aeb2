"""The feature matrix from rows: a walk through time, block by block, and each feature's formula.

This is what the product computes with. `fraudkit.features.sql` says the same in SQL: it runs on Spark, and on
DuckDB it is the oracle that the tests compare with, bit for bit in float64.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from fraudkit.features.formula import Formula, read_formula
from fraudkit.features.plan import AMOUNT, FeaturePlan, inputs_of
from fraudkit.features.rows import FeatureRows
from fraudkit.features.spec import FeatureSpec, Window
from fraudkit.features.timeline import Timeline
from fraudkit.features.windows import Walk
from fraudkit.forest.parallel import run_blocks

BLOCK: Final = 65_536


def build_features(
    specs: Sequence[FeatureSpec],
    plan: FeaturePlan,
    rows: FeatureRows,
    threads: int = 1,
    progress: Callable[[float], None] = lambda _share: None,
    dtype: type[np.floating[Any]] = np.float32,
) -> NDArray[Any]:
    """Compute features of all rows.

    Parameters
    ----------
    specs
        The columns of the result; those that the plan left out are NaN.
    plan
        Made by `plan_features` of the same features.
    rows
        Transactions, with the keys and columns that the plan names.
    threads
        Threads that share the rows.
    progress
        Called with the share done.

    Returns
    -------
    numpy.ndarray
        (n, features), each feature contiguous; NaN where it cannot be computed.
    """
    values = np.empty((len(rows), len(specs)), dtype, order="F")
    columns = {spec.name: values[:, place] for place, spec in enumerate(specs)}
    for name in columns.keys() - {spec.name for spec in plan.specs}:
        columns[name].fill(np.nan)
    timeline = Timeline(rows, plan)
    windows = [window for group in plan.groups for window in group.windows]

    def fill(part: slice) -> None:
        walk = Walk(timeline, windows, part.start)
        for begin in range(part.start, part.stop, BLOCK):
            block = slice(begin, min(begin + BLOCK, part.stop))
            walk.turn_to(block)
            places = block if timeline.order is None else timeline.order[block]
            for spec in plan.specs:
                columns[spec.name][places] = _evaluate(walk, read_formula(spec.formula), inputs_of(spec))
            if part.start == 0:
                progress(block.stop / part.stop)

    if len(rows):
        run_blocks(fill, len(rows), BLOCK, threads)
    return values


def build_inputs(plan: FeaturePlan, rows: FeatureRows, place: int) -> dict[str, float | None]:
    """Return what fills the gaps of the reasons at one row: `amount` and `<feature>.<input>`."""
    timeline = Timeline(rows, plan)
    if timeline.order is not None:
        place = int(np.flatnonzero(timeline.order == place)[0])
    walk = Walk(timeline, [window for group in plan.groups for window in group.windows], place)
    walk.turn_to(slice(place, place + 1))
    found = {AMOUNT: _plain(timeline.rows.amount(walk.block)[0])}
    for spec in plan.specs:
        found |= {f"{spec.name}.{name}": _plain(walk.value(one)[0]) for name, one in spec.inputs.items()}
    return found


def _evaluate(walk: Walk, formula: Formula, inputs: dict[str, Window]) -> NDArray[np.float64]:
    values = {name: walk.value(window) for name, window in inputs.items()}
    values |= {name: walk.timeline.rows.columns[name][walk.block] for name in formula.columns}
    if AMOUNT in formula.gaps:
        values[AMOUNT] = walk.once(AMOUNT, lambda: walk.timeline.rows.amount(walk.block))
    return formula.evaluate(values)


def _plain(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
