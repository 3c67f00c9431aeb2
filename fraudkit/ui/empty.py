"""Screens with nothing to show say what to do next."""

from __future__ import annotations

import streamlit as st

from fraudkit.services import serving
from fraudkit.ui import navigation, state
from fraudkit.ui.shell import Page
from fraudkit.words import N_


def nothing_imported(page: Page) -> None:
    """Lead to the import."""
    st.info(
        page.words(N_("Import an extract of transactions, CSV or Parquet; it is ranked right after.")),
        title=page.words(N_("There is nothing to review yet")),
    )
    if st.button(page.words(N_("Import an extract")), type="primary", key="to-import"):
        navigation.go("import")


def nothing_found(page: Page, *, filtered: bool) -> None:
    """Say that the queue is done, or that the filter leaves nothing."""
    if filtered:
        st.info(page.words(N_("No case fits this filter. Clear it, or choose less.")))
    else:
        st.info(
            page.words(N_("Import newer data, or look at the decided cases.")),
            title=page.words(N_("Every case is decided")),
        )
        if st.button(page.words(N_("Import an extract")), key="to-import"):
            navigation.go("import")


def no_case(page: Page) -> None:
    """Offer the riskiest case when the address names none."""
    upcoming = serving.upcoming(page.workbench, page.actor, state.queue_filter(), None)
    if upcoming is None:
        nothing_found(page, filtered=False)
        return
    st.info(page.words(N_("Open a case from the queue, or start with the next one to be worked.")))
    if st.button(page.words(N_("Start")), type="primary", key="start", shortcut="S"):
        served = serving.start(page.workbench, page.actor, state.queue_filter())
        navigation.open_case(upcoming if served is None else served)
