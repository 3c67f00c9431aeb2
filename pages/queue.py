"""The review queue: filters, the ranked cases, and the keys to work through them."""

from fraudkit.services import history
from fraudkit.ui import empty, exporting, grouping, models, queueing, shell

page = shell.open_page("queue")
if not history.has_transactions(page.workbench):
    empty.nothing_imported(page)
elif grouping.chosen_view(page) == "reasons":
    grouping.table(page)
else:
    chosen = queueing.chosen_filter(page)
    found = queueing.read(page, chosen)
    queueing.totals(page, chosen, found)
    models.fit_notice(page)
    if found.rows:
        queueing.keys(page, chosen, found, *queueing.grid(page, found))
    else:
        empty.nothing_found(page, filtered=queueing.is_narrowed(chosen))
    queueing.pages(found)
    exporting.queue(page, chosen)
