"""Public trial files, each loaded as its own description says; skipped where they are absent."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from fraudkit.config import PROJECT_ROOT
from fraudkit.services import importing
from fraudkit.services.workbench import Workbench
from tests.conftest import SHARED_DATA
from tests.ingest.helpers import ANA, local_times, stored

ANSWERS = {
    "encoding": "utf-16-le",
    "date_order": "dmy",
    "date_unit": "excel_1900",
    "header": "transaction_amount,transaction_date,transaction_type,"
    "account_balance_before,customer_age,customer_location",
}
STEPS = {"step_origin": "2024-01-01"}


def described(folder: str, name: str) -> dict[str, Any]:
    path = SHARED_DATA / folder / name
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def load(workbench: Workbench, path: Path, **answers: str) -> importing.ImportResult:
    result = importing.import_file(workbench, path, ANA, answers=answers)
    assert result.rows_read == result.rows_loaded + result.rows_rejected + result.rows_duplicate
    return result


MANIFEST = described("hostile-csv", "manifest.json")
TRUTH = described("spanish-bank", "truth.json")


@pytest.mark.parametrize(
    "name", MANIFEST or [pytest.param("", marks=pytest.mark.skip("trial data are absent"))]
)
def test_hostile_files_end_as_described(workbench: Workbench, shared_data: Path, name: str) -> None:
    path, expected = shared_data / "hostile-csv" / name, MANIFEST[name]
    result = load(workbench, path)
    assert result.outcome == expected["outcome"]
    assert "\n" not in result.message
    if result.outcome == "ask":
        result = load(workbench, path, **ANSWERS)
    if expected["rows"] is not None:
        assert result.rows_loaded == expected["rows"]
    if isinstance(expected["rejected"], int):
        assert result.rows_rejected == expected["rejected"]


@pytest.mark.parametrize("name", TRUTH or [pytest.param("", marks=pytest.mark.skip("trial data are absent"))])
def test_spanish_files_are_exact(workbench: Workbench, shared_data: Path, name: str) -> None:
    path, truth = shared_data / "spanish-bank" / name, TRUTH[name]
    result = load(workbench, path)
    assert (result.outcome == "ask") == (truth["date_order"] == "AMBIGUOUS")
    if result.outcome == "ask":
        load(workbench, path, date_order="dmy")
    rows = stored(workbench)
    days = [local[:10] for local in local_times(workbench)]
    assert len(rows) == truth["rows"]
    assert int(sum(row["transaction_amount"] for row in rows) * 100) == truth["sum_cents"]
    assert (min(days), max(days)) == (truth["first_date"], truth["last_date"])
    last = rows[-1]["account_balance_after"] or rows[-1]["account_balance_before"]
    if "saldo_antes" not in path.read_text(encoding=truth["encoding"])[:200]:
        assert int(last * 100) == truth["last_balance_cents"]
    assert not any("Ã" in row["transaction_type"] for row in rows)


def test_two_dialects_give_the_same_instants(
    workbench: Workbench, shared_data: Path, settings: Any, tmp_path: Path
) -> None:
    folder = shared_data / "bank_transactions"
    assert load(workbench, folder / "bt2_iso.csv").rows_loaded == 2512
    minutes = {row["transaction_id"]: row["ts_us"] // 60_000_000 for row in stored(workbench)}
    second = load(workbench, folder / "bt2_dmy.csv")
    assert second.rows_rejected == 2512  # the same identifiers, without seconds
    with workbench.database.write() as cursor:
        cursor.execute("DELETE FROM transactions")
        cursor.execute("DELETE FROM batch")
    assert load(workbench, folder / "bt2_dmy.csv").rows_loaded == 2512
    assert {row["transaction_id"]: row["ts_us"] // 60_000_000 for row in stored(workbench)} == minutes


PUBLIC = {
    "seed/seed_excerpt.csv": ({}, 5, 0),
    "banksim/banksim_subset_15534.csv": ({"step_unit": "day", **STEPS}, 15_534, 92),
    "paysim/paysim_head_19999.csv": ({"step_unit": "hour", **STEPS}, 19_999, 81),
    "sparkov/kaggle_sample_15000.csv": ({}, 15_000, 85),
}


@pytest.mark.parametrize(("name", "expected"), PUBLIC.items(), ids=PUBLIC)
def test_public_files_load_without_a_mapping(
    workbench: Workbench, shared_data: Path, name: str, expected: tuple[dict[str, str], int, int]
) -> None:
    answers, rows, frauds = expected
    asked = load(workbench, shared_data / name)
    assert {question.id for question in asked.questions} == set(answers)
    result = load(workbench, shared_data / name, **answers) if answers else asked
    assert (result.outcome, result.rows_loaded) == ("load", rows)
    assert result.notes.get("late_labels", 0) == frauds


def test_the_bundled_sample_loads(workbench: Workbench) -> None:
    sample = PROJECT_ROOT / "data" / "sample.csv.gz"
    if not sample.exists():
        pytest.skip("the bundled sample is not there yet")
    result = load(workbench, sample)
    assert (result.outcome, result.rows_rejected) == ("load", 0)
