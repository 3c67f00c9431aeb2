"""Features as one portable SELECT, the same text for DuckDB and Spark.

The statement reads a relation with the canonical columns, `position`, `ts_us`, `utc_offset_minutes`,
`time_precision` and `base_rate` (units of the base currency for one unit of the row's currency, NULL where no
rate is known), and a relation `known_fraud (transaction_id, label_known_at)`. It returns `position` and one
DOUBLE per feature, in order of position. What cannot be computed is NULL.

Two rules keep it portable: windows are `RANGE` frames over an integer column, and every constant that takes
part in arithmetic is a DOUBLE literal. Sums run over integer cents, so the order of tied rows changes no bit.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from fraudkit.features.spec import (
    ENTITIES,
    ENTITY_COLUMNS,
    KNOWN_FRAUD,
    LABEL_DELAY_US,
    SPAN_US,
    FeatureSpec,
    Measure,
    Window,
)

_DAY_US: Final = 86_400_000_000
_DAY_PART_US: Final = 6 * 3_600_000_000
_MOST_CENTS: Final = "1e15"
"""Amounts count up to ten trillion, so that sums of squares stay within 38 digits whatever a file holds."""

_DIRECTION: Final = (
    "CASE WHEN account_balance_after > account_balance_before THEN 1"
    " WHEN transaction_amount < 0 AND account_balance_after IS NULL THEN 2 ELSE 0 END"
)

_AGGREGATE: Final[dict[str, str]] = {
    "count": "COUNT(position)",
    "valued": "COUNT(cents)",
    "sum": "SUM(cents)",
    "squares": "SUM(CAST(cents AS DECIMAL(19,0)) * CAST(cents AS DECIMAL(19,0)))",
    "last": "MAX(CASE WHEN position IS NOT NULL THEN ts_us END)",
    "known_frauds": "SUM(known_fraud)",
    "matured": "COUNT(position)",
}
"""Windowed SQL of each primitive; the others are arithmetic over these."""

_ZERO_WHEN_EMPTY: Final = frozenset({"sum", "squares", "known_frauds"})

_PRIMITIVES: Final[dict[Measure, tuple[str, ...]]] = {
    "count": ("count",),
    "sum": ("sum",),
    "mean": ("valued", "sum"),
    "deviation": ("valued", "sum", "squares"),
    "hours_since_last": ("last",),
    "known_frauds": ("known_frauds",),
    "matured": ("matured",),
    "fraud_share": ("known_frauds", "matured"),
}

_ARITHMETIC: Final[dict[Measure, str]] = {
    "count": "{count}",
    "sum": "{sum} / 1e2",
    "mean": "{sum} / NULLIF({valued} * 1e2, 0e0)",
    "deviation": (
        "CASE WHEN {valued} > 0e0 THEN SQRT(GREATEST({squares} - {sum} * {sum} / NULLIF({valued}, 0e0), 0e0)"
        " / GREATEST({valued} - 1e0, 1e0)) / 1e2 END"
    ),
    "hours_since_last": "(ts_us - {last}) / 3.6e9",
    "known_frauds": "{known_frauds}",
    "matured": "{matured}",
    "fraud_share": "{known_frauds} / GREATEST({matured}, {known_frauds}, 1e0)",
}


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
    windows = [
        window for spec in usable for name, window in spec.inputs.items() if f"{{{name}}}" in spec.formula
    ]
    columns = [
        f"CAST({_formula(spec) if spec in usable else 'NULL'} AS DOUBLE) AS {spec.name}" for spec in specs
    ]
    return _statement(windows, columns, available, relation, known_fraud)


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


def related(
    specs: Sequence[FeatureSpec], wanted: str, table: str = "t", known_fraud: str = "known_fraud"
) -> str:
    """Return the condition under which a row of `table` can matter to features of the rows of `wanted`.

    It shares an entity with one of them and lies within the longest window before it, or its label may have
    become known within it; the features of the wanted rows are then the same as over all rows.
    """
    windows = [window for spec in specs for window in spec.inputs.values()]
    entities = [name for name in ENTITIES if any(window.entity == name for window in windows)]
    columns = [[f"{table}.{column}" for column in ENTITY_COLUMNS[name]] for name in entities]
    shared = [
        f"{_first_of(tuple(qualified))} IN (SELECT {_first_of(ENTITY_COLUMNS[name])} FROM {wanted} AS wanted)"
        for name, qualified in zip(entities, columns, strict=True)
    ]
    own = f"{table}.position IN (SELECT position FROM {wanted} AS wanted)"
    reach = max((SPAN_US[window.span] for window in windows), default=0) + LABEL_DELAY_US
    recent = f"{table}.ts_us >= (SELECT MIN(ts_us) - {reach} FROM {wanted} AS wanted)"
    late = f"{table}.transaction_id IN (SELECT transaction_id FROM {known_fraud})"
    until = f"{table}.ts_us <= (SELECT MAX(ts_us) FROM {wanted} AS wanted)"
    return f"({' OR '.join([own, *shared])})\n    AND ({recent} OR {late})\n    AND {until}"


def _statement(
    windows: Iterable[Window],
    columns: Sequence[str],
    available: frozenset[str],
    relation: str,
    known_fraud: str,
) -> str:
    frames = dict(pair for window in windows for pair in _frames(window))
    prepared = ",\n        ".join(["*", *(f"{sql} AS {name}" for name, sql in frames.items())])
    with_labels = KNOWN_FRAUD in available and any("known_fraud)" in sql for sql in frames.values())
    labels = f"\n    UNION ALL\n{_label_rows(known_fraud)}" if with_labels else ""
    selected = ",\n    ".join(["position", *columns])
    return f"""WITH given AS (
    {relation}
),
prepared AS (
{_transaction_rows()}
),
source AS (
    SELECT * FROM prepared{labels}
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


def _transaction_rows() -> str:
    """Return the rows with entities, cents, local time and nothing else that a feature does not read."""
    entities = ",\n        ".join(f"{_first_of(ENTITY_COLUMNS[name])} AS {name}" for name in ENTITIES)
    local = f"((ts_us + CAST(utc_offset_minutes AS BIGINT) * 60000000) % {_DAY_US} + {_DAY_US}) % {_DAY_US}"
    cents = "ROUND(ABS(CAST(transaction_amount AS DOUBLE)) * base_rate * 1e2)"
    precise = f"CASE WHEN time_precision <> 'date' THEN {local} END"
    return f"""    SELECT
        position,
        transaction_id,
        ts_us,
        CAST(CASE WHEN {cents} > {_MOST_CENTS} THEN {_MOST_CENTS} ELSE {cents} END AS BIGINT) AS cents,
        {entities},
        CAST(FLOOR({precise} / {_DAY_PART_US / 1:e}) AS INTEGER) AS day_part,
        {precise} / 3.6e9 AS local_hour,
        CAST(account_balance_before AS DOUBLE) AS balance_before,
        CAST(account_balance_after AS DOUBLE) AS balance_after,
        ABS(CAST(transaction_amount AS DOUBLE)) AS own_amount,
        account_age,
        {_DIRECTION} AS direction,
        CAST(0 AS INTEGER) AS known_fraud
    FROM given"""


def _label_rows(known_fraud: str) -> str:
    """Return one row for each late label, at the moment it became known; it is no transaction."""
    entities = ", ".join(f"prepared.{name}" for name in ENTITIES)
    return f"""    SELECT
        NULL, prepared.transaction_id, label.known_at, NULL, {entities},
        NULL, NULL, NULL, NULL, NULL, NULL, NULL, 1
    FROM prepared
    JOIN (
        SELECT transaction_id, MIN(label_known_at) AS known_at FROM {known_fraud} GROUP BY transaction_id
    ) AS label ON label.transaction_id = prepared.transaction_id"""


def _first_of(columns: tuple[str, ...]) -> str:
    return columns[0] if len(columns) == 1 else f"COALESCE({', '.join(columns)})"


def _primitive_name(window: Window, primitive: str) -> str:
    return "_".join((*window.keys, primitive, window.span))


def _frames(window: Window) -> list[tuple[str, str]]:
    """Return name and windowed SQL of the primitives of a window."""
    keys = ", ".join(window.keys)
    present = " AND ".join(f"{key} IS NOT NULL" for key in window.keys)
    found = []
    for primitive in _PRIMITIVES[window.measure]:
        frame = f"PARTITION BY {keys} ORDER BY ts_us RANGE BETWEEN {_bounds(window, primitive)}"
        value = f"CAST({_AGGREGATE[primitive]} OVER ({frame}) AS DOUBLE)"
        if primitive in _ZERO_WHEN_EMPTY:
            value = f"COALESCE({value}, 0e0)"
        found.append((_primitive_name(window, primitive), f"CASE WHEN {present} THEN {value} END"))
    return found


def _bounds(window: Window, primitive: str) -> str:
    width = SPAN_US[window.span]
    if primitive == "known_frauds":
        return f"{width - 1} PRECEDING AND CURRENT ROW"
    if primitive == "matured":
        return f"{LABEL_DELAY_US + width - 1} PRECEDING AND {LABEL_DELAY_US} PRECEDING"
    return f"{width} PRECEDING AND 1 PRECEDING"


def _value(window: Window) -> str:
    """Return the value of a window as SQL over its primitives."""
    names = {primitive: _primitive_name(window, primitive) for primitive in _PRIMITIVES[window.measure]}
    return f"({_ARITHMETIC[window.measure].format(**names)})"


def _formula(spec: FeatureSpec) -> str:
    inputs = {name: _value(window) for name, window in spec.inputs.items()}
    return f"({spec.formula.format(amount='(cents / 1e2)', **inputs)})"
