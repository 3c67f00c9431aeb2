"""Fraud types, reasons and states: declared once, shown, stored and exported by code.

Fraud types have two levels and carry the code of ISO 20022 `FraudType1Code` where one exists. No list
that is answered with a digit key is longer than nine.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final

from fraudkit.domain import CaseStatus, Certainty, Liability, Priority, ReasonFeedback, Verdict
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

WAITING_REASONS: Final = (
    Term("customer_contact", N_("Customer's answer")),
    Term("merchant", N_("Merchant's answer")),
    Term("documents", N_("Documents")),
    Term("other_area", N_("Another area of the bank")),
)

ESCALATION_REASONS: Final = (
    Term("beyond_my_limit", N_("Beyond my limit")),
    Term("special_knowledge", N_("Needs special knowledge")),
    Term("wider_pattern", N_("Part of a wider pattern")),
    Term("employee_involved", N_("An employee may be involved")),
    Term("conflicting", N_("The evidence contradicts itself")),
)

ACTIONS: Final = (
    Term("contacted", N_("Customer called or messaged")),
    Term("temporary_block", N_("Temporary block")),
    Term("card_reissued", N_("Card blocked and reissued")),
    Term("credentials_reset", N_("Credentials reset")),
    Term("limit_changed", N_("Limit changed")),
    Term("transfer_held", N_("Transfer held or recalled")),
    Term("beneficiary_listed", N_("Beneficiary put on the list")),
    Term("chargeback_raised", N_("Chargeback raised")),
    Term("customer_credited", N_("Customer credited")),
    Term("referred_legal", N_("Referred to legal or the police")),
    Term("referred_compliance", N_("Referred to compliance")),
    Term("watched", N_("Put on watch")),
)
"""What was done; several at once. None of them is done by fraudkit itself."""

DETECTED_BY: Final = (
    Term("model", N_("Model")),
    Term("rule", N_("Rule")),
    Term("customer", N_("Customer")),
    Term("third_party", N_("Third party")),
)

CERTAINTY_LABELS: Final[dict[Certainty, str]] = {"confirmed": N_("Confirmed"), "assumed": N_("Assumed")}

LIABILITY_LABELS: Final[dict[Liability, str]] = {
    "bank": N_("Bank"),
    "customer": N_("Customer"),
    "merchant": N_("Merchant"),
    "shared": N_("Shared"),
    "pending": N_("Pending"),
}

FEEDBACK_LABELS: Final[dict[ReasonFeedback, str]] = {
    "decisive": N_("Decisive"),
    "irrelevant": N_("Irrelevant"),
    "wrong_data": N_("Wrong data"),
}

APPROVAL_LABELS: Final[dict[str, str]] = {
    "amount": N_("amount over the limit"),
    "sensitive_type": N_("sensitive type of fraud"),
    "bulk": N_("many at once"),
    "high_to_genuine": N_("high priority called genuine"),
    "reversal": N_("changes a closed verdict"),
}
"""Why a second person has to approve a verdict."""

SENSITIVE_TYPES: Final = ("first_party", "mule", "internal")
"""Types of fraud that accuse somebody whom the bank knows."""


@dataclass(frozen=True, slots=True)
class CheckItem:
    """One thing to be done before a verdict of a fraud type.

    Parameters
    ----------
    code
        What is stored.
    label
        English text, marked for translation.
    mandatory
        Whether the verdict is refused without it.
    """

    code: str
    label: str
    mandatory: bool = False


CHECKLISTS: Final[dict[str, tuple[CheckItem, ...]]] = {
    "card": (
        CheckItem("card_blocked", N_("Card blocked")),
        CheckItem("other_operations", N_("Other recent operations reviewed")),
        CheckItem("customer_reached", N_("Customer reached through a known number")),
    ),
    "account": (
        CheckItem("access_blocked", N_("Access blocked")),
        CheckItem("devices_reviewed", N_("Devices and sessions reviewed")),
        CheckItem("customer_reached", N_("Customer reached through a known number")),
    ),
    "deception": (
        CheckItem("recall_requested", N_("Recall requested from the receiving bank")),
        CheckItem("customer_statement", N_("Customer's statement taken")),
    ),
    "first_party": (
        CheckItem("dispute_history", N_("Earlier disputes reviewed"), mandatory=True),
        CheckItem("proof_of_delivery", N_("Merchant's proof obtained"), mandatory=True),
    ),
    "mule": (
        CheckItem("flow_of_funds", N_("Incoming and outgoing funds traced"), mandatory=True),
        CheckItem("linked_accounts", N_("Linked accounts reviewed"), mandatory=True),
        CheckItem("compliance_told", N_("Compliance informed")),
    ),
    "merchant": (CheckItem("merchant_sales", N_("Other sales of the merchant reviewed")),),
    "internal": (
        CheckItem("access_log", N_("Access log secured"), mandatory=True),
        CheckItem("audit_told", N_("Internal audit informed"), mandatory=True),
    ),
}
"""What is to be done before a verdict, by fraud type."""

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


def subtypes_of(fraud_type: str) -> tuple[Term, ...]:
    """Return the second level of a fraud type."""
    return tuple(term for term in FRAUD_SUBTYPES if term.parent == fraud_type)


def open_items(fraud_type: str | None, done: Collection[str]) -> tuple[CheckItem, ...]:
    """Return the mandatory items of a fraud type's checklist that are not done."""
    items = CHECKLISTS.get(fraud_type or "", ())
    return tuple(item for item in items if item.mandatory and item.code not in done)


def require_code(code: str, terms: Iterable[Term], what: str) -> None:
    """Refuse a code that a closed list does not hold.

    Raises
    ------
    InvalidInputError
        When it is none of them.
    """
    codes = [term.code for term in terms]
    if code not in codes:
        raise InvalidInputError(
            N_("“{code}” is not a possible value of “{what}”."),
            N_("Use one of: {codes}."),
            code=code,
            what=what,
            codes=", ".join(codes),
        )
