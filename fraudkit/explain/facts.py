"""What a customer's own history says about one transaction: counts, medians and sums, strictly before it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from fraudkit.domain import MICROSECONDS_PER_DAY, EntityKind
from fraudkit.explain.past import HISTORY_DAYS, THIN_HISTORY, Mask, Past
from fraudkit.explain.velocity import Span, Velocity

NEAR_MINUTES: Final = 120
_MERCHANT: Final = ("merchant_id", "merchant_name", "terminal_id")


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
    same_merchant, same_counterparty, same_device
        Earlier payments, ever, that share it; None when the transaction does not say.
    in_hour, in_day
        Payments of either direction in the hour and the day before an earlier payment: the median and the
        most; None where too few are known.
    near_hour
        Earlier payments within two hours of the same time of day.
    previous_ts_us
        Moment of the payment before, in either direction, if there is one.
    first_ts_us
        Moment of the first payment ever seen, in either direction.
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
    same_merchant: int | None
    same_counterparty: int | None
    same_device: int | None
    in_hour: tuple[float, float] | None
    in_day: tuple[float, float] | None
    near_hour: int
    previous_ts_us: int | None
    first_ts_us: int | None

    @property
    def times_median(self) -> float | None:
        """How many times the usual amount this one is."""
        if not self.median_amount or self.comparable_payments < THIN_HISTORY:
            return None
        return self.amount / self.median_amount


def facts_of(past: Past, pace: Velocity) -> HistoryFacts:
    """Count the facts of the transaction under review."""
    place, recent = past.place, past.before(HISTORY_DAYS * MICROSECONDS_PER_DAY)
    amounts = past.amount[recent & past.same_currency]
    ever = past.earlier & past.alike
    moments = past.ts_us[past.earlier]
    return HistoryFacts(
        entity_kind=past.entity_kind,
        entity_id=past.entity_id,
        amount=float(past.amount[place]),
        currency=past.texts["currency"].at(place),
        ts_us=past.now_us,
        utc_offset_minutes=int(past.utc_offset_minutes[place]),
        knows_time_of_day=bool(past.is_timed[place]),
        payments=int(recent.sum()),
        median_amount=float(np.median(amounts)) if len(amounts) else None,
        largest_amount=float(amounts.max()) if len(amounts) else None,
        smaller_payments=int((amounts < past.amount[place]).sum()),
        comparable_payments=len(amounts),
        same_merchant=_shared(past, ever, *_MERCHANT),
        same_counterparty=_shared(past, ever, "counterparty_account"),
        same_device=_shared(past, ever, "device_id"),
        in_hour=_usual(pace, "hour"),
        in_day=_usual(pace, "day"),
        near_hour=int((recent & near_hour(past)).sum()),
        previous_ts_us=int(moments.max()) if len(moments) else None,
        first_ts_us=int(moments.min()) if len(moments) else None,
    )


def near_hour(past: Past) -> Mask:
    """Return which transactions lie within two hours of the same time of day; none without a time."""
    minutes = past.minute_of_day()
    apart = np.abs(minutes - minutes[past.place])
    mask: Mask = past.is_timed & (np.minimum(apart, 1440 - apart) <= NEAR_MINUTES)
    return mask


def _shared(past: Past, ever: Mask, *columns: str) -> int | None:
    return int((ever & past.shares(*columns)).sum()) if past.has(*columns) else None


def _usual(pace: Velocity, span: Span) -> tuple[float, float] | None:
    figure = pace.rows[span]["count"]
    return None if figure.usual is None or figure.most is None else (figure.usual, figure.most)
