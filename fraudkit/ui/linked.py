"""Linked parties: a graph of who shares what with the case, and the same as tables."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from fraudkit.charts.links import BridgeNode, PartyNode, links_plot
from fraudkit.schema import COLUMN_BY_NAME
from fraudkit.services import linking
from fraudkit.services.linking import Bridge, Links, Party
from fraudkit.services.reviewing import CaseView
from fraudkit.taxonomy import STATUS_LABELS, VERDICT_LABELS
from fraudkit.ui import html, navigation, state, text, url
from fraudkit.ui.html import Cell
from fraudkit.ui.shell import Page
from fraudkit.words import N_


def panel(page: Page, view: CaseView) -> None:
    """Draw who else used what the alerts of the case used."""
    found = linking.links(page.workbench, [alert.transaction_id for alert in view.alerts])
    if not found.parties:
        html.show(html.line(_nobody(page, found)))
        return
    html.show(html.line(_said(page, found)))
    _graph(page, view, found)
    _parties(page, found)
    _bridges(page, found)
    html.show(html.quiet(page.words(N_("Counted over all operations of the portfolio, later ones as well."))))


def _nobody(page: Page, found: Links) -> str:
    if not found.unshared:
        return page.words(N_("The file names no device, address, receiver or terminal for this case."))
    return page.formats.plural(
        N_("Nobody else used the {count} device, address, receiver or terminal of this case."),
        N_("Nobody else used the {count} devices, addresses, receivers and terminals of this case."),
        found.unshared,
    )


def _said(page: Page, found: Links) -> str:
    formats = page.formats
    frauds = sum(party.frauds for party in found.parties)
    line = page.words(
        N_("{parties} share {bridges} with this case."),
        parties=formats.plural(N_("{count} other"), N_("{count} others"), found.all_parties),
        bridges=formats.plural(
            N_("{count} device, address, receiver or terminal"),
            N_("{count} devices, addresses, receivers or terminals"),
            found.all_bridges,
        ),
    )
    if frauds:
        line += " " + formats.plural(
            N_("{count} known fraud lies there."), N_("{count} known frauds lie there."), frauds
        )
    hidden = found.all_parties - len(found.parties)
    if hidden:
        line += " " + formats.plural(
            N_("{count} is left out below, the least telling one."),
            N_("{count} are left out below, the least telling ones."),
            hidden,
        )
    return line


def _graph(page: Page, view: CaseView, found: Links) -> None:
    bridges = [BridgeNode(_short(bridge.value), _bridge_detail(page, bridge)) for bridge in found.bridges]
    parties = [
        PartyNode(
            f"{_short(party.party)}  {_party_words(page, party)}",
            f"{party.party}: {_party_words(page, party)}",
            party.bridges,
            party.frauds > 0,
            str(party.case_id or ""),
        )
        for party in found.parties
    ]
    chosen = st.plotly_chart(
        links_plot(_short(view.state.entity_id), bridges, parties, page.colours),
        key=f"links-{view.state.case_id}",
        on_select="rerun",
        selection_mode="points",
        config={"displayModeBar": False},
        alt=page.words(
            N_("Who shares a device, address, receiver or terminal; the table below says the same")
        ),
    )
    points = getattr(getattr(chosen, "selection", None), "points", None) or []
    case_ids = [str(point["customdata"][1]) for point in points if point.get("customdata")]
    _open(page, [case_id for case_id in case_ids if case_id.isdecimal()])


def _open(page: Page, case_ids: Sequence[str]) -> None:
    """Offer the case of the node that was clicked."""
    if case_ids:
        case_id = int(case_ids[0])
        if st.button(page.words(N_("Open case {case_id}"), case_id=case_id), key="open-linked"):
            navigation.open_case(case_id)


def _parties(page: Page, found: Links) -> None:
    formats = page.formats
    rows: list[html.Line] = []
    for party in found.parties:
        shared = [found.bridges[place] for place in party.bridges]
        rows.append(
            [
                Cell(
                    party.party,
                    address=url.entity_address(party.kind, party.party, state.address_language()),
                ),
                ", ".join(f"{_kind(page, bridge)} {bridge.value}" for bridge in shared),
                formats.number(party.operations),
                Cell(formats.number(party.frauds), is_marked=party.frauds > 0),
                formats.amount(party.amount, page.workbench.settings.base_currency),
                formats.date(party.last_ts_us, party.utc_offset_minutes),
                _case(page, party),
            ]
        )
    heads = [N_("Who"), N_("Shares"), N_("Operations"), N_("Frauds"), N_("Amount"), N_("Last"), N_("Case")]
    html.show(html.table([page.words(head) for head in heads], rows, numbers=[2, 3, 4], kind="fk-dense"))


def _bridges(page: Page, found: Links) -> None:
    formats = page.formats
    rows: list[html.Line] = [
        [
            f"{_kind(page, bridge)} {bridge.value}",
            formats.number(bridge.parties),
            formats.number(bridge.operations),
            Cell(formats.number(bridge.frauds), is_marked=bridge.frauds > 0),
            formats.amount(bridge.amount, page.workbench.settings.base_currency),
        ]
        for bridge in found.bridges
    ]
    heads = [N_("Shared"), N_("Others"), N_("Operations"), N_("Frauds"), N_("Amount")]
    html.show(html.table([page.words(head) for head in heads], rows, numbers=[1, 2, 3, 4], kind="fk-dense"))


def _case(page: Page, party: Party) -> str | Cell:
    if party.case_id is None or party.status is None:
        return text.EMPTY
    said = VERDICT_LABELS[party.verdict] if party.verdict else STATUS_LABELS[party.status]
    return Cell(
        page.formats.number(party.case_id),
        page.words(said),
        url.case_address(party.case_id, state.address_language()),
    )


def _kind(page: Page, bridge: Bridge) -> str:
    return page.words(COLUMN_BY_NAME[bridge.kind].label)


def _bridge_detail(page: Page, bridge: Bridge) -> str:
    others = page.formats.plural(N_("{count} other"), N_("{count} others"), bridge.parties)
    return f"{_kind(page, bridge)} {bridge.value}: {others}"


def _party_words(page: Page, party: Party) -> str:
    operations = page.formats.plural(N_("{count} operation"), N_("{count} operations"), party.operations)
    return f"{operations}, {page.formats.amount(party.amount, page.workbench.settings.base_currency)}"


def _short(identifier: str, most: int = 18) -> str:
    return identifier if len(identifier) <= most else f"{identifier[: most - 1]}…"
