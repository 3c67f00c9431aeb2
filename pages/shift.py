"""My shift: what is mine, what is due, what changed, one button to start, and the handover note."""

from fraudkit.services import history, shift
from fraudkit.ui import empty, own_figures, shell, shifts

page = shell.open_page("shift")
if not history.has_transactions(page.workbench):
    empty.nothing_imported(page)
else:
    found = shift.shift(page.workbench, page.actor)
    shifts.head(page, found)
    shifts.mine(page, found)
    left, right = shell.two_columns()
    with left:
        shifts.today(page, found)
        shifts.changed(page, found)
        shifts.following(page)
    with right:
        own_figures.panel(page)
        shifts.handing_over(page)
