"""The timeline of a case: alerts, the first unusual operation, and the money that moved from it on."""

from __future__ import annotations

import numpy as np
import streamlit as st

from fraudkit.charts.timeline import described, timeline_of, timeline_plot
from fraudkit.explain.incident import Incident, incident
from fraudkit.explain.past import Past
from fraudkit.services import policies
from fraudkit.services.history import History
from fraudkit.ui import html
from fraudkit.ui.shell import Page
from fraudkit.words import N_


def panel(page: Page, past: History, *, facts_only: bool = False) -> None:
    """Draw the operations over time; unless the score stays hidden, with marks and the first unusual one."""
    threshold = policies.current(page.workbench).first_unusual_percentile
    found = None if facts_only else incident(past.past, threshold)
    drawn = timeline_of(
        past.past,
        page.workbench.settings.base_currency,
        found.first if found else None,
        is_marked=not facts_only,
    )
    facts = past.facts
    if not facts_only:
        html.show(html.note(_first_unusual(page, past.past, found, threshold)))
    st.plotly_chart(
        timeline_plot(drawn, page.colours, page.formats, facts.median_amount if facts.times_median else None),
        key=f"timeline-{past.past.transaction_ids[past.past.place]}",
        config={"displayModeBar": False},
        alt=described(drawn, page.formats),
    )


def _first_unusual(page: Page, past: Past, found: Incident | None, threshold: float) -> str:
    formats = page.formats
    if np.isnan(past.severity[past.place]):
        return page.words(N_("Not ranked yet, so no operation can be called unusual."))
    if found is None:
        return page.words(
            N_("No operation of these days reaches {percentile}, from which on one counts as unusual."),
            percentile=formats.percentile(threshold),
        )
    currency = page.workbench.settings.base_currency
    first = page.words(
        N_("First unusual operation: {when}, {amount}, more unusual than {severity}."),
        when=formats.moment(int(past.ts_us[found.first]), int(past.utc_offset_minutes[found.first])),
        amount=formats.amount(float(past.amount[found.first]), past.texts["currency"].at(found.first)),
        severity=formats.percentile(float(past.severity[found.first])),
    )
    onward = formats.plural(
        N_("From it to {until}: {count} operation, {amount}; {unusual} of it unusual, {unusual_amount}."),
        N_("From it to {until}: {count} operations, {amount}; {unusual} of them unusual, {unusual_amount}."),
        found.onward.count,
        until=formats.date(int(past.ts_us[-1]), int(past.utc_offset_minutes[-1])),
        amount=formats.amount(found.onward.amount, currency),
        unusual=formats.number(found.unusual.count),
        unusual_amount=formats.amount(found.unusual.amount, currency),
    )
    return f"{first} {onward}"
