"""The page of a customer or another entity: figures, time line, cases, verdicts, notes, operations."""

from __future__ import annotations

import math
from typing import Any, Final

import pandas as pd
import streamlit as st

from fraudkit.charts.operations import Operation, Standing, operations_plot
from fraudkit.services import entities, export_tables
from fraudkit.services.entities import Entity
from fraudkit.store import Row
from fraudkit.taxonomy import VERDICT_LABELS, reason_of
from fraudkit.ui import exporting, html, navigation, notes, results, text
from fraudkit.ui.shell import Page
from fraudkit.words import N_

ROW_HEIGHT: Final = 30
SHOWN_ROWS: Final = 14
SHOWN_LABELS: Final = 50
SHOWN_CASES: Final = 50
PAGE: Final = "operations-page"
KIND_LABELS: Final = {
    "customer": N_("Customer"),
    "account": N_("Account"),
    "card": N_("Card"),
    "terminal": N_("Terminal"),
    "device": N_("Device"),
    "merchant": N_("Merchant"),
    "counterparty": N_("Counterparty"),
}

_LINKED: Final = {
    "customer": "customer_id",
    "account": "account_id",
    "card": "card_id",
    "merchant": "merchant_name",
    "terminal": "terminal_id",
    "device": "device_id",
    "counterparty": "counterparty_account",
}


def in_address() -> tuple[str, str] | None:
    """Return which entity the address names, as kind and identifier."""
    for kind in entities.KINDS:
        value = str(st.query_params.get(kind, ""))
        if value:
            return kind, value
    return None


def nothing_named(page: Page) -> None:
    """Say how to come to a customer."""
    st.info(
        page.words(N_("Search for a customer, an account or a card, or follow a link from a case.")),
        title=page.words(N_("No customer is chosen")),
    )


def head(page: Page, found: Entity) -> None:
    """Draw who it is and the figures of all operations."""
    formats = page.formats
    standing = [row["verdict"] for row in found.standing.values()]
    frauds = standing.count("fraud")
    open_cases = sum(row["closed_at"] is None for row in found.cases)
    tags = []
    if frauds:
        tags.append((formats.plural(N_("{count} fraud"), N_("{count} frauds"), frauds), True))
    if open_cases:
        tags.append((formats.plural(N_("{count} open case"), N_("{count} open cases"), open_cases), False))
    first = min(row["first_ts_us"] for row in found.sums)
    last = max(row["last_ts_us"] for row in found.sums)
    offset = found.sums[0]["utc_offset_minutes"]
    seen = page.words(
        N_("seen from {first} to {last}"), first=formats.date(first, offset), last=formats.date(last, offset)
    )
    html.show(html.head(f"{page.words(KIND_LABELS[found.kind])} {found.identifier}", tags, seen))


def figures(page: Page, found: Entity) -> None:
    """Draw sums by currency, and with how many others it has dealt."""
    formats = page.formats
    rows = [
        (
            row["currency"] or text.EMPTY,
            formats.number(row["operations"]),
            formats.amount(row["amount"], row["currency"]),
            formats.amount(row["typical"], row["currency"]),
            formats.amount(row["largest"], row["currency"]),
        )
        for row in found.sums
    ]
    heads = [N_("Currency"), N_("Operations"), N_("Sum"), N_("Median"), N_("Largest")]
    html.show(html.table([page.words(each) for each in heads], rows, numbers=[1, 2, 3, 4]))
    others = [
        f"{page.words(label)}: {formats.number(found.distinct[kind])}"
        for kind, label in results.ENTITY_HEADS.items()
        if kind != found.kind and found.distinct.get(kind)
    ]
    html.show(html.quiet(" · ".join(others)))


def timeline(page: Page, found: Entity) -> None:
    """Draw the newest operations over time, alerts and verdicts marked."""
    rows = entities.operations(page.workbench, found, 1, entities.MOST_POINTS)
    st.plotly_chart(
        operations_plot([_point(row) for row in rows], page.colours, page.formats),
        key="operations-plot",
        config={"displayModeBar": False},
        alt=page.words(N_("Amounts of the operations over time, alerts and verdicts marked")),
    )
    if found.operations > len(rows):
        shown = page.words(
            N_("The newest {count} operations are drawn."), count=page.formats.number(len(rows))
        )
        html.show(html.quiet(shown))


def cases(page: Page, found: Entity) -> None:
    """Draw all cases, each a link."""
    _heading(page, N_("Cases"), len(found.cases))
    for row in found.cases[:SHOWN_CASES]:
        results.case_line(page, row, with_entity=row["entity_id"] != found.identifier)
    if not found.cases:
        html.show(html.quiet(page.words(N_("No case yet. Any operation below can become one."))))


def labels(page: Page, found: Entity) -> None:
    """Draw every verdict that its operations were given, newest first."""
    if not found.labels:
        return
    _heading(page, N_("Verdicts"), len(found.labels))
    rows = [
        (
            page.moment(row["created_at"]),
            row["actor"],
            _said(page, row),
            page.formats.amount(row["amount"], row["currency"]),
            row["transaction_id"],
        )
        for row in found.labels[:SHOWN_LABELS]
    ]
    heads = [N_("When"), N_("Who"), N_("Verdict"), N_("Amount"), N_("Transaction")]
    html.show(html.table([page.words(each) for each in heads], rows, numbers=[3]))


def notes_panel(page: Page, found: Entity) -> None:
    """Draw the notes, those of the cases included."""
    subject = (found.kind, found.identifier)
    notes.of_entity(page, entities.notes_of(page.workbench, found), subject)  # type: ignore[arg-type]


def operations(page: Page, found: Entity) -> None:
    """Draw all operations, page by page; a chosen one leads to its case, or opens one by hand."""
    results.follow_opened_case()
    _heading(page, N_("Operations"), found.operations)
    count = math.ceil(found.operations / entities.PAGE_SIZE)
    number = min(max(int(st.session_state.get(PAGE) or 1), 1), count)
    rows = entities.operations(page.workbench, found, number)
    state: Any = st.dataframe(
        pd.DataFrame([_cells(page, row) for row in rows]),
        key=f"operations-{found.kind}-{number}-{rows[0]['transaction_id']}",
        hide_index=True,
        height=ROW_HEIGHT * (min(len(rows), SHOWN_ROWS) + 1) + 6,
        row_height=ROW_HEIGHT,
        column_config=_columns(page),
        selection_mode="single-row",
        on_select="rerun",
        alt=page.words(N_("Operations, one in each row")),
    )
    chosen = state.selection.rows if state else []
    if chosen and chosen[0] < len(rows):
        results.transaction_line(page, rows[chosen[0]])
    else:
        html.show(html.quiet(page.words(N_("Choose a row to open its case, or a new one by hand."))))
    if count > 1:
        st.pagination(count, key=PAGE)
    exporting.keys(
        page,
        "operations",
        lambda: export_tables.operations(page.workbench, found.kind, found.identifier, page.formats),
    )


def links(page: Page, row: Row) -> None:
    """Draw links to the customer and the other entities of one transaction."""
    with st.container(horizontal=True, gap="small", key=f"entities-{row['transaction_id']}"):
        for kind, column in _LINKED.items():
            if row.get(column):
                navigation.link(
                    "customer", f"{page.words(KIND_LABELS[kind])} {row[column]}", **{kind: row[column]}
                )


def _heading(page: Page, title: str, count: int) -> None:
    st.subheader(f"{page.words(title)} ({page.formats.number(count)})", anchor=False)


def _said(page: Page, row: Row) -> str:
    if row["verdict"] == "withdrawn":
        return page.words(N_("Withdrawn"))
    code = row["fraud_type"] or row["reason"]
    said = page.words(VERDICT_LABELS[row["verdict"]])
    return f"{said} · {page.words(reason_of(row['verdict'], code).label)}" if code else said


def _point(row: Row) -> Operation:
    standing: Standing = "plain"
    if row["verdict"] == "fraud":
        standing = "fraud"
    elif row["verdict"] in VERDICT_LABELS:
        standing = "genuine"
    elif row["case_id"] is not None:
        standing = "alert"
    return Operation(
        row["ts_us"],
        row["utc_offset_minutes"],
        abs(float(row["amount"])),
        row["currency"],
        row["partner"] or row["transaction_id"],
        standing,
    )


def _cells(page: Page, row: Row) -> dict[str, object]:
    formats = page.formats
    verdict = row["verdict"]
    return {
        "when": formats.moment(row["ts_us"], row["utc_offset_minutes"]),
        "amount": formats.amount(row["amount"], row["currency"]),
        "partner": row["partner"] or text.EMPTY,
        "what": " · ".join(
            text.code(row[name], formats) for name in ("transaction_type", "channel") if row[name]
        ),
        "severity": None if row["severity"] is None else formats.severity(row["severity"]),
        "verdict": formats.words(VERDICT_LABELS[verdict]) if verdict in VERDICT_LABELS else "",
        "case": "" if row["case_id"] is None else str(row["case_id"]),
        "customer": row["customer_id"] or row["account_id"] or row["card_id"] or text.EMPTY,
        "transaction": row["transaction_id"],
    }


def _columns(page: Page) -> dict[str, Any]:
    column = st.column_config
    return {
        "when": column.TextColumn(page.words(N_("When")), width=140),
        "amount": column.TextColumn(page.words(N_("Amount")), width=95, alignment="right"),
        "partner": column.TextColumn(page.words(N_("Merchant or receiver")), width=160),
        "what": column.TextColumn(page.words(N_("Type and channel")), width=150),
        "severity": column.TextColumn(page.words(N_("Severity")), width=70, alignment="right"),
        "verdict": column.TextColumn(page.words(N_("Verdict")), width=80),
        "case": column.TextColumn(page.words(N_("Case")), width=45, alignment="right"),
        "customer": column.TextColumn(page.words(N_("Who")), width=130),
        "transaction": column.TextColumn(page.words(N_("Transaction")), width=160),
    }
