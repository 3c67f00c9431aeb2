"""Reasons of every transaction: explained in blocks behind the analysts' backs, grouped for the queue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from fraudkit.domain import Progress, silent
from fraudkit.features import features_named
from fraudkit.services.modelling import active_model
from fraudkit.services.workbench import Workbench
from fraudkit.store import feature_rows, rankings, reasons
from fraudkit.words import N_

_BLOCK: Final = 50_000


@dataclass(frozen=True, slots=True)
class ReasonGroup:
    """Open alerts that share their two strongest reasons.

    Parameters
    ----------
    features
        Names of the features, in alphabetical order.
    alerts, cases
        How many.
    open_amount
        Their money in base currency; currencies without a rate are not in it.
    severity
        Of the riskiest.
    """

    features: tuple[str, ...]
    alerts: int
    cases: int
    open_amount: float
    severity: float


@dataclass(frozen=True, slots=True)
class ReasonRefresh:
    """What a refresh of all reasons did."""

    rows: int
    model_id: str
    ledger_position: int


def groups(workbench: Workbench) -> list[ReasonGroup]:
    """Return the open alerts by their two strongest reasons, the largest group first."""
    with workbench.database.read() as cursor:
        rows = reasons.groups(cursor, workbench.settings.base_currency)
    return [ReasonGroup(**{**row, "features": tuple(row["features"])}) for row in rows]


def groups_of_all(workbench: Workbench) -> list[tuple[tuple[str, ...], int]]:
    """Return all transactions by their two strongest reasons, the largest group first."""
    with workbench.database.read() as cursor:
        return [(tuple(row["features"]), row["transactions"]) for row in reasons.all_groups(cursor)]


def is_current(workbench: Workbench) -> bool:
    """Return whether the stored reasons were made with the active model, its labels and all rows."""
    model = active_model(workbench)
    with workbench.database.read() as cursor:
        run = reasons.last_run(cursor)
        last = cursor.value("SELECT coalesce(max(position), 0) FROM transactions")
    stamp = (model.model_id, model.ledger_position, last)
    return run is not None and (run["model_id"], run["ledger_position"], run["last_position"]) == stamp


def refresh(workbench: Workbench, progress: Progress = silent) -> ReasonRefresh:
    """Explain every transaction and store its strongest reasons.

    Works in blocks of fifty thousand rows, each written by itself and stamped with model and ledger position,
    so that it can be stopped at any time and never holds the database for long.

    Raises
    ------
    NotFoundError
        When there are no transactions.
    """
    workbench.require_transactions()
    model = active_model(workbench)
    names = model.manifest.features
    with workbench.database.read() as cursor:
        available = feature_rows.available_columns(cursor)
        currency = workbench.settings.base_currency
        matrix = feature_rows.matrix(cursor, features_named(names), available, currency)
        ranked = rankings.last_run(cursor)
    fallback = ranked is not None and ranked["report"]["fallback"] is not None
    rows = len(matrix.positions)
    if fallback or rows == 0:
        return ReasonRefresh(0, model.model_id, model.ledger_position)
    with workbench.database.write() as cursor:
        last = int(matrix.positions[-1])
        run_id = reasons.start_run(cursor, model.model_id, model.ledger_position, last, names)
    for start in range(0, rows, _BLOCK):
        progress(start / rows, N_("Explaining every transaction"))
        block = slice(start, start + _BLOCK)
        explained = model.learned.explain(
            matrix.X[block], dtype=np.float32, threads=workbench.settings.threads
        )
        with workbench.database.write() as cursor:
            reasons.write_block(cursor, matrix.positions[block], reasons.pack(explained.values), run_id)
    progress(1.0, N_("Every transaction is explained"))
    return ReasonRefresh(rows, model.model_id, model.ledger_position)
