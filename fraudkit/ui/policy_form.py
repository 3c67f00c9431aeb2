"""Policies and currency rates as forms, derived from their declaration."""

from __future__ import annotations

from dataclasses import Field
from typing import Any, Final

import pandas as pd
import streamlit as st

from fraudkit.services import currencies, policies
from fraudkit.services.permissions import holds
from fraudkit.services.policies import GROUPS, MONEY, POLICY_FIELDS, Policies, PolicyChange
from fraudkit.ui import html
from fraudkit.ui.shell import Page, attempt
from fraudkit.words import N_

_RATES: Final = "currency-rates"


def form(page: Page) -> None:
    """Draw every policy with its unit, its default and who changed it; only some roles may change them."""
    in_force, changed = policies.current(page.workbench), policies.changes(page.workbench)
    may = holds(page.actor, "set_policies")
    if not may:
        st.info(page.words(N_("Your role reads the policies; a team lead or an administrator changes them.")))
    with st.form("policies", border=False, enter_to_submit=False):
        for group in GROUPS:
            members = [policy for policy in POLICY_FIELDS.values() if policy.metadata["group"] == group]
            if members:
                st.subheader(page.words(group), anchor=False)
                _group(page, members, in_force, changed, may=may)
        st.form_submit_button(
            page.words(N_("Save the policies")),
            type="primary",
            disabled=not may,
            on_click=_save,
            args=(page,),
        )


def rates(page: Page) -> None:
    """Draw the worth of each currency in base currency."""
    base = page.workbench.settings.base_currency
    may = holds(page.actor, "set_policies")
    found = currencies.rates(page.workbench)
    st.subheader(page.words(N_("Currency rates")), anchor=False)
    html.show(
        html.quiet(
            page.words(
                N_("What one unit is worth in {currency}. Amounts without a rate are never added to others."),
                currency=base,
            )
        )
    )
    without = [rate.currency for rate in found if rate.rate is None]
    if without:
        st.warning(page.words(N_("No rate yet: {currencies}."), currencies=", ".join(without)))
    frame = pd.DataFrame(
        {
            "currency": pd.array([rate.currency for rate in found], dtype="string"),
            "rate": pd.array([rate.rate for rate in found], dtype="Float64"),
            "alerts": pd.array([rate.alerts for rate in found], dtype="Int64"),
        }
    )
    edited = st.data_editor(
        frame,
        key=_RATES,
        hide_index=True,
        num_rows="dynamic" if may else "fixed",
        disabled=["alerts"] if may else True,
        column_config={
            "currency": st.column_config.TextColumn(page.words(N_("Currency")), max_chars=3, required=True),
            "rate": st.column_config.NumberColumn(
                page.words(N_("Worth in {currency}"), currency=base), min_value=0.0, format="%.6g"
            ),
            "alerts": st.column_config.NumberColumn(page.words(N_("Alerts"))),
        },
        alt=page.words(N_("Currency rates")),
    )
    st.button(
        page.words(N_("Save the rates")),
        key="save-rates",
        disabled=not may,
        on_click=_save_rates,
        args=(page, edited),
    )


def _group(
    page: Page,
    members: list[Field[Any]],
    in_force: Policies,
    changed: dict[str, PolicyChange],
    *,
    may: bool,
) -> None:
    columns = st.columns(3, gap="medium")
    for place, policy in enumerate(members):
        with columns[place % 3]:
            _input(page, policy, getattr(in_force, policy.name), may=may)
            html.show(html.quiet(_origin(page, policy, changed.get(policy.name))))


def _input(page: Page, policy: Field[Any], value: Any, *, may: bool) -> None:
    label, key = page.words(policy.metadata["label"]), _key(policy.name)
    if isinstance(policy.default, bool):
        st.checkbox(label, value=value, key=key, disabled=not may)
        return
    unit = page.words(policy.metadata["unit"])
    if policy.metadata["unit"] == MONEY:
        unit = page.workbench.settings.base_currency
    kind = int if policy.type == "int" else float
    least, most = policy.metadata["least"], policy.metadata["most"]
    st.number_input(
        f"{label} ({unit})",
        min_value=kind(least),
        max_value=kind(most) if most < float("inf") else None,
        value=kind(value),
        step=1 if kind is int else None,
        format=None if kind is int else "%g",
        key=key,
        disabled=not may,
    )


def _origin(page: Page, policy: Field[Any], changed: PolicyChange | None) -> str:
    default: Any = policy.default
    shown = (
        page.words(N_("Yes") if default else N_("No"))
        if isinstance(default, bool)
        else page.formats.number(default, 2)
    )
    said = page.words(N_("Default: {value}"), value=shown)
    if changed is None:
        return said
    return f"{said} · {changed.actor}, {page.moment(changed.happened_at)}"


def _save(page: Page) -> None:
    def write() -> str:
        before = policies.current(page.workbench)
        after = policies.change(
            page.workbench, page.actor, **{name: st.session_state[_key(name)] for name in POLICY_FIELDS}
        )
        count = sum(getattr(before, name) != getattr(after, name) for name in POLICY_FIELDS)
        return page.formats.plural(N_("{count} policy changed."), N_("{count} policies changed."), count)

    attempt(write)


def _save_rates(page: Page, edited: pd.DataFrame) -> None:
    def write() -> str:
        rows = edited.dropna(subset=["currency"])[["currency", "rate"]].to_numpy(dtype=object)
        wanted = {str(code): None if pd.isna(rate) else float(rate) for code, rate in rows}
        currencies.change(page.workbench, page.actor, wanted)
        return page.words(N_("The rates are saved."))

    attempt(write)


def _key(name: str) -> str:
    return f"policy-{name}"
