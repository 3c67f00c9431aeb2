"""What was read ahead: results of reading that stay true until data come or go."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, Final, ParamSpec, TypeVar
from weakref import WeakKeyDictionary

from fraudkit.services.workbench import Workbench
from fraudkit.store import Database

P = ParamSpec("P")
T = TypeVar("T")

MOST: Final = 64
"""Results kept for one portfolio; one case needs a handful."""

_KEPT: Final[WeakKeyDictionary[Database, OrderedDict[object, Any]]] = WeakKeyDictionary()
_LOCK: Final = threading.Lock()


def kept_while_data_last(
    reader: Callable[Concatenate[Workbench, P], T],
) -> Callable[Concatenate[Workbench, P], T]:
    """Keep what a service reads about transactions, so that it can be read before it is asked for.

    A result is kept under the reader's arguments, which must be hashable, and under the batches that were
    there: an import, a correction or a withdrawal makes all of them unfindable. Verdicts do not, so only what
    does not depend on labels may be kept so.
    """

    @wraps(reader)
    def read(workbench: Workbench, /, *args: P.args, **kwargs: P.kwargs) -> T:
        key = (reader.__qualname__, _data(workbench), args, tuple(sorted(kwargs.items())))
        with _LOCK:
            kept = _KEPT.setdefault(workbench.database, OrderedDict())
            if key in kept:
                kept.move_to_end(key)
                found: T = kept[key]
                return found
        result = reader(workbench, *args, **kwargs)
        with _LOCK:
            kept[key] = result
            while len(kept) > MOST:
                kept.popitem(last=False)
        return result

    return read


def _data(workbench: Workbench) -> tuple[int, int]:
    """Return what names the transactions that are there now."""
    with workbench.database.read() as cursor:
        row = cursor.row(
            "SELECT (SELECT coalesce(max(batch_id), 0) FROM batch) AS batches, "
            "(SELECT count(*) FROM batch_event) AS events"
        )
    return (0, 0) if row is None else (row["batches"], row["events"])
