"""The report on a batch: exact counts, and shifts against the batch before."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fraudkit.domain import Actor
from fraudkit.services import importing, withdrawing
from fraudkit.services.workbench import Workbench
from tests.ingest.helpers import load

HEADER = "fecha,monto,cliente,canal,edad\n"


def extract(rows: int, amount: float = 10.0, channel: str = "web", first_day: int = 1) -> str:
    lines = [
        f"2024-02-{first_day + place % 3:02d} {place % 24:02d}:00:00,{amount + place % 7:.2f},c{place % 50},"
        f"{channel if place % 4 else 'pos'},{20 + place % 50}\n"
        for place in range(rows)
    ]
    return HEADER + "".join(lines)


def report(workbench: Workbench) -> dict[str, Any]:
    newest: dict[str, Any] = importing.batches(workbench)[0]["report"]
    return newest


def test_a_report_counts_what_is_missing_constant_far_out_and_impossible(
    workbench: Workbench, tmp_path: Path
) -> None:
    strange = "2024-02-09,9999,c1,web,200\n2024-02-09,0,,web,\n"
    load(workbench, tmp_path, extract(400) + strange)
    found = report(workbench)
    columns = found["columns"]
    assert found["rows"] == 402
    assert columns["customer_id"]["missing"] == 1
    assert columns["customer_age"]["missing"] == 1
    assert (columns["transaction_amount"]["impossible"], columns["customer_age"]["impossible"]) == (1, 1)
    assert columns["transaction_amount"]["outlying_z"] == 1
    assert columns["transaction_amount"]["outlying_mad"] == 2
    assert columns["transaction_amount"]["missing_values"] == "rejected"
    assert not any(column["constant"] for column in columns.values())
    assert found["gaps"] == [{"after": "2024-02-03", "days": 5}]
    assert "card_id" in found["absent"]
    assert found["features_off"]
    assert found["shifts"] == {}


def test_a_shift_is_measured_against_the_last_batch_that_counts(
    workbench: Workbench, tmp_path: Path, analyst: Actor
) -> None:
    load(workbench, tmp_path, extract(400))
    load(workbench, tmp_path, extract(400, first_day=11))
    assert max(report(workbench)["shifts"].values()) < 0.1
    other = load(workbench, tmp_path, extract(400, amount=500.0, channel="app", first_day=21))
    shifts = report(workbench)["shifts"]
    assert shifts["transaction_amount"] > 1
    assert shifts["channel"] > 1
    assert shifts["customer_age"] < 0.1
    withdrawing.withdraw(workbench, other.batch_id or 0, analyst)
    load(workbench, tmp_path, extract(400, first_day=25))
    assert max(report(workbench)["shifts"].values()) < 0.1


def test_a_constant_column_is_named(workbench: Workbench, tmp_path: Path) -> None:
    load(workbench, tmp_path, "fecha,monto,canal\n2024-02-13,1,web\n2024-02-13,2,web\n")
    columns = report(workbench)["columns"]
    assert (columns["channel"]["constant"], columns["transaction_amount"]["constant"]) == (True, False)
