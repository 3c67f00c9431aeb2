"""The siblings of a case: chosen by group, decided in one batch, taken back as one."""

from fraudkit.ui import shell, sweeps, url

page = shell.open_page("sweep")
case_id = url.case_number()
if case_id is None:
    sweeps.recent(page)
else:
    sweeps.show(page, case_id)
