"""Fraud types, reasons and states: declared once, shown, stored and exported by code.

Fraud types have two levels and carry the code of ISO 20022 `FraudType1Code` where one exists. No list
that is answered with a digit key is longer than nine.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from fraudkit.domain import CaseStatus, Priority, Verdict
from fraudkit.errors import InvalidInputError
from fraudkit.words import N_


@dataclass(frozen=True, slots=True)
class Term:
    """One entry of a closed list.

    Parameters
    ----------
    code
        What is stored.
    label
        English text, marked for translation.
    parent
        Code of the level above, for second-level fraud types.
    iso_20022
        Code of ISO 20022 `FraudType1Code`, where one exists.
    """

    code: str
    label: str
    parent: str | None = None
    iso_20022: str | None = None


FRAUD_TYPES: Final = (
    Term("card", N_("Card, not authorised")),
    Term("account", N_("Account, not authorised")),
    Term("deception", N_("Authorised under deception")),
    Term("first_party", N_("Customer's own fraud"), iso_20022="OTHP"),
    Term("mule", N_("Mule or receiver"), iso_20022="OTHP"),
    Term("merchant", N_("Merchant"), iso_20022="COSN"),
    Term("internal", N_("Employee or agent"), iso_20022="OTHP"),
    Term("unknown", N_("Fraud, type not yet known"), iso_20022="MISC"),
)

FRAUD_SUBTYPES: Final = (
    Term("card_not_present", N_("E-commerce or card testing"), "card", "CNPA"),
    Term("counterfeit", N_("Cloned card or skimming"), "card", "CWKA"),
    Term("lost", N_("Lost card"), "card", "CRDL"),
    Term("stolen", N_("Stolen card"), "card", "CRDS"),
    Term("not_received", N_("Card intercepted before receipt"), "card", "CRNT"),
    Term("wallet_provisioning", N_("Stolen card added to a wallet"), "card", "FRAC"),
    Term("account_takeover", N_("Account takeover"), "account", "ACTO"),
    Term("application", N_("Impersonation at application"), "account", "FRAP"),
    Term("purchase_scam", N_("Purchase scam"), "deception", "OTHN"),
    Term("impersonation", N_("Impersonation of bank, police or relative"), "deception", "OTHN"),
    Term("investment_scam", N_("Investment scam"), "deception", "OTHN"),
    Term("romance_scam", N_("Romance scam"), "deception", "OTHN"),
    Term("advance_fee", N_("Advance fee"), "deception", "OTHN"),
    Term("invoice_scam", N_("Invoice or mandate scam"), "deception", "OTHN"),
    Term("false_payment", N_("False proof of payment"), "deception", "OTHN"),
    Term("dispute_abuse", N_("Dispute abuse"), "first_party", "OTHP"),
    Term("bust_out", N_("Bust-out"), "first_party", "OTHP"),
    Term("mule_complicit", N_("Complicit mule"), "mule", "OTHP"),
    Term("mule_unwitting", N_("Recruited or unwitting mule"), "mule", "OTHP"),
    Term("merchant_collusion", N_("Merchant collusion"), "merchant", "COSN"),
    Term("merchant_misrepresentation", N_("Transaction laundering"), "merchant", "MISC"),
)

GENUINE_REASONS: Final = (
    Term("customer_confirmed", N_("Customer confirmed")),
    Term("travel", N_("Travel")),
    Term("new_merchant", N_("New but legitimate merchant")),
    Term("one_off_purchase", N_("Seasonal or one-off large purchase")),
    Term("known_transfer", N_("Salary or known transfer")),
    Term("recurring", N_("Recurring or subscription")),
    Term("business_behaviour", N_("Known business behaviour")),
    Term("duplicate_authorisation", N_("Retry or duplicate authorisation")),
    Term("bad_data", N_("Bad or missing data")),
)

UNDETERMINED_REASONS: Final = (
    Term("customer_unreachable", N_("Customer unreachable")),
    Term("awaiting_merchant", N_("Awaiting merchant or acquirer")),
    Term("insufficient_data", N_("Insufficient data")),
    Term("conflicting_evidence", N_("Conflicting evidence")),
)

VERDICT_LABELS: Final[dict[Verdict, str]] = {
    "fraud": N_("Fraud"),
    "genuine": N_("Genuine"),
    "undetermined": N_("Undetermined"),
}

STATUS_LABELS: Final[dict[CaseStatus, str]] = {
    "new": N_("New"),
    "in_review": N_("In review"),
    "waiting": N_("Waiting"),
    "escalated": N_("Escalated"),
    "pending_approval": N_("Awaiting approval"),
    "closed": N_("Closed"),
    "merged": N_("Merged"),
    "auto_closed": N_("Closed by policy"),
}

PRIORITY_LABELS: Final[dict[Priority, str]] = {"low": N_("Low"), "medium": N_("Medium"), "high": N_("High")}

REASONS_BY_VERDICT: Final[dict[Verdict, tuple[Term, ...]]] = {
    "fraud": FRAUD_TYPES,
    "genuine": GENUINE_REASONS,
    "undetermined": UNDETERMINED_REASONS,
}


def reason_of(verdict: Verdict, code: str) -> Term:
    """Return the declared reason for a verdict.

    Raises
    ------
    InvalidInputError
        When the code is not one of the verdict's reasons.
    """
    terms = REASONS_BY_VERDICT[verdict] + (FRAUD_SUBTYPES if verdict == "fraud" else ())
    for term in terms:
        if term.code == code:
            return term
    raise InvalidInputError(
        N_("“{code}” is not a reason for the verdict “{verdict}”."),
        N_("Use one of: {codes}."),
        code=code,
        verdict=verdict,
        codes=", ".join(term.code for term in REASONS_BY_VERDICT[verdict]),
    )
