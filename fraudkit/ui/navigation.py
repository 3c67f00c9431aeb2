"""The screens, declared once: file, address, title and who may see them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from fraudkit.config import PROJECT_ROOT
from fraudkit.domain import ROLES, Role
from fraudkit.errors import PermissionDeniedError
from fraudkit.services import history
from fraudkit.ui import markdown, state
from fraudkit.words import N_, translate


@dataclass(frozen=True, slots=True)
class Screen:
    """One screen.

    Parameters
    ----------
    key
        Its address and the name of its file under pages/.
    title
        Marked text.
    roles
        Who may open it.
    in_menu
        Whether the menu names it.
    """

    key: str
    title: str
    roles: tuple[Role, ...] = ROLES
    in_menu: bool = True

    @property
    def file(self) -> str:
        """The page's script, which `st.switch_page` takes."""
        return str(PROJECT_ROOT / "pages" / f"{self.key}.py")


SCREENS: Final[dict[str, Screen]] = {
    screen.key: screen
    for screen in (
        Screen("shift", N_("My shift")),
        Screen("queue", N_("Queue")),
        Screen("case", N_("Case")),
        Screen("customer", N_("Customer")),
        Screen("sweep", N_("Sweep")),
        Screen("import", N_("Import")),
        Screen("supervisor", N_("Supervisor"), roles=("lead", "manager")),
        Screen("model", N_("Model")),
        Screen("audit", N_("Audit"), ("lead", "manager", "administrator")),
        Screen("settings", N_("Settings")),
        Screen("search", N_("Search"), in_menu=False),
    )
}


def register() -> StreamlitPage:
    """Tell the router about all screens and return the one that the address names."""
    language = state.language()
    pages = [
        st.Page(
            screen.file,
            title=translate(screen.title, language),
            url_path=screen.key,
            visibility="visible" if screen.in_menu else "hidden",
        )
        for screen in SCREENS.values()
    ]
    home = st.Page(_home, title="fraudkit", default=True, visibility="hidden")
    return st.navigation([home, *pages], position="top")


def _home() -> None:
    """Lead on to one's shift, or to the import while there is nothing to review.

    The default page has no address of its own, so none of the screens is the default.
    """
    go("shift" if history.has_transactions(state.workbench()) else "import")


def require_role(key: str, role: Role) -> None:
    """Refuse a screen to a role that may not open it.

    Raises
    ------
    PermissionDeniedError
        When the role is not among the screen's roles.
    """
    if role not in SCREENS[key].roles:
        raise PermissionDeniedError(
            N_("This screen is not open to your role."), N_("Ask an administrator for another role.")
        )


def open_case(case_id: int) -> None:
    """Go to a case; does not return."""
    st.switch_page(SCREENS["case"].file, query_params={"case": str(case_id), **state.address_language()})


def link(key: str, label: str, width: int | Literal["content"] = "content", **address: str) -> None:
    """Draw a link to a screen that keeps the session; the label is plain text."""
    st.page_link(
        SCREENS[key].file,
        label=markdown.escaped(label),
        query_params={**address, **state.address_language()},
        width=width,
    )


def go(key: str) -> None:
    """Go to a screen; does not return.

    The new address is always given: Streamlit refuses to clear one that a filter is bound to.
    """
    st.switch_page(SCREENS[key].file, query_params=state.address_language())


def open_sweep(case_id: int) -> None:
    """Go to the siblings of a case; does not return."""
    st.switch_page(SCREENS["sweep"].file, query_params={"case": str(case_id), **state.address_language()})
