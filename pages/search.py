"""What a search found; the field stands in the frame of every screen."""

from fraudkit.services import history, searching
from fraudkit.ui import empty, finding, results, shell

page = shell.open_page("search")
if history.has_transactions(page.workbench):
    results.show(page, searching.find(page.workbench, finding.searched()))
else:
    empty.nothing_imported(page)
