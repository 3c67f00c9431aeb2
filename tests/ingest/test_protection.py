"""Card numbers in cells, notes and file names: none is kept whole, and plain numbers stay intact."""

from __future__ import annotations

import logging
import random
from pathlib import Path

import pytest

from fraudkit.ingest.card_key import card_token, load_key
from fraudkit.services import importing
from fraudkit.services.workbench import Workbench
from tests.ingest.helpers import ANA, load, load_bytes, reasons, stored

CARDS = 1_000


def card_numbers(count: int = CARDS) -> list[str]:
    """Return numbers that pass the check digit, all of one issuer's range."""
    source = random.Random(7)  # noqa: S311 - made-up numbers
    numbers = set()
    while len(numbers) < count:
        body = "4" + "".join(source.choices("0123456789", k=14))
        digits = [int(digit) for digit in body]
        doubled = [sum(divmod(2 * digit, 10)) for digit in digits[::2]]
        numbers.add(body + str(-(sum(doubled) + sum(digits[1::2])) % 10))
    return sorted(numbers)


def bytes_on_disk(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def test_no_card_number_is_on_disk_in_a_log_or_in_an_export(
    workbench: Workbench, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    numbers = card_numbers()
    grouped = [" ".join(number[place : place + 4] for place in range(0, 16, 4)) for number in numbers]
    rows = [
        f"2024-02-13,{'x' if place % 10 == 0 else 5},{number},pagado con {grouped[-place]} hoy"
        for place, number in enumerate(numbers)
    ]
    incoming = tmp_path / "incoming"
    incoming.mkdir()
    text = "\n".join(["fecha,monto,tarjeta,nota", *rows, "corta," + numbers[3], ""])
    result = load_bytes(workbench, incoming, text.encode(), f"visa {numbers[0]}.csv")
    assert (result.outcome, result.rows_loaded, result.rows_rejected) == ("partial", 900, 101)
    assert result.notes["card_numbers"] == 1_800
    refused = load_bytes(
        workbench, incoming, f"a,b\n{numbers[1]},{numbers[2]}\n".encode(), f"{numbers[0]}.csv"
    )
    assert refused.outcome == "refuse"
    export = str(importing.rejected_rows(workbench, result.batch_id or 0, 1_000))
    said = repr(
        (result, refused, refused.message, refused.hint, importing.batches(workbench), export, caplog.text)
    )
    for path in incoming.iterdir():
        path.unlink()
    content = bytes_on_disk(tmp_path) + said.encode()  # the write-ahead log holds the batch
    workbench.database.checkpoint()
    content += bytes_on_disk(tmp_path)
    assert "card-" in said
    assert not [number for number in numbers if number.encode() in content]
    assert not [number for number in grouped if number.encode() in content]


def test_the_same_card_is_the_same_name_in_every_block_and_file(
    workbench: Workbench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fraudkit.ingest.blocks.ROWS_PER_BLOCK", 2_048)
    monkeypatch.setattr("fraudkit.ingest.blocks.ROWS_PER_BATCH", 2_048)
    cards = card_numbers(50)
    source = random.Random(1)  # noqa: S311 - made-up numbers
    plain = ["4" + "".join(source.choices("0123456789", k=15)) for _ in range(2_100)]
    lucky = [number for number in plain if number in set(card_numbers())]
    assert not lucky
    text = "fecha,monto,tarjeta,referencia\n" + "".join(
        f"2024-02-13 10:00:{place % 60:02d},{place + 1},{cards[place % 50]},{number}\n"
        for place, number in enumerate(plain)
    )
    load(workbench, tmp_path, text)
    rows = sorted(stored(workbench), key=lambda row: row["transaction_amount"])
    key = load_key(workbench.settings.card_key)
    assert [row["card_id"] for row in rows] == [card_token(cards[place % 50], key) for place in range(2_100)]
    assert [row["other_columns"] for row in rows] == [f'{{"referencia":"{number}"}}' for number in plain]


def test_a_card_that_a_spreadsheet_rounded_names_nobody(workbench: Workbench, tmp_path: Path) -> None:
    cards = card_numbers(3)
    text = f"fecha,monto,tarjeta\n2024-02-13,1,{cards[0]}\n2024-02-13,2,4.85E+18\n2024-02-13,3,{cards[1]}\n"
    result = load(workbench, tmp_path, text)
    rows = stored(workbench)
    assert [row["card_id"] is None for row in rows] == [False, True, False]
    assert rows[1]["other_columns"] == '{"tarjeta":"4.85E+18"}'
    assert result.notes == {"card_numbers": 2, "damaged_identifier": 1}


def test_an_inspection_shows_no_card_number(workbench: Workbench, tmp_path: Path) -> None:
    number = card_numbers(1)[0]
    path = tmp_path / f"{number}.csv"
    path.write_text(f"fecha,monto,tarjeta\n01/02/2024,1,{number}\n", encoding="utf-8")
    assert number not in repr(importing.inspect_file(workbench, path))
    asked = importing.import_file(workbench, path, ANA)
    assert asked.outcome == "ask"
    assert number not in repr(asked)


PAIRS = {
    "cargo y abono": ("Fecha;Cargo;Abono\n13/02/2024;1.250,50;\n13/02/2024;;3,00\n", ["-1250.50", "3.00"]),
    "zeros beside": ("fecha,debe,haber\n2024-02-13,5.25,0.00\n2024-02-13,0.00,7.10\n", ["-5.25", "7.10"]),
    "signed debits": ("date,debit,credit\n2024-02-13,-5.25,\n2024-02-13,(4.00),\n", ["-5.25", "-4.00"]),
}


@pytest.mark.parametrize(("text", "expected"), PAIRS.values(), ids=PAIRS)
def test_a_debit_and_a_credit_column_make_one_signed_amount(
    workbench: Workbench, tmp_path: Path, text: str, expected: list[str]
) -> None:
    result = load(workbench, tmp_path, text)
    assert result.outcome == "load", result.message
    assert [str(row["transaction_amount"]) for row in stored(workbench)] == expected


def test_a_row_with_both_sides_or_none_is_rejected(workbench: Workbench, tmp_path: Path) -> None:
    text = "fecha,cargo,abono\n2024-02-13,5.25,4.00\n2024-02-13,,\n2024-02-13,0.00,0.00\n2024-02-13,1,\n"
    result = load(workbench, tmp_path, text)
    assert reasons(workbench, result) == [(2, "debit_and_credit"), (3, "amount_missing")]
    assert [str(row["transaction_amount"]) for row in stored(workbench)] == ["0.00", "-1.00"]


def test_one_side_alone_is_no_amount(workbench: Workbench, tmp_path: Path) -> None:
    assert load(workbench, tmp_path, "fecha,cargo\n2024-02-13,5.25\n").outcome == "refuse"
    load(workbench, tmp_path, "fecha,monto,cargo,abono\n2024-02-13,5,1,\n")
    (row,) = stored(workbench)
    assert (str(row["transaction_amount"]), row["other_columns"]) == ("5.00", '{"cargo":"1"}')
