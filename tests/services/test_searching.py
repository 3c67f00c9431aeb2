from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fraudkit.domain import Actor
from fraudkit.errors import NotFoundError
from fraudkit.ingest.card_key import card_token, load_key
from fraudkit.services import deciding, entities, notes, searching
from fraudkit.services.workbench import Workbench
from tests.services.ledger import add_alerts, add_transactions

CARD = "4111111111111111"


@pytest.fixture
def filled(workbench: Workbench) -> Workbench:
    """Twelve operations of two customers; merchants, a card and one case with an alert."""
    identifiers = add_transactions(workbench, ["CL-01"] * 6 + ["CL-02"] * 6)
    token = card_token(CARD, load_key(workbench.settings.card_key))
    with workbench.database.write() as cursor:
        cursor.execute("UPDATE transactions SET merchant_name = 'Café Ñandú' WHERE position <= 3")
        cursor.execute("UPDATE transactions SET merchant_id = 'M-77' WHERE position = 4")
        cursor.execute("UPDATE transactions SET card_id = ? WHERE position = 5", [token])
        cursor.execute("UPDATE transactions SET transaction_amount = -450.75 WHERE position = 6")
    add_alerts(workbench, identifiers[:1], [2.0])
    return workbench


def found_transactions(workbench: Workbench, text: str) -> list[str]:
    return [row["transaction_id"] for row in searching.find(workbench, text).transactions.rows]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("t1", ["T12", "T11", "T10", "T1"]),
        ("T1", ["T1", "T12", "T11", "T10"]),
        ("ñandú", ["T3", "T2", "T1"]),
        ("  CAFÉ  ", ["T3", "T2", "T1"]),
        ("m-77", ["T4"]),
        ("450", ["T6"]),
        ("450,75", ["T6"]),
        ("S/ 450.75", ["T6"]),
        ("450.7", []),
        ("'; DROP TABLE transactions; --", []),
        ("%", []),
        ("", []),
    ],
)
def test_a_transaction_is_found_by_number_merchant_and_amount(
    filled: Workbench, text: str, expected: list[str]
) -> None:
    assert found_transactions(filled, text) == expected


def test_customers_cards_and_merchants_are_found_by_a_part(filled: Workbench) -> None:
    found = searching.find(filled, "cl-0").entities
    assert [(row["identifier"], row["operations"]) for row in found["customer"].rows] == [
        ("CL-01", 6),
        ("CL-02", 6),
    ]
    assert searching.find(filled, "ñan").entities["merchant"].total == 1


@pytest.mark.parametrize("text", [CARD, "4111 1111 1111 1111", "1111"])
def test_a_card_is_found_by_its_number_which_is_not_kept(filled: Workbench, text: str) -> None:
    found = searching.find(filled, text)
    assert found.entities["card"].total == 1
    assert CARD not in found.text.replace(" ", "")


@pytest.mark.parametrize("text", ["1", "#1", "case 1", "Caso 1"])
def test_a_case_is_found_by_its_number(filled: Workbench, text: str) -> None:
    assert [row["case_id"] for row in searching.find(filled, text).cases.rows] == [1]


def test_notes_are_found_until_they_are_struck(filled: Workbench, analyst: Actor) -> None:
    number = notes.write(filled, analyst, ("case", "1"), "Llamó desde Iquitos")
    assert searching.find(filled, "iquitos").notes.total == 1
    notes.strike(filled, analyst, number)
    assert searching.find(filled, "iquitos").total == 0


def test_the_totals_are_complete_and_the_rows_are_few(filled: Workbench) -> None:
    hits = searching.find(filled, "t", shown=5).transactions
    assert (len(hits.rows), hits.total) == (5, 12)


@given(st.decimals(min_value=0, max_value=10**9, places=2))
def test_an_amount_is_understood_as_either_language_writes_it(amount: Decimal) -> None:
    english = f"{amount:,.2f}"
    spanish = english.translate(str.maketrans(",.", ".,"))
    for text in (english, spanish, f"S/ {english}", f"{amount:.2f}"):
        assert searching.amounts_of(text) == (amount, amount)


def test_no_naughty_string_breaks_the_search(filled: Workbench, shared_data: Path) -> None:
    naughty = json.loads((shared_data / "naughty-strings" / "blns.json").read_text(encoding="utf-8"))
    for text in naughty[::5]:
        searching.find(filled, text)
    with filled.database.read() as cursor:
        assert cursor.value("SELECT count(*) FROM transactions") == 12


def test_an_entity_counts_its_operations_cases_and_verdicts(filled: Workbench, analyst: Actor) -> None:
    deciding.decide(filled, analyst, 1, 2, "fraud", "card")
    found = entities.entity(filled, "customer", "CL-01")
    assert found.operations == 6
    assert found.sums[0]["amount"] == Decimal("1950.75")
    assert [row["case_id"] for row in found.cases] == [1]
    assert {key: row["verdict"] for key, row in found.standing.items()} == {"T1": "fraud"}
    assert found.distinct["merchant"] == 2
    rows = entities.operations(filled, found, page=2, page_size=4)
    assert [(row["transaction_id"], row["case_id"], row["verdict"]) for row in rows] == [
        ("T2", None, None),
        ("T1", 1, "fraud"),
    ]
    merchant = entities.entity(filled, "merchant", "M-77")
    assert (merchant.operations, merchant.cases) == (1, ())
    assert entities.entity(filled, "merchant", "Café Ñandú").cases[0]["case_id"] == 1


def test_an_undone_verdict_stands_for_nothing_and_stays_in_the_list(
    filled: Workbench, analyst: Actor
) -> None:
    decision = deciding.decide(filled, analyst, 1, 2, "fraud", "card")
    deciding.undo(filled, analyst, 1, decision.version)
    found = entities.entity(filled, "customer", "CL-01")
    assert [row["verdict"] for row in found.labels] == ["withdrawn", "fraud"]
    assert found.standing == {}


@pytest.mark.parametrize(("kind", "identifier"), [("customer", "nobody"), ("batch_id", "1"), ("device", "")])
def test_an_unknown_entity_is_one_sentence(filled: Workbench, kind: str, identifier: str) -> None:
    with pytest.raises(NotFoundError, match="No operation names"):
        entities.entity(filled, kind, identifier)
