"""The siblings of a case: chosen by group, decided in one batch, taken back as one."""

from fraudkit.services import history
from fraudkit.ui import empty, shell, sweeps, url

page = shell.open_page("sweep")
case_id = url.case_number()
if not history.has_transactions(page.workbench):
    empty.nothing_imported(page)
elif case_id is None:
    sweeps.recent(page)
else:
    sweeps.show(page, case_id)
