"""What a search found, by kind: every row leads to its case, its customer, or opens a case by hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from fraudkit.services import export_tables, labelling
from fraudkit.services.searching import Found, Hits
from fraudkit.store import Row
from fraudkit.taxonomy import STATUS_LABELS, VERDICT_LABELS
from fraudkit.ui import exporting, html, navigation, text
from fraudkit.ui.shell import Page, attempt
from fraudkit.words import N_

_OPENED: Final = "_case_by_hand"
_NOTE_LETTERS: Final = 160
LINK_WIDTH: Final = 130
ENTITY_HEADS: Final = {
    "customer": N_("Customers"),
    "account": N_("Accounts"),
    "card": N_("Cards"),
    "terminal": N_("Terminals"),
    "device": N_("Devices"),
    "merchant": N_("Merchants"),
    "counterparty": N_("Counterparties"),
}


def show(page: Page, found: Found) -> None:
    """Draw all that was found."""
    follow_opened_case()
    if not found.text:
        st.info(
            page.words(
                N_(
                    "Type into the field above, or press Ctrl+K first: the number of a transaction or case, "
                    "a customer, the last four digits of a card, a merchant, an amount, a word of a note."
                )
            ),
            title=page.words(N_("What are you looking for?")),
        )
        return
    count = page.formats.plural(N_("{count} hit"), N_("{count} hits"), found.total)
    html.show(html.head(page.words(N_("Search: {wanted}"), wanted=found.text), aside=count))
    if not found.total:
        st.info(
            page.words(
                N_("Nothing fits. Try a part of it: the start of a number, one word, the amount alone.")
            )
        )
        return
    _cases(page, found.cases)
    for kind, hits in found.entities.items():
        _entities(page, kind, hits)
    _transactions(page, found.transactions, found.text)
    _notes(page, found.notes)


def follow_opened_case() -> None:
    """Go to the case that was just opened by hand, if one was."""
    opened = st.session_state.pop(_OPENED, None)
    if opened is not None:
        navigation.open_case(opened)


def _cases(page: Page, hits: Hits) -> None:
    _head(page, N_("Cases"), hits)
    for row in hits.rows:
        case_line(page, row)


def case_line(page: Page, row: Row, *, with_entity: bool = True) -> None:
    """Draw one case as a link with where it stands."""
    with _line(f"case-{row['case_id']}"):
        label = page.words(N_("Case {case_id}"), case_id=row["case_id"])
        navigation.link("case", label, LINK_WIDTH, case=str(row["case_id"]))
        verdict = VERDICT_LABELS[row["verdict"]] if row["verdict"] else STATUS_LABELS[row["status"]]
        alerts = page.formats.plural(N_("{count} alert"), N_("{count} alerts"), row["alerts"])
        who = text.entity(row["entity_kind"], row["entity_id"], page.formats) if with_entity else None
        _details([who, page.words(verdict), alerts, row["assignee"], page.moment(row["changed_at"])])


def _entities(page: Page, kind: str, hits: Hits) -> None:
    _head(page, ENTITY_HEADS[kind], hits)
    for place, row in enumerate(hits.rows):
        with _line(f"{kind}-{place}"):
            navigation.link("customer", row["identifier"], 2 * LINK_WIDTH, **{kind: row["identifier"]})
            count = page.formats.plural(
                N_("{count} transaction"), N_("{count} transactions"), row["operations"]
            )
            first, last = page.formats.date(row["first_ts_us"]), page.formats.date(row["last_ts_us"])
            _details([count, first if first == last else f"{first} – {last}"])


def _transactions(page: Page, hits: Hits, searched: str) -> None:
    _head(page, N_("Transactions"), hits)
    for row in hits.rows:
        transaction_line(page, row)
    if hits.total:
        exporting.keys(page, "search", lambda: export_tables.search(page.workbench, searched, page.formats))


def transaction_line(page: Page, row: Row) -> None:
    """Draw one transaction with the way to its case, or the key that opens one by hand."""
    identifier = row["transaction_id"]
    with _line(f"transaction-{identifier}"):
        if row["case_id"] is not None:
            label = page.words(N_("Case {case_id}"), case_id=row["case_id"])
            navigation.link("case", label, LINK_WIDTH, case=str(row["case_id"]))
        else:
            open_key(page, identifier)
        verdict = row["verdict"]
        _details(
            [
                page.formats.amount(row["amount"], row["currency"]),
                page.formats.moment(row["ts_us"], row["utc_offset_minutes"]),
                row["partner"],
                *[
                    text.code(row[name], page.formats)
                    for name in ("transaction_type", "channel")
                    if row[name]
                ],
                row["customer_id"] or row["account_id"] or row["card_id"],
                identifier,
                page.words(VERDICT_LABELS[verdict]) if verdict in VERDICT_LABELS else None,
            ],
        )


def open_key(page: Page, transaction_id: str) -> None:
    """Draw the key that opens a case by hand for a transaction that was never ranked high."""

    def write() -> None:
        st.session_state[_OPENED] = labelling.case_of(page.workbench, page.actor, transaction_id)

    def open_it() -> None:
        attempt(write)

    st.button(
        page.words(N_("Open a case")),
        key=f"open-{transaction_id}",
        type="tertiary",
        icon=":material/add:",
        width=LINK_WIDTH,
        on_click=open_it,
    )


def _notes(page: Page, hits: Hits) -> None:
    _head(page, N_("Notes"), hits)
    for row in hits.rows:
        kind, identifier = row["subject_kind"], row["subject_id"]
        with _line(f"note-{row['note_id']}"):
            if row["case_id"] is not None:
                label = page.words(N_("Case {case_id}"), case_id=row["case_id"])
                navigation.link("case", label, LINK_WIDTH, case=str(row["case_id"]))
            elif kind in ENTITY_HEADS:
                navigation.link("customer", identifier, LINK_WIDTH, **{kind: identifier})
            body = " ".join((row["body"] or "").split())
            shown = body if len(body) <= _NOTE_LETTERS else body[:_NOTE_LETTERS] + "…"
            _details([shown, row["file_name"], row["actor"], page.moment(row["happened_at"])])


def _head(page: Page, title: str, hits: Hits) -> None:
    if not hits.total:
        return
    words = page.words(title)
    count = page.formats.number(hits.total)
    if hits.total > len(hits.rows):
        shown = page.formats.number(len(hits.rows))
        count = page.words(N_("{shown} of {count}"), shown=shown, count=count)
    st.subheader(f"{words} ({count})", anchor=False)


def _line(key: str) -> DeltaGenerator:
    return st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"hit-{key}")


def _details(parts: Sequence[str | None]) -> None:
    html.show(html.quiet(" · ".join(part for part in parts if part)))
