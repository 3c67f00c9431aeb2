"""Deciding: a verdict on transactions of a case, and its undo."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from decimal import Decimal
from typing import Any, Final

from fraudkit.domain import (
    Actor,
    CaseEvent,
    CaseStatus,
    Certainty,
    Liability,
    ReasonFeedback,
    Verdict,
)
from fraudkit.errors import ConflictError, InvalidInputError
from fraudkit.services import policies, reviewing
from fraudkit.services.case_writing import append, expected, lease, masked
from fraudkit.services.permissions import holds
from fraudkit.services.policies import Policies
from fraudkit.services.reviewing import AlertRow
from fraudkit.services.workbench import Workbench
from fraudkit.store import Cursor, Row, cases, labels, now_us
from fraudkit.store.statements import query
from fraudkit.taxonomy import reason_of
from fraudkit.words import N_

_STRENGTH: Final[tuple[Verdict, ...]] = ("fraud", "genuine", "undetermined")


@dataclass(frozen=True, slots=True)
class VerdictDetails:
    """What can be said with a verdict beyond the verdict and its reason; all of it optional.

    The fields are those of `store.labels.NewLabel` with the same names.
    """

    fraud_subtype: str | None = None
    alert_was_useful: bool | None = None
    gross_amount: Decimal | None = None
    prevented_amount: Decimal | None = None
    recovered_amount: Decimal | None = None
    liability: Liability | None = None
    detected_by: str | None = None
    first_unusual_transaction_id: str | None = None
    incident_start: int | None = None
    incident_end: int | None = None
    actions: tuple[str, ...] = ()
    reason_feedback: Mapping[str, ReasonFeedback] = field(default_factory=dict)
    seconds_on_case: float | None = None
    sweep_id: str | None = None
    in_random_sample: bool | None = None
    inclusion_probability: float | None = None
    data_first: bool | None = None
    lean_before_score: str | None = None

    def columns(self) -> dict[str, Any]:
        """Return the fields by the names that a label gives them."""
        return {part.name: getattr(self, part.name) for part in fields(self)}


NOTHING_MORE: Final = VerdictDetails()


@dataclass(frozen=True, slots=True)
class Decision:
    """What a verdict, or its undo, has written."""

    case_id: int
    version: int
    label_ids: tuple[int, ...]
    status: CaseStatus = "closed"


def decide(
    workbench: Workbench,
    actor: Actor,
    case_id: int,
    version: int,
    verdict: Verdict,
    reason: str | None,
    *,
    certainty: Certainty = "confirmed",
    transaction_ids: Sequence[str] | None = None,
    note: str = "",
    details: VerdictDetails = NOTHING_MORE,
) -> Decision:
    """Give a verdict on transactions of a case: all undecided ones unless some are named.

    Parameters
    ----------
    workbench
        The open workbench.
    actor
        Who decides.
    case_id, version
        The case and the version that the actor saw.
    verdict, reason
        The verdict and the code of its reason (for fraud, its type); None when it was not stated, which
        the pages do not allow.
    certainty
        Confirmed or assumed.
    transaction_ids
        Which alerts; all undecided ones when None.
    note
        Free text; card numbers in it are masked.
    details
        Subtype, amounts, actions and whatever else was said.

    Raises
    ------
    ConflictError
        When the case has moved on; nothing is written.
    InvalidInputError
        When the reason does not belong to the verdict, or there is nothing to decide.
    """
    if reason is not None:
        reason_of(verdict, reason)
    note = masked(workbench, note)
    with workbench.database.write() as cursor:
        state = expected(workbench, cursor, actor, case_id, version)
        chosen = _chosen(reviewing.alerts_of(cursor, case_id), transaction_ids, case_id)
        fresh = [
            labels.NewLabel(
                transaction_id=alert.transaction_id,
                verdict=verdict,
                certainty=certainty,
                fraud_type=reason if verdict == "fraud" else None,
                reason=None if verdict == "fraud" else reason,
                source="analyst",
                case_id=case_id,
                case_version=state.version + 1,
                supersedes=alert.label_id,
                note=note,
                evidence=_evidence(cursor, alert),
                **details.columns(),
            )
            for alert in chosen
        ]
        label_ids = labels.append(cursor, fresh, actor, now_us())
        payload: dict[str, object] = {
            "verdict": verdict,
            "reason": reason,
            "certainty": certainty,
            "transactions": [alert.transaction_id for alert in chosen],
            "label_ids": label_ids,
            "newly_decided": sum(alert.verdict is None for alert in chosen),
            "case_verdict": _case_verdict([verdict, state.verdict]),
            "former_verdict": state.verdict,
            **lease(policies.read(cursor)),
        }
        after = append(cursor, state, "decided", actor, payload)
    return Decision(case_id, after.version, tuple(label_ids), after.status)


def undo(workbench: Workbench, actor: Actor, case_id: int, version: int) -> Decision:
    """Take the last verdict of a case back, within the policy's minutes and by whoever gave it or a lead.

    Raises
    ------
    ConflictError
        When the case has moved on, or its last event is no verdict that may still be undone.
    """
    with workbench.database.write() as cursor:
        state = expected(workbench, cursor, actor, case_id, version)
        last = next(event for event in reversed(cases.events(cursor, case_id)) if event.kind != "renewed")
        in_force = policies.read(cursor)
        _require_undoable(last, actor, in_force)
        given = labels.of_case(cursor, case_id, last.version)
        former = labels.by_number(cursor, [row["supersedes"] for row in given if row["supersedes"]])
        restored = [
            _restored(row, former.get(row["supersedes"]), case_id, state.version + 1) for row in given
        ]
        label_ids = labels.append(cursor, restored, actor, now_us())
        payload: dict[str, object] = {
            "undone_version": last.version,
            "label_ids": label_ids,
            "reopened": last.payload["newly_decided"],
            "case_verdict": last.payload["former_verdict"],
            **lease(in_force),
        }
        after = append(cursor, state, "undone", actor, payload)
    return Decision(case_id, after.version, tuple(label_ids), after.status)


def _chosen(
    alerts: Sequence[AlertRow], transaction_ids: Sequence[str] | None, case_id: int
) -> list[AlertRow]:
    if transaction_ids is None:
        chosen = [alert for alert in alerts if alert.verdict is None]
    else:
        wanted = set(transaction_ids)
        chosen = [alert for alert in alerts if alert.transaction_id in wanted]
        if len(chosen) != len(wanted):
            raise InvalidInputError(
                N_("Case {case_id} does not hold all of the transactions that were named."),
                N_("Name transactions that stand in this case."),
                case_id=case_id,
            )
    if not chosen:
        raise InvalidInputError(
            N_("Nothing in case {case_id} waits for a verdict."),
            N_("Name the transactions whose verdict you want to change, or undo the last one."),
            case_id=case_id,
        )
    return chosen


def _evidence(cursor: Cursor, alert: AlertRow) -> dict[str, Any]:
    """Freeze what stood on the screen; it never changes when the model does."""
    row = cursor.row(query("frozen_evidence"), [alert.alert_id]) or {}
    return {**row, "features": [None if math.isnan(value) else value for value in row["features"]]}


def _case_verdict(verdicts: Sequence[Verdict | None]) -> Verdict | None:
    return next((verdict for verdict in _STRENGTH if verdict in verdicts), None)


def _require_undoable(last: CaseEvent, actor: Actor, in_force: Policies) -> None:
    too_late = now_us() - last.happened_at > in_force.undo_us
    foreign = last.actor.name != actor.name and not holds(actor, "undo_of_others")
    if last.kind != "decided" or too_late or foreign:
        raise ConflictError(
            N_("There is no verdict of yours from the last {minutes} minutes to undo here."),
            N_("Give a new verdict instead; the former one stays in the ledger."),
            minutes=in_force.undo_minutes,
        )


def _restored(given: Row, former: Row | None, case_id: int, case_version: int) -> labels.NewLabel:
    """Return the label that takes `given` back: the one before it, or none."""
    source = former or given
    return labels.NewLabel(
        transaction_id=given["transaction_id"],
        verdict=former["verdict"] if former else "withdrawn",
        certainty=source["certainty"],
        fraud_type=former["fraud_type"] if former else None,
        reason=former["reason"] if former else None,
        source=source["source"],
        case_id=case_id,
        case_version=case_version,
        supersedes=given["label_id"],
        note="",
        evidence={},
    )
