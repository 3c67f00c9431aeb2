"""The lead's screen: what waits for a second person, how old the open queue is, who has what."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, cast, get_args

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from fraudkit.domain import MICROSECONDS_PER_HOUR
from fraudkit.services import approving, reviewing
from fraudkit.services.supervising import AGE_BANDS, Board, Heap, OpenCase, Workload, board
from fraudkit.taxonomy import (
    APPROVAL_LABELS,
    ESCALATION_REASONS,
    PRIORITY_LABELS,
    STATUS_LABELS,
    VERDICT_LABELS,
    reason_of,
)
from fraudkit.ui import blind_pairs, html, markdown, navigation, state, text
from fraudkit.ui.shell import Page
from fraudkit.words import N_

HEAP: Final = "heap"
OF: Final = "of"
SHOWN_CASES: Final = 50
_TITLES: Final[dict[Heap, str]] = {
    "all": N_("Open cases"),
    "approvals": N_("Verdicts that wait for a second person"),
    "escalations": N_("Escalated cases"),
    "overdue": N_("Overdue cases"),
    "age": N_("Open cases aged {band} days"),
    "person": N_("Open cases of {person}"),
    "nobody": N_("Open cases that nobody has"),
}
_ESCALATIONS: Final = {term.code: term.label for term in ESCALATION_REASONS}


def screen(page: Page) -> None:
    """Draw the board and the list behind the number that was chosen."""
    found = board(page.workbench)
    if found.cases:
        _open_cases(page, found)
    else:
        st.info(page.words(N_("Nothing is open: every case is decided.")))
    blind_pairs.panel(page)


def _open_cases(page: Page, found: Board) -> None:
    _figures(page, found)
    left, right = st.columns([1, 1.35], gap="large")
    with left:
        _ageing(page, found)
    with right:
        _workload(page, found)
    heap, of = _asked()
    _list(page, found, heap, of)


def _asked() -> tuple[Heap, str]:
    """Return which number the address asks to take apart; approvals when it does not say."""
    given = str(st.query_params.get(HEAP, ""))
    heap = cast("Heap", given) if given in get_args(Heap) else "approvals"
    return heap, str(st.query_params.get(OF, ""))


def _figures(page: Page, found: Board) -> None:
    heaps: tuple[Heap, ...] = ("approvals", "escalations", "overdue", "all")
    for column, heap in zip(st.columns(4, gap="small"), heaps, strict=True):
        cases = found.heap(heap)
        with column:
            html.show(html.quiet(page.words(_TITLES[heap])))
            _link(page, len(cases), heap)
            html.show(html.quiet(_worth(page, cases)))


def _ageing(page: Page, found: Board) -> None:
    st.subheader(page.words(N_("Age of the open cases")), anchor=False)
    with st.container(horizontal=True, gap="small", key="ageing"):
        for place, count in enumerate(found.ageing):
            with st.container(width="content", gap=None):
                html.show(html.quiet(band_label(page, place)))
                _link(page, count, "age", str(place))
    html.show(html.quiet(page.words(N_("In days since they were opened; open now, not what was closed."))))


def _workload(page: Page, found: Board) -> None:
    st.subheader(page.words(N_("Who has what")), anchor=False)
    widths = [2.2, 0.8, 1, 0.8, 0.9, 0.9, 1.5]
    heads = [N_("Who"), N_("Cases"), N_("In review"), N_("Kept"), N_("Waiting"), N_("Overdue")]
    _heads(page, widths, [*heads, N_("Open amount")])
    for load in found.workload:
        _load_row(page, load, st.columns(widths, gap="small", vertical_alignment="center"))


def _load_row(page: Page, load: Workload, columns: Sequence[DeltaGenerator]) -> None:
    formats = page.formats
    heap: Heap = "nobody" if load.person is None else "person"
    with columns[0]:
        html.show(html.line(load.person or page.words(N_("Nobody"))))
    with columns[1]:
        _link(page, load.cases, heap, load.person or "")
    kept = text.EMPTY if load.person is None else formats.number(load.kept)
    figures = [
        formats.number(load.in_review),
        kept,
        formats.number(load.waiting),
        formats.number(load.overdue),
    ]
    figures.append(formats.amount(load.open_amount, page.workbench.settings.base_currency))
    for column, figure in zip(columns[2:], figures, strict=True):
        with column:
            html.show(html.line(figure))


def _heads(page: Page, widths: Sequence[float], heads: Sequence[str]) -> None:
    for column, head in zip(st.columns(widths, gap="small"), heads, strict=True):
        with column:
            html.show(html.quiet(page.words(head)))


def _list(page: Page, found: Board, heap: Heap, of: str) -> None:
    cases = found.heap(heap, of)
    band = band_label(page, int(of)) if heap == "age" and of.isdecimal() and int(of) < len(AGE_BANDS) else ""
    title = page.words(_TITLES[heap], band=band, person=of)
    st.subheader(markdown.escaped(f"{title} · {page.formats.number(len(cases))}"), anchor=False)
    if not cases:
        html.show(html.quiet(_nothing(page, heap)))
    widths = [1.1, 1.6, 1, 1.3, 1.6, 1.4, 3]
    if cases:
        heads = [N_("Case"), N_("Whose"), N_("Priority"), N_("Status"), N_("Who"), N_("Open amount")]
        _heads(page, widths, [*heads, N_("What")])
    for case in cases[:SHOWN_CASES]:
        _case_row(page, found, case, st.columns(widths, gap="small", vertical_alignment="center"))
    if len(cases) > SHOWN_CASES:
        more = page.words(N_("The {count} oldest are shown."), count=page.formats.number(SHOWN_CASES))
        html.show(html.quiet(more))


def _case_row(page: Page, found: Board, case: OpenCase, columns: Sequence[DeltaGenerator]) -> None:
    stands, words = case.state, page.words
    with columns[0]:
        st.page_link(
            navigation.SCREENS["case"].file,
            label=words(N_("Case {case_id}"), case_id=stands.case_id),
            query_params={"case": str(stands.case_id), **state.address_language()},
        )
    cells = [
        text.entity(stands.entity_kind, stands.entity_id, page.formats),
        words(PRIORITY_LABELS[stands.priority]),
        words(STATUS_LABELS[stands.status]),
        stands.assignee or text.EMPTY,
        page.formats.amount(case.open_amount, page.workbench.settings.base_currency),
        _what(page, found, case),
    ]
    for column, cell in zip(columns[1:], cells, strict=True):
        with column:
            html.show(html.line(cell))


def _what(page: Page, found: Board, case: OpenCase) -> str:
    """Return what a lead has to know of a case: the proposal, the reason of an escalation, how late it is."""
    stands, words = case.state, page.words
    if stands.status in ("pending_approval", "escalated"):
        view = reviewing.case_view(page.workbench, stands.case_id)
        proposed = approving.proposal(page.workbench, view)
        if proposed is not None:
            return _proposed(page, proposed)
        event = next(event for event in reversed(view.events) if event.kind == "escalated")
        reason = words(_ESCALATIONS[str(event.payload["reason"])])
        said = f"{reason}: {event.remark}" if event.remark else reason
        return words(N_("{person}: {reason}"), person=event.actor.name, reason=said)
    hours = ((stands.due_at or 0) - found.now) / MICROSECONDS_PER_HOUR
    template = N_("{time} late") if case.is_overdue else N_("due in {time}")
    return words(template, time=page.formats.duration(abs(hours) * 3_600))


def _proposed(page: Page, found: approving.Proposal) -> str:
    words = page.words
    said = words(VERDICT_LABELS[found.verdict])
    if found.reason:
        said += f" · {words(reason_of(found.verdict, found.reason).label)}"
    why = ", ".join(words(APPROVAL_LABELS[code]) for code in found.approval)
    return words(N_("{maker}: {verdict} ({why})"), maker=found.maker, verdict=said, why=why)


def band_label(page: Page, place: int) -> str:
    """Return a band of ages as people write it."""
    first, last = AGE_BANDS[place]
    return f"{first}+" if last is None else f"{page.formats.number(first)}–{page.formats.number(last)}"


def _nothing(page: Page, heap: Heap) -> str:
    if heap == "approvals":
        return page.words(N_("Nobody waits for an approval."))
    return page.words(N_("There is none."))


def _worth(page: Page, cases: Sequence[OpenCase]) -> str:
    total = sum(case.open_amount for case in cases)
    amount = page.formats.amount(total, page.workbench.settings.base_currency)
    return page.words(N_("{amount} open"), amount=amount)


def _link(page: Page, count: int, heap: Heap, of: str = "") -> None:
    """Draw a number that leads to its list."""
    of_whom = {OF: of} if of else {}
    st.page_link(
        navigation.SCREENS["supervisor"].file,
        label=f"**{page.formats.number(count)}**",
        query_params={HEAP: heap, **of_whom, **state.address_language()},
    )
