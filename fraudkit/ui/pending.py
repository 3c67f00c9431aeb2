"""What the decision bar asks right now; it belongs to one version of one case."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, Literal

import streamlit as st

from fraudkit.domain import CaseState, Verdict

Panel = Literal["reasons", "confirm", "wait", "escalate", "manage", "return", "change"]
_PENDING: Final = "_pending"


@dataclass(frozen=True, slots=True)
class Pending:
    """A question that still waits for its answer.

    Parameters
    ----------
    case_id, version
        The case as it was seen.
    panel
        What is asked.
    verdict, reason
        What was answered so far.
    """

    case_id: int
    version: int
    panel: Panel
    verdict: Verdict | None = None
    reason: str | None = None


def current(state: CaseState) -> Pending | None:
    """Return what is asked of this case, if it has not moved on since."""
    pending: Pending | None = st.session_state.get(_PENDING)
    if pending and (pending.case_id, pending.version) == (state.case_id, state.version):
        return pending
    return None


def ask(state: CaseState, panel: Panel, verdict: Verdict | None = None) -> None:
    """Ask something; a callback."""
    st.session_state[_PENDING] = Pending(state.case_id, state.version, panel, verdict)


def confirm(pending: Pending, reason: str) -> None:
    """Ask to confirm a verdict with its reason; a callback."""
    st.session_state[_PENDING] = replace(pending, panel="confirm", reason=reason)


def drop() -> None:
    """Ask nothing any more; a callback."""
    st.session_state.pop(_PENDING, None)
