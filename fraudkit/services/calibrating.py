"""The probability of fraud as the verdicts of this portfolio calibrate it now."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Final
from weakref import WeakKeyDictionary

import numpy as np

from fraudkit.evaluate.calibration import FORMER_MODEL_TRUST, LEAST_VERDICTS, Band, Calibration, calibrate
from fraudkit.services.workbench import Workbench
from fraudkit.store import Cursor, Database, labels, rankings
from fraudkit.store.statements import query

__all__ = ["LEAST_VERDICTS", "Band", "Calibration", "Progress", "current", "progress", "read"]

_Stamp = tuple[int, str | None]


@dataclass(frozen=True, slots=True)
class Progress:
    """How many verdicts of each class there are to calibrate with.

    Parameters
    ----------
    frauds, genuine
        Transactions with such a verdict and a score that was on the screen.
    """

    frauds: int
    genuine: int


@dataclass(frozen=True, slots=True)
class _Kept:
    stamp: _Stamp
    calibration: Calibration | None
    progress: Progress


_KEPT: Final[WeakKeyDictionary[Database, _Kept]] = WeakKeyDictionary()
_LOCK: Final = threading.Lock()


def current(workbench: Workbench) -> Calibration | None:
    """Return the probability by score, or None while it is not yet calibrated."""
    with workbench.database.read() as cursor:
        return read(workbench.database, cursor)


def read(database: Database, cursor: Cursor) -> Calibration | None:
    """Return the same inside a use of the database."""
    return _kept(database, cursor).calibration


def compute(cursor: Cursor) -> Calibration | None:
    """Return the same inside a write transaction, counted anew."""
    return _computed(cursor, _stamp(cursor)).calibration


def progress(workbench: Workbench) -> Progress:
    """Return how many verdicts there are, to say how many are still wanting."""
    with workbench.database.read() as cursor:
        return _kept(workbench.database, cursor).progress


def _kept(database: Database, cursor: Cursor) -> _Kept:
    """Return what the present ledger and ranking say; computed anew when either has moved."""
    stamp = _stamp(cursor)
    with _LOCK:
        kept = _KEPT.get(database)
        if kept is None or kept.stamp != stamp:
            kept = _KEPT[database] = _computed(cursor, stamp)
        return kept


def _stamp(cursor: Cursor) -> _Stamp:
    """Return the last label, and the model that ranks; None where the fallback does, or nothing yet."""
    run = rankings.last_run(cursor)
    fallback = run is not None and run["report"].get("fallback") is not None
    return labels.ledger_position(cursor), None if run is None or fallback else str(run["model_id"])


def _computed(cursor: Cursor, stamp: _Stamp) -> _Kept:
    model_id = stamp[1]
    if model_id is None:  # the fallback's scores are of another kind
        return _Kept(stamp, None, Progress(0, 0))
    rows = cursor.rows(query("calibration_verdicts"), {"model_id": model_id})
    fraud = np.array([row["is_fraud"] for row in rows], bool)
    counted = Progress(int(fraud.sum()), int((~fraud).sum()))
    found = calibrate(
        [row["score"] for row in rows],
        fraud,
        weight=[1.0 / (row["inclusion_probability"] or 1.0) for row in rows],
        trust=[1.0 if row["is_present_model"] else FORMER_MODEL_TRUST for row in rows],
    )
    return _Kept(stamp, found, counted)
