"""“More”: what can be said with a verdict beyond verdict and reason, in rows above the keys, no dialog."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, get_args

import streamlit as st

from fraudkit.domain import Certainty, Liability, ReasonFeedback, Verdict
from fraudkit.features.catalog import FEATURE_BY_NAME
from fraudkit.services.deciding import VerdictDetails
from fraudkit.services.reviewing import AlertRow, CaseView
from fraudkit.services.scoring import TransactionExplanation
from fraudkit.taxonomy import (
    ACTIONS,
    CERTAINTY_LABELS,
    CHECKLISTS,
    DETECTED_BY,
    FEEDBACK_LABELS,
    FRAUD_SUBTYPES,
    FRAUD_TYPES,
    LIABILITY_LABELS,
    VERDICT_LABELS,
    Term,
    open_items,
    subtypes_of,
)
from fraudkit.ui import text
from fraudkit.ui.pending import Pending
from fraudkit.ui.shell import Page
from fraudkit.words import N_

MOST_REASONS: Final = 4
_OPEN: Final = "_more_open"
_SINCE: Final = "_case_shown_since"
_CODES: Final = {term.code: term for term in (*ACTIONS, *DETECTED_BY, *FRAUD_SUBTYPES)}


@dataclass(frozen=True, slots=True)
class Entered:
    """What the form holds, ready for the service."""

    certainty: Certainty
    note: str
    case_verdict: Verdict | None
    details: VerdictDetails


def is_open(case_id: int) -> bool:
    """Return whether the form is open for this case."""
    return bool(st.session_state.get(_OPEN) == case_id)


def toggle(case_id: int) -> None:
    """Open the form, or close it again; a callback."""
    st.session_state[_OPEN] = None if is_open(case_id) else case_id


def open_for(case_id: int) -> None:
    """Open the form."""
    st.session_state[_OPEN] = case_id


def mark_shown(case_id: int) -> None:
    """Remember since when a case is on the screen."""
    shown = st.session_state.get(_SINCE)
    if shown is None or shown[0] != case_id:
        st.session_state[_SINCE] = (case_id, time.time())


def missing(pending: Pending) -> bool:
    """Return whether a mandatory item of the checklist is still to be done."""
    fraud_type = pending.reason if pending.verdict == "fraud" else None
    return bool(open_items(fraud_type, _ticked(pending.case_id, fraud_type)))


def draw(page: Page, view: CaseView, pending: Pending | None, shown: TransactionExplanation | None) -> None:
    """Draw the form; every field may stay empty."""
    case_id = view.state.case_id
    verdict = pending.verdict if pending else None
    fraud_type = pending.reason if pending and verdict == "fraud" else None
    with st.container(key="more", gap="small"):
        _first_row(page, view, verdict, fraud_type)
        _second_row(page, view)
        _third_row(page, case_id, fraud_type, shown)


def entered(
    case_id: int,
    verdict: Verdict,
    reason: str,
    shown: Mapping[str, TransactionExplanation],
    before: Mapping[str, Any],
) -> Entered:
    """Return what was entered; a closed form holds nothing but what was on the screen.

    Parameters
    ----------
    case_id, verdict, reason
        What is decided.
    shown
        The explanations on the screen, by transaction.
    before
        What is known of how the case came here, such as a lean before the score.
    """
    seconds = _seconds(case_id)
    if not is_open(case_id):
        return Entered("confirmed", "", None, VerdictDetails(seconds_on_case=seconds, shown=shown, **before))
    fraud_type = reason if verdict == "fraud" else None
    details = VerdictDetails(
        fraud_subtype=_of_type(_value(case_id, "subtype"), fraud_type),
        alert_was_useful=_value(case_id, "useful"),
        gross_amount=_amount(case_id, "gross"),
        prevented_amount=_amount(case_id, "prevented"),
        recovered_amount=_amount(case_id, "recovered"),
        liability=_value(case_id, "liability"),
        detected_by=_value(case_id, "detected"),
        actions=tuple(_value(case_id, "actions") or ()),
        reason_feedback=_feedback(case_id, shown),
        seconds_on_case=seconds,
        checklist=_ticked(case_id, fraud_type),
        shown=shown,
        **before,
    )
    return Entered(
        _value(case_id, "certainty") or "confirmed",
        str(_value(case_id, "note") or ""),
        _value(case_id, "case-verdict"),
        details,
    )


def subtype_label(page: Page, term: Term) -> str:
    """Return a second-level type with its code of ISO 20022."""
    return f"{page.words(term.label)} · {term.iso_20022}" if term.iso_20022 else page.words(term.label)


def _first_row(page: Page, view: CaseView, verdict: Verdict | None, fraud_type: str | None) -> None:
    words, case_id = page.words, view.state.case_id
    certainty, useful, subtype, liability, detected = st.columns([1.15, 0.9, 1.9, 1, 1], gap="small")
    with certainty:
        st.segmented_control(
            words(N_("Certainty")),
            get_args(Certainty),
            default="confirmed",
            format_func=lambda code: words(CERTAINTY_LABELS[code]),
            key=_key(case_id, "certainty"),
        )
    with useful:
        st.segmented_control(
            words(N_("Worth a look")),
            [True, False],
            format_func=lambda yes: words(N_("Yes")) if yes else words(N_("No")),
            help=words(N_("Whether the alert deserved a person's time, whatever it turned out to be.")),
            key=_key(case_id, "useful"),
        )
    with subtype:
        terms = (
            subtypes_of(fraud_type) if fraud_type else FRAUD_SUBTYPES if verdict in (None, "fraud") else ()
        )
        _choice(
            page,
            N_("Kind of fraud"),
            [term.code for term in terms],
            _key(case_id, "subtype"),
            lambda code: _two_levels(page, _CODES[code], fraud_type),
        )
    with liability:
        _choice(
            page,
            N_("Who bears the loss"),
            list(get_args(Liability)),
            _key(case_id, "liability"),
            lambda code: words(LIABILITY_LABELS[code]),
        )
    with detected:
        _choice(
            page,
            N_("Found by"),
            [term.code for term in DETECTED_BY],
            _key(case_id, "detected"),
            lambda code: words(_CODES[code].label),
        )


def _second_row(page: Page, view: CaseView) -> None:
    words, case_id = page.words, view.state.case_id
    several = len(view.alerts) > 1
    columns = st.columns([0.8, 0.8, 0.8, 1.9, 1.9, *([0.95] if several else [])], gap="small")
    labels = {
        "gross": N_("Gross loss"),
        "prevented": N_("Prevented"),
        "recovered": N_("Recovered"),
    }
    for column, (name, label) in zip(columns, labels.items(), strict=False):
        column.number_input(
            words(label),
            min_value=0.0,
            value=None,
            step=None,
            format="%.2f",
            placeholder=_suggested(page, view.alerts) if name == "gross" else "0.00",
            key=_key(case_id, name),
        )
    columns[3].multiselect(
        words(N_("Actions taken")),
        [term.code for term in ACTIONS],
        format_func=lambda code: words(_CODES[code].label),
        placeholder=words(N_("None")),
        key=_key(case_id, "actions"),
    )
    columns[4].text_input(words(N_("Note")), max_chars=2_000, key=_key(case_id, "note"))
    if several:
        with columns[5]:
            _choice(
                page,
                N_("The case as a whole"),
                list(get_args(Verdict)),
                _key(case_id, "case-verdict"),
                lambda code: words(VERDICT_LABELS[code]),
                empty=N_("The strongest"),
            )


def _third_row(
    page: Page, case_id: int, fraud_type: str | None, shown: TransactionExplanation | None
) -> None:
    items = CHECKLISTS.get(fraud_type or "", ())
    features = judged(shown)
    columns = st.columns(max(len(features) + bool(items), 1), gap="small")
    for column, feature in zip(columns, features, strict=False):
        column.segmented_control(
            text.feature_label(feature, page.formats),
            get_args(ReasonFeedback),
            format_func=lambda code: page.words(FEEDBACK_LABELS[code]),
            key=_key(case_id, f"feedback-{feature}"),
        )
    if items:
        with columns[-1]:
            for item in items:
                label = page.words(item.label) + (" *" if item.mandatory else "")
                st.checkbox(label, key=_key(case_id, f"check-{item.code}"))


def judged(shown: TransactionExplanation | None) -> list[str]:
    """Return the features whose part in the score a person is asked about: the strongest that raised it."""
    raised = [part for part in (shown.contributions if shown else ()) if part.evidence > 0]
    return [part.feature for part in raised if part.feature in FEATURE_BY_NAME][:MOST_REASONS]


def _choice(
    page: Page,
    label: str,
    options: Sequence[str],
    key: str,
    show: Any,
    empty: str = N_("Not stated"),
) -> None:
    st.selectbox(
        page.words(label),
        options,
        index=None,
        format_func=show,
        placeholder=page.words(empty),
        disabled=not options,
        key=key,
    )


def _two_levels(page: Page, term: Term, fraud_type: str | None) -> str:
    if fraud_type:
        return subtype_label(page, term)
    parent = next(each.label for each in FRAUD_TYPES if each.code == term.parent)
    return f"{page.words(parent)} › {subtype_label(page, term)}"


def _suggested(page: Page, alerts: Sequence[AlertRow]) -> str:
    """Return what the undecided transactions add up to, to read, not to be taken in silence."""
    currencies = {alert.currency for alert in alerts}
    if len(currencies) > 1:
        return "0.00"
    undecided = [abs(alert.amount) for alert in alerts if alert.verdict is None]
    return page.words(N_("of {amount}"), amount=page.formats.fixed(sum(undecided), 2))


def _of_type(code: str | None, fraud_type: str | None) -> str | None:
    """Return a subtype if it belongs to the type that was chosen."""
    return code if code is not None and _CODES[code].parent == fraud_type else None


def _ticked(case_id: int, fraud_type: str | None) -> tuple[str, ...]:
    items = CHECKLISTS.get(fraud_type or "", ())
    return tuple(item.code for item in items if _value(case_id, f"check-{item.code}"))


def _feedback(case_id: int, shown: Mapping[str, TransactionExplanation]) -> dict[str, ReasonFeedback]:
    features = {feature for explanation in shown.values() for feature in judged(explanation)}
    answers = {feature: _value(case_id, f"feedback-{feature}") for feature in sorted(features)}
    return {feature: answer for feature, answer in answers.items() if answer}


def _amount(case_id: int, name: str) -> Decimal | None:
    value = _value(case_id, name)
    return None if value is None else Decimal(f"{value:.2f}")


def _seconds(case_id: int) -> float | None:
    shown = st.session_state.get(_SINCE)
    return round(time.time() - shown[1], 1) if shown and shown[0] == case_id else None


def _value(case_id: int, name: str) -> Any:
    return st.session_state.get(_key(case_id, name))


def _key(case_id: int, name: str) -> str:
    return f"more-{case_id}-{name}"
