"""Saved views on the queue: choose one, keep the present filters as one, rename, share, delete, take back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import streamlit as st

from fraudkit.services import views
from fraudkit.services.views import View
from fraudkit.ui import filters, shell
from fraudkit.ui.shell import Page
from fraudkit.words import N_

_NAME: Final = "view-name"
_LAST: Final = "_last_view_change"


def chooser(page: Page) -> None:
    """Draw the button behind which the views are, with the name of the one that is shown."""
    found = views.visible(page.workbench, page.actor)
    shown = _shown(found)
    label = shown.name if shown else page.words(N_("Views"))
    with st.popover(label, key="views", width="content"):
        if not found:
            st.caption(page.words(N_("No view is saved yet. Set the filters, then give them a name here.")))
        for view in found:
            _row(page, view, is_shown=view == shown)
        _keep(page, shown)
        _undo_button(page)


def _shown(found: list[View]) -> View | None:
    present = filters.chosen()
    return next((view for view in found if view.chosen == present), None)


def _row(page: Page, view: View, *, is_shown: bool) -> None:
    name = view.name if view.owner == page.actor.name else f"{view.name} · {view.owner}"
    with st.container(
        horizontal=True, vertical_alignment="center", gap="small", key=f"view-row-{view.view_id}"
    ):
        st.button(
            name,
            key=f"view-{view.view_id}",
            type="primary" if is_shown else "tertiary",
            on_click=filters.apply,
            args=(view.chosen,),
        )
        st.space("stretch")
        if not views.may_change(view, page.actor):
            return
        if page.actor.role != "analyst":
            share = N_("Only mine") if view.is_shared else N_("Share")
            st.button(
                page.words(share),
                key=f"share-view-{view.view_id}",
                type="tertiary",
                on_click=_write,
                args=(
                    page,
                    view,
                    lambda: views.share(page.workbench, page.actor, view.view_id, shared=not view.is_shared),
                ),
            )
        st.button(
            page.words(N_("Delete")),
            key=f"delete-view-{view.view_id}",
            type="tertiary",
            on_click=_write,
            args=(page, view, lambda: views.delete(page.workbench, page.actor, view.view_id)),
        )


def _keep(page: Page, shown: View | None) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="keep-view"):
        st.text_input(page.words(N_("Name")), key=_NAME, max_chars=views.LONGEST_NAME, width=240)
        st.button(page.words(N_("Save these filters")), key="save-view", on_click=_save, args=(page,))
        if shown is not None and views.may_change(shown, page.actor):
            st.button(page.words(N_("Rename")), key="rename-view", on_click=_rename, args=(page, shown))


def _undo_button(page: Page) -> None:
    last = st.session_state.get(_LAST)
    if last is None:
        return
    st.button(
        page.words(N_("Undo the last change of “{name}”"), name=last.name),
        key="undo-view",
        type="tertiary",
        on_click=_undo,
        args=(page, last),
    )


def _save(page: Page) -> None:
    def write() -> str:
        view = views.save(page.workbench, page.actor, st.session_state.get(_NAME) or "", filters.chosen())
        return page.words(N_("The view “{name}” is saved."), name=view.name)

    if shell.attempt(write):
        st.session_state[_NAME] = ""


def _rename(page: Page, view: View) -> None:
    def write() -> View:
        return views.rename(page.workbench, page.actor, view.view_id, st.session_state.get(_NAME) or "")

    _write(page, view, write)
    st.session_state[_NAME] = ""


def _write(page: Page, view: View, change: Callable[[], View]) -> None:
    def write() -> str:
        changed = change()
        st.session_state[_LAST] = changed
        return page.words(
            N_("The view “{name}” is changed; it can be taken back below the list."), name=view.name
        )

    shell.attempt(write)


def _undo(page: Page, view: View) -> None:
    def write() -> str:
        restored = views.undo(page.workbench, page.actor, view.view_id)
        return page.words(N_("The view “{name}” is as before."), name=restored.name)

    shell.attempt(write)
    st.session_state.pop(_LAST, None)
