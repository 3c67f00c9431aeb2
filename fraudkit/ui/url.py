"""What the address of a screen says."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final
from urllib.parse import urlencode

import streamlit as st

CASE: Final = "case"
FOCUS: Final = "alert"
_LONGEST_NUMBER: Final = 18


def case_number() -> int | None:
    """Return the case that the address names, if it names one."""
    value = str(st.query_params.get(CASE, ""))
    return int(value) if value.isdecimal() and len(value) <= _LONGEST_NUMBER else None


def show_case(case_id: int | None) -> None:
    """Put another case into the address; the screen follows on its next run."""
    if case_id is None:
        st.query_params.pop(CASE, None)
    else:
        st.query_params[CASE] = str(case_id)


def adopt(key: str, options: Sequence[str], show: Callable[[str], str]) -> None:
    """Let a bound selection also understand the code of an option.

    Streamlit writes an option's shown words into the address. A link with the codes reads the same in
    both languages, so it is understood as well.
    """
    if key in st.session_state:
        return
    given = st.query_params.get(key)
    if given in options and given != show(str(given)):
        st.session_state[key] = given


def entity_address(kind: str, identifier: str, language: Mapping[str, str]) -> str:
    """Return the address of the page of a customer, an account or a card, relative to the other screens."""
    return "customer?" + urlencode({kind: identifier, **language})


def case_address(case_id: int, language: Mapping[str, str]) -> str:
    """Return the address of a case, relative to the other screens, with what it says of the language."""
    return "case?" + urlencode({CASE: str(case_id), **language})
