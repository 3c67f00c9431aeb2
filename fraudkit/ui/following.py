"""The case after the one on the screen: read ahead, once for each case that is shown."""

from __future__ import annotations

from typing import Final

import streamlit as st

from fraudkit.services import reading_ahead
from fraudkit.ui import state
from fraudkit.ui.shell import Page

_PREPARED: Final = "_prepared_after"


def prepare(page: Page, case_id: int) -> None:
    """Have the next case read in the background, so that it is there before it is asked for."""
    if st.session_state.get(_PREPARED) != case_id:
        st.session_state[_PREPARED] = case_id
        reading_ahead.prepare(page.workbench, page.actor, state.queue_filter(), case_id)
