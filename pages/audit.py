"""The audit: is the chain whole, and who did what, when, on which row."""

from fraudkit.ui import audits, exporting, shell

page = shell.open_page("audit")
audits.chain(page)
audits.entries(page)
exporting.labels(page)
