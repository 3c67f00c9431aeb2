"""The customer's own numbers, against numbers worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from fraudkit.domain import Actor
from fraudkit.errors import NotFoundError
from fraudkit.services import history, importing
from fraudkit.services.workbench import Workbench

HOUR = 3_600_000_000
ROWS = """transaction_id,fecha,monto,moneda,cliente,comercio,dispositivo
A1,2026-01-10 09:00:00,100.00,PEN,C1,M1,D1
A2,2026-02-10 09:30:00,200.00,PEN,C1,M1,D1
A3,2026-02-11 10:00:00,300.00,PEN,C1,M2,D1
A4,2026-02-12 23:50:00,50.00,USD,C1,M1,D1
A5,2026-03-01 00:20:00,400.00,PEN,C1,M1,D1
A6,2026-03-01 00:50:00,10.00,PEN,C1,M3,D1
A7,2026-03-01 01:00:00,250.00,PEN,C1,M1,D2
A8,2026-03-01 01:00:00,999.00,PEN,C1,M1,D2
A9,2026-03-05 01:00:00,5.00,PEN,C1,M1,D1
B1,2026-03-01 00:30:00,777.00,PEN,C2,M1,D2
"""


@pytest.fixture
def filled(workbench: Workbench) -> Workbench:
    folder = workbench.settings.upload_folder
    folder.mkdir(parents=True)
    path = folder / "history.csv"
    path.write_text(ROWS, encoding="utf-8")
    assert importing.import_file(workbench, path, Actor("Ana")).rows_loaded == 10
    return workbench


def test_facts_count_what_lies_strictly_before(filled: Workbench) -> None:
    facts = history.history(filled, "A7", "customer").facts
    assert facts.entity_id == "C1"
    assert (facts.amount, facts.currency) == (250.0, "PEN")
    assert facts.payments == 6  # the other payment of the same instant does not count
    assert facts.comparable_payments == 5  # dollars are not compared with soles
    assert facts.median_amount == 200.0
    assert facts.largest_amount == 400.0
    assert facts.smaller_payments == 3
    assert facts.in_hour is None  # four payments older than a day are too few to say what is usual
    assert facts.same_merchant == 4
    assert facts.same_device == 0
    assert facts.same_counterparty is None
    assert facts.near_hour == 3  # 23:50, 00:20 and 00:50 lie within two hours of 01:00
    assert facts.ts_us - (facts.previous_ts_us or 0) == HOUR // 6


def test_the_first_payment_has_no_history(filled: Workbench) -> None:
    facts = history.history(filled, "A1", "customer").facts
    assert facts.payments == 0
    assert facts.median_amount is None
    assert facts.previous_ts_us is None


def test_the_past_is_the_customers_own_in_order_of_time(filled: Workbench) -> None:
    past = history.history(filled, "A7", "customer").past
    assert list(past.transaction_ids) == [f"A{place}" for place in range(1, 10)]
    assert past.transaction_ids[past.place] == "A7"
    assert past.texts["payee_name"].at(past.place) == "M1"
    assert np.isnan(past.base[3])  # dollars without a rate are never added to soles
    assert np.isnan(past.severity).all()  # not ranked yet


def test_the_nearest_in_time_are_read_of_an_entity_with_too_many(
    filled: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "MOST_TRANSACTIONS", 4)
    past = history.history(filled, "A7", "customer").past
    assert past.is_cut
    assert set(past.transaction_ids) == {"A5", "A6", "A7", "A8"}
    assert past.transaction_ids[past.place] == "A7"


def test_a_transaction_without_an_entity_is_its_own_history(filled: Workbench) -> None:
    past = history.history(filled, "A7", "transaction")
    assert past.facts.payments == 0
    assert list(past.past.transaction_ids) == ["A7"]


def test_an_unknown_transaction_is_refused(filled: Workbench) -> None:
    for look in (history.transaction, lambda bench, name: history.history(bench, name, "customer")):
        with pytest.raises(NotFoundError):
            look(filled, "nothing")


def test_a_transaction_names_its_file_and_line(filled: Workbench) -> None:
    row = history.transaction(filled, "A3")
    assert (row["file_name"], row["source_row"]) == ("history.csv", 4)
    assert row["severity"] is None  # not ranked yet
    assert history.score_bins(filled) == []
    assert history.line_score(filled) is None
    assert history.has_transactions(filled)
