from __future__ import annotations

import csv
import gzip
import io
import json
import tempfile
import zipfile
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fraudkit.errors import InvalidInputError
from fraudkit.ingest.formats import prepare, recognise
from fraudkit.ingest.limits import Limits
from fraudkit.ingest.questions import QuestionsOpenError

LIMITS = Limits()
TABLE = "amount,date\n10.00,2024-01-01\n"


def zipped(path: Path, **members: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "."), content)
    return path


def workbook(path: Path, sheets: dict[str, list[list[Any]]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def rows_of(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.reader(stream))


def test_plain_files_are_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(TABLE)
    prepared = prepare(path, "a.csv", tmp_path / "work", LIMITS)
    assert (prepared.path, prepared.name, prepared.format) == (path, "a.csv", "text")
    assert not (tmp_path / "work").exists()


def test_gzip_and_zip_are_unpacked(tmp_path: Path) -> None:
    packed = tmp_path / "x"
    packed.write_bytes(gzip.compress(TABLE.encode()))
    prepared = prepare(packed, "a.csv.gz", tmp_path / "one", LIMITS)
    assert (prepared.path.read_text(), prepared.name, prepared.format) == (TABLE, "a.csv", "gzip")
    archive = zipped(tmp_path / "y", b__csv=TABLE.encode(), __DS_Store=b"clutter")
    prepared = prepare(archive, "b.zip", tmp_path / "two", LIMITS)
    assert (prepared.path.read_text(), prepared.name, prepared.format) == (TABLE, "b.csv", "zip")


def test_an_archive_of_several_files_names_them(tmp_path: Path) -> None:
    archive = zipped(tmp_path / "x", a__csv=b"a", b__csv=b"b")
    with pytest.raises(InvalidInputError, match=r"2 files instead of one: a\.csv, b\.csv"):
        prepare(archive, "x.zip", tmp_path, LIMITS)


@pytest.mark.parametrize(
    "content",
    [gzip.compress(TABLE.encode())[:-9], b"\x1f\x8b" + b"x" * 50],
    ids=["cut short", "only the mark of gzip"],  # the bytes hold the time: no name for workers to agree on
)
def test_damaged_gzip_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x").write_bytes(content)
    with pytest.raises(InvalidInputError, match="archive is damaged"):
        prepare(tmp_path / "x", "x.gz", tmp_path, LIMITS)


def test_damaged_zip_is_refused(tmp_path: Path) -> None:
    content = zipped(tmp_path / "x", a__csv=TABLE.encode() * 100).read_bytes()
    for broken in (content[:-30], content[:60] + b"\0" * 20 + content[80:]):
        (tmp_path / "y").write_bytes(broken)
        with pytest.raises(InvalidInputError, match="archive is damaged"):
            prepare(tmp_path / "y", "y.zip", tmp_path, LIMITS)


def test_bombs_are_refused_before_they_are_unpacked(tmp_path: Path) -> None:
    zeros = b"0" * (80 << 20)
    (tmp_path / "x").write_bytes(gzip.compress(zeros))
    archive = zipped(tmp_path / "y", a__csv=zeros)
    for path, name in ((tmp_path / "x", "x.csv.gz"), (archive, "y.zip")):
        with pytest.raises(InvalidInputError, match="Unpacked, the file has over"):
            prepare(path, name, tmp_path / "work", LIMITS)
        written = sum(file.stat().st_size for file in (tmp_path / "work").iterdir())
        assert written <= 65 << 20


def test_archives_within_archives_are_refused(tmp_path: Path) -> None:
    archive = zipped(tmp_path / "x", a__gz=gzip.compress(TABLE.encode()))
    with pytest.raises(InvalidInputError, match="another archive"):
        prepare(archive, "x.zip", tmp_path, LIMITS)


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("a.csv", lambda path: zipped(path, a__csv=b"a")),
        ("a.csv", lambda path: workbook(path, {"a": [["x"], [1]]})),
        ("a.csv", lambda path: path.write_bytes(gzip.compress(b"a"))),
        ("a.csv", lambda path: path.write_bytes(b"PAR1...")),
        ("a.csv", lambda path: path.write_text('{"a": 1}\n{"a": 2}\n')),
        ("a.xlsx", lambda path: path.write_text(TABLE)),
        ("a.xlsx", lambda path: zipped(path, a__csv=b"a")),
        ("a.parquet", lambda path: path.write_text(TABLE)),
        ("a.gz", lambda path: path.write_text(TABLE)),
        ("a.zip", lambda path: path.write_text(TABLE)),
    ],
)
def test_a_file_must_be_what_its_name_says(tmp_path: Path, name: str, make: Any) -> None:
    make(tmp_path / "content")
    with pytest.raises(InvalidInputError, match="not what its name says"):
        prepare(tmp_path / "content", name, tmp_path / "work", LIMITS)


def test_hostile_files_are_refused(shared_data: Path, tmp_path: Path) -> None:
    path = shared_data / "hostile-csv" / "k02_zip.csv"
    with pytest.raises(InvalidInputError, match="ZIP archive"):
        prepare(path, path.name, tmp_path, LIMITS)


def test_a_workbook_keeps_identifiers_dates_and_digits(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    midnight = datetime(2024, 1, 1)  # noqa: DTZ001
    rows = [
        ["id", "padded", "when", "day", "amount", "flag", "clock", "note"],
        [
            "007",
            7,
            datetime(2024, 1, 31, 13, 5, 9),  # noqa: DTZ001 - Excel knows no zones
            date(2024, 2, 29),
            1234.56,
            True,
            time(7, 30),
            "Ñandú\n2",
        ],
        ["12345678901234567890", 42, midnight, None, -0.1, False, None, 'a "b", c'],
    ]
    workbook(path, {"data": rows, "empty": []})
    book = openpyxl.load_workbook(path)
    for row in (2, 3):
        book["data"].cell(row, 2).number_format = "00000"
        book["data"].cell(row, 3).number_format = "yyyy-mm-dd hh:mm:ss"
    book.save(path)
    prepared = prepare(path, "x.xlsx", tmp_path / "work", LIMITS)
    assert prepared.format == "excel"
    assert rows_of(prepared.path) == [
        rows[0],
        ["007", "00007", "2024-01-31 13:05:09", "2024-02-29", "1234.56", "true", "07:30:00", "Ñandú\n2"],
        ["12345678901234567890", "00042", "2024-01-01 00:00:00", "", "-0.1", "false", "", 'a "b", c'],
    ]


def test_rows_keep_their_numbers_and_empty_ends_are_dropped(tmp_path: Path) -> None:
    rows = [["report"], [], ["a", "b"], [1, None], [None, None], [3, 4], [None, None]]
    path = workbook(tmp_path / "x.xlsx", {"data": rows})
    prepared = prepare(path, "x.xlsx", tmp_path / "work", LIMITS)
    assert rows_of(prepared.path) == [["report", ""], [], ["a", "b"], ["1", ""], [], ["3", "4"]]


def test_several_sheets_are_asked_about(tmp_path: Path) -> None:
    path = workbook(tmp_path / "x.xlsx", {"Enero": [["a"], [1]], "Notas": [], "Febrero": [["a"], [2]]})
    with pytest.raises(QuestionsOpenError) as asked:
        prepare(path, "x.xlsx", tmp_path / "work", LIMITS)
    (question,) = asked.value.questions
    assert [option.value for option in question.options] == ["Enero", "Febrero"]
    prepared = prepare(path, "x.xlsx", tmp_path / "work", LIMITS, {"sheet": "Febrero"})
    assert rows_of(prepared.path) == [["a"], ["2"]]


def test_numbers_that_excel_cut_are_noted(tmp_path: Path) -> None:
    path = workbook(tmp_path / "x.xlsx", {"data": [["card"], [4111111111111111], [4.85e18]]})
    (note,) = prepare(path, "x.xlsx", tmp_path / "work", LIMITS).notes
    assert (note.code, note.count) == ("long_numbers", 2)


@pytest.mark.parametrize("size", [100, 2_000, -40])
def test_damaged_workbooks_are_refused(tmp_path: Path, size: int) -> None:
    content = workbook(tmp_path / "x.xlsx", {"data": [["a"], [1]]}).read_bytes()
    (tmp_path / "y.xlsx").write_bytes(content[:size])
    with pytest.raises(InvalidInputError):
        prepare(tmp_path / "y.xlsx", "y.xlsx", tmp_path / "work", LIMITS)


def test_a_workbook_whose_sheet_is_no_xml_is_refused(tmp_path: Path) -> None:
    source = workbook(tmp_path / "x.xlsx", {"data": [["a"], [1]]})
    changed = io.BytesIO()
    with zipfile.ZipFile(source) as archive, zipfile.ZipFile(changed, "w") as output:
        for name in archive.namelist():
            output.writestr(name, b"<broken" if "sheet1" in name else archive.read(name))
    (tmp_path / "y.xlsx").write_bytes(changed.getvalue())
    with pytest.raises(InvalidInputError, match="damaged or protected"):
        prepare(tmp_path / "y.xlsx", "y.xlsx", tmp_path / "work", LIMITS)


def test_json_lines_keep_every_digit_and_every_line(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    lines = [
        '{"id": 12345678901234567890, "amount": 10.50, "customer": {"id": "007", "age": null}}',
        "broken",
        "",
        '{"amount": 1e2, "tags": ["a"], "ok": true, "bad": "\\ud800"}',
    ]
    path.write_text("\n".join(lines))
    prepared = prepare(path, "x.jsonl", tmp_path / "work", LIMITS)
    assert rows_of(prepared.path) == [
        ["id", "amount", "customer.id", "tags", "ok", "bad"],
        ["12345678901234567890", "10.50", "007", "", "", ""],
        ["broken"],
        ["", "1e2", "", '["a"]', "true", "\\ud800"],
    ]
    assert [note.count for note in prepared.notes] == [1]


@settings(deadline=None)
@given(
    st.lists(
        st.dictionaries(st.text(min_size=1, max_size=5), st.text(max_size=9), min_size=1),
        min_size=1,
        max_size=9,
    )
)
def test_json_lines_survive_the_way(records: list[dict[str, str]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.jsonl"
        path.write_text("\n".join(json.dumps(record) for record in records))
        header, *rows = rows_of(prepare(path, "x.jsonl", Path(folder) / "work", LIMITS).path)
    assert len(rows) == len(records)
    for row, record in zip(rows, records, strict=True):
        assert dict(zip(header, row, strict=True)) == dict.fromkeys(header, "") | record


def test_limits_are_kept(tmp_path: Path) -> None:
    path = workbook(tmp_path / "x.xlsx", {"data": [["a", "b"], [1, 2], [3, 4]]})
    for limits in (Limits(max_rows=2), Limits(max_columns=1), Limits(max_unpacked_bytes=100)):
        with pytest.raises(InvalidInputError):
            prepare(path, "x.xlsx", tmp_path / "work", limits)
    lines = tmp_path / "x.jsonl"
    lines.write_text('{"a": 1}\n{"b": 1}\n')
    for limits in (Limits(max_rows=1), Limits(max_columns=1)):
        with pytest.raises(InvalidInputError):
            prepare(lines, "x.jsonl", tmp_path / "work", limits)
    with pytest.raises(InvalidInputError, match="limit is"):
        Limits(max_bytes=3).check_size(lines)


def test_text_that_looks_like_json_is_text(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_text("{not json}\n1\n")
    assert recognise(path) == "text"
