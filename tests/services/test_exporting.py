from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from fraudkit.domain import Actor
from fraudkit.errors import InvalidInputError, NotFoundError
from fraudkit.explain.formats import formats_for
from fraudkit.services import audit_reading, auditing, deciding, export_tables, exporting, reviewing
from fraudkit.services.audit_reading import EntryFilter
from fraudkit.services.exporting import FORMATS, Table
from fraudkit.services.reviewing import QueueFilter
from fraudkit.services.workbench import Workbench
from tests.services.ledger import add_alerts, add_transactions

EN = formats_for("en")
LEAD = Actor("Luis", "lead")
TRIGGERS = [
    "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\x00=1", " =1", '"=1', "'=1", "＝1", "＋1",
    "－1", "＠A1", "=cmd|' /C calc'!A0", '=HYPERLINK("http://x")', "-2+3", "\u00a0=1", "\ufeff=1", "'", "''",
    "\t", "  -1",
]  # fmt: skip


def from_csv(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def from_xlsx(content: bytes) -> list[list[object]]:
    sheet = load_workbook(io.BytesIO(content)).active
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row), "a formula was written"
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def both(heads: Sequence[str], rows: Sequence[Sequence[exporting.Cell]]) -> tuple[list, list]:
    table = Table("search", heads, rows)
    return from_csv(exporting.file(table, "csv")), from_xlsx(exporting.file(table, "xlsx"))


@pytest.mark.parametrize("text", TRIGGERS)
def test_no_text_becomes_a_formula_and_all_come_back(text: str) -> None:
    for read in both([text], [[text]]):
        for cell in (read[0][0], read[1][0]):
            assert str(cell).startswith("'")
            back = exporting.restored(str(cell)).replace("\r", "\n")  # a workbook keeps line ends as \n
            assert back == text.replace("\x00", "\u2400").replace("\r", "\n")


@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"]), min_size=1, max_size=50))
def test_every_text_comes_back_from_csv(text: str) -> None:
    read = from_csv(exporting.file(Table("search", ["a"], [[text]]), "csv"))
    assert exporting.restored(read[1][0]) == text


def test_every_naughty_string_can_be_written(shared_data: Path) -> None:
    naughty = json.loads((shared_data / "naughty-strings" / "blns.json").read_text(encoding="utf-8"))
    for read in both(["a"], [[text] for text in naughty]):
        assert len(read) == len(naughty) + 1


def test_numbers_stay_numbers() -> None:
    moment = datetime(2026, 7, 5, 21, 44)  # noqa: DTZ001 - on the transaction's own clock
    rows = [[-1, -2.5, Decimal("-450.75"), moment, None, True]]
    as_csv, as_xlsx = both(["a", "b", "c", "d", "e", "f"], rows)
    assert as_csv[1] == ["-1", "-2.5", "-450.75", "2026-07-05 21:44:00", "", "True"]
    assert as_xlsx[1] == [-1, -2.5, -450.75, moment, None, True]


def test_a_file_has_its_bounds(tmp_path: Path, workbench: Workbench) -> None:
    table = Table("search", ["a"], [["x" * 40_000]])
    assert len(str(from_xlsx(exporting.file(table, "xlsx"))[1][0])) == exporting.LONGEST_CELL + 1
    with pytest.raises(InvalidInputError, match="a file holds at most"):
        exporting.file(Table("search", ["a"], [[1]] * (exporting.MOST_ROWS + 1)), "csv")
    with pytest.raises(InvalidInputError, match=r"does not end in .csv or .xlsx"):
        exporting.write(workbench, LEAD, table, tmp_path / "a.pdf")


@pytest.fixture
def filled(workbench: Workbench, analyst: Actor) -> Workbench:
    identifiers = add_transactions(workbench, ["=A1", "=A1", "B"])
    with workbench.database.write() as cursor:
        cursor.execute("UPDATE transactions SET merchant_name = '=HYPERLINK(1)'")
    add_alerts(workbench, identifiers, [3.0, 2.0, 1.0])
    version = reviewing.case_view(workbench, 1).state.version
    deciding.decide(workbench, analyst, 1, version, "genuine", "travel", note="@risk")
    return workbench


@pytest.mark.parametrize("file_format", FORMATS)
def test_every_export_opens_again_without_a_formula(
    filled: Workbench, file_format: exporting.FileFormat
) -> None:
    entries, _ = audit_reading.entries(filled, LEAD, EntryFilter())
    tables = [
        export_tables.queue(filled, QueueFilter(), EN),
        export_tables.labels(filled, EN),
        export_tables.search(filled, "hyperlink", EN),
        export_tables.operations(filled, "customer", "=A1", EN),
        export_tables.audit(entries, EN),
    ]
    for table in tables:
        content = exporting.make(filled, LEAD, table, file_format)
        read = from_csv(content) if file_format == "csv" else from_xlsx(content)
        assert len(read) == len(table.rows) + 1 > 1, table.kind
    assert auditing.verify(filled).is_whole
    with filled.database.read() as cursor:
        noted = cursor.rows("SELECT kind, row_count, subject FROM export_event ORDER BY export_id")
    assert [row["kind"] for row in noted] == ["queue", "labels", "search", "operations", "audit"]
    assert noted[3]["subject"] == "customer =A1"


def test_the_labels_say_which_one_stands(filled: Workbench, analyst: Actor) -> None:
    version = reviewing.case_view(filled, 1).state.version
    deciding.undo(filled, analyst, 1, version)
    rows = export_tables.labels(filled, EN).rows
    assert [(row[3], row[1]) for row in rows] == [
        ("Genuine", False),
        ("Genuine", False),
        ("Withdrawn", False),
        ("Withdrawn", False),
    ]


def test_operations_of_nobody_are_refused(filled: Workbench) -> None:
    with pytest.raises(NotFoundError):
        export_tables.operations(filled, "customer", "nobody", EN)
