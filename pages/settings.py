"""What the bank decides about its own work: policies and currency rates."""

from fraudkit.ui import policy_form, shell

page = shell.open_page("settings")
policy_form.form(page)
policy_form.rates(page)
