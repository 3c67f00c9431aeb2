"""One case: the facts, what is unusual, the bars, and the decision bar."""

from fraudkit.services import context, history, reviewing, scoring
from fraudkit.ui import alerts, decisions, empty, notes, pairs, panels, preparing, shell, state, subjects, url

page = shell.open_page("case")
case_id = url.case_number()
if case_id is None:
    empty.no_case(page)
else:
    view = reviewing.case_view(page.workbench, case_id)
    state.mark_opened(case_id)
    focus = alerts.focused(view)
    row = history.transaction(page.workbench, focus.transaction_id)
    past = history.history(page.workbench, focus.transaction_id, view.state.entity_kind)

    panels.case_head(page, view)
    shown = {}
    left, right = shell.two_columns()
    with left:
        if preparing.is_ready(page):
            explanation = scoring.explain(page.workbench, focus.transaction_id)
            shown[focus.transaction_id] = explanation
            panels.headline(page, row, explanation)
            panels.reason_list(page, subjects.subject(page, row, past), explanation)
            panels.history_panel(page, view, focus, past)
            panels.evidence_panel(page, explanation)
            pairs.panel(page, focus.transaction_id)
            panels.label_panel(page, context.label_influences(page.workbench, explanation))
            panels.limits(page, explanation)
        else:
            preparing.instead(page)
            panels.history_panel(page, view, focus, past)
    with right:
        chosen = alerts.chosen(page, view, focus)
        panels.transaction(page, row)
        panels.course(page, view)
        notes.panel(page, view)
    decisions.bar(page, view, chosen, shown)
