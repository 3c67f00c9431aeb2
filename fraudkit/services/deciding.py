"""Deciding: a verdict on transactions of a case, and its undo."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from fraudkit.domain import Actor, CaseEvent, CaseState, CaseStatus, Certainty, Verdict
from fraudkit.errors import ConflictError, InvalidInputError
from fraudkit.services import blind_review, data_first, policies, reviewing
from fraudkit.services.case_writing import append, expected, lease, masked, require_mine, settled
from fraudkit.services.guarding import is_same_person, reasons_for_approval
from fraudkit.services.permissions import holds, require
from fraudkit.services.policies import Policies
from fraudkit.services.reviewing import AlertRow
from fraudkit.services.verdicts import (
    NOTHING_MORE,
    Said,
    VerdictDetails,
    checked,
    frozen_evidence,
    labels_of,
)
from fraudkit.services.workbench import Workbench
from fraudkit.store import Cursor, cases, labels, now_us, preferences, proposals
from fraudkit.store.labels import NewLabel
from fraudkit.words import N_

__all__ = ["Decision", "VerdictDetails", "case_verdict_of", "decide", "undo"]

_STRENGTH: Final[tuple[Verdict, ...]] = ("fraud", "genuine", "undetermined")


@dataclass(frozen=True, slots=True)
class Decision:
    """What a verdict, its approval or its undo has written.

    Parameters
    ----------
    case_id, version, status
        The case and how it stands now.
    label_ids
        The labels that were appended; none while a verdict waits for approval.
    approval
        Codes of why a second person has to approve; empty when the verdict stands.
    """

    case_id: int
    version: int
    label_ids: tuple[int, ...]
    status: CaseStatus = "closed"
    approval: tuple[str, ...] = ()


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
    case_verdict: Verdict | None = None,
    at_once: int | None = None,
) -> Decision:
    """Give a verdict on transactions of a case: all undecided ones unless some are named.

    Where a policy asks for a second person, nothing enters the ledger yet: the verdict is proposed and the
    case waits for approval. On a case that was given to the actor for a second reading, only the opinion is
    recorded; the first verdict stands.

    Parameters
    ----------
    workbench
        The open workbench.
    actor
        Who decides.
    case_id, version
        The case and the version that the actor saw.
    verdict, reason
        The verdict and the code of its reason (for fraud, its type or subtype); None when it was not stated,
        which the pages do not allow.
    certainty
        Confirmed or assumed.
    transaction_ids
        Which alerts; all undecided ones when None.
    note
        Free text; card numbers in it are masked.
    details
        Subtype, amounts, actions and whatever else was said.
    case_verdict
        The verdict on the case as a whole; the strongest of its transactions' when None.
    at_once
        How many transactions are decided in one go over all cases, when more than this one's.

    Raises
    ------
    PermissionDeniedError
        When the actor's role does not decide.
    ConflictError
        When the case has moved on or somebody else holds it; nothing is written.
    InvalidInputError
        When something that was said does not belong to the verdict, or there is nothing to decide.
    """
    require(actor, "review")
    said = checked(Said(verdict, reason, certainty, masked(workbench, note), details))
    with workbench.database.write() as cursor:
        state = expected(workbench, cursor, actor, case_id, version)
        require_mine(workbench, state, actor)
        state = settled(cursor, state, actor)
        if blind_review.takes_second(cursor, actor, case_id):
            blind_review.record(cursor, actor, case_id, version, verdict, reason)
            return Decision(case_id, version, (), state.status)
        alerts = reviewing.alerts_of(cursor, case_id)
        chosen = _chosen(alerts, transaction_ids, case_id)
        evidence = frozen_evidence(workbench, cursor, chosen, said.details)
        fresh = labels_of(said, chosen, case_id, state.version + 1, evidence)
        fresh = data_first.marked(cursor, actor, fresh)
        payload = {
            **_payload(said, chosen),
            "case_verdict": case_verdict or case_verdict_of(alerts, chosen, verdict),
            "former_verdict": state.verdict,
        }
        in_force = policies.read(cursor)
        wanted = _approval(workbench, cursor, in_force, state, chosen, said, at_once)
        if wanted:
            return _propose(cursor, state, actor, fresh, payload, wanted)
        return _write(cursor, state, actor, fresh, {**payload, **lease(in_force)})


def undo(workbench: Workbench, actor: Actor, case_id: int, version: int) -> Decision:
    """Take the last verdict of a case back, within the policy's minutes and by whoever gave it or a lead.

    A verdict that waits for approval is taken back in the same way; a second reading only as an opinion.

    Raises
    ------
    ConflictError
        When the case has moved on, or its last event is no verdict that may still be undone.
    """
    with workbench.database.write() as cursor:
        state = expected(workbench, cursor, actor, case_id, version)
        if blind_review.withdraw(cursor, actor, case_id):
            return Decision(case_id, state.version, (), state.status)
        last = next(event for event in reversed(cases.events(cursor, case_id)) if event.kind != "renewed")
        in_force = policies.read(cursor)
        _require_undoable(last, actor, in_force)
        given = labels.of_case(cursor, case_id, last.version)
        former = labels.by_number(cursor, [row["supersedes"] for row in given if row["supersedes"]])
        restored = [
            labels.restored(row, former.get(row["supersedes"]), case_id, state.version + 1) for row in given
        ]
        label_ids = labels.append(cursor, restored, actor, now_us()) if restored else []
        payload: dict[str, object] = {
            "undone_version": last.version,
            "label_ids": label_ids,
            "reopened": last.payload["newly_decided"] if last.kind == "decided" else 0,
            "case_verdict": last.payload["former_verdict"],
            **lease(in_force),
        }
        after = append(cursor, state, "undone", actor, payload)
    return Decision(case_id, after.version, tuple(label_ids), after.status)


def case_verdict_of(
    alerts: Sequence[AlertRow], chosen: Sequence[AlertRow], verdict: Verdict
) -> Verdict | None:
    """Return the strongest verdict of a case once the chosen alerts have theirs."""
    changed = {alert.alert_id for alert in chosen}
    verdicts = {verdict, *(alert.verdict for alert in alerts if alert.alert_id not in changed)}
    return next((strongest for strongest in _STRENGTH if strongest in verdicts), None)


def _payload(said: Said, chosen: Sequence[AlertRow]) -> dict[str, object]:
    payload: dict[str, object] = {
        "verdict": said.verdict,
        "reason": said.reason,
        "certainty": said.certainty,
        "transactions": [alert.transaction_id for alert in chosen],
        "newly_decided": sum(alert.verdict is None for alert in chosen),
    }
    extra = {"checklist": list(said.details.checklist), "sweep_id": said.details.sweep_id}
    return {**payload, **{name: value for name, value in extra.items() if value}}


def _approval(
    workbench: Workbench,
    cursor: Cursor,
    in_force: Policies,
    state: CaseState,
    chosen: Sequence[AlertRow],
    said: Said,
    at_once: int | None,
) -> tuple[str, ...]:
    base = workbench.settings.base_currency
    rates = preferences.currency_rates(cursor, base)
    amount = sum(abs(alert.amount) * rates.get(alert.currency or base, 0.0) for alert in chosen)
    count = len(chosen) if at_once is None else at_once
    return reasons_for_approval(in_force, state, chosen, said.verdict, said.fraud_type, amount, count)


def _write(
    cursor: Cursor, state: CaseState, actor: Actor, fresh: Sequence[NewLabel], payload: dict[str, object]
) -> Decision:
    label_ids = labels.append(cursor, fresh, actor, now_us())
    after = append(cursor, state, "decided", actor, {**payload, "label_ids": label_ids})
    return Decision(state.case_id, after.version, tuple(label_ids), after.status)


def _propose(
    cursor: Cursor,
    state: CaseState,
    actor: Actor,
    fresh: Sequence[NewLabel],
    payload: dict[str, object],
    wanted: tuple[str, ...],
) -> Decision:
    numbers = proposals.append(cursor, fresh, actor, now_us())
    after = append(
        cursor, state, "submitted", actor, {**payload, "proposals": numbers, "approval": list(wanted)}
    )
    return Decision(state.case_id, after.version, (), after.status, wanted)


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


def _require_undoable(last: CaseEvent, actor: Actor, in_force: Policies) -> None:
    too_late = now_us() - last.happened_at > in_force.undo_us
    foreign = not is_same_person(last.actor.name, actor.name) and not holds(actor, "undo_of_others")
    if last.kind not in ("decided", "submitted") or too_late or foreign:
        raise ConflictError(
            N_("There is no verdict of yours from the last {minutes} minutes to undo here."),
            N_("Give a new verdict instead; the former one stays in the ledger."),
            minutes=in_force.undo_minutes,
        )
