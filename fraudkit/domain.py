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
Liability = Literal["bank", "customer", "merchant", "shared", "pending"]
ReasonFeedback = Literal["decisive", "irrelevant", "wrong_data"]
CaseStatus = Literal[
    "new", "in_review", "waiting", "escalated", "pending_approval", "closed", "merged", "auto_closed"
]
Priority = Literal["low", "medium", "high"]
EntityKind = Literal["customer", "account", "card", "terminal", "transaction"]
CaseEventKind = Literal[
    "opened",
    "alert_raised",
    "alert_withdrawn",
    "claimed",
    "renewed",
    "released",
    "lapsed",
    "waited",
    "woken",
    "escalated",
    "assigned",
    "prioritised",
    "submitted",
    "approved",
    "returned",
    "decided",
    "undone",
    "reopened",
    "merged",
]
TimePrecision = Literal["microsecond", "second", "minute", "date"]

VERDICTS: Final[tuple[Verdict, ...]] = get_args(Verdict)
CASE_EVENTS: Final[tuple[CaseEventKind, ...]] = get_args(CaseEventKind)
ROLES: Final[tuple[Role, ...]] = get_args(Role)

MICROSECONDS_PER_SECOND: Final = 1_000_000
MICROSECONDS_PER_HOUR: Final = 3_600 * MICROSECONDS_PER_SECOND
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
        One of `CASE_EVENTS`.
    actor
        Who did it.
    happened_at
        Microseconds UTC.
    payload
        What the kind needs: entity, transactions, verdict, reason. Codes and figures only.
    remark
        What a person wrote about it; the one part of an event that may be erased.
    """

    case_id: int
    version: int
    kind: str
    actor: Actor
    happened_at: int
    payload: dict[str, object]
    remark: str | None = None


@dataclass(frozen=True, slots=True)
class CaseState:
    """What the events of a case add up to; never edited by hand.

    Parameters
    ----------
    case_id, version
        The case and the number of its last event.
    status, entity_kind, entity_id, priority, verdict
        Where it stands, whose it is, how urgent, and the case's own verdict.
    assignee
        Who works on it, or for whom it is kept.
    opened_at, changed_at, closed_at
        Microseconds UTC, as all times here.
    alerts, undecided
        How many alerts it holds, and how many of them wait for a verdict.
    lease_until
        Until when the assignee holds it against others.
    waiting_until, waiting_reason
        When a waiting case wakes, and the code of what it waits for.
    due_at
        `opened_at` and the hours that the policy gives its priority.
    escalated_by
        Who passed it on.
    maker
        Whose verdict waits for approval.
    woken_at
        When it woke, until somebody takes it up.
    returned_by
        Who returned the verdict to its maker, until the maker takes it up.
    """

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
    lease_until: int | None = None
    waiting_until: int | None = None
    waiting_reason: str | None = None
    due_at: int | None = None
    escalated_by: str | None = None
    maker: str | None = None
    woken_at: int | None = None
    returned_by: str | None = None
