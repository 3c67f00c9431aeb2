"""Policies: what the bank decides about its own work, with the proposed defaults; each change is an event.

A policy is a field of `Policies`: its default, what it is called, its unit and its bounds. Forms, checks
and the reading of events are derived from that.
"""

from __future__ import annotations

import math
from dataclasses import Field, dataclass, field, fields
from typing import Any, Final

from fraudkit.domain import MICROSECONDS_PER_HOUR, MICROSECONDS_PER_SECOND, Actor, Priority
from fraudkit.errors import InvalidInputError
from fraudkit.services.permissions import require
from fraudkit.services.workbench import Workbench
from fraudkit.store import Cursor, preferences
from fraudkit.words import N_

PREFIX: Final = "policy."
MINUTES: Final = N_("minutes")
HOURS: Final = N_("hours")
SHARE: Final = N_("share, 0 to 1")
MONEY: Final = N_("base currency")
PEOPLE: Final = N_("people")
TRANSACTIONS: Final = N_("transactions")
PERCENTILE: Final = N_("percentile")
DAYS: Final = N_("days")

WORK: Final = N_("Work on cases")
FOUR_EYES: Final = N_("A second person approves")
QUALITY: Final = N_("Quality")
CAPACITY: Final = N_("Capacity")
FACTS: Final = N_("Facts")
OTHER: Final = N_("Other")
GROUPS: Final = (WORK, FOUR_EYES, QUALITY, CAPACITY, FACTS, OTHER)


def _policy(
    default: float,
    label: str,
    unit: str = "",
    least: float = 0,
    most: float = math.inf,
    *,
    group: str = OTHER,
) -> Any:
    bounds = {"least": least, "most": most}
    return field(default=default, metadata={"label": label, "unit": unit, "group": group, **bounds})


@dataclass(frozen=True, slots=True)
class Policies:
    """The policies in force; each field is one, with its default."""

    lease_minutes: int = _policy(30, N_("A claimed case is held for"), MINUTES, 1, 1440, group=WORK)
    undo_minutes: int = _policy(15, N_("A verdict can be taken back for"), MINUTES, 0, 1440, group=WORK)
    hours_high: float = _policy(4, N_("A case of high priority is due after"), HOURS, 0.25, 2160, group=WORK)
    hours_medium: float = _policy(
        24, N_("A case of medium priority is due after"), HOURS, 0.25, 2160, group=WORK
    )
    hours_low: float = _policy(72, N_("A case of low priority is due after"), HOURS, 0.25, 2160, group=WORK)
    approval_amount: float = _policy(20_000, N_("Verdicts on at least"), MONEY, group=FOUR_EYES)
    bulk_limit: int = _policy(20, N_("Verdicts on more at once than"), TRANSACTIONS, 1, group=FOUR_EYES)
    approve_sensitive_types: bool = _policy(
        default=True, label=N_("Customer's own fraud, mules, employees"), group=FOUR_EYES
    )
    approve_high_genuine: bool = _policy(
        default=True, label=N_("“Genuine” on a case of high priority"), group=FOUR_EYES
    )
    approve_reversal: bool = _policy(
        default=True, label=N_("Another verdict on what was closed"), group=FOUR_EYES
    )
    random_share: float = _policy(0.02, N_("Random sample from below the line"), SHARE, 0, 1, group=QUALITY)
    double_review_share: float = _policy(
        0.05, N_("Closed cases reviewed blind a second time"), SHARE, 0, 1, group=QUALITY
    )
    data_first_share: float = _policy(
        0.10, N_("Cases that show facts before the score"), SHARE, 0, 1, group=QUALITY
    )
    maturity_days: int = _policy(60, N_("Outcomes are counted as final after"), DAYS, 1, 730, group=QUALITY)
    high_loss: float = _policy(1_000, N_("Priority is high from an expected loss of"), MONEY, group=WORK)
    medium_loss: float = _policy(100, N_("Priority is medium from an expected loss of"), MONEY, group=WORK)
    analysts: int = _policy(4, N_("People who work the queue"), PEOPLE, 1, 1000, group=CAPACITY)
    minutes_per_case: float = _policy(2, N_("Time for one case"), MINUTES, 0.1, 480, group=CAPACITY)
    hours_per_day: float = _policy(
        6, N_("Time on the queue per person and day"), HOURS, 0.5, 24, group=CAPACITY
    )
    first_unusual_percentile: float = _policy(
        99, N_("An operation counts as unusual from"), PERCENTILE, 50, 100, group=FACTS
    )

    @property
    def lease_us(self) -> int:
        """How long a claim holds, in microseconds."""
        return self.lease_minutes * 60 * MICROSECONDS_PER_SECOND

    @property
    def undo_us(self) -> int:
        """How long a verdict can be taken back, in microseconds."""
        return self.undo_minutes * 60 * MICROSECONDS_PER_SECOND

    def hours(self, priority: Priority) -> float:
        """Return the hours until a case of a priority is due."""
        return {"high": self.hours_high, "medium": self.hours_medium, "low": self.hours_low}[priority]

    def due_at(self, opened_at: int, priority: Priority) -> int:
        """Return when a case is due."""
        return opened_at + round(self.hours(priority) * MICROSECONDS_PER_HOUR)


POLICY_FIELDS: Final[dict[str, Field[Any]]] = {policy.name: policy for policy in fields(Policies)}


@dataclass(frozen=True, slots=True)
class PolicyChange:
    """The last change of one policy: who, when."""

    actor: str
    happened_at: int


def current(workbench: Workbench) -> Policies:
    """Return the policies in force: the last event of each, else its default."""
    with workbench.database.read() as cursor:
        return read(cursor)


def read(cursor: Cursor) -> Policies:
    """Return the policies in force inside a use of the database."""
    stored = preferences.with_prefix(cursor, PREFIX)
    known = {name: value for name, (value, *_) in stored.items() if name in POLICY_FIELDS}
    return Policies(**known)


def changes(workbench: Workbench) -> dict[str, PolicyChange]:
    """Return who last changed which policy; one that stands at its default is not named."""
    with workbench.database.read() as cursor:
        stored = preferences.with_prefix(cursor, PREFIX)
    return {name: PolicyChange(who, when) for name, (_, who, when) in stored.items() if name in POLICY_FIELDS}


def change(workbench: Workbench, actor: Actor, **values: object) -> Policies:
    """Change policies; each that really changes is one audited event.

    Raises
    ------
    PermissionDeniedError
        When the actor's role may not set policies.
    InvalidInputError
        When there is no such policy, or a value lies outside its bounds; nothing is written.
    """
    require(actor, "set_policies")
    checked = {name: _checked(name, value) for name, value in values.items()}
    with workbench.database.write() as cursor:
        before = read(cursor)
        for name, value in checked.items():
            if getattr(before, name) != value:
                preferences.write(cursor, PREFIX + name, value, actor)
        return read(cursor)


def _checked(name: str, value: object) -> object:
    policy = POLICY_FIELDS.get(name)
    if policy is None:
        raise InvalidInputError(N_("There is no policy “{name}”."), N_("Check the name."), name=name)
    if isinstance(policy.default, bool):
        return bool(value)
    kind = int if policy.type == "int" else float
    number = kind(value) if isinstance(value, int | float) and math.isfinite(value) else None
    least, most = policy.metadata["least"], policy.metadata["most"]
    if number is None or number != value or not least <= number <= most:
        raise InvalidInputError(
            N_("“{value}” is not a possible value of this policy."),
            N_("Give a number from {least} to {most}."),
            value=value,
            least=least,
            most="∞" if math.isinf(most) else most,
        )
    return number
