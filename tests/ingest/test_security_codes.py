"""Security codes, PINs and stripes: recognised by name and content, left out, blanked in rejected rows."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from fraudkit.ingest.security_codes import _CERTAIN, BLANKED, blanked, is_secret
from fraudkit.schema import ALIASES
from fraudkit.services import importing
from fraudkit.services.workbench import Workbench
from tests.ingest.helpers import ANA, load, load_bytes, stored

STRIPE = ";4539578763621486=25121010000012300000?"
COLUMNS = {
    "a name that says it": ("CVV2", ["12", "x"], True),
    "a name in Spanish": ("Código de seguridad", ["123"], True),
    "a second column of the name": ("cvv_2", ["123"], True),
    "an empty column": ("cvc", [], True),
    "a PIN": ("PIN", ["1234", "0007", None], True),
    "a customer named cid": ("cid", ["4711000", "4711001"], False),
    "a postal code named pin": ("pin", ["560001-A", "560002-B"], False),
    "three digits under another name": ("sucursal", ["101", "102"], False),
    "stripes by their content": ("campo_9", [STRIPE, None], True),
    "a card number alone": ("tarjeta", ["4539578763621486"], False),
}


@pytest.mark.parametrize(("name", "values", "expected"), COLUMNS.values(), ids=COLUMNS)
def test_a_column_is_recognised_by_its_name_and_values(
    name: str, values: list[str | None], *, expected: bool
) -> None:
    assert is_secret(name, values) is expected


def test_no_name_is_that_of_a_known_column() -> None:
    assert not _CERTAIN & ALIASES.keys()


RAW = {
    "whole row": ("2024-02-01,12.50,123,a", f"2024-02-01,12.50,{BLANKED},a"),
    "quoted": ('2024-02-01,12.50,"123","a, b"', f'2024-02-01,12.50,{BLANKED},"a, b"'),
    "over two lines": ('2024-02-01,x,123,"a\nb"', f'2024-02-01,x,{BLANKED},"a\nb"'),
    "short": ("2024-02-01,12.50,123", f"2024-02-01,12.50,{BLANKED}"),
    "open quote": ('2024-02-01,"12.50,123,a', f'2024-02-01,"12.50,{BLANKED},a'),
    "nothing in it": ("2024-02-01,12.50,,a", "2024-02-01,12.50,,a"),
}


@pytest.mark.parametrize(("raw", "expected"), RAW.values(), ids=RAW)
def test_raw_text_is_kept_without_the_code(raw: str, expected: str) -> None:
    assert blanked(raw, ("fecha", "monto", "cvv", "nota"), [2], ",", '"') == expected


def test_a_parquet_row_is_kept_without_the_code(workbench: Workbench, tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    rows = {"fecha": ["2024-02-01", "nunca"], "monto": ["1", "2"], "cvv": ["123", "456"]}
    pq.write_table(pa.table(rows), path)
    result = importing.import_file(workbench, path, ANA)
    (rejected,) = importing.rejected_rows(workbench, result.batch_id or 0)
    assert json.loads(rejected["raw_text"]) == {"fecha": "nunca", "monto": "2", "cvv": BLANKED}
    assert stored(workbench)[0]["other_columns"] is None


def test_a_preview_shows_no_code(workbench: Workbench, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    for text in ("fecha,monto,cvv\n2024-02-01,1,987\n", "a,b,cvv\nx,y,987\n"):
        path.write_text(text, encoding="utf-8")
        found = importing.inspect_file(workbench, path)
        assert "987" not in repr(found)
        assert [column.why for column in found.columns if column.source == "cvv"] == ["secret"]


def test_a_person_cannot_give_such_a_column_a_meaning(workbench: Workbench, tmp_path: Path) -> None:
    text = b"fecha,monto,cvv\n2024-02-01,1,987\n"
    refused = load_bytes(workbench, tmp_path, text, mapping={"cvv": "customer_id"})
    assert refused.outcome == "refuse"
    assert "may not be kept" in refused.message
    assert load_bytes(workbench, tmp_path, text, mapping={"cvv": None}).outcome == "load"


def test_two_files_that_differ_only_in_the_code_hold_the_same_rows(
    workbench: Workbench, tmp_path: Path
) -> None:
    load(workbench, tmp_path, "fecha,monto,cvv\n2024-02-01,1,987\n")
    again = load(workbench, tmp_path, "fecha,monto,cvv\n2024-02-01,1,988\n")
    assert (again.rows_loaded, again.rows_duplicate) == (0, 1)
