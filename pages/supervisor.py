"""For leads: approvals, escalations, ageing and workload of the open queue."""

from fraudkit.services import history
from fraudkit.ui import empty, shell, supervision

page = shell.open_page("supervisor")
if history.has_transactions(page.workbench):
    supervision.screen(page)
else:
    empty.nothing_imported(page)
