"""Erasure of a customer's personal data, for administrators: what goes, what stays, a typed yes."""

from __future__ import annotations

from typing import Final

import streamlit as st

from fraudkit.services import erasing, erasure_words
from fraudkit.services.entities import Entity
from fraudkit.ui import html
from fraudkit.ui.shell import Page, attempt
from fraudkit.words import N_

_CONFIRMED: Final = "erase-confirmation"
_REASON: Final = "erase-reason"


def section(page: Page, found: Entity) -> None:
    """Draw the erasure of a customer, shut until it is asked for."""
    if found.kind != "customer" or page.actor.role not in erasing.MAY_ERASE:
        return
    with st.expander(page.words(N_("Erase the personal data of this customer"))):
        preview = erasing.preview(page.workbench, page.actor, found.identifier)
        heads = [page.words(N_("What goes")), page.words(N_("Count"))]
        html.show(html.table(heads, erasure_words.goes(preview, page.formats), numbers=[1]))
        html.show(html.line(erasure_words.stays(preview, page.formats)))
        html.show(
            html.quiet(
                page.words(
                    N_("It cannot be undone and does not reach backups, packs and exports made before.")
                )
            )
        )
        if preview.open_cases:
            st.warning(erasure_words.lines(preview, page.formats)[-1])
            return
        with st.form("erase", border=False):
            st.text_input(page.words(N_("Reason: the request or the rule behind it")), key=_REASON)
            st.text_input(
                page.words(N_("Type the customer's identifier to confirm")),
                key=_CONFIRMED,
                autocomplete="off",
            )
            st.form_submit_button(
                page.words(N_("Erase for good")),
                key="erase-now",
                on_click=_erase,
                args=(page, found.identifier),
            )


def _erase(page: Page, customer_id: str) -> None:
    def write() -> str:
        confirmation = str(st.session_state.get(_CONFIRMED) or "")
        reason = str(st.session_state.get(_REASON) or "")
        done = erasing.erase_customer(page.workbench, page.actor, customer_id, confirmation, reason)
        st.query_params["customer"] = done.new_name
        return " ".join(erasure_words.outcome(done, page.formats))

    attempt(write)
