"""A person's own figures, shown to that person first: agreement, reversals, time per case, leans."""

from __future__ import annotations

from dataclasses import dataclass

from fraudkit.domain import MICROSECONDS_PER_DAY, Actor
from fraudkit.evaluate.agreement import Agreement
from fraudkit.evaluate.anchoring import Anchoring
from fraudkit.services import blind_review, data_first
from fraudkit.services.workbench import Workbench
from fraudkit.store import now_us
from fraudkit.store.statements import query

SHOWN_DAYS = 30


@dataclass(frozen=True, slots=True)
class OwnFigures:
    """What one person did in the last days.

    Parameters
    ----------
    decided
        Transactions that the person gave a verdict.
    reversed_by_others
        How many of these verdicts somebody else has changed since.
    median_seconds
        Median time on a case; None where no time was noted.
    timed
        Verdicts with a time.
    agreement
        How far the second readings of the person's cases, and those that the person read again, agree.
    anchoring
        What seeing the score did to the person's judgement.
    """

    decided: int
    reversed_by_others: int
    median_seconds: float | None
    timed: int
    agreement: Agreement
    anchoring: Anchoring


def of(workbench: Workbench, actor: Actor, days: int = SHOWN_DAYS) -> OwnFigures:
    """Return the figures of one person over the last days; agreement and leans over all time."""
    since = now_us() - days * MICROSECONDS_PER_DAY
    with workbench.database.read() as cursor:
        row = cursor.row(query("own_figures"), {"actor": actor.name, "since": since}) or {}
    agreed = blind_review.agreement_of(blind_review.pairs(workbench), actor.name)
    return OwnFigures(agreement=agreed, anchoring=data_first.figures(workbench, actor.name), **row)
