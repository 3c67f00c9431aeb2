"""The feature SQL against a plain reading of the declarations, row by row."""

from __future__ import annotations

import math
from functools import reduce

import numpy as np
import pandas as pd
import pytest

from fraudkit.domain import Actor
from fraudkit.features import DEFAULT_FEATURES, FEATURES, features_named
from fraudkit.features.spec import ENTITY_COLUMNS, LABEL_DELAY_US, SPAN_US, Window
from fraudkit.features.sql import render, render_inputs
from fraudkit.store import Database, feature_rows, preferences
from fraudkit.store.statements import query
from tests.features.portfolio import DAY_US, insert, random_transactions

RATES = {"PEN": 1.0, "USD": 3.75}
WINDOWS = {window.name: window for spec in FEATURES for window in spec.inputs.values()}


def known_frauds(frame: pd.DataFrame, seed: int) -> pd.DataFrame:
    draw = np.random.default_rng(seed)
    chosen = frame[draw.random(len(frame)) < 0.2]
    delays = draw.choice([2, 7, 7, 7, 20], len(chosen)) * DAY_US
    return pd.DataFrame({"transaction_id": chosen.transaction_id, "label_known_at": chosen.ts_us + delays})


@pytest.fixture
def portfolio(database: Database) -> tuple[Database, pd.DataFrame]:
    frame = random_transactions(350, seed=3)
    frauds = known_frauds(frame, seed=4)
    insert(database, frame, frauds)
    with database.write() as cursor:
        preferences.write(cursor, "currency_rates", {"USD": 3.75}, Actor("Ada", "administrator"))
    frame = frame.merge(frauds, how="left")
    frame["account_id"] = pd.Series(pd.NA, frame.index, dtype="string")
    for entity, columns in ENTITY_COLUMNS.items():
        frame[entity] = reduce(pd.Series.combine_first, [frame[name] for name in columns if name in frame])
    local = frame.ts_us - 300 * 60_000_000
    frame["day_part"] = (local % DAY_US) // (6 * 3_600_000_000)
    frame["direction"] = (frame.account_balance_after > frame.account_balance_before).astype(int)
    rate = frame.currency.map(RATES)
    frame["cents"] = np.floor(frame.transaction_amount * rate * 100 + 0.5)
    return database, frame


def measured(window: Window, frame: pd.DataFrame, row: pd.Series) -> float:
    """Return a window's value by looking at every row."""
    if any(pd.isna(row[key]) for key in window.keys):
        return math.nan
    same = frame[np.logical_and.reduce([(frame[key] == row[key]).fillna(False) for key in window.keys])]
    width, now = SPAN_US[window.span], row.ts_us
    past = same[(same.ts_us >= now - width) & (same.ts_us < now)]
    cents = past.cents.dropna()
    heard = same[(same.ts_us > now - LABEL_DELAY_US - width) & (same.ts_us <= now - LABEL_DELAY_US)]
    frauds = ((same.label_known_at > now - width) & (same.label_known_at <= now)).sum()
    values = {
        "count": len(past),
        "sum": cents.sum() / 100,
        "mean": cents.mean() / 100,
        "deviation": (cents.std() if len(cents) > 1 else 0.0 if len(cents) else math.nan) / 100,
        "hours_since_last": (now - past.ts_us.max()) / 3.6e9,
        "known_frauds": frauds,
        "matured": len(heard),
        "fraud_share": frauds / max(len(heard), frauds, 1),
    }
    return float(values[window.measure])


def inputs_of(database: Database) -> dict[int, dict[str, float | None]]:
    with database.read() as cursor:
        available = feature_rows.available_columns(cursor)
        statement = render_inputs(FEATURES, available, query("feature_relation"))
        rows = cursor.rows(statement, feature_rows.rate_parameters(cursor, "PEN"))
    return {row["position"]: row for row in rows}


def test_every_window_is_what_its_declaration_says(portfolio: tuple[Database, pd.DataFrame]) -> None:
    database, frame = portfolio
    found = inputs_of(database)
    for _, row in frame.sample(60, random_state=1).iterrows():
        for spec in FEATURES:
            for name, window in spec.inputs.items():
                value = found[row.position][f"{spec.name}.{name}"]
                expected = measured(window, frame, row)
                assert (math.nan if value is None else value) == pytest.approx(
                    expected, rel=1e-9, abs=1e-7, nan_ok=True
                ), (spec.name, name, row.transaction_id)


def test_a_few_rows_have_the_features_that_they_have_among_all(
    portfolio: tuple[Database, pd.DataFrame],
) -> None:
    database, frame = portfolio
    with database.read() as cursor:
        available = feature_rows.available_columns(cursor)
        everything = feature_rows.matrix(cursor, FEATURES, available, "PEN")
        wanted = list(frame.transaction_id.sample(40, random_state=2))
        few = feature_rows.of_transactions(cursor, FEATURES, available, "PEN", wanted)
    positions = frame.set_index("transaction_id").position
    assert set(few) == set(wanted)
    for identifier, values in few.items():
        np.testing.assert_array_equal(values, everything.rows_at([positions[identifier]])[0])


def test_reasons_of_one_row_are_those_among_all(portfolio: tuple[Database, pd.DataFrame]) -> None:
    database, frame = portfolio
    everything = inputs_of(database)
    with database.read() as cursor:
        available = feature_rows.available_columns(cursor)
        found = feature_rows.reason_values(cursor, FEATURES, available, "PEN", frame.transaction_id[300])
    assert found == {name: value for name, value in everything[301].items() if name != "position"}


def test_rows_of_the_same_instant_and_later_rows_change_nothing(database: Database) -> None:
    frame = random_transactions(200, seed=9)
    moment = int(frame.ts_us.iloc[120])
    insert(database, frame[frame.ts_us <= moment])
    before = matrix_of(database)
    insert(database, frame[frame.ts_us > moment])
    tied = frame[frame.ts_us == moment].assign(
        position=lambda rows: rows.position + 1_000, transaction_id=lambda rows: rows.transaction_id + "x"
    )
    insert(database, tied)
    after = matrix_of(database)
    np.testing.assert_array_equal(before.X, after.rows_at(list(before.positions)))


def matrix_of(database: Database) -> feature_rows.FeatureMatrix:
    available = frozenset(column for columns in ENTITY_COLUMNS.values() for column in columns) | {
        "transaction_amount",
        "account_balance_before",
        "account_balance_after",
        "fraud_label",
    }
    with database.read() as cursor:
        return feature_rows.matrix(cursor, FEATURES, available, "PEN")


def test_a_label_counts_from_the_moment_it_is_known_and_not_before(database: Database) -> None:
    frame = random_transactions(3, seed=1).assign(
        ts_us=[0, 3 * DAY_US, 3 * DAY_US + 1], terminal_id="S1", transaction_id=["a", "b", "c"]
    )
    known = pd.DataFrame({"transaction_id": ["a"], "label_known_at": [3 * DAY_US + 1]})
    insert(database, frame, known)
    place = [spec.name for spec in FEATURES].index("terminal_risk_7d")
    assert matrix_of(database).X[:, place].tolist() == [0.0, 0.0, 1.0]


def test_with_the_default_delay_the_risk_is_the_handbooks(database: Database) -> None:
    """Its NB_FRAUD and NB_TX over (t - 7 d - w, t] less those over (t - 7 d, t]."""
    frame = random_transactions(300, seed=5).assign(terminal_id="S1")
    fraud = np.random.default_rng(0).random(300) < 0.3
    known = frame[fraud].assign(label_known_at=lambda rows: rows.ts_us + LABEL_DELAY_US)
    insert(database, frame, known[["transaction_id", "label_known_at"]])
    place = [spec.name for spec in FEATURES].index("terminal_risk_7d")
    found = matrix_of(database).X[:, place]
    series = pd.DataFrame(
        {"fraud": fraud.astype(float), "one": 1.0}, index=pd.to_datetime(frame.ts_us, unit="us")
    )
    long, short = series.rolling("14D").sum(), series.rolling("7D").sum()
    last_of_tie = ~frame.ts_us.duplicated(keep="last")  # pandas reads tied rows one after the other
    expected = ((long.fraud - short.fraud) / (long.one - short.one)).fillna(0).to_numpy()
    np.testing.assert_allclose(found[last_of_tie], expected[last_of_tie], atol=1e-6)


def test_features_of_absent_columns_cost_nothing_and_are_missing(database: Database) -> None:
    frame = random_transactions(20, seed=2)[
        [
            "position",
            "batch_id",
            "source_row",
            "transaction_id",
            "has_identifier",
            "ts_us",
            "utc_offset_minutes",
            "time_precision",
            "transaction_amount",
        ]
    ]
    insert(database, frame)
    with database.read() as cursor:
        available = feature_rows.available_columns(cursor)
        specs = features_named(["amount", *DEFAULT_FEATURES])
        found = feature_rows.matrix(cursor, specs, available, "PEN")
    assert available == {"transaction_id", "transaction_amount"}
    assert "OVER" not in render(specs, available)
    assert np.isfinite(found.X[:, 0]).all()
    assert np.isnan(found.X[:, 1:]).all()


def test_amounts_without_a_rate_are_missing_and_never_summed(database: Database) -> None:
    frame = random_transactions(2, seed=2).assign(
        customer_id="C1",
        currency=["EUR", "PEN"],
        ts_us=[0, DAY_US // 2],
        transaction_amount=[50.0, 80.0],
        account_balance_before=100.0,
        account_balance_after=10.0,
    )
    insert(database, frame)
    names = [spec.name for spec in FEATURES]
    values = matrix_of(database).X
    assert np.isnan(values[0, names.index("amount")])
    assert np.isnan(values[1, names.index("amount_ratio_90d")])
    assert values[1, names.index("customer_count_24h")] == 1


def test_date_only_files_have_no_hour(database: Database) -> None:
    insert(database, random_transactions(30, seed=2).assign(time_precision="date"))
    names = [spec.name for spec in FEATURES]
    values = matrix_of(database).X
    assert np.isnan(values[:, names.index("hour_habit")]).all()
    assert np.isnan(values[:, names.index("night")]).all()


def test_the_statement_is_portable() -> None:
    """Constructs that DuckDB and Spark do not share stay out."""
    text = render(
        FEATURES,
        frozenset(column for columns in ENTITY_COLUMNS.values() for column in columns)
        | {"transaction_amount", "account_balance_before", "account_balance_after", "fraud_label"},
    )
    for word in ("INTERVAL", "EXCLUDE", "QUALIFY", "::", "FILTER", "DISTINCT", "HUGEINT", "unnest", "//"):
        assert word not in text


@pytest.mark.parametrize(
    ("before", "after", "amount", "share"),
    [
        (100.0, 10.0, 90.0, 0.9),
        (100.0, None, 90.0, 0.9),
        (100.0, 190.0, 90.0, 0.0),
        (0.0, 0.0, 90.0, None),
        (None, 10.0, 90.0, None),
        (1.0, None, 90.0, 10.0),
    ],
)
def test_share_of_the_balance(
    database: Database, before: float | None, after: float | None, amount: float, share: float | None
) -> None:
    frame = random_transactions(2, seed=1).assign(
        transaction_amount=amount, account_balance_before=before, account_balance_after=after
    )
    insert(database, frame)
    place = [spec.name for spec in FEATURES].index("balance_share")
    found = matrix_of(database).X[0, place]
    assert found == pytest.approx(math.nan if share is None else share, nan_ok=True)


def test_absurd_amounts_overflow_nothing(database: Database) -> None:
    frame = random_transactions(400, seed=1).assign(
        transaction_amount=9_000_000_000_000_000.0, customer_id="C1", currency="PEN"
    )
    insert(database, frame)
    names = [spec.name for spec in FEATURES]
    values = matrix_of(database).X
    assert np.isfinite(values[-1, names.index("amount_deviation_90d")])
