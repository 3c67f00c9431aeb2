"""The frame around every screen: guard, head line, identity, language, notices, errors."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from fraudkit.charts.palette import Palette, palette
from fraudkit.domain import MICROSECONDS_PER_SECOND, Actor
from fraudkit.errors import FraudkitError
from fraudkit.explain.formats import Formats
from fraudkit.services import auditing
from fraudkit.services.workbench import Workbench
from fraudkit.ui import finding, identity, navigation, state
from fraudkit.words import LANGUAGES, N_

ASSETS: Final = Path(__file__).parent / "assets"
_ROUTED: Final = "_routed"


@dataclass(frozen=True, slots=True)
class Page:
    """What a screen works with.

    Parameters
    ----------
    key
        Which screen.
    workbench
        The open workbench.
    actor
        Who acts.
    formats
        How the reader writes.
    colours
        Colours for figures on the reader's ground.
    """

    key: str
    workbench: Workbench
    actor: Actor
    formats: Formats
    colours: Palette

    def words(self, text: str, **values: object) -> str:
        """Return a marked text in the reader's language."""
        return self.formats.words(text, **values)

    def moment(self, ts_us: int) -> str:
        """Return when something was done here, on the clock of the installation's zone."""
        return self.formats.moment(ts_us, self._utc_offset_minutes(ts_us))

    def day(self, ts_us: int) -> str:
        """Return the day of an instant in the installation's zone."""
        return self.formats.date(ts_us, self._utc_offset_minutes(ts_us))

    def _utc_offset_minutes(self, ts_us: int) -> int:
        zone = ZoneInfo(self.workbench.settings.time_zone)
        offset = datetime.fromtimestamp(ts_us / MICROSECONDS_PER_SECOND, zone).utcoffset()
        return round(offset.total_seconds() / 60) if offset else 0


def run() -> None:
    """Route, draw the frame and run the screen that the address names."""
    st.set_page_config(page_title="fraudkit", page_icon=ASSETS / "icon.png", layout="wide")
    st.session_state[_ROUTED] = True
    st.html(ASSETS / "style.css")
    screen = navigation.register()
    with refusals():
        _frame()
        _audit_warning()
        screen.run()


def _audit_warning() -> None:
    """Say on every screen that the audit chain did not end where it should when the server started."""
    found = auditing.warning(state.workbench(), state.language())
    if found is not None:
        st.error(found[1], title=found[0])


def open_page(key: str) -> Page:
    """Return what the screen needs; the first call of every page.

    On a fresh server an address such as /case would run the page's file past the router (Streamlit
    still knows its older convention for a folder called pages). Registering the screens ends that, and
    the rerun passes through app.py with the address unchanged.

    Raises
    ------
    PermissionDeniedError
        When the actor's role may not open the screen.
    """
    if not st.session_state.pop(_ROUTED, False):  # app.py says so anew on every run
        navigation.register()
        st.rerun()
    actor = identity.actor()
    navigation.require_role(key, actor.role)
    return Page(key, state.workbench(), actor, state.formats(), palette(dark=state.is_dark()))


def two_columns(reading: float = 1.75) -> Sequence[DeltaGenerator]:
    """Return the two columns that a working screen has: what is read, so much wider than what is at hand."""
    return st.columns([reading, 1], gap="large")


@contextmanager
def refusals() -> Iterator[None]:
    """Show what a person can act on as one sentence and a hint instead of a traceback."""
    try:
        yield
    except FraudkitError as error:
        message, hint = error.localised(state.language())
        st.error(hint or message, title=message if hint else None)


def attempt(write: Callable[[], str | None]) -> bool:
    """Run a write inside a callback; say on the next run what came of it.

    The write is finished before any call into streamlit, because a run that another click replaced
    dies at its next such call.
    """
    try:
        said = write()
    except FraudkitError as error:
        state.notify_refused(error)
        return False
    if said:
        state.notify(said)
    return True


def _frame() -> None:
    formats = state.formats()
    workbench = state.workbench()
    with st.container(horizontal=True, vertical_alignment="center", key="frame", gap="small"):
        if workbench.shows_sample:
            _sample_banner(workbench, formats)
        st.space("stretch")
        finding.field(workbench, formats)
        with st.popover(f"{identity.actor().name}", type="tertiary", key="who", width="content"):
            identity.form(formats)
            _language_switch(formats)
    _show_notice()


def _sample_banner(workbench: Workbench, formats: Formats) -> None:
    st.badge(formats.words(N_("Sample data")), color="orange")
    st.caption(formats.words(N_("Invented customers of an invented bank.")), width="content")
    st.button(
        formats.words(N_("Clear it and import my own")),
        key="clear-sample",
        type="tertiary",
        on_click=_clear_sample,
        args=(workbench, formats),
    )


def _clear_sample(workbench: Workbench, formats: Formats) -> None:
    def write() -> str:
        workbench.clear_sample()
        return formats.words(N_("The sample is cleared. Import your own extract."))

    attempt(write)


def _language_switch(formats: Formats) -> None:
    st.session_state.setdefault(state.LANGUAGE, state.language())
    st.segmented_control(
        formats.words(N_("Language")),
        LANGUAGES,
        key=state.LANGUAGE,
        format_func=state.LANGUAGE_NAMES.__getitem__,
        required=True,
    )
    state.show_language()


def _show_notice() -> None:
    notice = state.take_notice()
    if notice is None:
        return
    if notice.kind == "refused":
        st.warning(notice.hint or notice.text, title=notice.text if notice.hint else None)
    else:
        st.toast(notice.text)
