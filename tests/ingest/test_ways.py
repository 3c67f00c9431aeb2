"""Every format by the way of the importer, and its limits: refused before anything is parsed."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from fraudkit.config import Settings
from fraudkit.ingest.limits import Limits
from fraudkit.services import bounds, importing
from fraudkit.services.importing import ImportResult
from fraudkit.services.workbench import Workbench
from tests.ingest.helpers import ANA, amounts, load_bytes, reasons, stored

PLAIN = "fecha,monto,cliente\n2024-02-13,1.50,007\n2024-02-14,2.50,8\n"


def book(**sheets: str) -> bytes:
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, text in sheets.items():
        sheet = made.create_sheet(name)
        for line in text.splitlines():
            sheet.append(line.split(","))
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def archive(**members: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as packed:
        for name, content in members.items():
            packed.writestr(name.replace("_", "."), content)
    return stream.getvalue()


WAYS = {
    "zip": ("x.zip", archive(x_csv=PLAIN.encode())),
    "Excel": ("x.xlsx", book(datos=PLAIN)),
    "Excel in a zip": ("x.zip", archive(x_xlsx=book(datos=PLAIN))),
    "JSON lines": (
        "x.jsonl",
        b"\n".join(
            (
                b'{"fecha":"2024-02-13","monto":1.50,"cliente":"007"}',
                b'{"monto":2.50,"fecha":"2024-02-14","cliente":8}',
            )
        ),
    ),
}


@pytest.mark.parametrize(("name", "content"), WAYS.values(), ids=WAYS)
def test_every_format_gives_the_same_transactions(
    workbench: Workbench, tmp_path: Path, name: str, content: bytes
) -> None:
    result = load_bytes(workbench, tmp_path, content, name)
    assert (result.outcome, result.rows_loaded) == ("load", 2), result.message
    assert amounts(workbench) == ["1.50", "2.50"]
    assert [row["customer_id"] for row in stored(workbench)] == ["007", "8"]
    (batch,) = importing.batches(workbench)
    assert (batch["file_name"], batch["file_bytes"]) == (name, len(content))


def test_the_sheet_is_asked_for(workbench: Workbench, tmp_path: Path) -> None:
    content = book(enero=PLAIN, febrero=PLAIN.replace("1.50", "9.00"))
    asked = load_bytes(workbench, tmp_path, content, "x.xlsx")
    assert (asked.outcome, asked.questions[0].id) == ("ask", "sheet")
    inspected = importing.inspect_file(workbench, tmp_path / "x.xlsx")
    assert [question.id for question in inspected.questions] == ["sheet"]
    assert load_bytes(workbench, tmp_path, content, "x.xlsx", sheet="febrero").rows_loaded == 2
    assert amounts(workbench)[0] == "9.00"


def test_a_broken_line_of_json_is_set_apart(workbench: Workbench, tmp_path: Path) -> None:
    content = b'{"fecha": "2024-02-13", "monto": 1}\n{"fecha": \n'
    result = load_bytes(workbench, tmp_path, content, "x.jsonl")
    assert (result.rows_loaded, reasons(workbench, result)) == (1, [(2, "too_few_columns")])
    assert result.notes == {"broken_lines": 1}


def limited(workbench: Workbench, path: Path, limits: Limits) -> ImportResult:
    return importing.import_file(workbench, path, ANA, limits=limits)


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        (Limits(max_bytes=10), "MB"),
        (Limits(max_rows=1), "more than 1 rows"),
        (Limits(max_columns=2), "3 columns; the limit is 2"),
    ],
)
@pytest.mark.parametrize("tail", ["", "2024-02-14,1,2,3\n"], ids=["regular", "irregular"])
def test_what_is_too_large_is_refused_in_one_sentence(
    workbench: Workbench, tmp_path: Path, limits: Limits, words: str, tail: str
) -> None:
    path = tmp_path / "x.csv"
    path.write_text(PLAIN + tail, encoding="utf-8")
    result = limited(workbench, path, limits)
    assert (result.outcome, words in result.message) == ("refuse", True), result.message
    assert not stored(workbench)


def test_the_limits_are_settings(settings: Settings) -> None:
    changed = replace(settings, upload_megabytes=1, upload_rows=2, file_rows=3, most_columns=4)
    assert bounds.of_uploads(changed).max_bytes == 1 << 20
    assert (bounds.of_uploads(changed).max_rows, bounds.of_files(changed).max_rows) == (2, 3)
    assert bounds.of_source(changed, 7, 8) == Limits(7, changed.unpacked_megabytes << 20, 8, 4)
