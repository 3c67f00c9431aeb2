"""What people do about an import: correct its rejected rows, confirm its layout, meet what it changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from fraudkit.domain import Actor
from fraudkit.errors import InvalidInputError, NotFoundError
from fraudkit.services import correcting, deciding, importing, layouts, reviewing
from fraudkit.services.reviewing import QueueFilter
from fraudkit.services.workbench import Workbench
from fraudkit.store import cases
from tests.ingest.helpers import ANA, amounts, load, load_bytes, local_times, stored
from tests.services.ledger import add_alerts

AMBIGUOUS = "fecha;monto;cliente\n01/02/2024;1.500;7\n02/03/2024;dos;8\n99/03/2024;3.250;9;x\n"
ANSWERS = {"date_order": "dmy", "decimal_mark": "comma"}


def test_rejected_rows_are_corrected_through_the_layout_of_their_file(
    workbench: Workbench, tmp_path: Path
) -> None:
    first = load(workbench, tmp_path, AMBIGUOUS, **ANSWERS)
    found = correcting.correctable(workbench, first.batch_id or 0)
    assert found.names == ("fecha", "monto", "cliente")
    assert [(row.source_row, row.reason) for row in found.rows] == [
        (3, "number_unreadable"), (4, "too_many_columns"),
    ]  # fmt: skip
    assert [row.cells for row in found.rows] == [("02/03/2024", "dos", "8"), ("99/03/2024", "3.250", "9")]
    result = correcting.correct(workbench, found.batch_id, {3: ("02/03/2024", "2.000", "8")}, ANA)
    assert (result.outcome, result.rows_loaded, result.batch_id) == ("load", 1, 2)
    assert amounts(workbench) == ["1500.00", "2000.00"]
    assert local_times(workbench)[1] == "2024-03-02 00:00:00"
    assert [row.source_row for row in correcting.correctable(workbench, found.batch_id).rows] == [4]
    newest, oldest = importing.batches(workbench)
    assert (newest["corrects"], oldest["corrects"], oldest["rows_rejected"]) == ("1", None, 2)
    assert newest["file_name"] == "extract.corrected.csv"


def test_rows_above_the_header_and_quotes_survive_a_correction(workbench: Workbench, tmp_path: Path) -> None:
    text = 'Cuenta;00123\nfecha;monto;nota\n13/02/2024;1,50;"a;b"\n13/02/2024;x;"c;""d"""\n'
    first = load(workbench, tmp_path, text)
    (row,) = correcting.correctable(workbench, first.batch_id or 0).rows
    assert row.cells == ("13/02/2024", "x", 'c;"d"')
    fixed = ("13/02/2024", "2,50", *row.cells[2:])
    assert correcting.correct(workbench, 1, {row.source_row: fixed}, ANA).rows_loaded == 1
    rows = stored(workbench)
    assert [row["account_id"] for row in rows] == ["00123", "00123"]
    assert rows[1]["other_columns"] == '{"nota":"c;\\"d\\""}'


def test_only_open_rejected_rows_can_be_corrected(workbench: Workbench, tmp_path: Path) -> None:
    load(workbench, tmp_path, AMBIGUOUS, **ANSWERS)
    with pytest.raises(InvalidInputError):
        correcting.correct(workbench, 1, {2: ("01/02/2024", "1", "7")}, ANA)
    with pytest.raises(InvalidInputError):
        correcting.correct(workbench, 1, {3: ("01/02/2024", "1")}, ANA)
    with pytest.raises(NotFoundError):
        correcting.correctable(workbench, 9)


def test_an_answer_is_asked_for_once_and_remembered_for_the_layout(
    workbench: Workbench, tmp_path: Path
) -> None:
    text = "fecha,monto,quien\n01/02/2024,1,7\n"
    assert load(workbench, tmp_path, text).outcome == "ask"
    assert not layouts.all_layouts(workbench)
    mapping = {"quien": "customer_id"}
    load_bytes(workbench, tmp_path, text.encode(), "cargos_2024-02.csv", mapping, date_order="mdy")
    later = text.replace("01/02", "03/04").replace(",7", ",8")
    inspected = tmp_path / "later.csv"
    inspected.write_text(later, encoding="utf-8")
    found = importing.inspect_file(workbench, inspected)
    assert (found.layout_name, found.questions) == ("cargos", ())
    assert load(workbench, tmp_path, later).outcome == "load"
    assert local_times(workbench) == ["2024-01-02 00:00:00", "2024-03-04 00:00:00"]
    assert [row["customer_id"] for row in stored(workbench)] == ["7", "8"]
    (layout,) = layouts.all_layouts(workbench)
    assert (layout["name"], layout["actor"]) == ("cargos", ANA.name)


def test_another_layout_asks_again(workbench: Workbench, tmp_path: Path) -> None:
    load(workbench, tmp_path, "fecha,monto\n01/02/2024,1\n", date_order="dmy")
    assert load(workbench, tmp_path, "fecha,importe\n01/02/2024,1\n").outcome == "ask"


def test_a_later_answer_replaces_the_former(workbench: Workbench, tmp_path: Path) -> None:
    for order, day in (("dmy", "01"), ("mdy", "05"), ("mdy", "06")):
        load(workbench, tmp_path, f"fecha,monto\n{day}/02/2024,1\n", date_order=order)
    load(workbench, tmp_path, "fecha,monto\n07/02/2024,1\n")
    assert [local[5:10] for local in local_times(workbench)] == ["02-01", "05-02", "06-02", "07-02"]
    with workbench.database.read() as cursor:
        assert cursor.value("SELECT count(*) FROM layout_event") == 2


def test_a_fraud_known_later_reopens_the_case_that_called_it_genuine(
    workbench: Workbench, tmp_path: Path, analyst: Actor
) -> None:
    header = "id_transaccion,fecha,monto,cliente,fraude\n"
    load(workbench, tmp_path, header + "A,2024-02-13,10,c1,0\nB,2024-02-14,20,c2,0\n")
    add_alerts(workbench, ["A", "B"], [5.0, 4.0])
    for row in reviewing.queue_page(workbench, QueueFilter()).rows:
        verdict = "genuine" if row.entity_id == "c1" else "fraud"
        deciding.decide(workbench, analyst, row.case_id, row.version, verdict, None)
    assert not reviewing.queue_page(workbench, QueueFilter()).rows
    text = header + "A,2024-02-13,10,c1,1\nB,2024-02-14,20,c2,1\nC,2024-02-15,30,c1,0\n"
    result = load(workbench, tmp_path, text)
    (case,) = reviewing.queue_page(workbench, QueueFilter()).rows
    assert (case.entity_id, case.undecided, case.status) == ("c1", 1, "new")
    assert result.changes.reopened_cases == (case.case_id,)
    assert result.changes.in_open_cases == 1
    with workbench.database.read() as cursor:
        last = cases.events(cursor, case.case_id)[-1]
    assert (last.kind, last.payload["transactions"]) == ("reopened", ["A"])
    deciding.decide(workbench, analyst, case.case_id, case.version, "fraud", None)
    assert not reviewing.queue_page(workbench, QueueFilter()).rows
