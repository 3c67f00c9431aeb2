"""The feature matrix from rows: windows group by group, then each feature's formula.

This is what the product computes with. `fraudkit.features.sql` says the same in SQL: it runs on Spark, and on
DuckDB it is the oracle that the tests compare with, bit for bit in float64.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from fraudkit.features.formula import read_formula
from fraudkit.features.plan import AMOUNT, FeaturePlan, WindowGroup, inputs_of
from fraudkit.features.rows import FeatureRows
from fraudkit.features.spec import FeatureSpec, Window
from fraudkit.features.windows import Column, Target, empty_column, write_targets
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
    pending = [spec for spec in plan.specs if inputs_of(spec)]
    for spec in plan.specs:
        if spec not in pending:
            _write_feature(spec, rows, {}, columns[spec.name], threads)
    windows: dict[Window, Column] = {}
    for done, group in enumerate(plan.groups):
        local = [spec for spec in pending if _is_local(spec, group)]
        pending = [spec for spec in pending if spec not in local]
        windows |= {w: empty_column(w, len(rows)) for w in _windows_of(pending) if w in group.windows}
        targets = [Target(read_formula(spec.formula), inputs_of(spec), columns[spec.name]) for spec in local]
        targets += [_only(window, windows[window]) for window in group.windows if window in windows]
        write_targets(rows, group, targets, threads)
        for spec in [spec for spec in pending if _windows_of([spec]) <= windows.keys()]:
            _write_feature(spec, rows, windows, columns[spec.name], threads)
            pending.remove(spec)
        needed = _windows_of(pending)
        windows = {window: column for window, column in windows.items() if window in needed}
        progress((done + 1) / len(plan.groups))
    return values


def build_inputs(plan: FeaturePlan, rows: FeatureRows, place: int) -> dict[str, float | None]:
    """Return what fills the gaps of the reasons at one row: `amount` and `<feature>.<input>`."""
    columns = {window: empty_column(window, len(rows)) for group in plan.groups for window in group.windows}
    for group in plan.groups:
        write_targets(rows, group, [_only(window, columns[window]) for window in group.windows])
    found = {AMOUNT: _plain(rows.amount(slice(place, place + 1))[0])}
    for spec in plan.specs:
        found |= {f"{spec.name}.{name}": _plain(columns[w][place]) for name, w in spec.inputs.items()}
    return found


def _is_local(spec: FeatureSpec, group: WindowGroup) -> bool:
    """Return whether a feature can be finished with the windows of one group, in their order."""
    formula = read_formula(spec.formula)
    reads_row = bool(formula.columns) or (AMOUNT in formula.gaps and group.with_labels)
    return not reads_row and _windows_of([spec]) <= set(group.windows)


def _windows_of(specs: Iterable[FeatureSpec]) -> set[Window]:
    return {window for spec in specs for window in inputs_of(spec).values()}


def _only(window: Window, column: Column) -> Target:
    """Return the target that is nothing but a window."""
    return Target(read_formula("{value}"), {"value": window}, column)


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
