"""Reasons of every transaction: explained in blocks behind the analysts' backs, grouped for the queue."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from fraudkit.domain import Progress, silent
from fraudkit.services import modelling
from fraudkit.services.modelling import ActiveModel, active_model
from fraudkit.services.workbench import Workbench
from fraudkit.store import feature_rows, rankings, reasons
from fraudkit.store.feature_rows import FeatureMatrix
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


def is_current(workbench: Workbench) -> bool:
    """Return whether the stored reasons were made with the active model, its labels and all rows."""
    model = active_model(workbench)
    with workbench.database.read() as cursor:
        run = reasons.last_run(cursor)
        last = cursor.value("SELECT coalesce(max(position), 0) FROM transactions")
    stamp = (model.model_id, model.ledger_position, last)
    return run is not None and (run["model_id"], run["ledger_position"], run["last_position"]) == stamp


def refresh(
    workbench: Workbench, progress: Progress = silent, *, threads: int | None = None
) -> ReasonRefresh:
    """Explain every transaction by the active model and store its strongest reasons.

    Works in blocks of fifty thousand rows, each written by itself and stamped with model and ledger position,
    so that it can be stopped at any time and never holds the database for long. It ends early when another
    model becomes active.

    Parameters
    ----------
    workbench, progress
        As everywhere.
    threads
        The settings' when not given.

    Raises
    ------
    NotFoundError
        When there are no transactions.
    """
    workbench.require_transactions()
    model = active_model(workbench)
    done = ReasonRefresh(0, model.model_id, model.ledger_position)
    threads = threads or workbench.settings.threads
    matrix = _features(workbench, model, threads)
    if matrix is None:
        return done
    run_id = _stamp(workbench, model, matrix)
    rows = len(matrix.positions)
    for start in range(0, rows, _BLOCK):
        progress(start / rows, N_("Explaining every transaction"))
        block = slice(start, start + _BLOCK)
        explained = model.learned.explain(matrix.X[block], dtype=np.float32, threads=threads)
        with workbench.database.write() as cursor:
            if modelling.active_id(workbench, cursor) != model.model_id:
                return done
            reasons.write_block(cursor, matrix.positions[block], reasons.pack(explained.values), run_id)
        done = replace(done, rows=min(rows, start + _BLOCK))
    progress(1.0, N_("Every transaction is explained"))
    return done


def _features(workbench: Workbench, model: ActiveModel, threads: int) -> FeatureMatrix | None:
    """Return the features of all transactions; None where the fallback ranks, which explains itself."""
    with workbench.database.read() as cursor:
        ranked = rankings.last_run(cursor)
        if ranked is not None and ranked["report"]["fallback"] is not None:
            return None
        available = feature_rows.available_columns(cursor)
        return feature_rows.matrix(
            cursor, model.specs, available, workbench.settings.base_currency, threads=threads
        )


def _stamp(workbench: Workbench, model: ActiveModel, matrix: FeatureMatrix) -> int:
    last, names = int(matrix.positions[-1]), model.manifest.features
    with workbench.database.write() as cursor:
        return reasons.start_run(cursor, model.model_id, model.ledger_position, last, names)
