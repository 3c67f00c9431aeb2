"""Codes of types and channels that extracts commonly use, in words."""

from __future__ import annotations

from typing import Final

from fraudkit.explain.formats import Formats
from fraudkit.words import N_

CODE_LABELS: Final = {
    "purchase": N_("Purchase"),
    "payment": N_("Payment"),
    "withdrawal": N_("Withdrawal"),
    "deposit": N_("Deposit"),
    "refund": N_("Refund"),
    "salary": N_("Salary"),
    "transfer": N_("Transfer"),
    "transfer_in": N_("Transfer received"),
    "transfer_out": N_("Transfer sent"),
    "card_present": N_("Card present"),
    "ecommerce": N_("E-commerce"),
    "wallet": N_("Wallet"),
    "interbank": N_("Interbank"),
    "atm": N_("Cash machine"),
    "branch": N_("Branch"),
    "payroll": N_("Payroll"),
}
"""Words for the codes of types and channels that extracts commonly use."""


def code(value: str, formats: Formats) -> str:
    """Return a code from a file as words: `card_present` reads `Card present`."""
    known = CODE_LABELS.get(value.casefold().replace(" ", "_").replace("-", "_"))
    if known:
        return formats.words(known)
    if value.isupper() and "_" not in value:
        return value
    words = value.replace("_", " ").strip()
    return words[:1].upper() + words[1:]
