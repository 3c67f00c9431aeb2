"""Siblings of a case: what shares its device, its address, its merchant's burst or its pattern of reasons.

After one verdict the same fraud often stands in other rows, above the line and below it. The links are
declared once; each looks only near the case's own transactions in time, so that a value that everybody has
(a cash machine, a large shop) does not sweep up the portfolio, and of the customer's own transactions only
those that came with the case, so that an old telephone does not sweep up an honest past.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from fraudkit.domain import MICROSECONDS_PER_DAY, CaseStatus, EntityKind, Verdict
from fraudkit.errors import NotFoundError
from fraudkit.services import reviewing
from fraudkit.services.workbench import Workbench
from fraudkit.store import Cursor, siblings
from fraudkit.words import N_

MOST_SIBLINGS: Final = 500
"""A value that so many share is common, not a pattern: its group is counted but cannot be swept."""
ALIKE: Final = "reasons"
Place = Literal["open", "below", "decided"]


@dataclass(frozen=True, slots=True)
class Link:
    """One way in which a transaction can be the sibling of another.

    Parameters
    ----------
    code
        Its name.
    label
        Marked text that names the group, with a gap for the value.
    column
        The column whose value is shared; None for the pattern of reasons.
    days
        How far from a transaction of the case, before or after.
    """

    code: str
    label: str
    column: str | None
    days: float = 0.0


LINKS: Final = (
    Link("device", N_("Same device {value}"), "device_id", 30.0),
    Link("counterparty", N_("Same counterparty {value}"), "counterparty_account", 30.0),
    Link("address", N_("Same address {value}"), "ip_address", 7.0),
    Link("card", N_("Same card {value}"), "card_id", 3.0),
    Link("terminal", N_("Same terminal {value}, within 3 days"), "terminal_id", 3.0),
    Link("merchant", N_("Same merchant {value}, within 24 hours"), "merchant_id", 1.0),
    Link("merchant_name", N_("Same merchant {value}, within 24 hours"), "merchant_name", 1.0),
    Link(ALIKE, N_("Same reasons: {value}"), None),
)
"""Strongest link first; the merchant's name counts where the extract has no number for it."""
LINK_BY_CODE: Final = {link.code: link for link in LINKS}


@dataclass(frozen=True, slots=True)
class Sibling:
    """One transaction that shares something with the case.

    Parameters
    ----------
    transaction_id, position, ts_us, utc_offset_minutes, amount, currency, partner
        The transaction.
    base_amount
        Its size in base currency; None where its currency has no rate.
    entity_kind, entity_id
        Whose it is.
    severity
        Where the last ranking placed it; None when it was not ranked.
    alert_id, case_id, version, status, assignee
        Its alert and case, as they were read; None below the line.
    verdict, decided_by
        The verdict that stands and whose it is.
    """

    transaction_id: str
    position: int
    ts_us: int
    utc_offset_minutes: int
    amount: float
    currency: str | None
    base_amount: float | None
    partner: str | None
    entity_kind: EntityKind
    entity_id: str
    severity: float | None
    alert_id: int | None
    case_id: int | None
    version: int | None
    status: CaseStatus | None
    assignee: str | None
    verdict: Verdict | None
    decided_by: str | None

    @property
    def place(self) -> Place:
        """Whether it is decided, an open alert, or below the line."""
        if self.verdict is not None:
            return "decided"
        return "below" if self.alert_id is None else "open"

    def disagrees(self, verdict: Verdict | None) -> bool:
        """Return whether its own verdict says the opposite of another one."""
        return {self.verdict, verdict} == {"fraud", "genuine"}


@dataclass(frozen=True, slots=True)
class Group:
    """Siblings by one link and one value.

    Parameters
    ----------
    link, value
        What they share.
    siblings
        In the order of time; empty when there are too many.
    count
        How many there are.
    """

    link: Link
    value: str
    siblings: tuple[Sibling, ...]
    count: int

    @property
    def key(self) -> str:
        """Names the group among those of its case."""
        return f"{self.link.code}:{self.value}"

    @property
    def is_common(self) -> bool:
        """Whether so many share it that it says nothing."""
        return self.count > MOST_SIBLINGS

    @property
    def undecided(self) -> tuple[Sibling, ...]:
        """The siblings that a sweep would decide."""
        return tuple(one for one in self.siblings if one.verdict is None)

    @property
    def entities(self) -> int:
        """How many customers (or accounts, cards) they belong to."""
        return len({(one.entity_kind, one.entity_id) for one in self.siblings})

    @property
    def decided(self) -> int:
        """How many have a verdict already."""
        return len(self.siblings) - len(self.undecided)

    def disagreeing(self, verdict: Verdict | None) -> tuple[Sibling, ...]:
        """Return the decided siblings whose verdict is the opposite one."""
        return tuple(one for one in self.siblings if one.disagrees(verdict))


@dataclass(frozen=True, slots=True)
class Family:
    """A case and its siblings.

    Parameters
    ----------
    case_id, verdict
        The case, and the verdict that it has.
    transaction_ids
        Its transactions that siblings were looked for.
    groups
        The strongest link first, the largest group first; groups of nobody are left out.
    """

    case_id: int
    verdict: Verdict | None
    transaction_ids: tuple[str, ...]
    groups: tuple[Group, ...]

    def undecided(self, keys: Collection[str]) -> tuple[Sibling, ...]:
        """Return the undecided siblings of some groups, each once, in the order of time."""
        chosen = [one for group in self.groups if group.key in keys for one in group.undecided]
        return tuple(sorted(set(chosen), key=lambda one: (one.ts_us, one.position)))

    def offered(self) -> tuple[Sibling, ...]:
        """Return the undecided siblings that share more than a pattern of reasons."""
        return self.undecided({group.key for group in self.groups if group.link.column is not None})


def family(workbench: Workbench, case_id: int) -> Family:
    """Return a case with its siblings.

    The case's transactions with its verdict are looked at; all of them while it has none.

    Raises
    ------
    NotFoundError
        When there is no such case.
    """
    view = reviewing.case_view(workbench, case_id)
    if not view.alerts:
        raise NotFoundError(
            N_("Case {case_id} holds no transaction any more."), N_("Open another case."), case_id=case_id
        )
    verdict = view.state.verdict
    looked_at = [alert for alert in view.alerts if verdict in (None, alert.verdict)] or list(view.alerts)
    with workbench.database.read() as cursor:
        own = [alert.position for alert in view.alerts]
        shared = _shared(cursor, case_id, [alert.position for alert in looked_at], own)
        wanted = {place for places in shared.values() for place in places if len(places) <= MOST_SIBLINGS}
        rows = siblings.facts(cursor, sorted(wanted), workbench.settings.base_currency)
    known = {row["position"]: Sibling(**{**row, "amount": float(row["amount"])}) for row in rows}
    groups = [_group(link, value, places, known) for (link, value), places in shared.items()]
    ordered = sorted(groups, key=lambda group: (LINKS.index(group.link), -group.count, group.value))
    return Family(
        case_id, verdict, tuple(alert.transaction_id for alert in looked_at), _without_repeats(ordered)
    )


def _shared(
    cursor: Cursor, case_id: int, looked_at: Sequence[int], own: Sequence[int]
) -> dict[tuple[Link, str], list[int]]:
    """Return the positions of the siblings by link and value."""
    found = siblings.subjects(cursor, looked_at)
    shared: dict[tuple[Link, str], list[int]] = {}
    for link in LINKS:
        if link.column is None:
            rows = siblings.alike(cursor, case_id, looked_at)
        else:
            reach = round(link.days * MICROSECONDS_PER_DAY)
            rows = siblings.linked(cursor, link.column, found, own, reach)
        for row in rows:
            shared.setdefault((link, row["value"]), []).append(row["position"])
    return shared


def _group(link: Link, value: str, places: Sequence[int], known: Mapping[int, Sibling]) -> Group:
    if len(places) > MOST_SIBLINGS:
        return Group(link, value, (), len(places))
    members = sorted((known[place] for place in places), key=lambda one: (one.ts_us, one.position))
    return Group(link, value, tuple(members), len(members))


def _without_repeats(groups: Iterable[Group]) -> tuple[Group, ...]:
    """Leave out a group whose members are exactly those of a stronger one, such as a merchant's name."""
    kept: list[Group] = []
    for group in groups:
        same = (one.siblings == group.siblings and not group.is_common for one in kept)
        if not any(same):
            kept.append(group)
    return tuple(kept)
