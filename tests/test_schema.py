from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from fraudkit.schema import ALIASES, COLUMNS, normalised_name
from fraudkit.store import Database


def test_no_alias_names_two_columns() -> None:
    names = [
        (normalised_name(alias), column.name)
        for column in COLUMNS
        for alias in (column.name, *column.aliases)
    ]
    owners = Counter(name for name, _ in set(names))
    assert [name for name, count in owners.items() if count > 1] == []


def test_common_headers_map_themselves() -> None:
    expected = {
        "TX_AMOUNT": "transaction_amount",
        "amt": "transaction_amount",
        "Monto": "transaction_amount",
        "IMPORTE": "transaction_amount",
        "cc_num": "card_id",
        "nameOrig": "customer_id",
        "Fecha": "transaction_datetime",
        "Fecha Operación": "transaction_datetime",
        "IP Address": "ip_address",
    }
    assert {name: ALIASES[normalised_name(name)] for name in expected} == expected


@given(st.text())
def test_normalising_twice_changes_nothing(name: str) -> None:
    assert normalised_name(normalised_name(name)) == normalised_name(name)


def test_every_canonical_column_is_stored(database: Database) -> None:
    with database.read() as cursor:
        rows = cursor.rows(
            "SELECT column_name AS name, data_type AS type FROM duckdb_columns() "
            "WHERE table_name = 'transactions'"
        )
    stored = {row["name"]: row["type"] for row in rows}
    elsewhere = {"transaction_datetime", "fraud_label"}  # ts_us and its companions; the ledger of labels
    for column in COLUMNS:
        if column.name not in elsewhere:
            assert stored[column.name] == column.sql_type
