"""What the server and a session remember: the open workbench, the reader's language, notices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, cast

import streamlit as st

from fraudkit.config import load_settings
from fraudkit.errors import FraudkitError
from fraudkit.explain.formats import Formats, formats_for
from fraudkit.services import scoring, starting
from fraudkit.services.reviewing import QueueFilter
from fraudkit.services.scheduling import Scheduler
from fraudkit.services.workbench import Workbench
from fraudkit.words import LANGUAGES, Language, language_of

LANGUAGE: Final = "lang"
"""Key of the language switch, and its name in the address."""

LANGUAGE_NAMES: Final[dict[Language, str]] = {"es": "Español", "en": "English"}

_FILTER: Final = "_queue_filter"
_NOTICE: Final = "_notice"
_OPENED: Final = "_opened_case"
NoticeKind = Literal["done", "refused"]


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to say on the next run, after a callback has written."""

    kind: NoticeKind
    text: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class _Server:
    """What this server process owns: the workbench and the clock of its sources."""

    workbench: Workbench
    scheduler: Scheduler

    def close(self) -> None:
        self.scheduler.stop()
        self.workbench.close()


@st.cache_resource(show_spinner=False, on_release=_Server.close)
def _server() -> _Server:
    opened = Workbench.open(load_settings())
    scheduler = Scheduler(opened, after_import=scoring.rank)
    scheduler.start()
    starting.start(opened)
    return _Server(opened, scheduler)


def workbench() -> Workbench:
    """Return the workbench of this server; opened once, with the clock of its sources."""
    return _server().workbench


def language() -> Language:
    """Return the chosen language, else the one that the address names, else the browser's."""
    for chosen in (st.session_state.get(LANGUAGE), st.query_params.get(LANGUAGE)):
        if chosen in LANGUAGES:
            return cast("Language", chosen)
    return language_of(st.context.locale)


def show_language() -> None:
    """Put the language into the address when it is not the browser's own, so that it survives a reload."""
    wanted = address_language().get(LANGUAGE)
    if wanted is None:
        st.query_params.pop(LANGUAGE, None)
    elif st.query_params.get(LANGUAGE) != wanted:
        st.query_params[LANGUAGE] = wanted


def address_language() -> dict[str, str]:
    """Return what an address has to say about the language: nothing when it is the browser's own."""
    chosen = language()
    return {} if chosen == language_of(st.context.locale) else {LANGUAGE: chosen}


def formats() -> Formats:
    """Return how the reader writes numbers and dates."""
    return formats_for(language(), st.context.locale)


def is_dark() -> bool:
    """Return whether the reader looks at a dark ground."""
    return st.context.theme.type == "dark"


def queue_filter() -> QueueFilter:
    """Return the filter that the queue was last shown with in this session."""
    return cast("QueueFilter", st.session_state.get(_FILTER, QueueFilter()))


def keep_queue_filter(chosen: QueueFilter) -> None:
    """Remember the filter, so that the case page moves on within the same queue."""
    st.session_state[_FILTER] = chosen


def notify(text: str) -> None:
    """Say on the next run that something is done."""
    st.session_state[_NOTICE] = Notice("done", text)


def notify_refused(error: FraudkitError) -> None:
    """Say on the next run why something was not done."""
    st.session_state[_NOTICE] = Notice("refused", *error.localised(language()))


def take_notice() -> Notice | None:
    """Return what is to be said, once."""
    return cast("Notice | None", st.session_state.pop(_NOTICE, None))


def mark_opened(case_id: int) -> None:
    """Remember which case was looked at last, so that the queue comes back to it."""
    st.session_state[_OPENED] = case_id


def opened_case() -> int | None:
    """Return the case that was looked at last."""
    return cast("int | None", st.session_state.get(_OPENED))
