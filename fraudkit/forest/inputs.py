"""Checks of what callers hand to the forest; each refusal is one sentence and a hint."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fraudkit.errors import InvalidInputError
from fraudkit.words import N_

MATRIX_NDIM = 2


def as_rows(X: Any, n_features: int | None = None) -> NDArray[np.float32]:
    """Return X as a contiguous (n, features) float32 matrix; NaN is missing.

    float32 is what scikit-learn's trees compare, so nothing is lost against it.

    Raises
    ------
    InvalidInputError
        When X is not a matrix of numbers, has another number of columns, or holds infinities.
    """
    try:
        given = np.asarray(X)
        if given.dtype.kind not in "fiub":
            given = given.astype(np.float64)
        with np.errstate(over="ignore"):
            rows = np.ascontiguousarray(given, dtype=np.float32)
    except (TypeError, ValueError) as error:
        raise InvalidInputError(
            N_("X holds values that are not numbers."),
            N_("Encode text as numbers; NaN stands for a missing value."),
        ) from error
    if given.ndim != MATRIX_NDIM:
        raise InvalidInputError(
            N_("X has {dimensions} dimensions instead of two."),
            N_("Pass a matrix with one row per transaction, also for a single one."),
            dimensions=given.ndim,
        )
    if n_features is not None and rows.shape[1] != n_features:
        raise InvalidInputError(
            N_("X has {found} columns; the forest was fitted on {expected}."),
            N_("Pass the forest's feature_names in their order."),
            found=rows.shape[1],
            expected=n_features,
        )
    if rows.shape[1] == 0:
        raise InvalidInputError(N_("X has no columns."), N_("Pass at least one feature."))
    if np.isinf(rows).any():
        row, column = np.argwhere(np.isinf(rows))[0]
        raise InvalidInputError(
            N_("X is infinite, or too large for float32, in row {row}, column {column}."),
            N_("Replace such values; NaN stands for a missing one."),
            row=row,
            column=column,
        )
    return rows


def as_labels(y: Any, rows: int) -> NDArray[np.int8]:
    """Return y as (n,) of 1 (fraud) and 0 (genuine).

    Raises
    ------
    InvalidInputError
        When a label is neither, or there is not one per row.
    """
    given = np.asarray(y)
    if given.shape != (rows,):
        raise InvalidInputError(
            N_("y has shape {shape}; X has {rows} rows."),
            N_("Pass one label per row: 1 is fraud, 0 is genuine."),
            shape=given.shape,
            rows=rows,
        )
    known = np.isin(given, (0, 1)) if given.dtype.kind in "fiub" else np.array([v in (0, 1) for v in given])
    if not np.all(known):
        unknown = given[~known.astype(bool)][0]
        raise InvalidInputError(
            N_("y holds the unknown label {label}."),
            N_("1 is fraud, 0 is genuine; leave out undetermined transactions."),
            label=unknown,
        )
    return given.astype(np.int8)


def as_weights(weights: Any, rows: int) -> NDArray[np.float64]:
    """Return the labels' weights, (n,) in [0, 1]; 1 each when not given.

    Raises
    ------
    InvalidInputError
        When a weight lies outside, or there is not one per row.
    """
    if weights is None:
        return np.ones(rows)
    try:
        given = np.asarray(weights, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InvalidInputError(
            N_("weights holds values that are not numbers."),
            N_("Pass one number per label, from 0 (ignored) to 1 (in full)."),
        ) from error
    if given.shape != (rows,):
        raise InvalidInputError(
            N_("weights has shape {shape}; there are {rows} labels."),
            N_("Pass one weight per label, or none at all."),
            shape=given.shape,
            rows=rows,
        )
    if not np.all((given >= 0) & (given <= 1)):
        raise InvalidInputError(
            N_("weights holds a value outside 0 to 1."), N_("0 ignores a label, 1 trusts it in full.")
        )
    return given


def as_feature_names(names: Sequence[str] | None, n_features: int) -> tuple[str, ...]:
    """Return the features' names; `feature_0`, `feature_1`, ... when not given.

    Raises
    ------
    InvalidInputError
        When there is not exactly one distinct name per column.
    """
    if names is None:
        return tuple(f"feature_{index}" for index in range(n_features))
    names = tuple(str(name) for name in names)
    if len(names) != n_features:
        raise InvalidInputError(
            N_("There are {names} feature names for {columns} columns."),
            N_("Pass one name per column of X, in their order."),
            names=len(names),
            columns=n_features,
        )
    if len(set(names)) != len(names):
        raise InvalidInputError(
            N_("A feature name occurs twice."), N_("Give every column of X a name of its own.")
        )
    return names


def as_excluded(exclude: Any, rows: int) -> NDArray[np.bool_]:
    """Return (n,) which rows may not be chosen, from row numbers or a mask of booleans.

    Raises
    ------
    InvalidInputError
        When it is neither.
    """
    excluded = np.zeros(rows, bool)
    given = np.asarray([] if exclude is None else exclude)
    if given.size == 0:
        return excluded
    if given.dtype == bool and given.shape == (rows,):
        return given.copy()
    if given.dtype.kind not in "iu" or given.ndim != 1 or given.min() < 0 or given.max() >= rows:
        raise InvalidInputError(
            N_("exclude is neither a mask of {rows} booleans nor row numbers below {rows}."),
            N_("Pass the positions in X of the rows that are already labelled."),
            rows=rows,
        )
    excluded[given] = True
    return excluded


def as_positive_integer(value: Any, name: str, least: int = 1) -> int:
    """Return value as an int of at least `least`.

    Raises
    ------
    InvalidInputError
        When it is not.
    """
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
        raise InvalidInputError(
            N_("{name} is {value}."),
            N_("Pass a whole number of at least {least}."),
            name=name,
            value=value,
            least=least,
        )
    return int(value)
