"""Who is at the screen: on loopback a named local user without a password.

This is the one place that later asks an identity provider; everything else takes the `Actor`.
"""

from __future__ import annotations

from typing import Final

import streamlit as st

from fraudkit.domain import ROLES, Actor, Role
from fraudkit.explain.formats import Formats
from fraudkit.words import N_

DEFAULT_NAME: Final = "analyst"
DEFAULT_ROLE: Final[Role] = "lead"
LONGEST_NAME: Final = 60
_NAME: Final = "_actor_name"
_ROLE: Final = "_actor_role"

ROLE_LABELS: Final[dict[Role, str]] = {
    "analyst": N_("Analyst"),
    "lead": N_("Team lead"),
    "manager": N_("Manager"),
    "administrator": N_("Administrator"),
}


def actor() -> Actor:
    """Return who acts in this session."""
    name = str(st.session_state.get(_NAME) or "").strip()[:LONGEST_NAME]
    return Actor(name or DEFAULT_NAME, st.session_state.get(_ROLE) or DEFAULT_ROLE)


def form(formats: Formats) -> None:
    """Let the local user change name and role; every role is open to a local user.

    The defaults are those of the fields, not of the session: a browser that comes back after its connection
    broke tells what was typed before, and that must win.
    """
    st.text_input(formats.words(N_("Your name")), value=DEFAULT_NAME, key=_NAME, max_chars=LONGEST_NAME)
    st.selectbox(
        formats.words(N_("Your role")),
        ROLES,
        index=ROLES.index(DEFAULT_ROLE),
        key=_ROLE,
        format_func=lambda role: formats.words(ROLE_LABELS[role]),
    )
    st.caption(formats.words(N_("Name and role are written with every decision.")))
