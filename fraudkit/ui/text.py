"""Words that several screens share: entities, features, codes from files, transactions."""

from __future__ import annotations

from typing import Any, Final

from fraudkit.domain import EntityKind
from fraudkit.explain.formats import Formats
from fraudkit.features.catalog import FEATURE_BY_NAME
from fraudkit.schema import COLUMN_BY_NAME
from fraudkit.store import Row
from fraudkit.words import N_

EMPTY: Final = "–"
ENTITY_LABELS: Final[dict[EntityKind, str]] = {
    "customer": N_("Customer"),
    "account": N_("Account"),
    "card": N_("Card"),
    "terminal": N_("Terminal"),
    "transaction": N_("Transaction"),
}
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

_TRANSACTION_COLUMNS: Final = (
    "transaction_type",
    "channel",
    "merchant_name",
    "merchant_id",
    "merchant_mcc",
    "merchant_location",
    "terminal_id",
    "counterparty_account",
    "customer_id",
    "customer_age",
    "customer_location",
    "customer_risk_score",
    "account_id",
    "account_type",
    "account_age",
    "account_balance_before",
    "account_balance_after",
    "card_id",
    "device_id",
    "ip_address",
)


def feature_label(name: str, formats: Formats) -> str:
    """Return a feature's short name in the reader's language; the name itself for an unknown one."""
    feature = FEATURE_BY_NAME.get(name)
    return formats.words(feature.label) if feature else name


def entity(kind: EntityKind, identifier: str, formats: Formats) -> str:
    """Return whose case it is; the kind is said where it is not a customer."""
    if kind == "customer":
        return identifier
    return f"{formats.words(ENTITY_LABELS[kind])} {identifier}"


def code(value: str, formats: Formats) -> str:
    """Return a code from a file as words: `card_present` reads `Card present`."""
    known = CODE_LABELS.get(value.casefold().replace(" ", "_").replace("-", "_"))
    if known:
        return formats.words(known)
    if value.isupper() and "_" not in value:
        return value
    words = value.replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def transaction_facts(row: Row, formats: Formats) -> list[tuple[str, str]]:
    """Return what is known about a transaction as names and values, absent ones left out."""
    facts = [
        (formats.words(N_("Amount")), formats.amount(row["transaction_amount"], row["currency"])),
        (formats.words(N_("When")), _when(row, formats)),
    ]
    facts += [
        (formats.words(COLUMN_BY_NAME[name].label), _value(name, row, formats))
        for name in _TRANSACTION_COLUMNS
        if row.get(name) is not None
    ]
    source = formats.words(
        N_("{file}, line {line}"), file=row["file_name"], line=formats.number(row["source_row"])
    )
    return [
        *facts,
        (formats.words(N_("Transaction")), row["transaction_id"]),
        (formats.words(N_("Source")), source),
    ]


def _when(row: Row, formats: Formats) -> str:
    if row["time_precision"] == "date":
        return formats.date(row["ts_us"], row["utc_offset_minutes"])
    day = formats.weekday(row["ts_us"], row["utc_offset_minutes"])
    return f"{day}, {formats.moment(row['ts_us'], row['utc_offset_minutes'])}"


def _value(name: str, row: Row, formats: Formats) -> str:
    value: Any = row[name]
    column = COLUMN_BY_NAME[name]
    if column.kind == "amount":
        return formats.amount(value, row["currency"])
    if column.kind == "number":
        number = formats.number(value, 2)
        if column.unit == "days":
            return formats.duration(value * 86_400)
        return (
            formats.plural(N_("{count} year"), N_("{count} years"), int(value))
            if column.unit == "years"
            else number
        )
    return (
        code(str(value), formats) if name in ("transaction_type", "channel", "account_type") else str(value)
    )
