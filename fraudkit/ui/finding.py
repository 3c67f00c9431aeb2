"""The search field in the frame of every screen; its key opens it as a dialog for the keyboard."""

from __future__ import annotations

from typing import Final, Literal

import streamlit as st

from fraudkit.explain.formats import Formats
from fraudkit.services import searching
from fraudkit.services.workbench import Workbench
from fraudkit.ui import navigation
from fraudkit.words import N_

SHORTCUT: Final = "Ctrl+K"
WIDTH: Final = 300
_TEXT: Final = "_searched"
_WANTED: Final = "_search_wanted"
_DIALOG: Final = "_search_dialog"


def field(workbench: Workbench, formats: Formats) -> None:
    """Draw the field and its key; a text that was entered leads to the results.

    What is searched for is kept in the session, never in the address: it may name a person.
    """
    if st.session_state.pop(_WANTED, False):
        navigation.go("search")
    _input(workbench, formats, "find", WIDTH)
    st.button(
        formats.words(N_("Search")),
        key="search-key",
        shortcut=SHORTCUT,
        type="tertiary",
        on_click=_want_dialog,
    )
    if st.session_state.pop(_DIALOG, False):
        st.dialog(formats.words(N_("Search")))(_dialog)(workbench, formats)


def searched() -> str:
    """Return what was searched for last in this session."""
    return str(st.session_state.get(_TEXT, ""))


def _dialog(workbench: Workbench, formats: Formats) -> None:
    if st.session_state.get(_WANTED):
        st.rerun()
    _input(workbench, formats, "find-dialog", "stretch")
    st.caption(formats.words(N_("Tab leads to the field; Enter searches.")))


def _input(workbench: Workbench, formats: Formats, key: str, width: int | Literal["stretch"]) -> None:
    st.text_input(
        formats.words(N_("Search transactions, customers, cards, cases and notes")),
        key=key,
        type="search",
        max_chars=searching.LONGEST,
        placeholder=formats.words(N_("Number, customer, card, merchant, amount…")),
        icon=":material/search:",
        label_visibility="collapsed",
        width=width,
        on_change=_search,
        args=(workbench, key),
    )


def _want_dialog() -> None:
    st.session_state[_DIALOG] = True


def _search(workbench: Workbench, key: str) -> None:
    """Remember what was typed, a card number as its name here, and empty the field."""
    typed = str(st.session_state.get(key) or "")
    st.session_state[key] = ""
    text = searching.searchable(workbench, typed)
    if text:
        st.session_state[_TEXT] = text
        st.session_state[_WANTED] = True
