"""Reading the audit chain: its state, its entries, and a verification in the background."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from fraudkit.domain import Actor, Progress, Role, silent
from fraudkit.errors import PermissionDeniedError
from fraudkit.services import auditing
from fraudkit.services.auditing import AuditReport
from fraudkit.services.workbench import Workbench
from fraudkit.store import Row, audit_entries, now_us
from fraudkit.store.audit_entries import EntryFilter
from fraudkit.words import N_

MAY_READ: Final[tuple[Role, ...]] = ("lead", "manager", "administrator")
PAGE_SIZE: Final = 100
JOB: Final = "audit-verify"

__all__ = ["ChainState", "EntryFilter", "Verified", "choices", "entries", "state", "verify"]


@dataclass(frozen=True, slots=True)
class ChainState:
    """Where the chain stands.

    Parameters
    ----------
    entries
        How many there are.
    first, last
        Moments of the first and the last, microseconds UTC; None while there are none.
    hash
        Hash of the last entry.
    head_file
        The file outside the database that holds the head.
    is_as_head
        Whether the chain ended where its head says when the server started.
    """

    entries: int
    first: int | None
    last: int | None
    hash: str
    head_file: str
    is_as_head: bool


@dataclass(frozen=True, slots=True)
class Verified:
    """What a verification found, and when it ended."""

    report: AuditReport
    at: int


def require(actor: Actor) -> None:
    """Refuse the audit to a role that may not read it.

    Raises
    ------
    PermissionDeniedError
        When the role is not one of those that may.
    """
    if actor.role not in MAY_READ:
        raise PermissionDeniedError(
            N_("The audit is open to team leads, managers and administrators."), N_("Ask one of them.")
        )


def state(workbench: Workbench, actor: Actor) -> ChainState:
    """Return where the chain stands."""
    require(actor)
    with workbench.database.read() as cursor:
        found = audit_entries.span(cursor)
    return ChainState(
        int(found["entries"]),
        found["first"],
        found["last"],
        found["hash"] or "",
        workbench.audit.head_file.path.name,
        workbench.audit.problem is None,
    )


def entries(
    workbench: Workbench, actor: Actor, chosen: EntryFilter, page: int = 1, page_size: int = PAGE_SIZE
) -> tuple[list[Row], int]:
    """Return one page of entries, newest first, counted from 1, and how many fit."""
    require(actor)
    with workbench.database.read() as cursor:
        return audit_entries.entries(cursor, chosen, page_size, (max(page, 1) - 1) * page_size)


def choices(workbench: Workbench, actor: Actor) -> tuple[list[str], list[str]]:
    """Return who and what occurs in the chain."""
    require(actor)
    with workbench.database.read() as cursor:
        return audit_entries.choices(cursor)


def verify(workbench: Workbench, progress: Progress = silent) -> Verified:
    """Follow the whole chain; the work of a background job."""
    progress(0.1, N_("Following the chain"))
    report = auditing.verify(workbench, progress)
    progress(1.0, N_("Followed"))
    return Verified(report, now_us())
