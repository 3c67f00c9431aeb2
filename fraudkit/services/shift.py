"""One person's shift: what is mine, what is due, what came back, what changed since I was here last.

Every number is the total of a filter of the queue, and the filter is its link: list and number cannot differ.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, get_args

from fraudkit.domain import MICROSECONDS_PER_DAY, Actor
from fraudkit.services import capacity, queueing
from fraudkit.services.queueing import NOBODY, QueueFilter, Totals
from fraudkit.services.workbench import Workbench
from fraudkit.store import Cursor

Heap = Literal[
    "mine",
    "due_today",
    "breached",
    "returned",
    "woken",
    "waiting",
    "decided_today",
    "free",
    "new_alerts",
    "new_transactions",
    "contradicted",
]
HEAPS: Final[tuple[Heap, ...]] = get_args(Heap)


@dataclass(frozen=True, slots=True)
class Shift:
    """Where a person stands today.

    Parameters
    ----------
    heaps
        How much each heap holds.
    since
        When the person was here last, before today; microseconds UTC.
    has_been_here
        Whether the ledger knows of a former day; else `since` is a day ago.
    minutes_today, cases_today
        The person's median minutes per case today, over so many measured cases.
    minutes_month
        The same over thirty days.
    """

    heaps: dict[Heap, Totals]
    since: int
    has_been_here: bool
    minutes_today: float | None
    cases_today: int
    minutes_month: float | None


def shift(workbench: Workbench, actor: Actor) -> Shift:
    """Return where a person stands today."""
    day = capacity.today(workbench)
    with workbench.database.read() as cursor:
        last = _last_event(cursor, actor, day)
        days = (day.now - day.start) / MICROSECONDS_PER_DAY
        today, measured = capacity.handle_minutes(cursor, day.now, actor.name, days)
        month, _ = capacity.handle_minutes(cursor, day.now, actor.name)
    since = _since(last, day)
    heaps = {heap: queueing.totals(workbench, filter_of(heap, actor, since)) for heap in HEAPS}
    return Shift(heaps, since, last is not None, today, measured, month)


def last_visit(workbench: Workbench, actor: Actor) -> int:
    """Return when a person did something last before today; a day ago when never."""
    day = capacity.today(workbench)
    with workbench.database.read() as cursor:
        return _since(_last_event(cursor, actor, day), day)


def filter_of(heap: Heap, actor: Actor, since: int) -> QueueFilter:
    """Return the filter of the queue that a heap is."""
    me = actor.name
    filters: dict[Heap, QueueFilter] = {
        "mine": QueueFilter(assignee=me),
        "due_today": QueueFilter(assignee=me, course="due_today"),
        "breached": QueueFilter(assignee=me, service="breached"),
        "returned": QueueFilter(assignee=me, course="returned"),
        "woken": QueueFilter(assignee=me, course="woken"),
        "waiting": QueueFilter(assignee=me, status="waiting"),
        "decided_today": QueueFilter(assignee=me, status="all", course="decided_today"),
        "free": QueueFilter(assignee=NOBODY, status="new"),
        "new_alerts": QueueFilter(course="new_alerts", since=since),
        "new_transactions": QueueFilter(assignee=me, course="new_transactions", since=since),
        "contradicted": QueueFilter(status="all", course="reopened", since=since),
    }
    return filters[heap]


def _last_event(cursor: Cursor, actor: Actor, day: capacity.Day) -> int | None:
    last: int | None = cursor.value(
        "SELECT max(happened_at) FROM case_event WHERE actor = ? AND happened_at < ?", [actor.name, day.start]
    )
    return last


def _since(last: int | None, day: capacity.Day) -> int:
    return day.start - MICROSECONDS_PER_DAY if last is None else last
