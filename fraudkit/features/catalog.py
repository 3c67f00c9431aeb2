"""All features that fraudkit offers, and the default set of a model.

Few, fraud-directed features beat many: each idle one dilutes an Isolation Forest. Fifteen or so make the
default; the others are offered to models that choose them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from fraudkit.errors import ModelError
from fraudkit.features.spec import FeatureSpec, Span, Window
from fraudkit.words import N_

# A customer's usual amount is that of money going the same way: a salary is no yardstick for payments.
_HISTORY: Final = {
    "count": Window("customer", "count", "90d", "direction"),
    "typical": Window("customer", "mean", "90d", "direction"),
}

_NOVEL: Final = "CASE WHEN {count} > 0e0 AND {before} = 0e0 THEN 1e0 WHEN {before} > 0e0 THEN 0e0 END"
"""1 for a first time, 0 for a known party; NULL without a party or without any history to be new in."""


def _terminal_risk(span: Span, label: str, reason_high: str) -> FeatureSpec:
    return FeatureSpec(
        name=f"terminal_risk_{span}",
        label=label,
        group="risk",
        unit="share",
        formula="{share}",
        inputs={
            "share": Window("terminal", "fraud_share", span),
            "frauds": Window("terminal", "known_frauds", span),
            "count": Window("terminal", "matured", span),
        },
        reason_high=reason_high,
        reason_low=N_("No fraud is known of at this terminal"),
        meaning=N_(
            "Share of confirmed fraud at the terminal or merchant, counting only labels already known"
        ),
    )


FEATURES: Final[tuple[FeatureSpec, ...]] = (
    FeatureSpec(
        name="amount",
        label=N_("Amount"),
        group="amount",
        unit="amount",
        formula="CASE WHEN direction <> 1 THEN {amount} END",
        columns=("transaction_amount",),
        reason_high=N_("{amount} is a high amount"),
        reason_low=N_("{amount} is a low amount"),
        meaning=N_(
            "Magnitude of the amount in the base currency; not given for money that arrives, so that a salary"
            " is no suspicion"
        ),
    ),
    FeatureSpec(
        name="amount_ratio_90d",
        label=N_("Amount against the customer's usual"),
        group="amount",
        unit="ratio",
        formula="{amount} / NULLIF({typical}, 0e0)",
        inputs=_HISTORY,
        reason_high=N_(
            "{amount} is {value} times this customer's usual {typical} ({count} payments in 90 days)"
        ),
        reason_low=N_("{amount} is below this customer's usual {typical} ({count} payments in 90 days)"),
        meaning=N_("Amount divided by the customer's mean of 90 days, for money going the same way"),
    ),
    FeatureSpec(
        name="amount_deviation_90d",
        label=N_("Amount outside the customer's range"),
        group="amount",
        unit="score",
        formula=(
            "CASE WHEN direction <> 1 THEN {count} / ({count} + 1e1) * ({amount} - {typical})"
            " / SQRT({deviation} * {deviation} + 1e-2 * {typical} * {typical} + 1e-4) END"
        ),
        inputs={**_HISTORY, "deviation": Window("customer", "deviation", "90d", "direction")},
        reason_high=N_(
            "{amount} is far above this customer's range: usually {typical}, give or take {deviation}"
            " ({count} payments in 90 days)"
        ),
        reason_low=N_(
            "{amount} is below this customer's range around {typical} ({count} payments in 90 days)"
        ),
        meaning=N_(
            "Standard deviations from the customer's mean of 90 days, shrunk to 0 by n / (n + 10) for a thin"
            " history; a tenth of the mean is the least deviation that counts; not given for money that"
            " arrives, so that a salary is no suspicion"
        ),
    ),
    FeatureSpec(
        name="customer_level_7d",
        label=N_("Recent amounts against the customer's usual"),
        group="amount",
        unit="ratio",
        formula=("({recent_sum} + 3e0 * {typical}) / ({recent_count} + 3e0) / NULLIF({typical}, 0e0)"),
        inputs={
            **_HISTORY,
            "recent_count": Window("customer", "count", "7d", "direction"),
            "recent_sum": Window("customer", "sum", "7d", "direction"),
        },
        reason_high=N_(
            "The {recent_count} payments of the last 7 days sum to {recent_sum}, {value} times the level of"
            " 90 days (usually {typical} each)"
        ),
        reason_low=N_("The payments of the last 7 days are below the customer's usual {typical}"),
        meaning=N_(
            "Mean of the customer's payments of 7 days, shrunk by three usual payments, divided by the mean"
            " of 90 days"
        ),
    ),
    FeatureSpec(
        name="customer_count_1h",
        label=N_("Payments within an hour"),
        group="velocity",
        unit="count",
        formula="{count}",
        inputs={"count": Window("customer", "count", "1h")},
        reason_high=N_("{count} other payments of this customer in the hour before"),
        reason_low=N_("No other payment of this customer in the hour before"),
        meaning=N_("Number of the customer's payments in the hour before"),
    ),
    FeatureSpec(
        name="customer_count_24h",
        label=N_("Payments within a day"),
        group="velocity",
        unit="count",
        formula="{count}",
        inputs={
            "count": Window("customer", "count", "24h"),
            "sum": Window("customer", "sum", "24h"),
        },
        reason_high=N_("{count} payments of this customer in the 24 hours before, {sum} in all"),
        reason_low=N_("Only {count} payments of this customer in the 24 hours before"),
        meaning=N_("Number of the customer's payments in the 24 hours before"),
    ),
    FeatureSpec(
        name="hour_habit",
        label=N_("Hour of the day against the customer's habit"),
        group="habit",
        unit="share",
        formula="({same} + 1e0) / ({count} + 4e0)",
        inputs={
            "same": Window("customer", "count", "90d", "day_part"),
            "count": Window("customer", "count", "90d"),
        },
        reason_high=N_("{same} of {count} payments in 90 days fall into this part of the day"),
        reason_low=N_("Only {same} of {count} payments in 90 days fall into this part of the day"),
        meaning=N_(
            "Share of the customer's payments of 90 days in the same quarter of the local day, shrunk to a"
            " quarter for a thin history; off for files with dates only"
        ),
    ),
    FeatureSpec(
        name="new_merchant",
        label=N_("New merchant"),
        group="novelty",
        unit="flag",
        formula=_NOVEL,
        inputs={
            "before": Window("customer", "count", "90d", "merchant"),
            "count": Window("customer", "count", "90d"),
        },
        reason_high=N_("First payment at this merchant in 90 days ({count} payments elsewhere)"),
        reason_low=N_("{before} earlier payments at this merchant in 90 days"),
        meaning=N_("1 when the customer has not paid at this merchant in 90 days"),
    ),
    FeatureSpec(
        name="new_device",
        label=N_("New device"),
        group="novelty",
        unit="flag",
        formula=_NOVEL,
        inputs={
            "before": Window("customer", "count", "90d", "device"),
            "count": Window("customer", "count", "90d"),
        },
        reason_high=N_("First use of this device by the customer in 90 days"),
        reason_low=N_("{before} earlier payments from this device in 90 days"),
        meaning=N_("1 when the customer has not used this device in 90 days"),
    ),
    FeatureSpec(
        name="new_counterparty",
        label=N_("New receiver"),
        group="novelty",
        unit="flag",
        formula=_NOVEL,
        inputs={
            "before": Window("customer", "count", "90d", "counterparty"),
            "count": Window("customer", "count", "90d"),
        },
        reason_high=N_("First transfer to this account in 90 days"),
        reason_low=N_("{before} earlier transfers to this account in 90 days"),
        meaning=N_("1 when the customer has not paid this account in 90 days"),
    ),
    FeatureSpec(
        name="balance_share",
        label=N_("Share of the balance"),
        group="balance",
        unit="share",
        formula=(
            "CASE WHEN balance_before > 0e0 THEN LEAST(CASE WHEN balance_after IS NULL THEN own_amount"
            " ELSE GREATEST(balance_before - balance_after, 0e0) END / balance_before, 1e1) END"
        ),
        columns=("account_balance_before",),
        reason_high=N_("{amount} takes {value} of the account's balance"),
        reason_low=N_("{amount} takes {value} of the account's balance"),
        meaning=N_(
            "Share of the balance that leaves the account, at most 10; 0 for incoming money when the balance"
            " after is known"
        ),
    ),
    FeatureSpec(
        name="drained_account",
        label=N_("Drained account"),
        group="balance",
        unit="flag",
        formula=(
            "CASE WHEN balance_before > 0e0 THEN"
            " CASE WHEN balance_after <= 5e-2 * balance_before THEN 1e0 ELSE 0e0 END END"
        ),
        columns=("account_balance_before", "account_balance_after"),
        reason_high=N_("{amount} leaves less than 5 % of the balance in the account"),
        reason_low=N_("More than 5 % of the balance stays in the account"),
        meaning=N_("1 when at most 5 % of the balance stays"),
    ),
    FeatureSpec(
        name="counterparty_count_24h",
        label=N_("Transfers received by the receiver within a day"),
        group="counterparty",
        unit="count",
        formula="{count}",
        inputs={
            "count": Window("counterparty", "count", "24h"),
            "sum": Window("counterparty", "sum", "24h"),
        },
        reason_high=N_(
            "The receiving account got {count} other transfers in the 24 hours before, {sum} in all"
        ),
        reason_low=N_("The receiving account got {count} other transfers in the 24 hours before"),
        meaning=N_("Number of transfers to the same account in the 24 hours before, of all customers"),
    ),
    _terminal_risk(
        "24h",
        N_("Fraud at the terminal, one day"),
        N_("{frauds} confirmed frauds at this terminal became known in the last day"),
    ),
    _terminal_risk(
        "7d",
        N_("Fraud at the terminal, 7 days"),
        N_("{frauds} confirmed frauds at this terminal became known in 7 days ({count} payments)"),
    ),
    _terminal_risk(
        "30d",
        N_("Fraud at the terminal, 30 days"),
        N_("{frauds} confirmed frauds at this terminal became known in 30 days ({count} payments)"),
    ),
    FeatureSpec(
        name="hours_since_last",
        label=N_("Time since the last payment"),
        group="velocity",
        unit="hours",
        formula="{since}",
        inputs={"since": Window("customer", "hours_since_last", "90d")},
        reason_high=N_("The customer's last payment was {since} before"),
        reason_low=N_("The customer's last payment was only {since} before"),
        meaning=N_("Hours since the customer's last payment within 90 days"),
    ),
    FeatureSpec(
        name="night",
        label=N_("Night"),
        group="habit",
        unit="flag",
        formula="CASE WHEN local_hour < 6e0 THEN 1e0 WHEN local_hour >= 6e0 THEN 0e0 END",
        reason_high=N_("Between midnight and six in the morning"),
        reason_low=N_("Not between midnight and six in the morning"),
        meaning=N_("1 between midnight and six, local time; off for files with dates only"),
    ),
    FeatureSpec(
        name="round_amount",
        label=N_("Round amount"),
        group="amount",
        unit="flag",
        formula="CASE WHEN own_amount >= 1e2 AND own_amount % 1e2 = 0e0 THEN 1e0 ELSE 0e0 END",
        columns=("transaction_amount",),
        reason_high=N_("A round amount: whole hundreds"),
        reason_low=N_("Not a round amount"),
        meaning=N_("1 for whole hundreds of the transaction's own currency"),
    ),
    FeatureSpec(
        name="counterparty_risk_30d",
        label=N_("Fraud at the receiver, 30 days"),
        group="risk",
        unit="share",
        formula="{share}",
        inputs={
            "share": Window("counterparty", "fraud_share", "30d"),
            "frauds": Window("counterparty", "known_frauds", "30d"),
            "count": Window("counterparty", "matured", "30d"),
        },
        reason_high=N_("{frauds} confirmed frauds to this account became known in 30 days"),
        reason_low=N_("No fraud is known of at this account"),
        meaning=N_("Share of confirmed fraud among transfers to the account, counting only known labels"),
    ),
)

FEATURE_BY_NAME: Final[dict[str, FeatureSpec]] = {spec.name: spec for spec in FEATURES}

DEFAULT_FEATURES: Final[tuple[str, ...]] = (
    "amount_deviation_90d",
    "customer_level_7d",
    "customer_count_1h",
    "customer_count_24h",
    "hour_habit",
    "new_merchant",
    "new_device",
    "new_counterparty",
    "counterparty_count_24h",
    "terminal_risk_24h",
    "terminal_risk_7d",
    "terminal_risk_30d",
)
"""Features of a model unless it chooses others.

The amount itself, its ratio to the usual and the share of the balance are left out: honest transfers are far
larger than honest purchases, and with those three in, average precision on the sample's truth falls from .41
to .14 (on the handbook, where all payments are alike, it is .40 with them and .32 without).
"""


def features_named(names: Iterable[str]) -> tuple[FeatureSpec, ...]:
    """Return declarations by name, in the order given.

    Raises
    ------
    ModelError
        When a model names a feature that this version does not declare.
    """
    wanted = tuple(names)
    unknown = [name for name in wanted if name not in FEATURE_BY_NAME]
    if unknown:
        raise ModelError(
            N_("The model uses the feature “{name}”, which this fraudkit does not know."),
            N_("Activate another model, or update fraudkit."),
            name=unknown[0],
        )
    return tuple(FEATURE_BY_NAME[name] for name in wanted)
