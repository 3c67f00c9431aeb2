"""Why a row was kept apart, and what was normalised: every code with its words."""

from __future__ import annotations

from typing import Final

from fraudkit.words import N_

REASONS: Final[dict[str, str]] = {
    "amount_missing": N_("The amount is empty."),
    "clock_skipped": N_("The clock skipped this hour when summer time began."),
    "conflict": N_("The same identifier is already known with other values."),
    "control_character": N_("The row holds a NUL character."),
    "date_impossible": N_("There is no such date."),
    "date_missing": N_("The date is empty."),
    "date_out_of_range": N_("The date lies before 1990 or in the future."),
    "date_unreadable": N_("The date is not written like the others."),
    "debit_and_credit": N_("Both the debit and the credit column hold an amount."),
    "encoding": N_("The row holds bytes that are not text in the file's encoding."),
    "flag_unreadable": N_("The value is neither yes nor no."),
    "formula": N_("The value is a formula."),
    "line_too_long": N_("The row is longer than two million bytes."),
    "not_finite": N_("The value is infinite or not a number."),
    "number_too_large": N_("The amount has more than sixteen digits before the decimal mark."),
    "number_unreadable": N_("The value is not a number."),
    "quote_malformed": N_("A quotation mark inside the value is not doubled."),
    "quote_unterminated": N_("A quotation mark is opened and never closed."),
    "third_decimal": N_("The amount has more than two decimals."),
    "too_few_columns": N_("The row has fewer values than the header has names."),
    "too_many_columns": N_("The row has more values than the header has names."),
    "total_row": N_("The row is a total, not a transaction."),
    "value_missing": N_("The value is empty, and such rows were declared to be set apart."),
}
"""Words by reason code, as stored in `rejected_row.reason`."""

NOTES: Final[dict[str, str]] = {
    "broken_lines": N_("Lines that are no JSON object, listed among the rejected rows"),
    "card_numbers": N_("Card numbers kept as their last four digits and a keyed hash"),
    "clock_shown_twice": N_("Times that the clock showed twice, read as the first of the two"),
    "damaged_identifier": N_("Identifiers rounded by a spreadsheet, kept as text and not used"),
    "float_identifier": N_("Identifiers freed of a “.0” that a spreadsheet had added"),
    "float_noise": N_("Amounts freed of binary noise such as 85.64999999999999"),
    "long_numbers": N_(
        "Cells with more than 15 digits, of which Excel keeps 15: format such columns as text"
    ),
    "late_labels": N_("Frauds known later, added to the ledger"),
    "security_codes": N_("Columns of security codes, PINs or stripes of cards, left out"),
    "zones_converted": N_("Times with a zone of their own, brought to the bank's zone"),
}
"""Words for what is counted in `batch.notes`."""
