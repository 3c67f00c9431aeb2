"""Auditing: is the chain whole, what broke first, how to go on after a restored backup."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from fraudkit.domain import Actor, Progress, Role, silent
from fraudkit.errors import InvalidInputError, PermissionDeniedError
from fraudkit.services.workbench import Workbench
from fraudkit.store import audit_verification, audited
from fraudkit.store.audit_verification import Finding, Verification
from fraudkit.words import N_, Language, translate

MAY_ACCEPT: Final[tuple[Role, ...]] = ("administrator",)
MAY_ERASE: Final[tuple[Role, ...]] = ("administrator",)
SHOWN: Final = 20

__all__ = ["AuditReport", "Finding", "Verification", "accept", "erase", "verify", "warning"]


@dataclass(frozen=True, slots=True)
class AuditReport:
    """What a verification has shown, ready to print.

    Parameters
    ----------
    verification
        Counts and findings.
    """

    verification: Verification

    @property
    def is_whole(self) -> bool:
        """Whether nothing is broken."""
        return self.verification.is_whole

    def as_json(self) -> dict[str, Any]:
        """Return plain values; `findings` lists the first twenty, in the order of the entries."""
        found = self.verification.findings
        return {
            "whole": self.is_whole,
            "entries": self.verification.entries,
            "rows": self.verification.rows,
            "erased": self.verification.erased,
            "broken": len(found),
            "first_bad_entry": found[0].entry_id if found else None,
            "findings": [_plain(each) for each in found[:SHOWN]],
        }

    def sentences(self, language: Language) -> list[str]:
        """Return what to tell the reader, the first bad entry first."""
        found = self.verification.findings
        counts = {"entries": self.verification.entries, "erased": self.verification.erased}
        if not found:
            whole = N_("The audit chain is whole: {entries} entries, {erased} erased rows.")
            return [translate(whole, language).format(**counts)]
        first = N_("The audit chain is broken. {reason}")
        reason = translate(found[0].reason, language).format(**found[0].values)
        lines = [translate(first, language).format(reason=reason)]
        if len(found) > 1:
            more = N_("{count} more findings follow; the first one matters.")
            lines.append(translate(more, language).format(count=len(found) - 1))
        return lines


def verify(workbench: Workbench, progress: Progress = silent) -> AuditReport:
    """Follow the whole chain and compare every event with its digest."""
    with workbench.database.read() as cursor:
        return AuditReport(audit_verification.verify(cursor, workbench.audit, progress))


def warning(workbench: Workbench, language: Language) -> tuple[str, str] | None:
    """Return what the start of the server found wrong with the chain, as sentence and hint, or None."""
    problem = workbench.audit.problem
    return None if problem is None else problem.localised(language)


def accept(workbench: Workbench, actor: Actor) -> None:
    """Go on from the chain as it stands; the entry that says so stays for good.

    Raises
    ------
    PermissionDeniedError
        When the actor is no administrator.
    InvalidInputError
        When there is nothing to accept.
    """
    _require(actor, MAY_ACCEPT)
    if workbench.audit.problem is None:
        raise InvalidInputError(
            N_("The end of the audit chain is as its head says; there is nothing to accept."),
            N_("“audit verify” follows the whole chain."),
        )
    workbench.audit.accept(actor)


def erase(workbench: Workbench, actor: Actor, table: str, key: tuple[object, ...]) -> None:
    """Empty the columns of one event that may hold personal data; the chain stays whole.

    Raises
    ------
    PermissionDeniedError
        When the actor is no administrator.
    NotFoundError
        When there is no such event, or nothing in it can be erased.
    """
    _require(actor, MAY_ERASE)
    with workbench.database.write() as cursor:
        audited.erase(cursor, table, key, actor)


def _require(actor: Actor, roles: tuple[Role, ...]) -> None:
    if actor.role not in roles:
        raise PermissionDeniedError(
            N_("Only an administrator may do this to the audit chain."), N_("Ask an administrator.")
        )


def _plain(finding: Finding) -> dict[str, Any]:
    reason = finding.reason.format(**finding.values)
    return {"entry_id": finding.entry_id, "subject": finding.subject, "reason": reason}
