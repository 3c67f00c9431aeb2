"""After a verdict of fraud: how many siblings the case has, offered below the next case, never in its way."""

from __future__ import annotations

from typing import Final

import streamlit as st

from fraudkit.services import siblings
from fraudkit.ui import decisions, navigation
from fraudkit.ui.shell import Page
from fraudkit.words import N_

KEY: Final = "X"
_COUNTED: Final = "_sweep_offer"


def show(page: Page) -> None:
    """Draw the offer for the last verdict of this session; the last thing on the screen, counted once."""
    last = decisions.last_decision()
    if last is None:
        return
    counted: tuple[int, int, int] | None = st.session_state.get(_COUNTED)
    if counted is None or counted[:2] != (last.case_id, last.version):
        counted = (last.case_id, last.version, _count(page, last.case_id))
        st.session_state[_COUNTED] = counted
    count = counted[2]
    if not count:
        return
    label = page.formats.plural(
        N_("{count} sibling of case {case_id}: sweep"),
        N_("{count} siblings of case {case_id}: sweep"),
        count,
        case_id=last.case_id,
    )
    with st.bottom:
        if st.button(label, key="sweep-offer", shortcut=KEY, type="tertiary", icon=":material/share:"):
            navigation.open_sweep(last.case_id)


def _count(page: Page, case_id: int) -> int:
    found = siblings.family(page.workbench, case_id)
    return len(found.offered()) if found.verdict == "fraud" else 0
