"""What is read ahead is shown only while it is true."""

from __future__ import annotations

import pytest

from fraudkit.domain import Actor
from fraudkit.services import deciding, history, reading_ahead, reviewing
from fraudkit.services.history import History
from fraudkit.services.queueing import QueueFilter
from fraudkit.services.workbench import Workbench
from fraudkit.store import Row
from tests.services.ledger import add_alerts, add_transactions

ANA = Actor("Ana")


@pytest.fixture
def reads(workbench: Workbench, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    add_alerts(workbench, add_transactions(workbench, ["A", "A", "B"]), [3.0, 2.0, 1.0])
    done: list[str] = []
    read = history.history_of

    def counted(bench: Workbench, row: Row, kind: str) -> History:
        done.append(row["transaction_id"])
        return read(bench, row, kind)  # type: ignore[arg-type]

    monkeypatch.setattr(history, "history_of", counted)
    return done


def shown(workbench: Workbench, identifier: str) -> History:
    return reading_ahead.history_of(workbench, history.transaction(workbench, identifier), "customer")


def test_the_next_case_is_there_before_it_is_asked_for(workbench: Workbench, reads: list[str]) -> None:
    job = reading_ahead.prepare(workbench, ANA, QueueFilter(), 1)
    assert job.finished.wait(10)
    assert (job.result, reads) == (2, ["T3"])
    assert shown(workbench, "T3").past.entity_id == "B"
    assert reads == ["T3"], "it was read a second time"
    assert reviewing.case_view(workbench, 2).state.assignee is None, "looking ahead claims nothing"


def test_a_label_on_one_of_its_transactions_makes_it_read_anew(
    workbench: Workbench, reads: list[str]
) -> None:
    shown(workbench, "T1")
    state = reviewing.case_view(workbench, 2).state
    deciding.decide(workbench, ANA, 2, state.version, "genuine", "travel")
    shown(workbench, "T1")
    assert reads == ["T1"], "a verdict on another customer changes nothing"
    state = reviewing.case_view(workbench, 1).state
    deciding.decide(workbench, ANA, 1, state.version, "genuine", "travel", transaction_ids=["T2"])
    shown(workbench, "T1")
    assert reads == ["T1", "T1"]


def test_new_data_and_time_make_it_read_anew(
    workbench: Workbench, reads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    shown(workbench, "T1")
    with workbench.database.write() as cursor:
        cursor.execute("INSERT INTO batch_event VALUES (1, 'corrects', '{}', 'Ana', 'lead', 1)")
    shown(workbench, "T1")
    monkeypatch.setattr(reading_ahead, "SECONDS", -1.0)
    shown(workbench, "T1")
    assert len(reads) == 3


def test_only_so_many_are_kept(
    workbench: Workbench, reads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading_ahead, "MOST", 1)
    for identifier in ("T1", "T3", "T3", "T1"):
        shown(workbench, identifier)
    assert reads == ["T1", "T3", "T1"]
