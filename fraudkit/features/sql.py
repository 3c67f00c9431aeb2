"""Features as one portable SELECT, the same text for DuckDB and Spark.

The statement reads a relation with the canonical columns, `position`, `ts_us`, `utc_offset_minutes`,
`time_precision` and `base_rate` (units of the base currency for one unit of the row's currency, NULL where no
rate is known), and a relation `known_fraud (transaction_id, label_known_at)`. It returns `position` and one
DOUBLE per feature, in order of position. What cannot be computed is NULL.

Two rules keep it portable: windows are `RANGE` frames over an integer column, and every constant that takes
part in arithmetic is a DOUBLE literal. Sums run over integer cents, so the order of tied rows changes no bit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, cast

from fraudkit.features.measures import ARITHMETIC, Primitive, reach
from fraudkit.features.plan import AMOUNT, FeaturePlan, inputs_of, primitives_of
from fraudkit.features.spec import (
    ENTITIES,
    ENTITY_COLUMNS,
    KNOWN_FRAUD,
    SPAN_US,
    Entity,
    FeatureSpec,
    Window,
)

_DAY_US: Final = 86_400_000_000
_DAY_PART_US: Final = 6 * 3_600_000_000
_LOCAL: Final = (
    f"((ts_us + CAST(utc_offset_minutes AS BIGINT) * 60000000) % {_DAY_US} + {_DAY_US}) % {_DAY_US}"
)
_PRECISE: Final = f"CASE WHEN time_precision <> 'date' THEN {_LOCAL} END"
_MOST_CENTS: Final = "1e15"
"""Amounts count up to ten trillion, so that sums of squares stay within 38 digits whatever a file holds."""

_CENTS: Final = "ROUND(ABS(CAST(transaction_amount AS DOUBLE)) * base_rate * 1e2)"
_DIRECTION: Final = (
    "CASE WHEN account_balance_after > account_balance_before THEN 1"
    " WHEN transaction_amount < 0 AND account_balance_after IS NULL THEN 2 ELSE 0 END"
)


KEY_SUFFIX: Final = "_key"


def _first_of(columns: tuple[str, ...]) -> str:
    return columns[0] if len(columns) == 1 else f"COALESCE({', '.join(columns)})"


_ROW: Final[Mapping[str, str]] = {
    "position": "position",
    "transaction_id": "transaction_id",
    "ts_us": "ts_us",
    "cents": f"CAST(CASE WHEN {_CENTS} > {_MOST_CENTS} THEN {_MOST_CENTS} ELSE {_CENTS} END AS BIGINT)",
    **{name: _first_of(ENTITY_COLUMNS[name]) for name in ENTITIES},
    "day_part": f"CAST(FLOOR({_PRECISE} / {_DAY_PART_US / 1:e}) AS INTEGER)",
    "local_hour": f"{_PRECISE} / 3.6e9",
    "balance_before": "CAST(account_balance_before AS DOUBLE)",
    "balance_after": "CAST(account_balance_after AS DOUBLE)",
    "own_amount": "ABS(CAST(transaction_amount AS DOUBLE))",
    "account_age": "account_age",
    "direction": _DIRECTION,
    "known_fraud": "CAST(0 AS INTEGER)",
    "departure": "CAST(NULL AS VARCHAR)",
}
"""All that features read of a transaction; the last two tell late labels and departures from transactions."""

_AGGREGATE: Final[Mapping[Primitive, str]] = {
    "count": "COUNT(position)",
    "valued": "COUNT(cents)",
    "sum": "SUM(cents)",
    "squares": "SUM(CAST(cents AS DECIMAL(19,0)) * CAST(cents AS DECIMAL(19,0)))",
    "last": "MAX(CASE WHEN position IS NOT NULL THEN ts_us END)",
    "first": "MIN(CASE WHEN position IS NOT NULL THEN ts_us END)",
    "known_frauds": "SUM(known_fraud)",
    "matured": "COUNT(position)",
}
"""Windowed SQL of each primitive but `distinct`."""

_ZERO_WHEN_EMPTY: Final[frozenset[Primitive]] = frozenset({"sum", "squares", "known_frauds", "distinct"})


def render(
    specs: Sequence[FeatureSpec],
    available: frozenset[str],
    relation: str = "SELECT * FROM transactions",
    known_fraud: str = "known_fraud",
) -> str:
    """Return the statement that computes features of all rows of a relation.

    Parameters
    ----------
    specs
        The features, in the order of the columns.
    available
        Canonical columns that the relation has values in; `fraud_label` when frauds are known. Features that
        need others are rendered as NULL, at no cost.
    relation
        SELECT that gives the rows.
    known_fraud
        Name of the relation of late labels.
    """
    usable = [spec for spec in specs if spec.is_available(available)]
    windows = [window for spec in usable for window in inputs_of(spec).values()]
    columns = [
        f"CAST({_formula(spec) if spec in usable else 'NULL'} AS DOUBLE) AS {spec.name}" for spec in specs
    ]
    return _statement(windows, columns, available, relation, known_fraud)


def render_rows(
    plan: FeaturePlan, relation: str, known_fraud: str = "known_fraud", *, few: bool = False
) -> str:
    """Return the statement that reads what the kernel needs, in any order.

    The columns are `position`, `ts_us`, `cents`, the plan's columns, its keys with `KEY_SUFFIX`, all by the
    expressions that the features' own statement starts from, and `known_at` where the plan needs labels. Few
    rows are set aside before the labels are joined, lest all transactions be joined with them.
    """
    names = ["position", "ts_us", "cents", *sorted(plan.columns)]
    needed = {"transaction_id", *names, *plan.keys}
    row = ", ".join(f"{expression} AS {name}" for name, expression in _ROW.items() if name in needed)
    aside = "MATERIALIZED " if few else ""
    prepared = f"WITH prepared AS {aside}(SELECT {row} FROM (\n{relation}\n) AS given)"
    keys = [f"prepared.{name} AS {name}{KEY_SUFFIX}" for name in sorted(plan.keys)]
    selected = ", ".join([*(f"prepared.{name}" for name in names), *keys])
    if not plan.with_labels:
        return f"{prepared} SELECT {selected} FROM prepared"
    labels = f"LEFT JOIN {_first_labels(known_fraud)} AS label"
    return (
        f"{prepared} SELECT {selected}, label.known_at FROM prepared"
        f" {labels} ON label.transaction_id = prepared.transaction_id"
    )


def render_inputs(
    specs: Sequence[FeatureSpec],
    available: frozenset[str],
    relation: str,
    known_fraud: str = "known_fraud",
) -> str:
    """Return the statement that computes what fills the gaps of the reasons.

    The columns are `position`, `amount` and, for each feature and input, `<feature>.<input>`.
    """
    usable = [spec for spec in specs if spec.is_available(available)]
    windows = [window for spec in usable for window in spec.inputs.values()]
    columns = ["CAST(cents / 1e2 AS DOUBLE) AS amount"]
    columns += [
        f'CAST({_value(window)} AS DOUBLE) AS "{spec.name}.{name}"'
        for spec in usable
        for name, window in spec.inputs.items()
    ]
    return _statement(windows, columns, available, relation, known_fraud)


def entity_of(entity: str, table: str) -> str:
    """Return the SQL that names an entity of the rows of a table."""
    return _first_of(tuple(f"{table}.{column}" for column in ENTITY_COLUMNS[cast("Entity", entity)]))


def _statement(
    windows: Iterable[Window],
    columns: Sequence[str],
    available: frozenset[str],
    relation: str,
    known_fraud: str,
) -> str:
    wanted = tuple(dict.fromkeys(windows))
    frames = dict(pair for window in wanted for pair in _frames(window))
    prepared = ",\n        ".join(["*", *(f"{sql} AS {name}" for name, sql in frames.items())])
    sources = ["    SELECT * FROM prepared"]
    if KNOWN_FRAUD in available and any("known_fraud)" in sql for sql in frames.values()):
        sources.append(_label_rows(known_fraud))
    sources += [_departure_rows(window) for window in wanted if window.measure == "distinct"]
    source = "\n    UNION ALL\n".join(sources)
    row = ",\n        ".join(f"{sql} AS {name}" for name, sql in _ROW.items())
    selected = ",\n    ".join(["position", *columns])
    return f"""WITH given AS (
    {relation}
),
prepared AS (
    SELECT
        {row}
    FROM given
),
source AS (
{source}
),
windowed AS (
    SELECT
        {prepared}
    FROM source
)
SELECT
    {selected}
FROM windowed
WHERE position IS NOT NULL
ORDER BY position"""


def _event_row(values: Mapping[str, str]) -> str:
    """Return the columns of a row that is no transaction: these values, everything else NULL."""
    return ", ".join(f"{values.get(name, 'NULL')} AS {name}" for name in _ROW)


def _label_rows(known_fraud: str) -> str:
    """Return one row for each late label, at the moment it became known."""
    entities: dict[str, str] = {name: f"prepared.{name}" for name in ENTITIES}
    row = {"transaction_id": "prepared.transaction_id", "ts_us": "label.known_at", "known_fraud": "1"}
    return f"""    SELECT {_event_row({**entities, **row})}
    FROM prepared
    JOIN {_first_labels(known_fraud)} AS label ON label.transaction_id = prepared.transaction_id"""


def _first_labels(known_fraud: str) -> str:
    return (
        f"(SELECT transaction_id, MIN(label_known_at) AS known_at FROM {known_fraud} GROUP BY transaction_id)"
    )


def _departure_rows(window: Window) -> str:
    """Return one row for each moment at which a counted value leaves the window of its keys.

    A row's value stays until the width of the window has passed or the same value comes again. Values that
    came minus values that left, both strictly before a transaction, are the different values in its window:
    a running sum, which Spark has, where it has no distinct count over a window.
    """
    shared = ", ".join([*window.keys, str(window.of)])
    again = f"LEAD(ts_us) OVER (PARTITION BY {shared} ORDER BY ts_us, position)"
    moment = f"LEAST(ts_us + {SPAN_US[window.span]}, {again})"
    row = {key: key for key in window.keys} | {"ts_us": moment, "departure": f"'{window.name}'"}
    return f"""    SELECT {_event_row(row)}
    FROM prepared
    WHERE {window.of} IS NOT NULL"""


def _primitive_name(window: Window, primitive: str) -> str:
    counted = () if window.of is None else (window.of,)
    return "_".join((*window.keys, primitive, *counted, window.span))


def _frames(window: Window) -> list[tuple[str, str]]:
    """Return name and windowed SQL of the primitives of a window."""
    present = " AND ".join(f"{key} IS NOT NULL" for key in window.keys)
    found = []
    for primitive in sorted(primitives_of(window)):
        value = f"CAST({_aggregate(window, primitive)} AS DOUBLE)"
        if primitive in _ZERO_WHEN_EMPTY:
            value = f"COALESCE({value}, 0e0)"
        found.append((_primitive_name(window, primitive), f"CASE WHEN {present} THEN {value} END"))
    return found


def _aggregate(window: Window, primitive: Primitive) -> str:
    keys = f"PARTITION BY {', '.join(window.keys)} ORDER BY ts_us"
    if primitive == "distinct":
        step = (
            f"CASE WHEN departure = '{window.name}' THEN -1"
            f" WHEN position IS NOT NULL AND {window.of} IS NOT NULL THEN 1 ELSE 0 END"
        )
        frame = "RANGE BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING"
        return f"SUM({step}) OVER ({keys} {frame})"
    furthest, nearest = reach(window, primitive)
    end = f"{nearest} PRECEDING" if nearest else "CURRENT ROW"
    return f"{_AGGREGATE[primitive]} OVER ({keys} RANGE BETWEEN {furthest} PRECEDING AND {end})"


def _value(window: Window) -> str:
    """Return the value of a window as SQL over its primitives."""
    names = {primitive: _primitive_name(window, primitive) for primitive in primitives_of(window)}
    return f"({ARITHMETIC[window.measure].format(**names)})"


def _formula(spec: FeatureSpec) -> str:
    inputs = {name: _value(window) for name, window in inputs_of(spec).items()}
    return f"({spec.formula.format(**{AMOUNT: '(cents / 1e2)'}, **inputs)})"
