"""The model in use, its fit to the data, training and versions."""

from fraudkit.services import history
from fraudkit.ui import empty, models, shell

page = shell.open_page("model")
left, right = shell.two_columns()
with left:
    models.active(page)
    models.versions(page)
    models.spread(page)
    models.feature_list(page)
with right:
    if history.has_transactions(page.workbench):
        models.trainer(page)
        models.fit(page)
        models.labels(page)
    else:
        empty.nothing_imported(page)
