"""Files made here, loaded end to end: values, identity, refusals and questions."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from fraudkit.services import importing
from fraudkit.services.workbench import Workbench
from tests.ingest.helpers import ANA, amounts, load, load_bytes, local_times, reasons, stored

PLAIN = "fecha,monto,cliente\n2024-02-13,1.50,7\n2024-02-14,2.50,8\n"


def test_a_plain_file_is_loaded_with_its_values(workbench: Workbench, tmp_path: Path) -> None:
    result = load(workbench, tmp_path, "fecha,monto,cliente,nota\n2024-02-13 10:30:00,12.50,007,hola\n")
    assert (result.outcome, result.rows_loaded) == ("load", 1)
    (row,) = stored(workbench)
    assert row["ts_us"] == int(datetime(2024, 2, 13, 15, 30, tzinfo=UTC).timestamp()) * 1_000_000
    assert (row["utc_offset_minutes"], row["time_precision"]) == (-300, "second")
    assert (str(row["transaction_amount"]), row["customer_id"]) == ("12.50", "007")
    assert row["other_columns"] == '{"nota":"hola"}'
    assert row["transaction_id"].startswith("h")
    assert row["transaction_id"].endswith("-1")
    assert (row["source_row"], row["has_identifier"]) == (2, False)


def test_a_history_lies_together(workbench: Workbench, tmp_path: Path) -> None:
    text = "fecha,monto,cliente\n2024-01-03,1,b\n2024-01-02,2,a\n2024-01-01,3,b\n2024-01-01,4,\n"
    load(workbench, tmp_path, text)
    with workbench.database.read() as cursor:
        rows = cursor.rows(
            "SELECT customer_id, transaction_amount::INT AS amount FROM transactions ORDER BY position"
        )
    assert [(row["customer_id"], row["amount"]) for row in rows] == [(None, 4), ("a", 2), ("b", 3), ("b", 1)]


def test_the_same_file_adds_nothing(workbench: Workbench, tmp_path: Path) -> None:
    text = "fecha,monto\n2024-02-13,1\n2024-02-13,1\n2024-02-13,x\n"
    first = load(workbench, tmp_path, text)
    again = load(workbench, tmp_path, text)
    assert (first.rows_loaded, first.rows_duplicate, first.rows_rejected) == (2, 0, 1)
    assert (again.rows_loaded, again.rows_duplicate, again.rows_rejected) == (0, 2, 1)
    assert again.batch_id == first.batch_id
    assert len(stored(workbench)) == 2
    assert len(importing.batches(workbench)) == 1


def test_an_overlap_adds_only_the_new_rows(workbench: Workbench, tmp_path: Path) -> None:
    load(workbench, tmp_path, "fecha,monto\n2024-02-13,1\n2024-02-13,1\n2024-02-14,2\n")
    result = load(
        workbench, tmp_path, "monto,fecha\n1.00,2024-02-13\n1,2024-02-13\n1,2024-02-13\n3,2024-02-15\n"
    )
    assert (result.rows_loaded, result.rows_duplicate) == (2, 2)
    assert amounts(workbench) == ["1.00", "1.00", "2.00", "1.00", "3.00"]
    identifiers = [row["transaction_id"] for row in stored(workbench)]
    assert len(set(identifiers)) == 5
    assert identifiers[3].endswith("-3")


def test_the_same_identifier_with_other_values_is_a_conflict(workbench: Workbench, tmp_path: Path) -> None:
    load(workbench, tmp_path, "id_transaccion,fecha,monto\nA,2024-02-13,1\n")
    day = "2024-02-13"
    text = f"id_transaccion,fecha,monto\nA,{day},2\nA,{day},1\nB,{day},5\nB,{day},6\nB,{day},5\n"
    result = load(workbench, tmp_path, text)
    assert (result.rows_loaded, result.rows_duplicate, result.rows_rejected) == (1, 2, 2)
    assert reasons(workbench, result) == [(2, "conflict"), (5, "conflict")]
    (rejected, _) = importing.rejected_rows(workbench, result.batch_id or 0)
    assert (rejected["column_name"], rejected["value"]) == ("transaction_amount", "A")
    assert rejected["raw_text"] == "A,2024-02-13,2"


def test_a_late_label_on_a_known_row_is_an_event_once(workbench: Workbench, tmp_path: Path) -> None:
    header = "id_transaccion,fecha,monto,fraude\n"
    load(workbench, tmp_path, header + "A,2024-02-13,1,0\nB,2024-02-13,1,1\n")
    result = load(workbench, tmp_path, header + "A,2024-02-13,1,1\nB,2024-02-13,1,1\n")
    assert (result.rows_loaded, result.rows_duplicate) == (0, 2)
    with workbench.database.read() as cursor:
        events = cursor.rows("SELECT * FROM label_event ORDER BY label_id")
    assert [event["transaction_id"] for event in events] == ["B", "A"]
    event, moment = events[0], stored(workbench)[1]["ts_us"]
    assert (event["source"], event["certainty"], event["verdict"]) == ("import", "confirmed", "fraud")
    assert event["label_known_at"] == moment + 7 * 86_400_000_000
    assert (event["actor"], event["role"]) == (ANA.name, ANA.role)


def test_unknown_columns_take_part_in_identity(workbench: Workbench, tmp_path: Path) -> None:
    load(workbench, tmp_path, "fecha,monto,nota\n2024-02-13,1,a\n")
    result = load(workbench, tmp_path, "fecha,monto,nota\n2024-02-13,1,b\n")
    assert result.rows_loaded == 1


def test_identifiers_stay_text(workbench: Workbench, tmp_path: Path) -> None:
    text = "fecha,monto,cliente,cuenta,ref\n2024-02-13,1,007,12345678901234567890,1e5\n"
    load(workbench, tmp_path, text)
    (row,) = stored(workbench)
    assert (row["customer_id"], row["account_id"]) == ("007", "12345678901234567890")
    assert row["other_columns"] == '{"ref":"1e5"}'


def test_identifiers_that_became_floats_are_freed_or_named_damaged(
    workbench: Workbench, tmp_path: Path
) -> None:
    text = "fecha,monto,tarjeta\n2024-02-13,1,577588686219.0\n2024-02-13,2,4.855e+18\n2024-02-13,3,\n"
    result = load(workbench, tmp_path, text)
    rows = stored(workbench)
    assert [row["card_id"] for row in rows] == ["577588686219", None, None]
    assert rows[1]["other_columns"] == '{"tarjeta":"4.855e+18"}'
    assert result.notes == {"float_identifier": 1, "damaged_identifier": 1}


def test_one_true_identifier_keeps_the_column_as_it_is(workbench: Workbench, tmp_path: Path) -> None:
    load(workbench, tmp_path, "fecha,monto,tarjeta\n2024-02-13,1,5.0\n2024-02-13,2,X7\n")
    assert [row["card_id"] for row in stored(workbench)] == ["5.0", "X7"]


def test_a_gzip_file_is_read(workbench: Workbench, tmp_path: Path) -> None:
    result = load_bytes(workbench, tmp_path, gzip.compress(PLAIN.encode()), "extract.csv.gz")
    assert (result.outcome, result.rows_loaded) == ("load", 2)


def test_a_gzip_bomb_is_refused(workbench: Workbench, tmp_path: Path) -> None:
    bomb = gzip.compress(b"fecha,monto\n" + b"2024-02-13,1\n" * 6_000_000)
    result = load_bytes(workbench, tmp_path, bomb, "extract.csv.gz")
    assert result.outcome == "refuse"
    assert "Unpacked" in result.message


def test_parquet_takes_the_same_way(workbench: Workbench, tmp_path: Path) -> None:
    table = pa.table(
        {
            "TX_DATETIME": pa.array([1_707_820_200_000_000, 1_707_868_800_000_000], pa.timestamp("us")),
            "TX_AMOUNT": pa.array([85.64999999999999, 12.345], pa.float64()),
            "CUSTOMER_ID": pa.array([7, 8], pa.int64()),
            "TX_FRAUD": pa.array([1, 0], pa.int8()),
        }
    )
    pq.write_table(table, tmp_path / "extract.parquet")
    result = importing.import_file(workbench, tmp_path / "extract.parquet", ANA)
    assert (result.outcome, result.rows_loaded, result.rows_rejected) == ("partial", 1, 1)
    assert amounts(workbench) == ["85.65"]
    assert local_times(workbench) == ["2024-02-13 10:30:00"]
    assert result.notes == {"float_noise": 1, "late_labels": 1}
    (rejected,) = importing.rejected_rows(workbench, result.batch_id or 0)
    assert (rejected["source_row"], rejected["reason"]) == (2, "third_decimal")
    assert '"CUSTOMER_ID":8' in rejected["raw_text"]


REFUSED = {
    "empty": (b"", "empty"),
    "blank": (b"\n\n \n", "empty"),
    "zip": (b"PK\x03\x04" + b"x" * 40, "ZIP"),
    "pickle": (b"\x80\x04\x95" + b"x" * 40, "pickle"),
    "parquet under another name": (b"PAR1" + b"x" * 40, "Parquet"),
    "noise": (bytes(range(256)) * 4, "not a table"),
    "web page": (b"<!DOCTYPE html><html>", "web page"),
    "one column": (b"monto\n1\n2\n", "not a table"),
    "header only": (b"fecha,monto\n", "no rows"),
    "no amount": (b"fecha,cliente\n2024-02-13,1\n", "transaction_amount"),
    "two amounts": (b"fecha,monto,MONTO\n2024-02-13,1,2\n", "Two columns"),
    "two orders": (b"fecha,monto\n13/02/2024,1\n02/13/2024,2\n", "two orders"),
    "no dates": (b"fecha,monto\ninfinity,1\ninfinity,2\n", "no readable dates"),
    "no such dates": (b"fecha,monto\n2024-02-30,1\n2024-02-31,2\n", "No row"),
}


@pytest.mark.parametrize(("content", "words"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_loaded_is_refused_in_one_sentence(
    workbench: Workbench, tmp_path: Path, content: bytes, words: str
) -> None:
    result = load_bytes(workbench, tmp_path, content)
    assert result.outcome == "refuse"
    assert words in result.message
    assert "\n" not in result.message
    assert not stored(workbench)
    assert not importing.batches(workbench)


def test_a_missing_file_is_refused(workbench: Workbench, tmp_path: Path) -> None:
    result = importing.import_file(workbench, tmp_path / "absent.csv", ANA)
    assert (result.outcome, result.rows_read) == ("refuse", 0)


def test_nothing_is_left_in_the_upload_folder(workbench: Workbench, tmp_path: Path) -> None:
    load(workbench, tmp_path, PLAIN)
    load(workbench, tmp_path, "no table")
    assert not list(workbench.settings.upload_folder.iterdir())


QUESTIONS = {
    "date order": ("fecha,monto\n01/02/2024,1\n", {"date_order": "mdy"}, "2024-01-02 00:00:00"),
    "Excel days": ("fecha,monto\n45335,1\n", {"date_unit": "excel_1900"}, "2024-02-13 00:00:00"),
    "steps": ("step,amount\n5,1\n",
              {"step_unit": "hour", "step_origin": "2024-01-01"}, "2024-01-01 05:00:00"),
    "header": ("1.00,2024-02-13\n", {"header": "monto,fecha"}, "2024-02-13 00:00:00"),
    "which date": ("fecha_proceso,fecha_operacion,monto\n2024-02-13,2024-02-14,1\n",
                   {"column_transaction_datetime": "fecha_operacion"}, "2024-02-14 00:00:00"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "answers", "local"), QUESTIONS.values(), ids=QUESTIONS)
def test_what_the_file_does_not_say_is_asked(
    workbench: Workbench, tmp_path: Path, text: str, answers: dict[str, str], local: str
) -> None:
    asked = load(workbench, tmp_path, text)
    assert asked.outcome == "ask"
    assert {question.id for question in asked.questions} == set(answers)
    assert all(question.text and question.examples and question.options for question in asked.questions)
    assert not stored(workbench)
    result = load(workbench, tmp_path, text, **answers)
    assert (result.outcome, result.rows_loaded) == ("load", 1)
    assert local_times(workbench) == [local]


def test_utf_16_without_a_mark_asks_for_its_order(workbench: Workbench, tmp_path: Path) -> None:
    content = PLAIN.encode("utf-16-le")
    assert [question.id for question in load_bytes(workbench, tmp_path, content).questions] == ["encoding"]
    assert load_bytes(workbench, tmp_path, content, encoding="utf-16-le").rows_loaded == 2


def test_amounts_that_do_not_show_their_mark_are_asked_about(workbench: Workbench, tmp_path: Path) -> None:
    text = "fecha;monto\n2024-02-13;1.500\n2024-02-13;2.750\n"
    assert [question.id for question in load(workbench, tmp_path, text).questions] == ["decimal_mark"]
    load(workbench, tmp_path, text, decimal_mark="comma")
    assert amounts(workbench) == ["1500.00", "2750.00"]


def test_a_wrong_answer_is_refused(workbench: Workbench, tmp_path: Path) -> None:
    result = load(workbench, tmp_path, "fecha,monto\n01/02/2024,1\n", date_order="ydm")
    assert result.outcome == "refuse"
    assert "dmy" in result.hint


def test_a_mapping_can_be_changed(workbench: Workbench, tmp_path: Path) -> None:
    mapping = {"quien": "customer_id", "canal": None}
    text = b"fecha,monto,quien,canal\n2024-02-13,1,7,web\n"
    load_bytes(workbench, tmp_path, text, mapping=mapping)
    (row,) = stored(workbench)
    assert (row["customer_id"], row["channel"], row["other_columns"]) == ("7", None, '{"canal":"web"}')


def test_a_mapping_of_a_column_that_is_not_there_is_refused(workbench: Workbench, tmp_path: Path) -> None:
    result = load_bytes(workbench, tmp_path, PLAIN.encode(), mapping={"quien": "customer_id"})
    assert (result.outcome, "quien" in result.message) == ("refuse", True)


def test_an_inspection_shows_what_was_understood(workbench: Workbench, tmp_path: Path) -> None:
    path = tmp_path / "extract.csv"
    path.write_text("fecha;monto;edad;nota\n01/02/2024;1,50;3;a\n02/03/2024;2,50;2;b\n", encoding="utf-8")
    inspection = importing.inspect_file(workbench, path)
    assert [question.id for question in inspection.questions] == ["date_order"]
    assert dict(inspection.dialect)["Separator"] == "semicolon"
    canonicals = [column.canonical for column in inspection.columns]
    assert canonicals == ["transaction_datetime", "transaction_amount", None, None]
    age = inspection.columns[2]
    assert (age.why, age.samples) == ("content", ("3", "2"))
    assert age.doubts
    assert inspection.rows[0] == ("01/02/2024", "1,50", "3", "a")
    assert not importing.batches(workbench)


def test_an_interrupted_import_leaves_nothing(workbench: Workbench, tmp_path: Path) -> None:
    (tmp_path / "extract.csv").write_text(PLAIN, encoding="utf-8")

    def interrupt(share: float, _text: str) -> None:
        if share >= 0.8:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        importing.import_file(workbench, tmp_path / "extract.csv", ANA, progress=interrupt)
    assert not stored(workbench)
    assert load(workbench, tmp_path, PLAIN).rows_loaded == 2
