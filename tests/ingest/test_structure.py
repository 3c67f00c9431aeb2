"""Tables that are not as they should be: rows are kept whole or set apart, never swallowed."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fraudkit.ingest.dialect import Dialect, sniff
from fraudkit.ingest.encoding import Encoding, detect
from fraudkit.ingest.repair import records
from fraudkit.ingest.structure import regular_structure
from fraudkit.services.workbench import Workbench
from fraudkit.store.parser import Parser, csv_source
from tests.ingest.helpers import load, load_bytes, reasons, stored

FEW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
THREE = Dialect(",", '"', ("a", "b", "c"), 1, 2)
UTF_8 = Encoding("utf-8", clean=True)
HEADER = "fecha,monto,ciudad\n"
DAY = "2024-02-13"


def cities(workbench: Workbench) -> list[object]:
    return [row["customer_location"] for row in stored(workbench)]


KEPT = {
    "quoted newline": (f'{DAY},1,"Lima\nPerú"\n', ["Lima\nPerú"]),
    "quoted carriage return": (f'{DAY},1,"\r=1+1"\n', ["\r=1+1"]),
    "doubled quotes": (f'{DAY},1,"Bar ""El Sol"""\n', ['Bar "El Sol"']),
    "stray quote": (f'{DAY},1,5" pipe\n', ['5" pipe']),
    "delimiter in quotes": (f'{DAY},1,"Lima, Perú"\n', ["Lima, Perú"]),
    "hash inside": (f"{DAY},1,#12 Av. Sol\n", ["#12 Av. Sol"]),
    "blank lines": (f"\n{DAY},1,Lima\n\n\n{DAY},1,Ica\n\n", ["Lima", "Ica"]),
    "no newline at the end": (f"{DAY},1,Lima", ["Lima"]),
    "only carriage returns": (f"{DAY},1,Lima\n{DAY},1,Ica\n".replace("\n", "\r"), ["Lima", "Ica"]),
    "mixed line ends": (f"{DAY},1,Lima\r\n{DAY},1,Ica\n", ["Lima", "Ica"]),
    "surplus delimiters": (f"{DAY},1,Lima,,\n", ["Lima"]),
    "padded": (f"{DAY}, 1 , Lima \n", ["Lima"]),
    "formula as text": (f"{DAY},1,@SUM(1+1)*cmd|A0\n", ["@SUM(1+1)*cmd|A0"]),
    "SQL as text": (f'{DAY},1,"x\'; DROP TABLE transactions; --"\n', ["x'; DROP TABLE transactions; --"]),
}


@pytest.mark.parametrize(("body", "values"), KEPT.values(), ids=KEPT)
def test_whole_rows_are_kept(workbench: Workbench, tmp_path: Path, body: str, values: list[str]) -> None:
    result = load(workbench, tmp_path, HEADER + body)
    assert (result.outcome, cities(workbench)) == ("load", values)


def test_lines_may_end_as_windows_ends_them(workbench: Workbench, tmp_path: Path) -> None:
    text = (HEADER + f'{DAY},1,Lima\n{DAY},2,"Ica, Perú"\n{DAY},x,Puno\n').replace("\n", "\r\n")
    result = load(workbench, tmp_path, text)
    assert (result.rows_loaded, reasons(workbench, result)) == (2, [(4, "number_unreadable")])
    assert cities(workbench) == ["Lima", "Ica, Perú"]


SET_APART = {
    "long row": (f"{DAY},1,Lima\n{DAY},1,Ica,x,y\n", [(3, "too_many_columns")], 1),
    "short row": (f"{DAY},1\n{DAY},1,Ica\n", [(2, "too_few_columns")], 1),
    "hash row": (f"#{DAY},1,Lima\n{DAY},1,Ica\n", [(2, "date_unreadable")], 1),
    "total": (f"{DAY},1,Lima\nTotal,1\n", [(3, "total_row")], 1),
    "open quote": (f'{DAY},1,"Lima\n{DAY},1,Ica\n{DAY},1,Puno\n', [(2, "quote_unterminated")], 2),
    "open quote before another": (f'{DAY},1,"Lima\n{DAY},1,"Ica"\n', [(2, "quote_unterminated")], 1),
    "backslash": (f'{DAY},1,"Bar \\"El Sol\\""\n{DAY},1,Ica\n', [(2, "quote_malformed")], 1),
    "NUL": (f"{DAY},1,Li\0ma\n" + f"{DAY},1,Ica\n" * 9, [(2, "control_character")], 9),
    "too long": (f"{DAY},1,{'x' * 2_100_000}\n{DAY},1,Ica\n", [(2, "line_too_long")], 1),
}


@pytest.mark.parametrize(("body", "expected", "loaded"), SET_APART.values(), ids=SET_APART)
def test_broken_rows_are_set_apart_alone(
    workbench: Workbench, tmp_path: Path, body: str, expected: list[tuple[int, str]], loaded: int
) -> None:
    result = load(workbench, tmp_path, HEADER + body)
    assert (result.outcome, result.rows_loaded) == ("partial", loaded)
    assert reasons(workbench, result) == expected


ENCODINGS = {
    "utf-8": (f"{DAY},1,Ñuñoa\n".encode(), ["Ñuñoa"]),
    "utf-8 with mark": (f"{DAY},1,Ñuñoa\n".encode(), ["Ñuñoa"]),
    "latin-1": (f"{DAY},1,Ñuñoa\n".encode("latin-1"), ["Ñuñoa"]),
    "cp1252": (f"{DAY},1,Café €\n".encode("cp1252"), ["Café €"]),
}


@pytest.mark.parametrize(("body", "values"), ENCODINGS.values(), ids=ENCODINGS)
def test_encodings_are_recognised(
    workbench: Workbench, tmp_path: Path, request: pytest.FixtureRequest, body: bytes, values: list[str]
) -> None:
    mark = b"\xef\xbb\xbf" if "mark" in request.node.name else b""
    load_bytes(workbench, tmp_path, mark + HEADER.encode() + body)
    assert cities(workbench) == values


def test_utf_16_with_a_mark_is_read(workbench: Workbench, tmp_path: Path) -> None:
    load_bytes(workbench, tmp_path, (HEADER + f"{DAY},1,Ñuñoa\n").encode("utf-16"))
    assert cities(workbench) == ["Ñuñoa"]


DAMAGED = {
    "overlong": b"L\xc0\xafma",
    "surrogate": b"\xed\xa0\x80",
}


@pytest.mark.parametrize("damage", DAMAGED.values(), ids=DAMAGED)
def test_damaged_lines_are_set_apart(workbench: Workbench, tmp_path: Path, damage: bytes) -> None:
    body = f"{DAY},1,".encode() + damage + b"\n" + f"{DAY},1,Ica\n".encode()
    result = load_bytes(workbench, tmp_path, HEADER.encode() + body)
    assert (reasons(workbench, result), cities(workbench)) == ([(2, "encoding")], ["Ica"])


def test_a_foreign_line_in_utf_8_is_set_apart(workbench: Workbench, tmp_path: Path) -> None:
    lines = [f"{DAY},1,Ñuñoa\n".encode(), f"{DAY},1,Áncash\n".encode(), f"{DAY},1,Ñuñoa\n".encode("latin-1")]
    result = load_bytes(workbench, tmp_path, HEADER.encode() + b"".join(lines))
    assert (reasons(workbench, result), result.rows_loaded) == ([(4, "encoding")], 2)


def test_encoding_is_decided_on_the_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "late.csv"
    path.write_bytes(b"plain,ascii\n" * 1_000_000 + "Ñ,é\n".encode("latin-1"))
    assert detect(path, {}).codec == "cp1252"


LAYOUTS = {
    "comma": ("fecha,monto\n2024-02-13,1\n", (",", '"', 1)),
    "semicolon with decimal commas": ("Fecha;Concepto;Importe;Saldo\n01/02/2024;A, B;-1,50;2,50\n",
                                      (";", '"', 1)),
    "tab": ("fecha\tmonto\n2024-02-13\t1,5\n", ("\t", '"', 1)),
    "bar": ("fecha|monto\n2024-02-13|1\n", ("|", '"', 1)),
    "single quotes": ("step,customer,amount\n0,'C1','4'\n0,'C2','5'\n", (",", "'", 1)),
    "preamble": ("Cuenta:,191\nMoneda:,Soles\n\nFecha,Monto,Saldo\n01/02/2024,1,2\n", (",", '"', 4)),
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), LAYOUTS.values(), ids=LAYOUTS)
def test_layouts_are_recognised(text: str, expected: tuple[str, str, int]) -> None:
    dialect = sniff(text, {})
    assert (dialect.delimiter, dialect.quote, dialect.header_line) == expected


def test_repeated_and_empty_names_are_told_apart() -> None:
    assert sniff("fecha,monto,x,x,\n1,2,3,4,5\n", {}).names == ("fecha", "monto", "x", "x_2", "column_5")


cells = st.text(alphabet='ab 1,"\n\r;é', max_size=6).filter(lambda cell: "\r" not in cell or '"' in cell)
tables = st.lists(st.lists(cells, min_size=3, max_size=3), min_size=1, max_size=8)


@FEW
@given(rows=tables, quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
def test_well_written_tables_come_back_whole(tmp_path: Path, rows: list[list[str]], quoting: int) -> None:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, quoting=quoting, lineterminator="\n")
    writer.writerows([["a", "b", "c"], *rows])
    path = tmp_path / "table.csv"
    path.write_text(buffer.getvalue(), encoding="utf-8", newline="")
    expected = [row for row in rows if any(row) or quoting == csv.QUOTE_ALL or len(row) > 1]
    found = [record.values for record in records(path, UTF_8, THREE)]
    assert found == expected


@FEW
@given(text=st.text(alphabet='ab,"\n1', max_size=60))
def test_what_counts_as_regular_is_read_alike_by_engine_and_repair(tmp_path: Path, text: str) -> None:
    path = tmp_path / "table.csv"
    path.write_text("a,b,c\n" + text, encoding="utf-8", newline="")
    structure = regular_structure(path, THREE)
    repaired = list(records(path, UTF_8, THREE))
    if structure is None:
        return
    assert structure.rows == len(repaired)
    parser = Parser(tmp_path, 1)
    names = ["v0", "v1", "v2"]
    rows = parser.rows(f"SELECT * FROM {csv_source(path, names, ',', chr(34), 1)}")
    parser.close()
    assert rows == [tuple(value or None for value in record.values or []) for record in repaired]


def test_the_parser_reads_its_folder_only(tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("a,b\n1,2\n", encoding="utf-8")
    inside = tmp_path / "uploads"
    inside.mkdir()
    parser = Parser(inside, 1)
    with pytest.raises(Exception, match="cannot be read"):
        parser.rows(f"SELECT * FROM {csv_source(secret, ['a', 'b'], ',', chr(34), 1)}")
    parser.close()
