"""Missing values: kept, replaced for features by a recorded median, or set apart, as declared per column."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from fraudkit.domain import Actor
from fraudkit.features.catalog import features_named
from fraudkit.services import correcting, importing, withdrawing
from fraudkit.services.workbench import Workbench
from fraudkit.store import feature_rows
from tests.ingest.helpers import ANA, load, load_bytes, reasons, stored

TEXT = """transaction_id,fecha,monto,cliente,saldo_antes,edad
a,2024-02-01 10:00:00,10,c1,100,30
b,2024-02-02 10:00:00,20,c1,,
c,2024-02-03 10:00:00,30,c2,400,41
d,2024-02-04 10:00:00,40,,250,35
"""
MAPPING: dict[str, str | None] = {
    "saldo_antes": "account_balance_before",
    "cliente": "customer_id",
    "edad": "customer_age",
}
SPECS = features_named(["balance_share"])


def features(workbench: Workbench) -> dict[str, float]:
    """Return the only feature by transaction, computed for all rows and for each alone: both must agree."""
    with workbench.database.read() as cursor:
        available = feature_rows.available_columns(cursor)
        whole = feature_rows.matrix(cursor, SPECS, available, "PEN")
        rows = cursor.rows("SELECT transaction_id FROM transactions ORDER BY position")
        names = [row["transaction_id"] for row in rows]
        few = feature_rows.of_transactions(cursor, SPECS, available, "PEN", names)
    alone = np.array([few[name][0] for name in names])
    assert np.array_equal(whole.X[:, 0], alone, equal_nan=True)
    return dict(zip(names, whole.X[:, 0].tolist(), strict=True))


def test_a_median_is_recorded_and_read_by_features_and_never_stored(
    workbench: Workbench, tmp_path: Path
) -> None:
    answers = {"missing_account_balance_before": "median", "missing_customer_age": "median"}
    result = load_bytes(workbench, tmp_path, TEXT.encode(), mapping=MAPPING, **answers)
    assert (result.outcome, result.rows_loaded) == ("load", 4)
    assert stored(workbench)[1]["account_balance_before"] is None
    columns = importing.batches(workbench)[0]["report"]["columns"]
    assert columns["account_balance_before"]["missing_values"] == "median"
    assert columns["account_balance_before"]["median"] == 250.0
    assert columns["customer_age"]["median"] == 35.0
    assert columns["customer_id"]["missing_values"] == "keep"
    found = features(workbench)
    assert found["a"] == pytest.approx(10 / 100)
    assert found["b"] == pytest.approx(20 / 250)


def test_each_batch_has_its_own_median(workbench: Workbench, tmp_path: Path) -> None:
    answers = {"missing_account_balance_before": "median"}
    load_bytes(workbench, tmp_path, TEXT.encode(), mapping=MAPPING, **answers)
    later = (
        TEXT.replace("\na,", "\ne,").replace("\nb,", "\nf,").replace("\nc,", "\ng,").replace("\nd,", "\nh,")
    )
    second = load(workbench, tmp_path, later.replace("400", "900").replace("250", "500"))
    assert second.rows_loaded == 4, "the layout remembers what was declared"
    found = features(workbench)
    assert (found["b"], found["f"]) == (pytest.approx(20 / 250), pytest.approx(20 / 500))
    withdrawing.withdraw(workbench, 1, ANA)
    assert features(workbench)["f"] == pytest.approx(20 / 500)


def test_kept_missing_stays_missing(workbench: Workbench, tmp_path: Path) -> None:
    load_bytes(workbench, tmp_path, TEXT.encode(), mapping=MAPPING)
    assert np.isnan(features(workbench)["b"])


def test_excluded_rows_are_listed_and_can_be_corrected(workbench: Workbench, tmp_path: Path) -> None:
    answers = {"missing_account_balance_before": "exclude", "missing_customer_id": "exclude"}
    result = load_bytes(workbench, tmp_path, TEXT.encode(), mapping=MAPPING, **answers)
    assert reasons(workbench, result) == [(3, "value_missing"), (5, "value_missing")]
    assert [row["column_name"] for row in importing.rejected_rows(workbench, 1)] == ["saldo_antes", "cliente"]
    report = importing.batches(workbench)[0]["report"]
    assert report["columns"]["account_balance_before"]["missing_values"] == "exclude"
    cells = ("b", "2024-02-02 10:00:00", "20", "c1", "90", "")
    corrected = correcting.correct(workbench, 1, {3: cells}, Actor("Eva"))
    assert corrected.rows_loaded == 1


@pytest.mark.parametrize(("column", "handling"), [("customer_id", "median"), ("transaction_amount", "median"),
                                                  ("customer_age", "zero")])  # fmt: skip
def test_what_a_column_does_not_allow_is_refused(
    workbench: Workbench, tmp_path: Path, column: str, handling: str
) -> None:
    refused = load_bytes(
        workbench, tmp_path, TEXT.encode(), mapping=MAPPING, **{f"missing_{column}": handling}
    )
    assert refused.outcome == "refuse"
    assert column in refused.message
