"""The evidence of a score: signed bars that add up, single changes, and the verdicts that moved it."""

from __future__ import annotations

import math
from collections.abc import Sequence

import streamlit as st

from fraudkit.charts.evidence import EvidenceBar, evidence_bars
from fraudkit.explain.normal_words import ORIGINS, label, value
from fraudkit.explain.reasons import Subject
from fraudkit.explain.values import feature_value
from fraudkit.features.catalog import FEATURE_BY_NAME
from fraudkit.services import context, normality
from fraudkit.services.context import LabelInfluence
from fraudkit.services.history import History
from fraudkit.services.scoring import TransactionExplanation
from fraudkit.taxonomy import VERDICT_LABELS
from fraudkit.ui import html, pairs, panels, state, text, url
from fraudkit.ui.html import Cell
from fraudkit.ui.shell import Page
from fraudkit.words import N_


def panel(page: Page, explanation: TransactionExplanation, subject: Subject, past: History) -> None:
    """Draw everything that stands behind the score."""
    bars(page, explanation)
    single_changes(page, explanation, subject, past)
    labels(page, context.label_influences(page.workbench, explanation))
    pairs.panel(page, subject.transaction["transaction_id"])
    panels.limits(page, explanation)


def bars(page: Page, explanation: TransactionExplanation) -> None:
    """Draw the signed bars and the line that shows that they add up to the score."""
    formats = page.formats
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


def single_changes(page: Page, explanation: TransactionExplanation, subject: Subject, past: History) -> None:
    """Draw where the transaction would stand with one usual value in the place of its own."""
    found = normality.normality(page.workbench, explanation, subject, past)
    currency = page.workbench.settings.base_currency
    rows: list[html.Line] = []
    for swap, severity in found.singles:
        lever = swap.levers[0]
        stands = text.EMPTY if math.isnan(severity) else page.formats.percentile(severity)
        below = page.words(N_("below the line")) if swap.is_below else ""
        rows.append(
            [
                label(lever, page.formats),
                value(lever, lever.actual, past.facts, currency, page.formats),
                Cell(
                    value(lever, lever.usual, past.facts, currency, page.formats),
                    page.words(ORIGINS[lever.origin]),
                ),
                Cell(stands, below),
            ]
        )
    if rows:
        heads = [N_("One change"), N_("Here"), N_("Usual"), N_("Would stand at")]
        html.show(html.table([page.words(head) for head in heads], rows, numbers=[1, 2, 3], kind="fk-dense"))


def labels(page: Page, influences: Sequence[LabelInfluence]) -> None:
    """Draw which past verdicts moved this score, and by how much."""
    formats = page.formats
    if not influences:
        html.show(html.quiet(page.words(N_("No past verdict moved this score by as much as 0.01."))))
        return
    rows = [
        (
            Cell(
                page.words(N_("Case {case_id}"), case_id=influence.case_id),
                address=url.case_address(influence.case_id, state.address_language()),
            )
            if influence.case_id is not None
            else influence.transaction_id,
            page.words(VERDICT_LABELS[influence.verdict]),
            influence.actor,
            page.moment(influence.created_at),
            formats.fixed(influence.shift, 2, signed=True),
        )
        for influence in influences
    ]
    heads = [N_("Learned from"), N_("Verdict"), N_("Who"), N_("When"), N_("Moved the score by")]
    html.show(html.table([page.words(head) for head in heads], rows, numbers=[4], kind="fk-dense"))


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
