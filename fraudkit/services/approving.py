"""Four eyes: a second person lets a verdict stand, or returns it to its maker."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import cast

from fraudkit.domain import Actor, CaseEvent, CaseState, Certainty, Verdict
from fraudkit.errors import ConflictError, InvalidInputError, PermissionDeniedError
from fraudkit.services import policies, reviewing
from fraudkit.services.case_writing import append, expected, lease, masked
from fraudkit.services.deciding import Decision, case_verdict_of
from fraudkit.services.guarding import is_same_person
from fraudkit.services.permissions import holds, require
from fraudkit.services.workbench import Workbench
from fraudkit.store import Cursor, Row, cases, labels, now_us, proposals
from fraudkit.store.labels import NewLabel
from fraudkit.words import N_


def may_approve(state: CaseState, actor: Actor) -> bool:
    """Return whether an actor may approve the verdict that waits in a case: never its maker."""
    return (
        state.status == "pending_approval"
        and holds(actor, "approve")
        and not is_same_person(state.maker, actor.name)
    )


def approve(workbench: Workbench, actor: Actor, case_id: int, version: int, remark: str = "") -> Decision:
    """Let a proposed verdict stand: its labels enter the ledger as the maker's, approved by the actor.

    Raises
    ------
    PermissionDeniedError
        When the actor's role does not approve, or the actor is the maker.
    ConflictError
        When the case has moved on, or nothing is left of what was proposed.
    """
    with workbench.database.write() as cursor:
        state = _pending(workbench, cursor, actor, case_id, version)
        submitted = _last_submission(cursor, case_id)
        proposed = {
            row["transaction_id"]: row for row in proposals.of_case(cursor, case_id, submitted.version)
        }
        alerts = reviewing.alerts_of(cursor, case_id)
        chosen = [alert for alert in alerts if alert.transaction_id in proposed]
        _require_whole(case_id, [proposed[alert.transaction_id] for alert in chosen])
        fresh = [
            _approved(proposed[alert.transaction_id], alert.label_id, state.version + 1, actor)
            for alert in chosen
        ]
        label_ids = labels.append(cursor, fresh, submitted.actor, now_us())
        verdict = cast("Verdict", submitted.payload["verdict"])
        payload: dict[str, object] = {
            "submitted_version": submitted.version,
            "maker": submitted.actor.name,
            "verdict": verdict,
            "transactions": [label.transaction_id for label in fresh],
            "label_ids": label_ids,
            "newly_decided": sum(alert.verdict is None for alert in chosen),
            "case_verdict": submitted.payload["case_verdict"] or case_verdict_of(alerts, chosen, verdict),
            "former_verdict": state.verdict,
            **lease(policies.read(cursor)),
        }
        after = append(cursor, state, "approved", actor, payload, masked(workbench, remark))
    return Decision(case_id, after.version, tuple(label_ids), after.status)


def send_back(workbench: Workbench, actor: Actor, case_id: int, version: int, remark: str) -> CaseState:
    """Return a proposed verdict to its maker with a comment; nothing enters the ledger.

    Raises
    ------
    PermissionDeniedError
        When the actor's role does not approve, or the actor is the maker.
    InvalidInputError
        Without a comment.
    ConflictError
        When the case has moved on.
    """
    remark = masked(workbench, remark).strip()
    if not remark:
        raise InvalidInputError(
            N_("A verdict is returned with a comment."), N_("Say in a sentence what the maker should do.")
        )
    with workbench.database.write() as cursor:
        state = _pending(workbench, cursor, actor, case_id, version)
        submitted = _last_submission(cursor, case_id)
        payload: dict[str, object] = {
            "submitted_version": submitted.version,
            "maker": submitted.actor.name,
            "verdict": submitted.payload["verdict"],
        }
        return append(cursor, state, "returned", actor, payload, remark)


def _pending(workbench: Workbench, cursor: Cursor, actor: Actor, case_id: int, version: int) -> CaseState:
    require(actor, "approve")
    state = expected(workbench, cursor, actor, case_id, version)
    if state.status != "pending_approval":
        raise ConflictError(
            N_("No verdict of case {case_id} waits for approval."),
            N_("Look at the case again; its course says what happened."),
            case_id=case_id,
        )
    if is_same_person(state.maker, actor.name):
        raise PermissionDeniedError(
            N_("Nobody approves a verdict of one's own."), N_("Another person with this right has to do it.")
        )
    return state


def _last_submission(cursor: Cursor, case_id: int) -> CaseEvent:
    return next(event for event in reversed(cases.events(cursor, case_id)) if event.kind == "submitted")


def _require_whole(case_id: int, rows: list[Row]) -> None:
    if not rows or any(row["label"] is None for row in rows):
        raise ConflictError(
            N_("What was proposed for case {case_id} is no longer there."),
            N_("Return it to its maker, who decides anew."),
            case_id=case_id,
        )


def _approved(row: Row, stands: int | None, version: int, actor: Actor) -> NewLabel:
    label: NewLabel = row["label"]
    return replace(
        label,
        case_version=version,
        supersedes=stands,
        approval_of=row["proposal_id"],
        approved_by=actor.name,
    )


@dataclass(frozen=True, slots=True)
class Proposal:
    """A verdict that waits for a second person, as that person reads it.

    Parameters
    ----------
    maker, happened_at
        Who proposed it, and when.
    verdict, reason, certainty
        What is proposed.
    approval
        Codes of why a second person is needed.
    transactions
        How many it is for.
    note
        What the maker wrote.
    """

    maker: str
    happened_at: int
    verdict: Verdict
    reason: str | None
    certainty: Certainty
    approval: tuple[str, ...]
    transactions: int
    note: str


def proposal(workbench: Workbench, view: reviewing.CaseView) -> Proposal | None:
    """Return what waits for approval in a case, or None."""
    if view.state.status != "pending_approval":
        return None
    event = next(event for event in reversed(view.events) if event.kind == "submitted")
    with workbench.database.read() as cursor:
        rows = proposals.of_case(cursor, view.state.case_id, event.version)
    note = next((row["label"].note for row in rows if row["label"]), "")
    return Proposal(
        event.actor.name,
        event.happened_at,
        cast("Verdict", event.payload["verdict"]),
        cast("str | None", event.payload["reason"]),
        cast("Certainty", event.payload["certainty"]),
        tuple(cast("list[str]", event.payload["approval"])),
        len(cast("list[str]", event.payload["transactions"])),
        note,
    )
