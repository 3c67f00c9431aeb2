"""What a person's own work looks like: shown to that person first, beside nobody else's."""

from __future__ import annotations

import math

import streamlit as st

from fraudkit.evaluate.agreement import Agreement
from fraudkit.services import own_figures
from fraudkit.ui import html
from fraudkit.ui.shell import Page
from fraudkit.words import N_

UNKNOWN = "n/a"


def panel(page: Page) -> None:
    """Draw the figures of whoever looks at the screen."""
    found = own_figures.of(page.workbench, page.actor)
    words, formats = page.words, page.formats
    st.subheader(words(N_("Your figures")), anchor=False)
    seconds = found.median_seconds
    changed = found.anchoring
    rows = [
        (
            words(N_("Decided in {days} days"), days=own_figures.SHOWN_DAYS),
            formats.number(found.decided),
        ),
        (
            words(N_("Changed by somebody else since")),
            share(page, found.reversed_by_others, found.decided),
        ),
        (
            words(N_("Median time on a case")),
            UNKNOWN if seconds is None else formats.duration(seconds),
        ),
        (words(N_("Agreement in second readings")), agreement(page, found.agreement)),
        (
            words(N_("Mind changed after seeing the score")),
            share(page, changed.changed, changed.cases),
        ),
    ]
    html.show(html.facts(rows))
    html.show(html.quiet(words(N_("Only you see these. Speed alone says nothing about the work."))))


def share(page: Page, part: int, whole: int) -> str:
    """Return a share with what it is of; nothing of nothing is not zero."""
    if not whole:
        return UNKNOWN
    return f"{page.formats.percent(part / whole)} ({part}/{whole})"


def agreement(page: Page, found: Agreement) -> str:
    """Return how far two readers agree: the share, and kappa with its interval."""
    if not found.pairs:
        return UNKNOWN
    text = share(page, found.agreeing, found.pairs)
    if math.isnan(found.kappa):
        return text
    fixed = page.formats.fixed
    return f"{text}, κ {fixed(found.kappa, 2)} [{fixed(found.low, 2)}, {fixed(found.high, 2)}]"
