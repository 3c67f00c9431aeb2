"""Words that several screens share: entities, features, codes from files, transactions."""

from __future__ import annotations

from typing import Any, Final

from fraudkit.domain import EntityKind
from fraudkit.explain.codes import code
from fraudkit.explain.facts import HistoryFacts
from fraudkit.explain.formats import Formats
from fraudkit.features.catalog import FEATURE_BY_NAME
from fraudkit.schema import COLUMN_BY_NAME
from fraudkit.store import Row
from fraudkit.words import N_

__all__ = [
    "EMPTY",
    "ENTITY_LABELS",
    "code",
    "column_value",
    "entity",
    "feature_label",
    "key_figures",
    "when",
]

EMPTY: Final = "–"
ENTITY_LABELS: Final[dict[EntityKind, str]] = {
    "customer": N_("Customer"),
    "account": N_("Account"),
    "card": N_("Card"),
    "terminal": N_("Terminal"),
    "transaction": N_("Transaction"),
}

_PAYEES: Final = {
    "merchant_name": N_("Merchant"),
    "merchant_id": N_("Merchant"),
    "counterparty_account": N_("Counterparty"),
    "terminal_id": N_("Terminal"),
}
"""Who got the money, the best name first."""


def feature_label(name: str, formats: Formats) -> str:
    """Return a feature's short name in the reader's language; the name itself for an unknown one."""
    feature = FEATURE_BY_NAME.get(name)
    return formats.words(feature.label) if feature else name


def entity(kind: EntityKind, identifier: str, formats: Formats) -> str:
    """Return whose case it is; the kind is said where it is not a customer."""
    if kind == "customer":
        return identifier
    return f"{formats.words(ENTITY_LABELS[kind])} {identifier}"


def key_figures(row: Row, facts: HistoryFacts | None, formats: Formats) -> list[tuple[str, str, str]]:
    """Return name, value and quiet line of what identifies an operation; absent ones left out."""
    figures = [
        (
            formats.words(N_("Amount")),
            formats.amount(row["transaction_amount"], row["currency"]),
            " · ".join(code(row[name], formats) for name in ("transaction_type", "channel") if row[name]),
        ),
        (formats.words(N_("When")), when(row, formats), _previous(facts, formats)),
        _payee(row, formats),
        _customer(row, formats),
        _balance(row, formats),
        _device(row, formats),
    ]
    return [figure for figure in figures if figure is not None]


def _previous(facts: HistoryFacts | None, formats: Formats) -> str:
    if facts is None or facts.previous_ts_us is None:
        return ""
    return formats.words(
        N_("{span} after the one before"), span=formats.since(facts.previous_ts_us, facts.ts_us)
    )


def _payee(row: Row, formats: Formats) -> tuple[str, str, str] | None:
    """Return who got the money: the merchant, else the receiver, else the terminal."""
    for name, label in _PAYEES.items():
        if row[name]:
            others = ("merchant_mcc", "merchant_location", "terminal_id")
            below = " · ".join(row[other] for other in others if row[other] and other != name)
            return formats.words(label), row[name], below
    return None


def _customer(row: Row, formats: Formats) -> tuple[str, str, str] | None:
    known = [
        column_value(name, row, formats)
        for name in ("customer_age", "customer_location")
        if row[name] is not None
    ]
    below = [column_value("account_type", row, formats)] if row["account_type"] else []
    if row["account_age"] is not None:
        below.append(column_value("account_age", row, formats))
    if row["customer_risk_score"] is not None:
        below.append(
            formats.words(N_("risk {score}"), score=column_value("customer_risk_score", row, formats))
        )
    if not known and not below:
        return None
    return formats.words(N_("Customer")), ", ".join(known) or EMPTY, " · ".join(below)


def _balance(row: Row, formats: Formats) -> tuple[str, str, str] | None:
    before, after = row["account_balance_before"], row["account_balance_after"]
    if before is None and after is None:
        return None
    shown = [formats.amount(value, None) for value in (before, after) if value is not None]
    if before is None or after is None:
        name = "account_balance_after" if before is None else "account_balance_before"
        return formats.words(COLUMN_BY_NAME[name].label), shown[0], ""
    left = float(before - after) / float(before) if before > after and before > 0 else 0.0
    below = formats.words(N_("{share} left the account"), share=formats.percent(left)) if left else ""
    return formats.words(N_("Balance")), " → ".join(shown), below


def _device(row: Row, formats: Formats) -> tuple[str, str, str] | None:
    known = [row[name] for name in ("device_id", "ip_address", "card_id") if row[name]]
    if not known:
        return None
    first = next(name for name in ("device_id", "ip_address", "card_id") if row[name])
    return formats.words(COLUMN_BY_NAME[first].label), known[0], " · ".join(known[1:])


def when(row: Row, formats: Formats) -> str:
    """Return the moment of a transaction with its weekday; the day alone where no time is known."""
    if row["time_precision"] == "date":
        return formats.date(row["ts_us"], row["utc_offset_minutes"])
    day = formats.weekday(row["ts_us"], row["utc_offset_minutes"])
    return f"{day}, {formats.moment(row['ts_us'], row['utc_offset_minutes'])}"


def column_value(name: str, row: Row, formats: Formats) -> str:
    """Return one column of a transaction as the reader writes it; an empty text when it is absent."""
    if name == "transaction_datetime":
        return when(row, formats)
    value: Any = row[name]
    if value is None:
        return ""
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
