"""Linked parties: who else used the device, address, receiver or terminal of a case's transactions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from fraudkit.domain import CaseStatus, EntityKind, Verdict
from fraudkit.services.workbench import Workbench
from fraudkit.store import Cursor, Row, feature_rows
from fraudkit.store.statements import query
from fraudkit.workflow import OPEN_STATUSES

KINDS: Final = ("device_id", "ip_address", "counterparty_account", "terminal_id")
"""What links: rarely shared things first."""
MOST_PARTIES: Final = 12
MOST_VALUES: Final = 8


@dataclass(frozen=True, slots=True)
class Bridge:
    """Something that several parties used.

    Parameters
    ----------
    kind
        Canonical column.
    value
        Which device, address, account or terminal.
    parties
        How many parties used it, the case's own not counted.
    operations, frauds, amount
        Operations of those parties there, how many are labelled fraud, and their money in base currency.
    """

    kind: str
    value: str
    parties: int
    operations: int
    frauds: int
    amount: float


@dataclass(frozen=True, slots=True)
class Party:
    """One customer, account or card that used the same things.

    Parameters
    ----------
    kind, party
        What it is, and its identifier.
    bridges
        Which of the bridges, by place in `Links.bridges`.
    operations, frauds, amount
        Its operations there, how many are labelled fraud, and their money in base currency.
    last_ts_us, utc_offset_minutes
        When it was there last.
    case_id, status, verdict
        Its latest case, an open one first; None without any.
    """

    kind: EntityKind
    party: str
    bridges: tuple[int, ...]
    operations: int
    frauds: int
    amount: float
    last_ts_us: int
    utc_offset_minutes: int
    case_id: int | None
    status: CaseStatus | None
    verdict: Verdict | None


@dataclass(frozen=True, slots=True)
class Links:
    """What a case shares with others.

    Parameters
    ----------
    bridges
        What is shared, the least shared first; at most `MOST_VALUES`.
    parties
        Who shares it, the most telling first; at most `MOST_PARTIES`.
    all_parties, all_bridges
        How many there are in all.
    unshared
        How many devices, addresses, receivers and terminals of the case nobody else used.
    """

    bridges: tuple[Bridge, ...]
    parties: tuple[Party, ...]
    all_parties: int
    all_bridges: int
    unshared: int


def links(workbench: Workbench, transaction_ids: Sequence[str]) -> Links:
    """Return who shares what with some transactions, in the whole portfolio.

    The most telling parties are those that share most, then those with known fraud, then with a case, then
    the latest.
    """
    with workbench.database.read() as cursor:
        used, own = _used(cursor, transaction_ids)
        rows = _touching(workbench, cursor, used, own)
        bridges = sorted(_bridges(rows), key=lambda bridge: (bridge.parties, -bridge.frauds, bridge.value))
        cases = cursor.rows(
            query("cases_of_parties"),
            {"parties": sorted({row["party"] for row in rows}), "open": list(OPEN_STATUSES)},
        )
    shown = tuple(bridges[:MOST_VALUES])
    parties = _parties(rows, shown, {row["party"]: row for row in cases})
    unshared = sum(map(len, used.values())) - len(bridges)
    everybody = len({row["party"] for row in rows})
    return Links(shown, tuple(parties[:MOST_PARTIES]), everybody, len(bridges), unshared)


def _used(cursor: Cursor, transaction_ids: Sequence[str]) -> tuple[dict[str, list[str]], set[str]]:
    """Return the devices, addresses, receivers and terminals of some transactions, and whose these are."""
    rows = cursor.rows(
        f"SELECT {', '.join(KINDS)}, coalesce(customer_id, account_id, card_id) AS party FROM transactions "
        "WHERE transaction_id IN (SELECT unnest(?::VARCHAR[]))",
        [list(transaction_ids)],
    )
    return {kind: sorted({row[kind] for row in rows} - {None}) for kind in KINDS}, {
        row["party"] for row in rows
    }


def _touching(workbench: Workbench, cursor: Cursor, used: dict[str, list[str]], own: set[str]) -> list[Row]:
    """Return one row for each used value and other party."""
    rates = feature_rows.rate_parameters(cursor, workbench.settings.base_currency)
    rows: list[Row] = []
    for kind, values in used.items():
        if values:
            sql = query("linked_parties").replace(":kind:", kind)
            rows += cursor.rows(sql, {**rates, "values": values})
    return [row for row in rows if row["party"] not in own]


def _bridges(rows: Sequence[Row]) -> list[Bridge]:
    found: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        found.setdefault((row["kind"], row["value"]), []).append(row)
    return [
        Bridge(
            kind,
            value,
            len(shared),
            sum(row["operations"] for row in shared),
            sum(row["frauds"] for row in shared),
            sum(row["amount"] or 0.0 for row in shared),
        )
        for (kind, value), shared in found.items()
    ]


def _parties(rows: Sequence[Row], bridges: Sequence[Bridge], cases: dict[str, Row]) -> list[Party]:
    places = {(bridge.kind, bridge.value): place for place, bridge in enumerate(bridges)}
    found: dict[str, list[Row]] = {}
    for row in rows:
        if (row["kind"], row["value"]) in places:
            found.setdefault(row["party"], []).append(row)
    parties = [_party(party, shared, places, cases.get(party)) for party, shared in found.items()]
    return sorted(
        parties,
        key=lambda party: (-len(party.bridges), -party.frauds, party.case_id is None, -party.last_ts_us),
    )


def _party(party: str, shared: Sequence[Row], places: dict[tuple[str, str], int], case: Row | None) -> Party:
    latest = max(shared, key=lambda row: row["last_ts_us"])
    return Party(
        kind=latest["party_kind"],
        party=party,
        bridges=tuple(sorted(places[row["kind"], row["value"]] for row in shared)),
        operations=sum(row["operations"] for row in shared),
        frauds=sum(row["frauds"] for row in shared),
        amount=sum(row["amount"] or 0.0 for row in shared),
        last_ts_us=latest["last_ts_us"],
        utc_offset_minutes=latest["utc_offset_minutes"],
        case_id=case["case_id"] if case else None,
        status=case["status"] if case else None,
        verdict=case["verdict"] if case else None,
    )
