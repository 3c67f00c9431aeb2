"""Amounts and dates as people write them, against plain Python."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fraudkit.ingest.dates import DateLayout
from fraudkit.ingest.expressions import date_expressions
from fraudkit.ingest.numbers import decimal_mark
from fraudkit.services.workbench import Workbench
from fraudkit.store.parser import Parser
from tests.ingest.helpers import amounts, load, local_times, reasons

FEW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def parser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parser]:
    opened = Parser(tmp_path_factory.mktemp("uploads"), 1)
    yield opened
    opened.close()


AMOUNTS = {
    "12.5": "12.50",
    "S/ -3,108.64": "-3108.64",
    "S/. 120.50": "120.50",
    "-S/ 2": "-2.00",
    "US$ 1,234,567.89": "1234567.89",
    "(3,819.32)": "-3819.32",
    "(S/ 5.00)": "-5.00",
    "45.10-": "-45.10",
    "−120.50": "-120.50",
    "+7": "7.00",
    "1'234.50": "1234.50",
    "1 234.50": "1234.50",
    "00012.50": "12.50",
    "12.500": "12.50",
    "1.0E7": "10000000.00",
    "85.64999999999999": "85.65",
    "1234567.8299999998": "1234567.83",
    "9999999999999999.99": "9999999999999999.99",
}


@pytest.mark.parametrize(("text", "amount"), AMOUNTS.items(), ids=AMOUNTS)
def test_amounts_with_a_point(workbench: Workbench, tmp_path: Path, text: str, amount: str) -> None:
    load(workbench, tmp_path, f"fecha;monto\n2024-02-13;10.25\n2024-02-13;{text}\n")
    assert amounts(workbench) == ["10.25", amount]


COMMA_AMOUNTS = {
    "-1.525,90": "-1525.90",
    "(3.819,32)": "-3819.32",
    "1.411": "1411.00",
    "€ 45,5": "45.50",
    "7": "7.00",
}


@pytest.mark.parametrize(("text", "amount"), COMMA_AMOUNTS.items(), ids=COMMA_AMOUNTS)
def test_amounts_with_a_comma(workbench: Workbench, tmp_path: Path, text: str, amount: str) -> None:
    load(workbench, tmp_path, f"fecha;monto\n2024-02-13;10,25\n2024-02-13;{text}\n")
    assert amounts(workbench) == ["10.25", amount]


REJECTED_AMOUNTS = {
    "inf": "not_finite",
    "-Infinity": "not_finite",
    "nan": "not_finite",
    "": "amount_missing",
    "N/A": "number_unreadable",
    "-": "number_unreadable",
    "=1+1": "formula",
    "1.2.3": "number_unreadable",
    "12 34": "number_unreadable",
    "1,23,456.00": "number_unreadable",
    "0x10": "number_unreadable",
    "１２.50": "number_unreadable",
    "12.345": "third_decimal",
    "12.340000001": "third_decimal",
    "1e99": "number_unreadable",
    "99999999999999999": "number_too_large",
}


@pytest.mark.parametrize(("text", "reason"), REJECTED_AMOUNTS.items(), ids=REJECTED_AMOUNTS)
def test_what_is_no_amount_is_set_apart(workbench: Workbench, tmp_path: Path, text: str, reason: str) -> None:
    result = load(workbench, tmp_path, f"fecha;monto\n2024-02-13;10.25\n2024-02-13;{text}\n")
    assert reasons(workbench, result) == [(3, reason)]


def oracle(text: str) -> Decimal | None:
    """Read an amount with a point in plain Python: at most two decimals, or binary noise."""
    if not re.fullmatch(r"-?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?", text):
        return None
    number = Decimal(text.replace(",", ""))
    rounded = number.quantize(Decimal("0.01"), ROUND_HALF_UP)
    digits = len(text.replace("-", "").replace(",", "").replace(".", "").lstrip("0"))
    if number == rounded or (digits >= 15 and abs(number - rounded) < Decimal("1e-9")):
        return rounded
    return None


numbers = st.one_of(
    st.decimals(-(10**12), 10**12, places=2).map(str),
    st.decimals(-(10**6), 10**6, places=3).map(str),
    st.floats(0, 10**7, allow_nan=False).map(lambda value: f"{round(value, 2) * 3 / 3:.17g}"),
    st.integers(-(10**9), 10**9).map(lambda value: f"{value:,}"),
    st.text(alphabet="0123456789.,-", max_size=8),
).filter(lambda text: "e" not in text and not text.endswith((".", "-")) and not re.match(r"-?\.", text))


@FEW
@given(texts=st.lists(numbers, min_size=1, max_size=40))
def test_amounts_agree_with_plain_python(parser: Parser, texts: list[str]) -> None:
    rows = parser.rows(
        "SELECT CASE WHEN is_plain_with_point(text) THEN TRY_CAST(text AS DECIMAL(18, 2)) "
        "ELSE amount_of_number(number_with_point(text)) END FROM (SELECT unnest(?) AS text)",
        [texts],
    )
    assert [row[0] for row in rows] == [oracle(text) for text in texts]


@FEW
@given(cents=st.lists(st.integers(-(10**14), 10**14), min_size=1, max_size=40))
def test_a_comma_reads_as_a_point_does(parser: Parser, cents: list[int]) -> None:
    texts = [f"{Decimal(cent) / 100:,.2f}".translate(str.maketrans(",.", ".,")) for cent in cents]
    rows = parser.rows("SELECT amount_of_number(number_with_comma(unnest(?)))", [texts])
    assert [row[0] for row in rows] == [Decimal(cent) / 100 for cent in cents]


MARKS = {
    ("12.50", "3.00"): "point",
    ("12,50", "3,00"): "comma",
    ("1,234.50",): "point",
    ("1.234,50",): "comma",
    ("1,234,567",): "point",
    ("1.234.567",): "comma",
    ("15", "20"): "point",
    ("1.234", "12.5"): "point",
    ("S/. 1,50",): "comma",
}


@pytest.mark.parametrize(("values", "mark"), MARKS.items(), ids=map(str, MARKS))
def test_the_values_show_their_mark(values: tuple[str, ...], mark: str) -> None:
    assert decimal_mark(values, list, {}) == mark


DATES = {
    "2024-02-13": "2024-02-13 00:00:00",
    "2024-02-13 10:30": "2024-02-13 10:30:00",
    "2024-02-13T10:30:15": "2024-02-13 10:30:15",
    "2024-02-13 10:30:15.250": "2024-02-13 10:30:15.25",
    "2024-02-13T10:30:15Z": "2024-02-13 05:30:15",
    "2024-02-13T10:30:15-05:00": "2024-02-13 10:30:15",
    "2024-02-13T10:30:15+0100": "2024-02-13 04:30:15",
    "13/02/2024": "2024-02-13 00:00:00",
    "13-02-2024 16:29": "2024-02-13 16:29:00",
    "02/13/2024 3:04 PM": "2024-02-13 15:04:00",
    "13.02.24 10:30:15": "2024-02-13 10:30:15",
    "2024/02/13": "2024-02-13 00:00:00",
    "13/02/2024 03:04 p. m.": "2024-02-13 15:04:00",
    "13-feb-2024": "2024-02-13 00:00:00",
    "13-set-24": "2024-09-13 00:00:00",
    "13 de febrero de 2024": "2024-02-13 00:00:00",
    "13 Aug 2024 10:30": "2024-08-13 10:30:00",
    "20240213": "2024-02-13 00:00:00",
    "20240213103015": "2024-02-13 10:30:15",
    "1707838215": "2024-02-13 10:30:15",
    "1707838215000": "2024-02-13 10:30:15",
}


@pytest.mark.parametrize(("text", "local"), DATES.items(), ids=DATES)
def test_dates_of_many_kinds(workbench: Workbench, tmp_path: Path, text: str, local: str) -> None:
    result = load(workbench, tmp_path, f"fecha;monto\n{text};10.25\n")
    assert (result.outcome, local_times(workbench)) == ("load", [local])


PRECISIONS = {
    "2024-02-13": "date",
    "2024-02-13 10:30": "minute",
    "2024-02-13 10:30:15": "second",
    "2024-02-13T10:30:15.5Z": "microsecond",
    "13/02/2024 10:30": "minute",
    "20240213": "date",
}


@pytest.mark.parametrize(("text", "precision"), PRECISIONS.items(), ids=PRECISIONS)
def test_the_precision_is_kept(workbench: Workbench, tmp_path: Path, text: str, precision: str) -> None:
    load(workbench, tmp_path, f"fecha;monto\n{text};10.25\n")
    with workbench.database.read() as cursor:
        assert cursor.value("SELECT time_precision FROM transactions") == precision


REJECTED_DATES = {
    "": "date_missing",
    "0001-01-01": "date_out_of_range",
    "2999-12-31": "date_out_of_range",
    "2024-02-30": "date_impossible",
    "infinity": "date_unreadable",
    "14/02/2024": "date_unreadable",
    "2024-02-13 25:00": "date_unreadable",
}


@pytest.mark.parametrize(("text", "reason"), REJECTED_DATES.items(), ids=REJECTED_DATES)
def test_what_is_no_date_is_set_apart(workbench: Workbench, tmp_path: Path, text: str, reason: str) -> None:
    result = load(workbench, tmp_path, f"fecha,monto\n2024-02-13,1\n2024-02-13,2\n{text},3\n")
    assert reasons(workbench, result) == [(4, reason)]


LAYOUTS = {
    "%Y-%m-%d %H:%M:%S": DateLayout("iso"),
    "%Y-%m-%dT%H:%M": DateLayout("iso"),
    "%d/%m/%Y %H:%M:%S": DateLayout("numeric", "dmy", "/"),
    "%m-%d-%Y %H:%M": DateLayout("numeric", "mdy", "-"),
    "%d.%m.%y": DateLayout("numeric", "dmy", ".", short_year=True),
    "%Y%m%d%H%M%S": DateLayout("compact"),
    "%d-%b-%Y": DateLayout("month_name", "dmy"),
}
moments = st.datetimes(datetime(1990, 1, 2), datetime(2060, 1, 1))  # noqa: DTZ001 - local times are meant


@pytest.mark.parametrize(("pattern", "layout"), LAYOUTS.items(), ids=LAYOUTS)
@FEW
@given(values=st.lists(moments, min_size=1, max_size=20))
def test_dates_agree_with_plain_python(
    parser: Parser, pattern: str, layout: DateLayout, values: list[datetime]
) -> None:
    texts = [value.strftime(pattern) for value in values]
    moment, shaped = date_expressions(layout, "text")
    rows = parser.rows(f"SELECT {moment}, {shaped} FROM (SELECT unnest(?) AS text)", [texts])
    expected = [
        (datetime.strptime(text, pattern).replace(tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC))
        // timedelta(microseconds=1)
        for text in texts
    ]
    assert rows == [(value, True) for value in expected]


def test_noise_and_zones_are_counted(workbench: Workbench, tmp_path: Path) -> None:
    text = "fecha,monto\n2024-02-13T10:00:00-05:00,85.64999999999999\n2024-02-13T15:00:00Z,1\n"
    result = load(workbench, tmp_path, text)
    assert result.notes == {"float_noise": 1, "zones_converted": 2}
    assert local_times(workbench) == ["2024-02-13 10:00:00"] * 2


def test_a_date_and_a_time_column_are_joined(workbench: Workbench, tmp_path: Path) -> None:
    load(workbench, tmp_path, "fecha,hora,monto\n13/02/2024,10:30:15,1\n13/02/2024,,2\n")
    assert local_times(workbench) == ["2024-02-13 10:30:15", "2024-02-13 00:00:00"]


def test_currencies_are_named_by_column_sign_or_preamble(workbench: Workbench, tmp_path: Path) -> None:
    load(workbench, tmp_path, "fecha,monto\n2024-02-13,S/ 1.50\n2024-02-13,US$ 2.50\n2024-02-13,3.50\n")
    load(workbench, tmp_path, "Cuenta:,191-7\nMoneda:,Soles\n\nfecha,monto\n2024-02-13,1.75\n")
    load(workbench, tmp_path, "fecha,monto,moneda\n2024-02-13,1.80,Dólares\n")
    with workbench.database.read() as cursor:
        rows = cursor.rows("SELECT currency, account_id FROM transactions ORDER BY batch_id, source_row")
    assert [row["currency"] for row in rows] == ["PEN", "USD", None, "PEN", "USD"]
    assert rows[3]["account_id"] == "191-7"


def test_optional_numbers_may_be_missing_in_words(workbench: Workbench, tmp_path: Path) -> None:
    rows = ["1,45,NULL", "1,46,2.50", "1,N/A,-", "1,abc,"]
    text = "fecha,monto,edad,saldo\n" + "".join(f"2024-02-13,{row}\n" for row in rows)
    result = load(workbench, tmp_path, text)
    assert reasons(workbench, result) == [(5, "number_unreadable")]
