"""Second readings and the random sample for whoever leads the team: who disagrees, and what was missed."""

from __future__ import annotations

import streamlit as st

from fraudkit.evaluate.missed_fraud import Estimate
from fraudkit.services import blind_review, data_first, random_sample
from fraudkit.services.blind_review import BlindPair
from fraudkit.taxonomy import VERDICT_LABELS, reason_of
from fraudkit.ui import html, navigation, own_figures, shell
from fraudkit.ui.shell import Page
from fraudkit.words import N_

_WIDTHS = (1, 1.5, 1.5, 1.4, 1, 1.2)


def panel(page: Page) -> None:
    """Draw the agreement of second readings and the pairs that disagree, each with its keys."""
    found = blind_review.pairs(page.workbench)
    st.subheader(page.words(N_("Second readings")), anchor=False)
    if not found:
        html.show(html.quiet(page.words(N_("No closed case was read a second time yet."))))
    else:
        agreed = own_figures.agreement(page, blind_review.agreement_of(found))
        html.show(html.line(page.words(N_("Agreement of two readers: {agreement}."), agreement=agreed)))
        open_pairs = [pair for pair in found if not pair.agrees and not pair.is_settled]
        if not open_pairs:
            html.show(html.quiet(page.words(N_("No disagreement waits for you."))))
        for pair in open_pairs:
            _pair(page, pair)
    missed(page)


def missed(page: Page) -> None:
    """Draw what the random sample says about fraud below the line, and what the score does to people."""
    formats, found = page.formats, random_sample.estimate(page.workbench)
    st.subheader(page.words(N_("Below the line")), anchor=False)
    if found.count is None or found.amount is None:
        html.show(html.quiet(page.words(N_("Nothing of the random sample was reviewed yet."))))
        return
    rows = [
        (
            page.words(N_("Random sample")),
            page.words(
                N_("{reviewed} of {drawn} reviewed, {frauds} of them fraud"),
                reviewed=formats.number(found.reviewed),
                drawn=formats.number(found.drawn),
                frauds=formats.number(found.frauds),
            ),
        ),
        (page.words(N_("It stands for")), _transactions(page, found.stands_for)),
        (page.words(N_("Frauds nobody looked at")), _interval(page, found.count)),
        (page.words(N_("Their money")), _interval(page, found.amount, is_money=True)),
    ]
    html.show(html.facts(rows))
    moved = data_first.figures(page.workbench)
    share = own_figures.share(page, moved.changed, moved.cases)
    html.show(
        html.quiet(page.words(N_("Mind changed after seeing the score, facts first: {share}."), share=share))
    )


def _pair(page: Page, pair: BlindPair) -> None:
    words = page.words
    second = words(VERDICT_LABELS[pair.second])
    if pair.second_reason:
        second += f" · {words(reason_of(pair.second, pair.second_reason).label)}"
    texts = (
        words(N_("Case {case_id}"), case_id=pair.case_id),
        f"{pair.first_by}: {words(VERDICT_LABELS[pair.first])}",
        f"{pair.second_by}: {second}",
        page.moment(pair.read_at),
    )
    columns = st.columns(_WIDTHS, vertical_alignment="center")
    for column, text in zip(columns, texts, strict=False):
        with column:
            html.show(html.line(text))
    with columns[-2]:
        if st.button(words(N_("Look at it")), key=f"pair-open-{pair.case_id}", type="tertiary"):
            navigation.open_case(pair.case_id)
    with columns[-1]:
        st.button(
            words(N_("Keep the first")),
            key=f"pair-keep-{pair.case_id}",
            type="tertiary",
            on_click=_settle,
            args=(page, pair.case_id),
        )


def _settle(page: Page, case_id: int) -> None:
    def write() -> str:
        blind_review.settle(page.workbench, page.actor, case_id)
        return page.words(N_("Case {case_id}: the first verdict stands."), case_id=case_id)

    shell.attempt(write)


def _transactions(page: Page, count: float) -> str:
    return page.formats.plural(N_("{count} transaction"), N_("{count} transactions"), round(count))


def _interval(page: Page, found: Estimate, *, is_money: bool = False) -> str:
    def text(value: float) -> str:
        if is_money:
            return page.formats.amount(value, page.workbench.settings.base_currency)
        return page.formats.number(value)

    return page.words(
        N_("{total}, 95 % interval {low} to {high}"),
        total=text(found.total),
        low=text(found.low),
        high=text(found.high),
    )
