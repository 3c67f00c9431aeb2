"""The decision bar: a verdict key, a reason key, and the next case comes by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

import streamlit as st

from fraudkit.domain import CaseState, Verdict
from fraudkit.explain.formats import Formats
from fraudkit.services import blind_review, deciding, serving, working
from fraudkit.services.deciding import Decision
from fraudkit.services.permissions import holds
from fraudkit.services.reviewing import CaseView
from fraudkit.services.scoring import TransactionExplanation
from fraudkit.taxonomy import APPROVAL_LABELS, REASONS_BY_VERDICT, VERDICT_LABELS
from fraudkit.ui import case_moves, learning, navigation, notes, pending, shell, state, url, verdict_form
from fraudkit.ui.pending import Pending
from fraudkit.words import N_

VERDICT_KEYS: Final[dict[Verdict, str]] = {"fraud": "F", "genuine": "G", "undetermined": "U"}
HEARTBEAT_SECONDS: Final = 240
_LAST: Final = "_last_decision"
QUESTIONS: Final[dict[Verdict, str]] = {
    "fraud": N_("Fraud of which kind?"),
    "genuine": N_("Genuine, why did it stand out?"),
    "undetermined": N_("Unsure, what is missing?"),
}


@dataclass(frozen=True, slots=True)
class Bar:
    """What the bar works with.

    Parameters
    ----------
    page, view
        The screen and its case.
    chosen
        The transactions that a verdict is for; named by identifier, never by row.
    shown
        The explanations on the screen, by transaction.
    before
        What is known of how the case came here: fields of `VerdictDetails`, such as a lean.
    """

    page: shell.Page
    view: CaseView
    chosen: tuple[str, ...]
    shown: Mapping[str, TransactionExplanation]
    before: Mapping[str, Any]

    @property
    def state(self) -> CaseState:
        """The case as it stands."""
        return self.view.state

    @property
    def explanation(self) -> TransactionExplanation | None:
        """The explanation on the screen."""
        return next(iter(self.shown.values()), None)


def bar(
    page: shell.Page,
    view: CaseView,
    chosen: Sequence[str],
    shown: Mapping[str, TransactionExplanation] | None = None,
    before: Mapping[str, Any] | None = None,
) -> None:
    """Draw the bar at the foot of the screen; what it offers depends on the case, the role and the person."""
    every = () if view.state.undecided else tuple(alert.transaction_id for alert in view.alerts)
    drawn = Bar(page, view, tuple(chosen) or every, shown or {}, before or {})
    asked = pending.current(view.state)
    verdict_form.mark_shown(view.state.case_id)
    with st.bottom:
        if asked and asked.panel in ("reasons", "confirm"):
            _verdict_in_progress(drawn, asked)
        elif asked and asked.panel != "change":
            case_moves.panel(page, view, asked)
        elif case_moves.is_at_rest(view, page.actor) and not asked:
            with st.container(horizontal=True, vertical_alignment="center", gap="small", key="at-rest"):
                case_moves.at_rest(page, view)
                _leaving_keys(drawn)
        else:
            _open_case(drawn)
        _keep_lease(drawn)


def last_decision() -> Decision | None:
    """Return what was decided last in this session, if it can still be taken back from here."""
    return cast("Decision | None", st.session_state.get(_LAST))


def _open_case(drawn: Bar) -> None:
    page, view = drawn.page, drawn.view
    if verdict_form.is_open(view.state.case_id):
        verdict_form.draw(page, view, None, drawn.explanation)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="decision"):
        for verdict, shortcut in VERDICT_KEYS.items():
            st.button(
                page.words(VERDICT_LABELS[verdict]),
                key=f"verdict-{verdict}",
                shortcut=shortcut,
                disabled=not drawn.chosen,
                on_click=_ask_reason,
                args=(drawn, verdict),
            )
        _more_key(drawn)
        case_moves.keys(page, view)
        notes.key(page, "note", notes.SHORTCUT)
        st.caption(_what_for(page.formats, view, len(drawn.chosen)), width="content")
        _leaving_keys(drawn)


def _verdict_in_progress(drawn: Bar, asked: Pending) -> None:
    case_id = drawn.state.case_id
    if verdict_form.is_open(case_id):
        verdict_form.draw(drawn.page, drawn.view, asked, drawn.explanation)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="reasons"):
        if asked.panel == "confirm":
            _confirm_keys(drawn, asked)
        else:
            _reason_keys(drawn, asked)
        st.button(
            drawn.page.words(N_("Cancel")),
            key="cancel",
            shortcut="Escape",
            type="tertiary",
            on_click=pending.drop,
        )


def _reason_keys(drawn: Bar, asked: Pending) -> None:
    verdict = cast("Verdict", asked.verdict)
    st.markdown(f"**{drawn.page.words(QUESTIONS[verdict])}**", width="content")
    for digit, term in enumerate(REASONS_BY_VERDICT[verdict], start=1):
        st.button(
            drawn.page.words(term.label),
            key=f"reason-{digit}",
            shortcut=str(digit),
            on_click=_answer,
            args=(drawn, asked, term.code),
        )
    _more_key(drawn)


def _confirm_keys(drawn: Bar, asked: Pending) -> None:
    words, verdict = drawn.page.words, cast("Verdict", asked.verdict)
    label = next(term.label for term in REASONS_BY_VERDICT[verdict] if term.code == asked.reason)
    st.markdown(f"**{words(VERDICT_LABELS[verdict])} · {words(label)}**", width="content")
    incomplete = verdict_form.missing(asked)
    st.button(
        words(N_("Confirm")),
        key="confirm",
        shortcut="Enter",
        type="primary",
        disabled=incomplete,
        on_click=_decide,
        args=(drawn, asked),
    )
    if incomplete:
        st.caption(words(N_("Tick what is marked with * first.")), width="content")


def _more_key(drawn: Bar) -> None:
    case_id = drawn.state.case_id
    label = N_("Less") if verdict_form.is_open(case_id) else N_("More")
    st.button(
        drawn.page.words(label),
        key="more-key",
        shortcut="O",
        type="tertiary",
        on_click=verdict_form.toggle,
        args=(case_id,),
    )


def _leaving_keys(drawn: Bar) -> None:
    words = drawn.page.words
    st.space("stretch")
    st.button(
        words(N_("Undo")),
        key="undo",
        shortcut="Z",
        type="tertiary",
        disabled=last_decision() is None,
        on_click=_undo,
        args=(drawn,),
    )
    st.button(words(N_("Next")), key="skip", shortcut="S", type="tertiary", on_click=_skip, args=(drawn,))
    if st.button(words(N_("Back to the queue")), key="back", shortcut="Escape", type="tertiary"):
        shell.attempt(lambda: _release(drawn))
        navigation.go("queue")


def _what_for(formats: Formats, view: CaseView, count: int) -> str:
    if count == 0:
        return formats.words(N_("Choose at least one transaction."))
    if len(view.alerts) == 1:
        return formats.words(N_("for this transaction"))
    return formats.plural(N_("for {count} transaction"), N_("for {count} transactions"), count)


def _ask_reason(drawn: Bar, verdict: Verdict) -> None:
    """Take the case up, so that nobody else decides it meanwhile, and ask for the reason."""

    def claim() -> None:
        held, page = drawn.state, drawn.page
        reads_blind = held.case_id in blind_review.hidden_cases(page.workbench, page.actor)
        if held.status != "closed" and held.undecided and not reads_blind:
            held = working.claim(page.workbench, page.actor, held.case_id, held.version)
        pending.ask(held, "reasons", verdict)

    shell.attempt(claim)


def _answer(drawn: Bar, asked: Pending, reason: str) -> None:
    """Decide at once, or ask to confirm where there is more to say."""
    whole = Pending(asked.case_id, asked.version, asked.panel, asked.verdict, reason)
    if verdict_form.missing(whole):
        verdict_form.open_for(asked.case_id)
    if verdict_form.is_open(asked.case_id):
        pending.confirm(asked, reason)
    else:
        _decide(drawn, whole)


def _finishes(drawn: Bar) -> bool:
    """Return whether a verdict on the chosen transactions leaves nothing undecided in the case."""
    undecided = {alert.transaction_id for alert in drawn.view.alerts if alert.verdict is None}
    return undecided <= set(drawn.chosen)


def _decide(drawn: Bar, asked: Pending) -> None:
    page, verdict, reason = drawn.page, cast("Verdict", asked.verdict), cast("str", asked.reason)

    def write() -> str:
        entered = verdict_form.entered(asked.case_id, verdict, reason, drawn.shown, drawn.before)
        decision = deciding.decide(
            page.workbench,
            page.actor,
            asked.case_id,
            asked.version,
            verdict,
            reason,
            certainty=entered.certainty,
            transaction_ids=drawn.chosen,
            note=entered.note,
            details=entered.details,
            case_verdict=entered.case_verdict,
        )
        learning.learn_soon(page.workbench)
        st.session_state[_LAST] = decision
        if _finishes(drawn):
            url.show_case(_following(drawn))
        return _said(page.formats, decision, verdict)

    pending.drop()
    shell.attempt(write)


def _said(formats: Formats, decision: Decision, verdict: Verdict) -> str:
    word = formats.words(VERDICT_LABELS[verdict]).lower()
    if decision.approval:
        why = ", ".join(formats.words(APPROVAL_LABELS[code]) for code in decision.approval)
        return formats.words(
            N_("Case {case_id}: {verdict}, sent to a second person ({why}). Z takes it back."),
            case_id=decision.case_id,
            verdict=word,
            why=why,
        )
    return formats.words(
        N_("Case {case_id}: {verdict}. Z takes it back."), case_id=decision.case_id, verdict=word
    )


def _undo(drawn: Bar) -> None:
    last, page = st.session_state.pop(_LAST, None), drawn.page
    if last is None:
        return

    def write() -> str:
        deciding.undo(page.workbench, page.actor, last.case_id, last.version)
        learning.learn_soon(page.workbench)
        url.show_case(last.case_id)
        return page.words(N_("Case {case_id} is open again."), case_id=last.case_id)

    shell.attempt(write)


def _skip(drawn: Bar) -> None:
    def write() -> None:
        _release(drawn)
        following = _following(drawn)
        url.show_case(following if following is not None else drawn.state.case_id)

    pending.drop()
    shell.attempt(write)


def _release(drawn: Bar) -> None:
    """Give a case back that one took up and leaves without a verdict."""
    held, actor = drawn.state, drawn.page.actor
    if held.status == "in_review" and held.assignee == actor.name and held.undecided == held.alerts:
        working.release(drawn.page.workbench, actor, held.case_id, held.version)


def _following(drawn: Bar) -> int | None:
    """Claim what comes next: the queue's next case, or now and then one to be read a second time."""
    page = drawn.page
    return serving.following(page.workbench, page.actor, state.queue_filter(), drawn.state.case_id)


def _keep_lease(drawn: Bar) -> None:
    """Renew the lease while the case stays on the screen."""
    held = drawn.state
    if held.status == "in_review" and held.assignee == drawn.page.actor.name:
        st.fragment(_beat, run_every=HEARTBEAT_SECONDS, key="lease")(drawn)


def _beat(drawn: Bar) -> None:
    page, held = drawn.page, drawn.state
    if holds(page.actor, "review"):
        shell.attempt(lambda: _renew(page, held))


def _renew(page: shell.Page, held: CaseState) -> None:
    working.renew(page.workbench, page.actor, held.case_id, held.version)
