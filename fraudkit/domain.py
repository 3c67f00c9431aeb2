"""The words of the trade as types: who acts, what a case is, what a label says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal, get_args

Role = Literal["analyst", "lead", "manager", "administrator"]
Verdict = Literal["fraud", "genuine", "undetermined"]
Certainty = Literal["confirmed", "assumed"]
LabelSource = Literal[
    "analyst", "customer", "chargeback", "network_report", "quality", "supervisor", "import", "policy"
]
CaseStatus = Literal[
    "new", "in_review", "waiting", "escalated", "pending_approval", "closed", "merged", "auto_closed"
]
Priority = Literal["low", "medium", "high"]
EntityKind = Literal["customer", "account", "card", "terminal", "transaction"]
TimePrecision = Literal["microsecond", "second", "minute", "date"]

VERDICTS: Final[tuple[Verdict, ...]] = get_args(Verdict)
ROLES: Final[tuple[Role, ...]] = get_args(Role)

MICROSECONDS_PER_SECOND: Final = 1_000_000
MICROSECONDS_PER_DAY: Final = 86_400 * MICROSECONDS_PER_SECOND

Progress = Callable[[float, str], None]
"""Called with the share done (0 to 1) and a marked text; may raise to cancel."""


def silent(_share: float, _text: str) -> None:
    """Ignore progress."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something, and in which role; carried by every event.

    Parameters
    ----------
    name
        The name that people see.
    role
        What the actor may do.
    """

    name: str
    role: Role = "analyst"


@dataclass(frozen=True, slots=True)
class Label:
    """What is known about one transaction, as the ledger's last event says it."""

    transaction_id: str
    verdict: Verdict
    certainty: Certainty
    fraud_type: str | None
    reason: str | None
    source: LabelSource
    actor: str
    label_id: int


TRAINING_WEIGHT: Final[dict[Certainty, float]] = {"confirmed": 1.0, "assumed": 0.6}
"""How much a label counts when the forest learns; reference: label ledger of the workbench specification."""


@dataclass(frozen=True, slots=True)
class CaseEvent:
    """One appended event of a case.

    Parameters
    ----------
    case_id, version
        The case and the version that this event makes; unique together.
    kind
        opened, alert_raised, claimed, released, decided, undone or reopened.
    actor
        Who did it.
    happened_at
        Microseconds UTC.
    payload
        What the kind needs: entity, transactions, verdict, reason.
    """

    case_id: int
    version: int
    kind: str
    actor: Actor
    happened_at: int
    payload: dict[str, object]


@dataclass(frozen=True, slots=True)
class CaseState:
    """What the events of a case add up to; never edited by hand."""

    case_id: int
    version: int
    status: CaseStatus
    entity_kind: EntityKind
    entity_id: str
    priority: Priority
    assignee: str | None
    verdict: Verdict | None
    opened_at: int
    changed_at: int
    closed_at: int | None
    alerts: int
    undecided: int
