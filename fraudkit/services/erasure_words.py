"""What an erasure changes, in words: the same on the screen and in the terminal."""

from __future__ import annotations

from fraudkit.explain.formats import Formats
from fraudkit.services.erasing import Erased, Preview
from fraudkit.words import N_


def goes(found: Preview, formats: Formats) -> list[tuple[str, str]]:
    """Return what goes, as names and counts."""
    counted = (
        (N_("Notes and frozen screens of verdicts"), found.labels),
        (N_("Notes"), found.notes),
        (N_("Attached files"), found.files),
        (N_("Texts of rejected rows"), found.rejected),
        (N_("Names of accounts that nobody else uses"), found.accounts),
        (N_("Names of cards that nobody else uses"), found.cards),
        (N_("Names of devices that nobody else uses"), found.devices),
    )
    return [(formats.words(label), formats.number(count)) for label, count in counted]


def stays(found: Preview, formats: Formats) -> str:
    """Return what stays."""
    return formats.words(
        N_(
            "{transactions} operations and {cases} cases stay under a new name that leads nowhere, "
            "without age, place, risk score, internet address and further columns; amounts, times, "
            "merchants, verdicts and the audit chain stay as they are."
        ),
        transactions=formats.number(found.transactions),
        cases=formats.number(found.cases),
    )


def lines(found: Preview, formats: Formats) -> list[str]:
    """Return the preview as lines."""
    rows = [f"{label}: {count}" for label, count in goes(found, formats)]
    blocked = [
        formats.words(
            N_("Case {case_id} of this customer is still open; nothing was erased."), case_id=case_id
        )
        for case_id in found.open_cases[:1]
    ]
    return [*rows, stays(found, formats), *blocked]


def outcome(done: Erased, formats: Formats) -> list[str]:
    """Return what was done, and what is left to do."""
    said = [
        formats.words(
            N_("The personal data are erased; {transactions} operations stay under {name}."),
            transactions=formats.number(done.counts["transactions"]),
            name=done.new_name,
        )
    ]
    if done.left_in:
        columns = ", ".join(done.left_in)
        said.append(formats.words(N_("The names still stand in {columns}; look at them."), columns=columns))
    if not done.is_rewritten:
        said.append(
            formats.words(N_("The old bytes are still in the file: run `python -m fraudkit compact`."))
        )
    return said
