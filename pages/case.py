"""One case: the facts, what is unusual, what stands behind it, and the decision bar."""

from fraudkit.services import history, reviewing, scoring
from fraudkit.ui import (
    alerts,
    behaviour,
    decisions,
    empty,
    entities,
    exporting,
    following,
    leans,
    notes,
    panels,
    preparing,
    shell,
    state,
    subjects,
    sweep_offer,
    url,
    views,
)

page = shell.open_page("case")
case_id = url.case_number()
if case_id is None:
    empty.no_case(page)
else:
    view = leans.seen_by(page, reviewing.case_view(page.workbench, case_id))
    facts_first, is_blind = leans.hides_score(page, view), leans.reads_blind(page, case_id)
    state.mark_opened(case_id)
    panels.case_head(page, view)
    chosen: list[str] = []
    shown = {}
    if not view.alerts:
        panels.withdrawn(page, None)
    else:
        focus = alerts.focused(view)
        row = history.transaction(page.workbench, focus.transaction_id, focus.position)
        past = subjects.past(page, row, view.state.entity_kind)
        panels.key_figures(page, row, past.facts if past else None)
        left, right = shell.two_columns(1.5)
        with left:
            explanation = subject = None
            if past is None:
                panels.withdrawn(page, row)
            elif facts_first or is_blind:
                leans.notice(page, is_blind=is_blind)
            elif preparing.is_ready(page):
                explanation = scoring.explain(page.workbench, focus.transaction_id)
                shown[focus.transaction_id] = explanation
                subject = subjects.subject(page, row, past)
                panels.headline(page, row, explanation)
                panels.reason_list(page, subject, explanation)
                panels.normal(page, explanation, subject, past)
            else:
                preparing.instead(page)
            facts_only = facts_first or is_blind
            views.panel(page, views.Shown(view, row, past, explanation, subject, facts_only=facts_only))
        with right:
            chosen = alerts.chosen(page, view, focus)
            if past is not None:
                behaviour.pace(page, past)
                behaviour.habitual(page, past)
            entities.links(page, row)
            panels.course(page, view)
            if not is_blind:
                notes.panel(page, view)
            if not (facts_first or is_blind):
                exporting.evidence(page, view)
    if facts_first:
        leans.bar(page, view)
    else:
        decisions.bar(page, view, chosen, shown)
    sweep_offer.show(page)
    following.prepare(page, case_id)
