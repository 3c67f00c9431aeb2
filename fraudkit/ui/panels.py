"""The first screen of a case: whose it is, key figures, how unusual it is, why, and what would be normal."""

from __future__ import annotations

import math

import streamlit as st

from fraudkit.explain.facts import HistoryFacts
from fraudkit.explain.normal_words import conclusion
from fraudkit.explain.reasons import Reason, Subject, near_tie, reasons
from fraudkit.features.catalog import FEATURE_BY_NAME
from fraudkit.services import normality
from fraudkit.services.history import History
from fraudkit.services.reviewing import CaseView
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


def key_figures(page: Page, row: Row, facts: HistoryFacts | None) -> None:
    """Draw amount, moment, the other side, customer, balance and device in one row; absent ones left out."""
    html.show(html.figures(text.key_figures(row, facts, page.formats)))


def headline(page: Page, row: Row, explanation: TransactionExplanation) -> None:
    """Draw how unusual the transaction is: percentile and place, never a raw score."""
    against = N_("More unusual than {severity} of what the model was trained on.")
    if explanation.is_fallback:
        against = N_("Ranked within this portfolio only: more unusual than {severity} of its transactions.")
    line = page.words(against, severity=page.formats.percentile(explanation.severity))
    if row["place"] is not None:
        line += " " + page.words(
            N_("Place {place} of {ranked} in this portfolio."),
            place=page.formats.number(row["place"]),
            ranked=page.formats.number(row["ranked"]),
        )
    html.show(html.line(line, page.words(N_("Unusual is not fraud."))))


def reason_list(page: Page, subject: Subject, explanation: TransactionExplanation) -> list[Reason]:
    """Draw two to four reasons and return them."""
    found = reasons(explanation.contributions, FEATURE_BY_NAME, subject, page.formats)
    if not found:
        html.show(
            html.quiet(page.words(N_("Nothing about it raises the score; it is here for another reason.")))
        )
        return found
    tie = html.quiet(page.words(N_("The first two weigh the same."))) if near_tie(found) else ""
    html.show(html.reasons(found) + tie)
    return found


def normal(page: Page, explanation: TransactionExplanation, subject: Subject, past: History) -> None:
    """Draw in one or two sentences what would have looked normal."""
    found = normality.normality(page.workbench, explanation, subject, past)
    said = conclusion(found, past.facts, page.workbench.settings.base_currency, page.formats)
    if said:
        html.show(html.named(page.words(N_("What would look normal")), said))


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


def withdrawn(page: Page, row: Row | None) -> None:
    """Say that the file of the transaction no longer counts, so that nothing is computed about it."""
    name = row["file_name"] if row is not None else None
    st.warning(
        page.words(N_("Its facts are kept as they came; it is neither ranked nor explained any more.")),
        title=page.words(N_("The file {file} was withdrawn"), file=name)
        if name
        else page.words(N_("The file of this case was withdrawn")),
    )


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
