"""Reading ahead: while a person looks at one case, the history of the next is read in the background.

A history that was kept is shown only while it is true: until data come or go, until a label touches one of
its transactions, and for ten minutes at most, because the severities in it move as the forest learns.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import Final
from weakref import WeakKeyDictionary

from fraudkit.domain import Actor, EntityKind, Progress
from fraudkit.jobs import Job
from fraudkit.services import history, reviewing, serving
from fraudkit.services.history import History
from fraudkit.services.queueing import QueueFilter
from fraudkit.services.workbench import Workbench
from fraudkit.store import Cursor, Database, Row, labels

KIND: Final = "read-ahead:{actor}"
MOST: Final = 64
"""Histories kept for one portfolio: the next case of so many people."""
SECONDS: Final = 600.0

_Key = tuple[str, EntityKind]
_Data = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Kept:
    history: History
    data: _Data
    ledger_position: int
    read_at: float


_KEPT: Final[WeakKeyDictionary[Database, OrderedDict[_Key, _Kept]]] = WeakKeyDictionary()
_LOCK: Final = threading.Lock()


def history_of(workbench: Workbench, row: Row, entity_kind: EntityKind) -> History:
    """Return the history around a transaction, read ahead when that is still true, else read now.

    Raises
    ------
    NotFoundError
        When its batch was withdrawn.
    """
    key = (row["transaction_id"], entity_kind)
    with _LOCK:
        kept = _KEPT.get(workbench.database, OrderedDict()).get(key)
    if kept is not None and not row["is_withdrawn"] and _is_true(workbench, kept):
        return kept.history
    return _read(workbench, row, entity_kind)


def prepare(workbench: Workbench, actor: Actor, chosen: QueueFilter, case_id: int) -> Job:
    """Read ahead what the case after this one needs, in the background; nothing is claimed."""

    def work(_progress: Progress) -> int | None:
        upcoming = serving.upcoming(workbench, actor, chosen, case_id)
        if upcoming is not None:
            read(workbench, upcoming)
        return upcoming

    return workbench.jobs.repeat(KIND.format(actor=actor.name), work, "background")


def read(workbench: Workbench, case_id: int) -> None:
    """Read what the screen of a case will ask for first."""
    view = reviewing.case_view(workbench, case_id)
    if not view.alerts:
        return
    first = view.alerts[0]
    row = history.transaction(workbench, first.transaction_id, first.position)
    if not row["is_withdrawn"]:
        _read(workbench, row, view.state.entity_kind)


def _read(workbench: Workbench, row: Row, entity_kind: EntityKind) -> History:
    with workbench.database.read() as cursor:
        data, position = _data(cursor), labels.ledger_position(cursor)
    found = history.history_of(workbench, row, entity_kind)
    with _LOCK:
        kept = _KEPT.setdefault(workbench.database, OrderedDict())
        kept[row["transaction_id"], entity_kind] = _Kept(found, data, position, time.monotonic())
        while len(kept) > MOST:
            kept.popitem(last=False)
    return found


def _is_true(workbench: Workbench, kept: _Kept) -> bool:
    if time.monotonic() - kept.read_at > SECONDS:
        return False
    with workbench.database.read() as cursor:
        if _data(cursor) != kept.data:
            return False
        fresh = labels.transactions_since(cursor, kept.ledger_position)
    return fresh.isdisjoint(kept.history.past.transaction_ids)


def _data(cursor: Cursor) -> _Data:
    """Return what names the transactions that are there now."""
    row = cursor.row(
        "SELECT (SELECT coalesce(max(batch_id), 0) FROM batch) AS batches, "
        "(SELECT count(*) FROM batch_event) AS events"
    )
    return (0, 0) if row is None else (row["batches"], row["events"])
