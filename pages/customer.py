"""One customer, or another entity: figures, time line, cases, verdicts, notes and all operations."""

from fraudkit.services import entities as services
from fraudkit.services import history
from fraudkit.ui import empty, entities, erasing, shell

page = shell.open_page("customer")
named = entities.in_address()
if not history.has_transactions(page.workbench):
    empty.nothing_imported(page)
elif named is None:
    entities.nothing_named(page)
else:
    found = services.entity(page.workbench, *named)
    entities.head(page, found)
    left, right = shell.two_columns()
    with left:
        entities.timeline(page, found)
        entities.operations(page, found)
        entities.labels(page, found)
    with right:
        entities.figures(page, found)
        entities.cases(page, found)
        entities.notes_panel(page, found)
        erasing.section(page, found)
