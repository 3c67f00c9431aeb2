"""The handover note of one person's day, written from the events."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from fraudkit.domain import MICROSECONDS_PER_SECOND, VERDICTS, Actor
from fraudkit.explain.formats import Formats
from fraudkit.explain.handover import Decided, Fraud, Handover, Left, note
from fraudkit.services import capacity, queueing, shift
from fraudkit.services.capacity import Day
from fraudkit.services.queueing import QueueFilter, QueueRow
from fraudkit.services.workbench import Workbench
from fraudkit.store import queue
from fraudkit.taxonomy import STATUS_LABELS
from fraudkit.words import N_

NAMED: Final = 20
"""So many cases are named in one part of the note; the others are counted."""
MORNING_HOUR: Final = 10


def write(workbench: Workbench, actor: Actor, formats: Formats) -> str:
    """Return the note of a person's day in the reader's language."""
    day = capacity.today(workbench)
    before = _morning(workbench, day)
    with workbench.database.read() as cursor:
        days = (day.now - day.start) / (day.end - day.start)
        minutes, _ = capacity.handle_minutes(cursor, day.now, actor.name, days)
    due = _due(workbench, actor, before)
    decided, frauds = _done(workbench, actor)
    told = Handover(
        actor=actor.name,
        day=formats.date(day.now, _offset(workbench, day.now)),
        before=_moment(workbench, formats, before),
        currency=workbench.settings.base_currency,
        decided=decided,
        frauds=frauds[:NAMED],
        minutes=minutes,
        left=[_left(workbench, formats, row) for row in _mine(workbench, actor)[:NAMED]],
        due=[_falls_due(workbench, formats, row) for row in due[:NAMED]],
        due_more=max(len(due) - NAMED, 0),
    )
    return note(told, formats)


def _done(workbench: Workbench, actor: Actor) -> tuple[list[Decided], list[Fraud]]:
    day = capacity.today(workbench)
    rows = _all(workbench, shift.filter_of("decided_today", actor, day.start))
    who = {row.case_id: _who(row) for row in rows}
    with workbench.database.read() as cursor:
        money = queue.decided_money(cursor, list(who), workbench.settings.base_currency)
    frauds = [
        Fraud(found["case_id"], who[found["case_id"]], found["amount"])
        for found in money
        if found["verdict"] == "fraud"
    ]
    decided = []
    for verdict in VERDICTS:
        amounts = [found["amount"] for found in money if found["verdict"] == verdict]
        if amounts:
            decided.append(Decided(verdict, len(amounts), sum(amounts)))
    return decided, sorted(frauds, key=lambda fraud: -fraud.amount)


def _mine(workbench: Workbench, actor: Actor) -> list[QueueRow]:
    return _all(workbench, QueueFilter(assignee=actor.name, sort="due"))


def _due(workbench: Workbench, actor: Actor, before: int) -> list[QueueRow]:
    """Return what falls due: the person's own cases first, then what nobody has."""
    rows = [
        row
        for row in _all(workbench, QueueFilter(sort="due"))
        if row.due_at is not None and row.due_at < before and row.assignee in (actor.name, None)
    ]
    return sorted(rows, key=lambda row: row.assignee is None)


def _all(workbench: Workbench, chosen: QueueFilter) -> list[QueueRow]:
    return list(queueing.queue_page(workbench, chosen, page_size=1_000).rows)


def _left(workbench: Workbench, formats: Formats, row: QueueRow) -> Left:
    words = formats.words
    if row.status == "waiting" and row.waiting_until is not None:
        what = words(N_("waits"))
        until = words(N_("until {moment}"), moment=_moment(workbench, formats, row.waiting_until))
        return Left(row.case_id, _who(row), row.open_amount, what, until)
    if row.woken_at is not None:
        what = words(N_("woke and has to be taken up"))
    elif row.returned_by:
        what = words(N_("returned by {who}"), who=row.returned_by)
    else:
        what = words(STATUS_LABELS[row.status]).lower()
    return Left(row.case_id, _who(row), row.open_amount, what)


def _falls_due(workbench: Workbench, formats: Formats, row: QueueRow) -> Left:
    owner = row.assignee or formats.words(N_("nobody has it"))
    return Left(
        row.case_id,
        _who(row),
        row.open_amount,
        owner,
        formats.words(N_("due {moment}"), moment=_moment(workbench, formats, row.due_at or 0)),
    )


def _who(row: QueueRow) -> str:
    return row.name or row.entity_id


def _morning(workbench: Workbench, day: Day) -> int:
    """Return the next ten o'clock in the morning of the bank's zone."""
    zone = ZoneInfo(workbench.settings.time_zone)
    now = datetime.fromtimestamp(day.now / MICROSECONDS_PER_SECOND, zone)
    ten = now.replace(hour=MORNING_HOUR, minute=0, second=0, microsecond=0)
    if ten <= now:
        ten = (ten + timedelta(days=1)).replace(hour=MORNING_HOUR)
    return round(ten.timestamp()) * MICROSECONDS_PER_SECOND


def _moment(workbench: Workbench, formats: Formats, moment: int) -> str:
    return formats.moment(moment, _offset(workbench, moment))


def _offset(workbench: Workbench, moment: int) -> int:
    zone = ZoneInfo(workbench.settings.time_zone)
    offset = datetime.fromtimestamp(moment / MICROSECONDS_PER_SECOND, zone).utcoffset()
    return round(offset.total_seconds() / 60) if offset else 0
