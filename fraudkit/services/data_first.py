"""Facts before the score: for a share of the cases a quick judgement is recorded before the score is shown.

Which cases follows from a keyed digest of their number, so that it can be proven later and nobody chooses.
A case that came by the random sample is always one of them: its low score would tell what it is.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

from fraudkit.domain import Actor, Verdict
from fraudkit.errors import ConflictError, InvalidInputError
from fraudkit.evaluate.anchoring import Anchoring, Leaned, anchoring
from fraudkit.evaluate.draws import is_drawn, place
from fraudkit.services import draw_key, policies
from fraudkit.services.reviewing import CaseView
from fraudkit.services.workbench import Workbench
from fraudkit.store import Cursor, quality_events
from fraudkit.store.labels import NewLabel
from fraudkit.store.statements import query
from fraudkit.words import N_

PURPOSE: Final = "data-first"


@dataclass(frozen=True, slots=True)
class Lean:
    """What a person thought of a case before the score was shown."""

    lean: Verdict
    actor: str


def hides_score(workbench: Workbench, actor: Actor, view: CaseView) -> bool:
    """Return whether this person must say what the facts alone suggest before seeing the score.

    Only while the whole case waits for its first verdict, and nothing was said yet.
    """
    if not view.state.undecided or view.state.verdict is not None:
        return False
    with workbench.database.read() as cursor:
        return _is_chosen(workbench, cursor, view) and _lean(cursor, actor, view.state.case_id) is None


def hidden_cases(workbench: Workbench, actor: Actor, cases: dict[int, str]) -> frozenset[int]:
    """Return which open cases, by number and leading transaction, hide their score from this person."""
    if not cases:
        return frozenset()
    with workbench.database.read() as cursor:
        share = policies.read(cursor).data_first_share
        sampled = quality_events.members(cursor, list(cases.values()))
        leaned = {event["case_id"] for event in quality_events.events(cursor, "leaned", actor=actor.name)}
    key = draw_key.of_quality(workbench)
    chosen = {
        case_id
        for case_id, transaction_id in cases.items()
        if transaction_id in sampled or is_drawn(key, PURPOSE, case_id, share)
    }
    return frozenset(chosen - leaned)


def record(workbench: Workbench, actor: Actor, case_id: int, version: int, lean: Verdict) -> None:
    """Record what a person thinks of a case before the score is shown; once per person and case.

    Raises
    ------
    InvalidInputError
        When it is none of fraud, genuine and undetermined.
    ConflictError
        When it was said before.
    """
    if lean not in ("fraud", "genuine", "undetermined"):
        raise InvalidInputError(
            N_("“{lean}” is no judgement."), N_("Say fraud, genuine or undetermined."), lean=lean
        )
    key = draw_key.of_quality(workbench)
    with workbench.database.write() as cursor:
        if _lean(cursor, actor, case_id) is not None:
            raise ConflictError(
                N_("What you think of case {case_id} was recorded before."),
                N_("Look at the score and decide."),
                case_id=case_id,
            )
        payload = {
            "lean": lean,
            "version": version,
            "share": policies.read(cursor).data_first_share,
            "place": place(key, PURPOSE, case_id),
        }
        quality_events.append(cursor, "leaned", case_id, actor, payload)


def marked(cursor: Cursor, actor: Actor, labels: list[NewLabel]) -> list[NewLabel]:
    """Return labels with how their transactions came before the analyst: the sample, and the lean.

    What a label says of it already stays as it is.
    """
    if not labels:
        return labels
    lean = _lean(cursor, actor, labels[0].case_id)
    known = quality_events.members(cursor, [label.transaction_id for label in labels])
    return [_marked(label, lean, known.get(label.transaction_id)) for label in labels]


def _marked(label: NewLabel, lean: str | None, probability: float | None) -> NewLabel:
    if lean is not None and label.lean_before_score is None:
        label = replace(label, data_first=True, lean_before_score=lean)
    if probability is not None and label.inclusion_probability is None:
        label = replace(label, in_random_sample=True, inclusion_probability=probability)
    return label


def figures(workbench: Workbench, actor: str | None = None) -> Anchoring:
    """Return how the score moves people: all of them, or one."""
    with workbench.database.read() as cursor:
        rows = cursor.rows(query("leans_and_verdicts"), {"actor": actor})
    return anchoring([Leaned(**row) for row in rows])


def _is_chosen(workbench: Workbench, cursor: Cursor, view: CaseView) -> bool:
    share = policies.read(cursor).data_first_share
    names = [alert.transaction_id for alert in view.alerts]
    sampled = bool(quality_events.members(cursor, names))
    return sampled or is_drawn(draw_key.of_quality(workbench), PURPOSE, view.state.case_id, share)


def _lean(cursor: Cursor, actor: Actor, case_id: int) -> Any:
    found = quality_events.events(cursor, "leaned", case_id, actor.name)
    return found[-1]["payload"]["lean"] if found else None
