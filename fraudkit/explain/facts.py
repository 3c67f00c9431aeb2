"""What a customer's own history says about one transaction: counts, medians and sums, strictly before it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from fraudkit.domain import EntityKind

HISTORY_DAYS: Final = 90
THIN_HISTORY: Final = 5
"""Below this number of earlier payments a ratio or a median says nothing; the count is said instead."""


@dataclass(frozen=True, slots=True)
class HistoryFacts:
    """Facts about one transaction against the earlier ones of the same entity.

    Money that comes in is compared with money that came in, the rest with the rest. Amounts are magnitudes
    in the transaction's own currency and count payments in that currency only. All windows end one
    microsecond before the transaction.

    Parameters
    ----------
    entity_kind, entity_id
        Whose history it is.
    amount, currency
        The transaction's own amount.
    ts_us, utc_offset_minutes
        Its moment.
    knows_time_of_day
        False for extracts that bring dates only: then nothing is said about hours.
    payments
        Earlier payments within `HISTORY_DAYS`.
    median_amount, largest_amount
        Over the earlier payments in the same currency; None without any.
    smaller_payments, comparable_payments
        How many of the earlier payments in the same currency were smaller, of how many.
    payments_last_hour, amount_last_hour, payments_last_day, amount_last_day
        Activity right before.
    same_merchant, same_counterparty, same_device
        Earlier payments, ever, that share it; None when the transaction does not say.
    near_hour
        Earlier payments within two hours of the same time of day.
    previous_ts_us
        Moment of the payment before, if there is one.
    first_ts_us
        Moment of the first payment ever seen.
    """

    entity_kind: EntityKind
    entity_id: str
    amount: float
    currency: str | None
    ts_us: int
    utc_offset_minutes: int
    knows_time_of_day: bool
    payments: int
    median_amount: float | None
    largest_amount: float | None
    smaller_payments: int
    comparable_payments: int
    payments_last_hour: int
    amount_last_hour: float
    payments_last_day: int
    amount_last_day: float
    same_merchant: int | None
    same_counterparty: int | None
    same_device: int | None
    near_hour: int
    previous_ts_us: int | None
    first_ts_us: int | None

    @property
    def times_median(self) -> float | None:
        """How many times the usual amount this one is."""
        if not self.median_amount or self.comparable_payments < THIN_HISTORY:
            return None
        return self.amount / self.median_amount
