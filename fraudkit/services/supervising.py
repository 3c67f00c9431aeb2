"""Supervising: what waits for a lead, how old the open queue is, and who works on what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from fraudkit import workflow
from fraudkit.domain import MICROSECONDS_PER_DAY, CaseState
from fraudkit.services.workbench import Workbench
from fraudkit.store import cases, now_us, preferences

AGE_BANDS: Final[tuple[tuple[int, int | None], ...]] = ((0, 1), (2, 3), (4, 7), (8, 15), (16, 30), (31, None))
"""First and last whole day of each band; the last one has no end."""

Heap = Literal["all", "approvals", "escalations", "overdue", "age", "person", "nobody"]


@dataclass(frozen=True, slots=True)
class OpenCase:
    """One open case as a lead sees it.

    Parameters
    ----------
    state
        The case as it stands now.
    open_amount
        What its undecided transactions are worth in base currency.
    band
        Its age as an index of `AGE_BANDS`.
    is_overdue
        Whether its due time has passed.
    """

    state: CaseState
    open_amount: float
    band: int
    is_overdue: bool


@dataclass(frozen=True, slots=True)
class Workload:
    """What one person has; `person` is None for cases that nobody has."""

    person: str | None
    in_review: int
    kept: int
    waiting: int
    overdue: int
    open_amount: float

    @property
    def cases(self) -> int:
        """All open cases of this person."""
        return self.in_review + self.kept + self.waiting


@dataclass(frozen=True, slots=True)
class Board:
    """All open cases at one moment and what is counted of them."""

    now: int
    cases: tuple[OpenCase, ...]

    def heap(self, heap: Heap, of: str = "") -> tuple[OpenCase, ...]:
        """Return the cases behind a number, the oldest first.

        Parameters
        ----------
        heap
            Which number.
        of
            The index of the band, or the name of the person.
        """
        return tuple(case for case in self.cases if _is_in(case, heap, of))

    @property
    def ageing(self) -> tuple[int, ...]:
        """How many open cases each band of `AGE_BANDS` holds; together all of them."""
        counted = Counter(case.band for case in self.cases)
        return tuple(counted[band] for band in range(len(AGE_BANDS)))

    @property
    def workload(self) -> tuple[Workload, ...]:
        """Return what each person has, who has most first; what nobody has comes last."""
        names = {case.state.assignee for case in self.cases}
        found = [
            _workload(name, [case for case in self.cases if case.state.assignee == name]) for name in names
        ]
        return tuple(sorted(found, key=lambda load: (load.person is None, -load.cases, load.person or "")))


def _is_in(case: OpenCase, heap: Heap, of: str) -> bool:
    state = case.state
    return {
        "all": True,
        "approvals": state.status == "pending_approval",
        "escalations": state.status == "escalated",
        "overdue": case.is_overdue,
        "age": str(case.band) == of,
        "person": state.assignee == of,
        "nobody": state.assignee is None,
    }[heap]


def age_band(opened_at: int, now: int) -> int:
    """Return the index of the band of `AGE_BANDS` that a case's age falls into, in whole days."""
    days = max(now - opened_at, 0) // MICROSECONDS_PER_DAY
    return next(place for place, (_, last) in enumerate(AGE_BANDS) if last is None or days <= last)


def board(workbench: Workbench) -> Board:
    """Return all open cases as they stand now."""
    now, base = now_us(), workbench.settings.base_currency
    with workbench.database.read() as cursor:
        rates = preferences.currency_rates(cursor, base)
        found = cases.open_with_amount(cursor, rates, base)
    return Board(now, tuple(_open_case(workflow.seen(state, now), amount, now) for state, amount in found))


def people(workbench: Workbench) -> list[str]:
    """Return the names of all who have worked on cases."""
    with workbench.database.read() as cursor:
        return cases.people(cursor)


def _open_case(state: CaseState, amount: float, now: int) -> OpenCase:
    is_overdue = state.due_at is not None and state.due_at < now
    return OpenCase(state, amount, age_band(state.opened_at, now), is_overdue)


def _workload(person: str | None, held: Sequence[OpenCase]) -> Workload:
    statuses = Counter(case.state.status for case in held)
    waiting = statuses["waiting"] + statuses["pending_approval"]
    return Workload(
        person,
        statuses["in_review"],
        len(held) - statuses["in_review"] - waiting,
        waiting,
        sum(case.is_overdue for case in held),
        sum(case.open_amount for case in held),
    )
