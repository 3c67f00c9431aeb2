"""Layouts that people confirmed: renamed, forgotten, and recognised where a file has no header."""

from __future__ import annotations

from pathlib import Path

import pytest

from fraudkit.errors import InvalidInputError, NotFoundError
from fraudkit.services import auditing, importing, layouts
from fraudkit.services.workbench import Workbench
from tests.ingest.helpers import ANA, load, load_bytes, stored

AMBIGUOUS = "fecha;monto;cliente\n01/02/2024;1,5;7\n"


def only(workbench: Workbench) -> dict[str, object]:
    (found,) = layouts.all_layouts(workbench)
    return found


def test_a_layout_is_renamed_and_still_recognised(workbench: Workbench, tmp_path: Path) -> None:
    load_bytes(workbench, tmp_path, AMBIGUOUS.encode(), "cargos_2024.csv", date_order="dmy")
    assert only(workbench)["name"] == "cargos"
    layouts.rename(workbench, str(only(workbench)["signature"]), "  Cargos de ventanilla ", ANA)
    assert only(workbench)["name"] == "Cargos de ventanilla"
    again = load(workbench, tmp_path, AMBIGUOUS.replace("01/02", "03/02"))
    assert again.outcome == "load"
    assert only(workbench)["name"] == "Cargos de ventanilla"
    with pytest.raises(InvalidInputError):
        layouts.rename(workbench, str(only(workbench)["signature"]), "  ", ANA)
    assert not auditing.verify(workbench).verification.findings


def test_a_forgotten_layout_asks_again(workbench: Workbench, tmp_path: Path) -> None:
    load(workbench, tmp_path, AMBIGUOUS, date_order="dmy")
    signature = str(only(workbench)["signature"])
    layouts.forget(workbench, signature, ANA)
    assert layouts.all_layouts(workbench) == []
    with pytest.raises(NotFoundError):
        layouts.forget(workbench, signature, ANA)
    with pytest.raises(NotFoundError):
        layouts.rename(workbench, signature, "x", ANA)
    assert load(workbench, tmp_path, AMBIGUOUS.replace("01/02", "03/02")).outcome == "ask"


HEADERLESS = "13/02/2024;-1.250,50;Plaza Vea 12;7\n14/02/2024;300,00;;8\n"
NAMES = "fecha,monto,comercio,cliente"


def test_a_file_without_a_header_is_named_once(workbench: Workbench, tmp_path: Path) -> None:
    assert load(workbench, tmp_path, HEADERLESS).outcome == "ask"
    first = load(workbench, tmp_path, HEADERLESS, header=NAMES)
    assert (first.outcome, first.rows_loaded) == ("load", 2), first.message
    later = "28/03/2024;12,00;Metro;9\n29/03/2024;1.000,00;Tambo;7\n30/03/2024;-5,10;;7\n"
    path = tmp_path / "later.csv"
    path.write_text(later, encoding="utf-8")
    assert importing.inspect_file(workbench, path).layout_name == "extract"
    second = importing.import_file(workbench, path, ANA)
    assert (second.outcome, second.rows_loaded) == ("load", 3), second.message
    assert [row["customer_id"] for row in stored(workbench)] == ["7", "8", "9", "7", "7"]


@pytest.mark.parametrize(
    "other",
    [
        "13/02/2024;7;Plaza Vea;-1.250,50;x\n14/02/2024;8;Metro;3,00;y\n",  # another width
        "2024-02-13;-1.250,50;Plaza Vea;7\n2024-02-14;300,00;;8\n",  # another way to write dates
        "13/02/2024,-1250.50,Plaza Vea,7\n14/02/2024,300.00,,8\n",  # another separator
        "7;13/02/2024;-1.250,50;Plaza Vea\n8;14/02/2024;300,00;\n",  # another order
    ],
)
def test_another_file_without_a_header_asks(workbench: Workbench, tmp_path: Path, other: str) -> None:
    load(workbench, tmp_path, HEADERLESS, header=NAMES)
    assert load(workbench, tmp_path, other).outcome == "ask"


def test_layouts_of_an_older_portfolio_are_adopted_by_the_audit(workbench: Workbench, tmp_path: Path) -> None:
    load(workbench, tmp_path, AMBIGUOUS, date_order="dmy")
    settings = workbench.settings
    with workbench.database.write() as cursor:  # as it was before the audit recorded these tables
        cursor.execute(
            "INSERT INTO layout_event VALUES ('s', 'old', '{}', '{}', 1, 'Ana', 'analyst', 1, NULL)"
        )
        cursor.execute("DELETE FROM migration WHERE name = '0010_import'")
        cursor.execute("DROP TABLE repeated_row")
        cursor.execute("DROP TABLE batch_fill")
        cursor.execute("ALTER TABLE layout_event DROP COLUMN kind")
        cursor.execute("DELETE FROM layout_event WHERE signature <> 's'")
        cursor.changes.clear()
    workbench.close()
    opened = Workbench.open(settings)
    assert [row["name"] for row in layouts.all_layouts(opened)] == ["old"]
    problems = [finding.subject for finding in auditing.verify(opened).verification.findings]
    opened.close()
    assert "layout_event/s/1" not in problems
