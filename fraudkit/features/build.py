"""The feature matrix from rows: windows group by group, then each feature's formula.

This is what the product computes with. `fraudkit.features.sql` says the same in SQL: it runs on Spark, and on
DuckDB it is the oracle that the tests compare with, bit for bit in float64.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from fraudkit.features.formula import read_formula
from fraudkit.features.plan import AMOUNT, FeaturePlan, WindowGroup, inputs_of
from fraudkit.features.rows import FeatureRows
from fraudkit.features.spec import FeatureSpec, Window
from fraudkit.features.windows import Column, empty_column, write_windows
from fraudkit.forest.parallel import run_blocks

_BLOCK: Final = 8_192


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
    for spec in specs:
        if spec not in plan.specs:
            columns[spec.name].fill(np.nan)
    pending = list(plan.specs)
    windows: dict[Window, Column] = {}
    for done in range(len(plan.groups) + 1):
        if done:
            windows |= _windows(pending, plan.groups[done - 1], rows, columns, threads)
        ready = [spec for spec in pending if set(inputs_of(spec).values()) <= windows.keys()]
        for spec in ready:
            if _only_window(spec) is None:
                _write_feature(spec, rows, windows, columns[spec.name], threads)
        pending = [spec for spec in pending if spec not in ready]
        needed = {window for spec in pending for window in inputs_of(spec).values()}
        windows = {window: column for window, column in windows.items() if window in needed}
        progress((done + 1) / (len(plan.groups) + 1))
    return values


def build_inputs(plan: FeaturePlan, rows: FeatureRows, place: int) -> dict[str, float | None]:
    """Return what fills the gaps of the reasons at one row: `amount` and `<feature>.<input>`."""
    columns = {window: empty_column(window, len(rows)) for group in plan.groups for window in group.windows}
    for group in plan.groups:
        write_windows(rows, group, {window: [columns[window]] for window in group.windows})
    found = {AMOUNT: _plain(rows.amount(slice(place, place + 1))[0])}
    for spec in plan.specs:
        found |= {f"{spec.name}.{name}": _plain(columns[w][place]) for name, w in spec.inputs.items()}
    return found


def _windows(
    specs: Sequence[FeatureSpec],
    group: WindowGroup,
    rows: FeatureRows,
    features: Mapping[str, NDArray[Any]],
    threads: int,
) -> dict[Window, Column]:
    """Compute a group's windows; a feature that is nothing but a window is written where it belongs.

    A window that no formula needs beyond that takes no room of its own.
    """
    columns: dict[Window, list[NDArray[Any]]] = {window: [] for window in group.windows}
    for spec in specs:
        window = _only_window(spec)
        if window in columns:
            columns[window].append(features[spec.name])
    kept = {w for spec in specs if _only_window(spec) is None for w in inputs_of(spec).values()}
    for window in kept & columns.keys():
        columns[window].append(empty_column(window, len(rows)))
    write_windows(rows, group, columns, threads)
    return {window: found[-1] for window, found in columns.items()}


def _only_window(spec: FeatureSpec) -> Window | None:
    """Return the window that a feature's formula is nothing but, if so."""
    inputs = inputs_of(spec)
    return next((window for name, window in inputs.items() if spec.formula == f"{{{name}}}"), None)


def _plain(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _write_feature(
    spec: FeatureSpec,
    rows: FeatureRows,
    windows: Mapping[Window, Column],
    column: NDArray[Any],
    threads: int,
) -> None:
    formula = read_formula(spec.formula)
    inputs = inputs_of(spec)

    def fill(part: slice) -> None:
        for begin in range(part.start, part.stop, _BLOCK):
            block = slice(begin, min(begin + _BLOCK, part.stop))
            values = {name: windows[window][block].astype(np.float64) for name, window in inputs.items()}
            values |= {name: rows.columns[name][block] for name in formula.columns}
            if AMOUNT in formula.gaps:
                values[AMOUNT] = rows.amount(block)
            column[block] = formula.evaluate(values)

    run_blocks(fill, len(rows), _BLOCK, threads)
