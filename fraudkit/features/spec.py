"""What a feature is: windows over the past of an entity, a formula over them, and words for people.

Every window is strictly past: it ends one microsecond before the transaction, so the transaction itself and
all others of the same instant never count. Windows run on the integer column `ts_us`.

Label-derived windows read two streams of an entity. `known_frauds` counts labels in the order in which they
became known: those with `label_known_at` in (t - w, t]. `matured` counts the transactions that the bank would
by then have heard about: those with `ts_us` in (t - 7 d - w, t - 7 d]. With the default label, known seven
days after its transaction, both speak of the same transactions and their ratio is the terminal risk of the
Fraud Detection Handbook (chapter 3, `get_count_risk_rolling_window`), bit for bit. A label that became known
earlier or later counts from that moment on: there is one delay, not two, and nothing is read from the future.

`hours_since_last` and `first_seen` are the hours since the latest and the earliest transaction of the window;
`distinct` counts the different values of another entity in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, get_args

Entity = Literal["customer", "account", "card", "merchant", "terminal", "device", "counterparty"]
Measure = Literal[
    "count",
    "sum",
    "mean",
    "deviation",
    "hours_since_last",
    "first_seen",
    "distinct",
    "known_frauds",
    "matured",
    "fraud_share",
]
Span = Literal["1h", "24h", "7d", "30d", "90d", "ever"]
Shared = Entity | Literal["day_part", "direction"]
Unit = Literal["amount", "count", "hours", "ratio", "share", "flag", "score"]
Group = Literal["amount", "velocity", "habit", "novelty", "balance", "counterparty", "risk"]

ENTITIES: Final[tuple[Entity, ...]] = get_args(Entity)

ENTITY_COLUMNS: Final[Mapping[Entity, tuple[str, ...]]] = {
    "customer": ("customer_id", "account_id", "card_id"),
    "account": ("account_id",),
    "card": ("card_id",),
    "merchant": ("merchant_id", "merchant_name"),
    "terminal": ("terminal_id", "merchant_id", "merchant_name"),
    "device": ("device_id",),
    "counterparty": ("counterparty_account",),
}
"""The columns that name an entity; the first that a row has counts, so a card stands in for its customer."""

SPAN_US: Final[Mapping[Span, int]] = {
    "1h": 3_600_000_000,
    "24h": 86_400_000_000,
    "7d": 7 * 86_400_000_000,
    "30d": 30 * 86_400_000_000,
    "90d": 90 * 86_400_000_000,
    "ever": 36_525 * 86_400_000_000,  # a hundred years: a bound that every database takes
}

LABEL_DELAY_US: Final = 7 * 86_400_000_000
"""After this time a transaction without a fraud label is taken as heard of; the handbook's delay."""

KNOWN_FRAUD: Final = "fraud_label"
"""The canonical column that stands for labels known late: with it, risk features are available."""


@dataclass(frozen=True, slots=True)
class Window:
    """One measure over the strict past of an entity.

    Parameters
    ----------
    entity
        Whose past.
    measure
        What is measured. Amounts are magnitudes in units of the base currency.
    span
        How far back.
    shared
        Count only rows that share this with the transaction too: another entity; `day_part`, the quarter of
        the local day; or `direction`, money that arrives (the balance after is higher), that leaves, or,
        where balances are not known, the sign of the amount.
    of
        For `distinct`: the entity that is counted.
    """

    entity: Entity
    measure: Measure
    span: Span
    shared: Shared | None = None
    of: Entity | None = None

    @property
    def name(self) -> str:
        """Identifier, used as column name in SQL."""
        keys = self.entity if self.shared is None else f"{self.entity}_{self.shared}"
        measure = self.measure if self.of is None else f"{self.measure}_{self.of}"
        return f"{keys}_{measure}_{self.span}"

    @property
    def keys(self) -> tuple[Shared, ...]:
        """The columns that the rows of the window share."""
        return (self.entity,) if self.shared is None else (self.entity, self.shared)

    @property
    def needs(self) -> tuple[tuple[str, ...], ...]:
        """Groups of canonical columns; of each group the extract must have one."""
        keys = {*self.keys, self.of}
        entities = [columns for name, columns in ENTITY_COLUMNS.items() if name in keys]
        labels = [(KNOWN_FRAUD,)] if self.measure in ("known_frauds", "fraud_share") else []
        return (*entities, *labels)


@dataclass(frozen=True, slots=True)
class FeatureSpec:
    """One feature: its formula, its words and what it needs.

    Parameters
    ----------
    name
        Identifier; column of the feature matrix.
    label
        English words for people, marked for translation.
    group
        Kind of behaviour that it speaks of.
    unit
        Unit of the value. Amounts are in the base currency.
    formula
        SQL over `{amount}`, `{inputs}` and the columns of the row; portable between DuckDB and Spark.
    reason_high, reason_low
        Marked sentences that explain a value above and below what is usual. The gaps are `{value}`,
        `{amount}` (of this transaction, in the base currency) and the names of `inputs`; mean, sum and
        deviation are amounts, the others have the unit that their measure says.
    inputs
        Windows that the formula and the sentences use, by the name they have there.
    columns
        Further canonical columns that the formula reads.
    meaning
        One marked sentence for the page of features.
    """

    name: str
    label: str
    group: Group
    unit: Unit
    formula: str
    reason_high: str
    reason_low: str
    meaning: str
    inputs: Mapping[str, Window] = field(default_factory=dict)
    columns: tuple[str, ...] = ()

    @property
    def needs(self) -> tuple[tuple[str, ...], ...]:
        """Groups of canonical columns; of each group the extract must have one."""
        groups = [group for window in self.inputs.values() for group in window.needs]
        groups += [(column,) for column in self.columns]
        return tuple(dict.fromkeys(groups))

    def is_available(self, columns: frozenset[str]) -> bool:
        """Return whether an extract with these canonical columns can feed the feature."""
        return all(any(column in columns for column in group) for group in self.needs)
