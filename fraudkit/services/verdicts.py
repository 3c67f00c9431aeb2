"""What a verdict says beyond itself, checked against the taxonomy, and the label that it makes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from decimal import Decimal
from functools import cache
from typing import Any, Final, get_args

from fraudkit.domain import Certainty, Liability, ReasonFeedback, Verdict
from fraudkit.errors import InvalidInputError
from fraudkit.registry import Registry
from fraudkit.services.explaining import TransactionExplanation
from fraudkit.services.reviewing import AlertRow
from fraudkit.services.workbench import Workbench
from fraudkit.store import Cursor, Row
from fraudkit.store.labels import NewLabel
from fraudkit.store.statements import query
from fraudkit.taxonomy import (
    ACTIONS,
    DETECTED_BY,
    FRAUD_SUBTYPES,
    LIABILITY_LABELS,
    Term,
    open_items,
    reason_of,
    require_code,
    subtypes_of,
)
from fraudkit.words import N_

_NOT_IN_LABEL: Final = ("checklist", "shown")
_AMOUNTS: Final = ("gross_amount", "prevented_amount", "recovered_amount")
_CENT: Final = Decimal("0.01")
_LARGEST: Final = Decimal(10) ** 16


@dataclass(frozen=True, slots=True)
class VerdictDetails:
    """What can be said with a verdict beyond the verdict and its reason; all of it optional.

    The fields are those of `store.labels.NewLabel` with the same names, and two that go elsewhere.

    Parameters
    ----------
    gross_amount, prevented_amount, recovered_amount
        Of all transactions that the verdict is for together; their labels share them by their own amounts.
    checklist
        Codes of what was done of the fraud type's checklist; kept with the event of the case.
    shown
        The explanation that was on the screen; frozen with the label of its transaction.
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
    checklist: tuple[str, ...] = ()
    shown: Mapping[str, TransactionExplanation] = field(default_factory=dict)

    def columns(self) -> dict[str, Any]:
        """Return the fields that a label has, by name."""
        return {name: getattr(self, name) for name in _COLUMNS}


_COLUMNS: Final = tuple(part.name for part in fields(VerdictDetails) if part.name not in _NOT_IN_LABEL)
NOTHING_MORE: Final = VerdictDetails()


@dataclass(frozen=True, slots=True)
class Said:
    """A verdict as a person gave it, checked.

    Parameters
    ----------
    verdict, reason, certainty
        The verdict, the code of its reason or type of fraud, and how sure it is.
    note
        Free text without card numbers.
    details
        Whatever else was said.
    """

    verdict: Verdict
    reason: str | None
    certainty: Certainty
    note: str
    details: VerdictDetails

    @property
    def fraud_type(self) -> str | None:
        """The first level of the type of fraud."""
        return self.reason if self.verdict == "fraud" else None


def checked(said: Said) -> Said:
    """Return a verdict whose codes all belong where they stand.

    Raises
    ------
    InvalidInputError
        When a code is unknown, an amount negative, or a mandatory item of the checklist is not done.
    """
    if said.reason is not None:
        reason_of(said.verdict, said.reason)
    said = _with_type_of_subtype(said)
    details = said.details
    if details.fraud_subtype is not None:
        allowed = subtypes_of(said.reason or "") if said.verdict == "fraud" else ()
        require_code(details.fraud_subtype, allowed, "fraud_subtype")
    for action in details.actions:
        require_code(action, ACTIONS, "actions")
    if details.detected_by is not None:
        require_code(details.detected_by, DETECTED_BY, "detected_by")
    if details.liability is not None:
        require_code(details.liability, [Term(code, "") for code in LIABILITY_LABELS], "liability")
    for answer in details.reason_feedback.values():
        require_code(answer, [Term(code, "") for code in get_args(ReasonFeedback)], "reason_feedback")
    _require_amounts(details)
    _require_checklist(said)
    return said


def labels_of(
    said: Said, chosen: Sequence[AlertRow], case_id: int, version: int, evidence: Mapping[int, dict[str, Any]]
) -> list[NewLabel]:
    """Return the labels that a verdict gives to the chosen alerts."""
    shares = {name: _shares(getattr(said.details, name), chosen) for name in _AMOUNTS}
    return [
        NewLabel(
            transaction_id=alert.transaction_id,
            verdict=said.verdict,
            certainty=said.certainty,
            fraud_type=said.fraud_type,
            reason=None if said.verdict == "fraud" else said.reason,
            source="analyst",
            case_id=case_id,
            case_version=version,
            supersedes=alert.label_id,
            note=said.note,
            evidence=evidence[alert.alert_id],
            **{**said.details.columns(), **{name: parts[place] for name, parts in shares.items()}},
        )
        for place, alert in enumerate(chosen)
    ]


def _shares(total: Decimal | None, chosen: Sequence[AlertRow]) -> list[Decimal | None]:
    """Part an amount among transactions by their own amounts; the parts add up to it exactly."""
    if total is None:
        return [None] * len(chosen)
    weights = [Decimal(str(abs(alert.amount))) for alert in chosen]
    whole = sum(weights) or Decimal(1)
    parts: list[Decimal | None] = []
    given = reached = Decimal(0)
    for weight in weights[:-1]:
        reached += weight
        upto = (total * reached / whole).quantize(_CENT)
        parts.append(upto - given)
        given = upto
    return [*parts, total.quantize(_CENT) - given]


def frozen_evidence(
    workbench: Workbench, cursor: Cursor, alerts: Sequence[AlertRow], details: VerdictDetails
) -> dict[int, dict[str, Any]]:
    """Return by alert what stood on the screen; it never changes when the model does."""
    positions = [alert.position for alert in alerts]
    rows = cursor.rows(
        query("frozen_evidence"),
        {
            "alert_ids": [alert.alert_id for alert in alerts],
            "positions": positions,
            "first": min(positions),
            "last": max(positions),
        },
    )
    shown = {alert.alert_id: details.shown.get(alert.transaction_id) for alert in alerts}
    return {row["alert_id"]: _evidence(workbench, row, shown[row["alert_id"]]) for row in rows}


def _evidence(workbench: Workbench, row: Row, shown: TransactionExplanation | None) -> dict[str, Any]:
    kept = {name: value for name, value in row.items() if name != "alert_id"}
    kept["features"] = [None if math.isnan(value) else value for value in row["features"]]
    kept["model_sha256"] = row["model_id"] and _sha256(workbench.registry, row["model_id"])
    if shown is not None:
        kept["base"] = shown.base
        kept["evidence"] = {part.feature: part.evidence for part in shown.contributions}
        kept["shown_ledger_position"] = shown.ledger_position
    return kept


@cache
def _sha256(registry: Registry, model_id: str) -> str | None:
    """Return the digest of a model's artifact; what has this identifier never changes."""
    found = [manifest.sha256 for _, manifest in registry.manifests() if manifest.model_id == model_id]
    return next(iter(found), None)


def _require_amounts(details: VerdictDetails) -> None:
    for amount in (getattr(details, name) for name in _AMOUNTS):
        if amount is not None and not 0 <= amount < _LARGEST:
            raise InvalidInputError(
                N_("{amount} is not a possible amount."), N_("Give an amount of zero or more."), amount=amount
            )


def _require_checklist(said: Said) -> None:
    missing = open_items(said.fraud_type, said.details.checklist)
    if missing:
        raise InvalidInputError(
            N_("{count} mandatory items of the checklist are not done."),
            N_("Open “More” on the case and tick what was done: {codes}."),
            count=len(missing),
            codes=", ".join(item.code for item in missing),
        )


def _with_type_of_subtype(said: Said) -> Said:
    """Return the verdict with the first level of its type where only the second was named."""
    parents = {term.code: term.parent for term in FRAUD_SUBTYPES}
    parent = parents.get(said.reason or "") if said.verdict == "fraud" else None
    if parent is None:
        return said
    return replace(said, reason=parent, details=replace(said.details, fraud_subtype=said.reason))
