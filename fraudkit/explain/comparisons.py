"""The customer's own numbers beside a reason: one sentence for each theme, thin history said as such."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, Literal

from fraudkit.domain import EntityKind
from fraudkit.explain.facts import HistoryFacts
from fraudkit.explain.formats import Formats, local_datetime
from fraudkit.explain.past import HISTORY_DAYS
from fraudkit.words import N_

Theme = Literal[
    "amount",
    "activity",
    "hour",
    "merchant",
    "counterparty",
    "device",
    "since",
    "balance",
]
Transaction = Mapping[str, Any]
Comparison = Callable[[HistoryFacts, Transaction, Formats], str]

OWNER: Final[dict[EntityKind, str]] = {
    "customer": N_("this customer"),
    "account": N_("this account"),
    "card": N_("this card"),
    "terminal": N_("this terminal"),
    "transaction": N_("this transaction"),
}


def compare(theme: Theme, facts: HistoryFacts, transaction: Transaction, formats: Formats) -> str:
    """Return the customer's own numbers for a theme; an empty text when they say nothing."""
    if facts.entity_kind == "transaction":
        return ""
    return _COMPARISONS[theme](facts, transaction, formats)


def owner(facts: HistoryFacts, formats: Formats) -> str:
    """Return whose history it is, such as `this customer`."""
    return formats.words(OWNER[facts.entity_kind])


def earlier_payments(count: int, formats: Formats) -> str:
    """Return a count of earlier payments in words."""
    return formats.plural(N_("{count} earlier payment"), N_("{count} earlier payments"), count)


def _amount(facts: HistoryFacts, _transaction: Transaction, formats: Formats) -> str:
    if facts.times_median is None or facts.median_amount is None or facts.largest_amount is None:
        return formats.words(
            N_("Too little history for a usual amount: {payments} in {days} days."),
            payments=earlier_payments(facts.comparable_payments, formats),
            days=formats.number(HISTORY_DAYS),
        )
    return formats.words(
        N_("Median {median}, largest {largest}; this one is larger than {smaller} of {payments}."),
        median=formats.amount(facts.median_amount, facts.currency),
        largest=formats.amount(facts.largest_amount, facts.currency),
        smaller=formats.number(facts.smaller_payments),
        payments=earlier_payments(facts.comparable_payments, formats),
    )


def _activity(facts: HistoryFacts, _transaction: Transaction, formats: Formats) -> str:
    if facts.in_hour is None or facts.in_day is None:
        return formats.words(
            N_("Too little history for a usual pace: {payments} in {days} days."),
            payments=earlier_payments(facts.payments, formats),
            days=formats.number(HISTORY_DAYS),
        )
    return formats.words(
        N_(
            "Usual: {hour} within an hour, {day} within a day;"
            " never more than {most_hour} and {most_day} so far."
        ),
        hour=formats.number(facts.in_hour[0], 1),
        day=formats.number(facts.in_day[0], 1),
        most_hour=formats.number(facts.in_hour[1]),
        most_day=formats.number(facts.in_day[1]),
    )


def _hour(facts: HistoryFacts, _transaction: Transaction, formats: Formats) -> str:
    if not facts.knows_time_of_day:
        return ""
    clock = f"{local_datetime(facts.ts_us, facts.utc_offset_minutes):%H:%M}"
    return formats.words(
        N_("At {clock}; {near} of {payments} in {days} days lie within two hours of that time."),
        clock=clock,
        near=formats.number(facts.near_hour),
        payments=earlier_payments(facts.payments, formats),
        days=formats.number(HISTORY_DAYS),
    )


def _shared(field: str, name: str, never: str, before: str) -> Comparison:
    """Return the comparison for something that earlier payments, ever, either shared or did not."""

    def sentence(facts: HistoryFacts, transaction: Transaction, formats: Formats) -> str:
        count = getattr(facts, field)
        if count is None or facts.first_ts_us is None:
            return ""
        values = {
            "name": _partner(name, transaction),
            "since": formats.date(facts.first_ts_us, facts.utc_offset_minutes),
        }
        if count == 0:
            return formats.words(never, **values)
        return formats.words(before, payments=earlier_payments(count, formats), **values)

    return sentence


def _partner(name: str, transaction: Transaction) -> str:
    names = ("merchant_name", "merchant_id", "terminal_id") if name == "merchant" else (name,)
    return str(next((transaction[field] for field in names if transaction.get(field)), ""))


def _since(facts: HistoryFacts, _transaction: Transaction, formats: Formats) -> str:
    if facts.previous_ts_us is None:
        return formats.words(N_("First payment seen of {owner}."), owner=owner(facts, formats))
    return formats.words(
        N_("The payment before it was {span} earlier."), span=formats.since(facts.previous_ts_us, facts.ts_us)
    )


def _balance(facts: HistoryFacts, transaction: Transaction, formats: Formats) -> str:
    before, after = transaction.get("account_balance_before"), transaction.get("account_balance_after")
    if before is None or after is None:
        return ""
    return formats.words(
        N_("Balance before it {before}, after it {after}."),
        before=formats.amount(before, facts.currency),
        after=formats.amount(after, facts.currency),
    )


_COMPARISONS: Final[dict[Theme, Comparison]] = {
    "amount": _amount,
    "activity": _activity,
    "hour": _hour,
    "since": _since,
    "balance": _balance,
    "merchant": _shared(
        "same_merchant",
        "merchant",
        N_("Never before at {name} since {since}."),
        N_("{payments} at {name} since {since}."),
    ),
    "counterparty": _shared(
        "same_counterparty",
        "counterparty_account",
        N_("Never before to {name} since {since}."),
        N_("{payments} to {name} since {since}."),
    ),
    "device": _shared(
        "same_device",
        "device_id",
        N_("Never before from device {name} since {since}."),
        N_("{payments} from device {name} since {since}."),
    ),
}
