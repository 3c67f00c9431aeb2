"""Which pairs of features act together on one score; computed only while it is looked at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import streamlit as st

from fraudkit.services import scoring
from fraudkit.services.scoring import PairEffect
from fraudkit.ui import html, text
from fraudkit.ui.shell import Page
from fraudkit.words import N_

SHOWN: Final = 8


def panel(page: Page, transaction_id: str) -> None:
    """Draw the folded panel; open, it shows the strongest pairs with their signed effects."""
    folded = st.expander(page.words(N_("Which pairs act together")), on_change="rerun", key="pairs")
    if not folded.open:
        return
    with folded:
        found = scoring.interactions(page.workbench, transaction_id)
        if found:
            _table(page, found)
        else:
            html.show(html.quiet(page.words(N_("Every feature acts by itself here."))))


def _table(page: Page, found: Sequence[PairEffect]) -> None:
    formats = page.formats
    rows = [
        (
            " + ".join(text.feature_label(name, formats) for name in pair.features),
            page.words(N_("more together than apart") if pair.effect > 0 else N_("in part the same")),
            formats.fixed(pair.effect, 2, signed=True),
        )
        for pair in found[:SHOWN]
    ]
    heads = [N_("Pair"), N_("What they say"), N_("Evidence points")]
    html.show(html.table([page.words(head) for head in heads], rows, numbers=[2]))
    rest = sum(pair.effect for pair in found[SHOWN:])
    html.show(
        html.quiet(
            page.words(
                N_(
                    "Each effect is part of the bars above, half of it in either bar. "
                    "The other {count} pairs add up to {rest}."
                ),
                count=formats.number(max(len(found) - SHOWN, 0)),
                rest=formats.fixed(rest, 2, signed=True),
            )
        )
    )
