"""The panels of a case: facts first, then the score and its bars, then the limits of both."""

from __future__ import annotations

import math
from collections.abc import Sequence

import streamlit as st

from fraudkit.charts.evidence import EvidenceBar, evidence_bars
from fraudkit.charts.history import HistoryPoint, Mark, history_plot
from fraudkit.explain.reasons import Reason, Subject, near_tie, reasons
from fraudkit.explain.values import feature_value
from fraudkit.features.catalog import FEATURE_BY_NAME
from fraudkit.services.context import LabelInfluence
from fraudkit.services.history import History
from fraudkit.services.reviewing import AlertRow, CaseView
from fraudkit.services.scoring import TransactionExplanation
from fraudkit.store import Row
from fraudkit.taxonomy import PRIORITY_LABELS, STATUS_LABELS, VERDICT_LABELS, reason_of
from fraudkit.ui import html, text
from fraudkit.ui.shell import Page
from fraudkit.words import N_


def case_head(page: Page, view: CaseView) -> None:
    """Draw whose case it is and where it stands."""
    state = view.state
    words = page.words
    tags = [
        (words(STATUS_LABELS[state.status]), False),
        (
            words(N_("Priority: {priority}"), priority=words(PRIORITY_LABELS[state.priority]).lower()),
            state.priority == "high",
        ),
    ]
    if state.verdict:
        tags.insert(0, (words(VERDICT_LABELS[state.verdict]), state.verdict == "fraud"))
    alerts = page.formats.plural(N_("{count} alert"), N_("{count} alerts"), state.alerts)
    undecided = page.formats.plural(N_("{count} undecided"), N_("{count} undecided"), state.undecided)
    who = f"{words(text.ENTITY_LABELS[state.entity_kind])} {state.entity_id}"
    title = words(N_("Case {case_id}"), case_id=state.case_id)
    html.show(html.head(f"{title} · {who}", tags, f"{alerts}, {undecided}"))


def headline(page: Page, row: Row, explanation: TransactionExplanation) -> None:
    """Draw how unusual the transaction is: percentile and place, never a raw score."""
    against = N_("More unusual than {severity} % of the transactions that the model was trained on.")
    if explanation.is_fallback:
        against = N_("Ranked within this portfolio only: more unusual than {severity} % of its transactions.")
    line = page.words(against, severity=page.formats.severity(explanation.severity))
    if row["place"] is not None:
        line += " " + page.words(
            N_("Place {place} of {ranked} in this portfolio."),
            place=page.formats.number(row["place"]),
            ranked=page.formats.number(row["ranked"]),
        )
    html.show(html.line(line))


def reason_list(page: Page, subject: Subject, explanation: TransactionExplanation) -> list[Reason]:
    """Draw two to four reasons and return them."""
    found = reasons(explanation.contributions, FEATURE_BY_NAME, subject, page.formats)
    st.subheader(page.words(N_("Why it stands out")), anchor=False)
    if not found:
        html.show(
            html.quiet(page.words(N_("Nothing about it raises the score; it is here for another reason.")))
        )
        return found
    tie = html.quiet(page.words(N_("The first two weigh the same."))) if near_tie(found) else ""
    html.show(html.reasons(found) + tie)
    return found


def history_panel(page: Page, view: CaseView, focus: AlertRow, past: History) -> None:
    """Draw the customer's payments with this one and the case's other alerts marked."""
    facts = past.facts
    st.subheader(page.words(N_("History")), anchor=False)
    points = [_point(page, row, view, focus) for row in past.points]
    st.plotly_chart(
        history_plot(points, page.colours, page.formats, facts.median_amount if facts.times_median else None),
        key=f"history-{focus.transaction_id}",
        config={"displayModeBar": False},
        alt=page.words(N_("Amounts over time, with this transaction marked")),
    )
    since = (
        page.words(
            N_("seen since {date}"), date=page.formats.date(facts.first_ts_us, facts.utc_offset_minutes)
        )
        if facts.first_ts_us is not None
        else page.words(N_("never seen before"))
    )
    count = page.formats.plural(
        N_("{count} payment in the 90 days before"),
        N_("{count} payments in the 90 days before"),
        facts.payments,
    )
    html.show(html.quiet(f"{count}, {since}."))


def evidence_panel(page: Page, explanation: TransactionExplanation) -> None:
    """Draw the signed bars and the line that shows that they add up to the score."""
    formats = page.formats
    st.subheader(page.words(N_("Evidence")), anchor=False)
    st.plotly_chart(
        evidence_bars(_bars(page, explanation), page.colours, formats),
        key="evidence",
        config={"displayModeBar": False},
        alt=page.words(N_("What raised and what lowered the score, by feature")),
    )
    total = math.fsum(found.evidence for found in explanation.contributions)
    html.show(
        html.total(
            page.words(
                N_("Start {base} + evidence {total} = score {score} evidence points"),
                base=formats.fixed(explanation.base, 2),
                total=formats.fixed(total, 2, signed=True),
                score=formats.fixed(explanation.score, 2),
            )
        )
    )


def label_panel(page: Page, influences: Sequence[LabelInfluence]) -> None:
    """Draw which past verdicts moved this score, and by how much."""
    if not influences:
        return
    formats = page.formats
    rows = [
        (
            page.words(N_("Case {case_id}"), case_id=influence.case_id),
            page.words(VERDICT_LABELS[influence.verdict]),
            influence.actor,
            page.moment(influence.created_at),
            formats.fixed(influence.shift, 2, signed=True),
        )
        for influence in influences
    ]
    heads = [N_("Learned from"), N_("Verdict"), N_("Who"), N_("When"), N_("Moved the score by")]
    html.show(html.table([page.words(head) for head in heads], rows, numbers=[4]))


def limits(page: Page, explanation: TransactionExplanation) -> None:
    """Draw what the score does not say."""
    missing = [found.feature for found in explanation.contributions if math.isnan(found.value)]
    line = page.words(
        N_(
            "Unusual is not fraud: the bars say what made this transaction unusual, not who made it. "
            "Related features share their evidence. Model {model_id}."
        ),
        model_id=explanation.model_id,
    )
    if missing:
        names = ", ".join(text.feature_label(name, page.formats) for name in missing)
        line += " " + page.words(N_("Not known here: {features}."), features=names)
    html.show(html.quiet(line))


def transaction(page: Page, row: Row) -> None:
    """Draw what the file says about the transaction."""
    st.subheader(page.words(N_("Transaction")), anchor=False)
    html.show(html.facts(text.transaction_facts(row, page.formats)))


def course(page: Page, view: CaseView) -> None:
    """Draw what happened to the case so far."""
    rows = [_label_row(page, label) for label in view.labels]
    if rows:
        st.subheader(page.words(N_("Verdicts so far")), anchor=False)
        html.show(
            html.table([page.words(N_("When")), page.words(N_("Who")), page.words(N_("Verdict"))], rows)
        )


def _label_row(page: Page, label: Row) -> tuple[str, str, str]:
    verdict = label["verdict"]
    if verdict == "withdrawn":
        said = page.words(N_("Withdrawn"))
    else:
        code = label["fraud_type"] or label["reason"]
        said = page.words(VERDICT_LABELS[verdict])
        if code:
            said += f" · {page.words(reason_of(verdict, code).label)}"
    return page.moment(label["created_at"]), label["actor"], said


def _point(page: Page, row: Row, view: CaseView, focus: AlertRow) -> HistoryPoint:
    verdicts = {alert.transaction_id: alert.verdict for alert in view.alerts}
    identifier = row["transaction_id"]
    mark: Mark = "other"
    if identifier == focus.transaction_id:
        mark = "current"
    elif identifier in verdicts:
        mark = "known_fraud" if verdicts[identifier] == "fraud" else "alert"
    detail = " · ".join(
        part for part in (*_codes(page, row["transaction_type"], row["channel"]), row["partner"]) if part
    )
    return HistoryPoint(
        identifier, row["ts_us"], row["utc_offset_minutes"], row["amount"], row["currency"], detail, mark
    )


def _codes(page: Page, *values: str | None) -> list[str]:
    return [text.code(value, page.formats) for value in values if value]


def _bars(page: Page, explanation: TransactionExplanation) -> Sequence[EvidenceBar]:
    currency = page.workbench.settings.base_currency
    return [
        EvidenceBar(
            text.feature_label(found.feature, page.formats),
            feature_value(FEATURE_BY_NAME[found.feature].unit, found.value, currency, page.formats),
            found.evidence,
        )
        for found in explanation.contributions
    ]
