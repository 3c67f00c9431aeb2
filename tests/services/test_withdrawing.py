"""A withdrawn batch no longer counts; what people said about it stays."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fraudkit import workflow
from fraudkit.cli import main
from fraudkit.config import Settings
from fraudkit.domain import Actor
from fraudkit.errors import ConflictError, NotFoundError
from fraudkit.services import deciding, importing, reviewing, withdrawing
from fraudkit.services.reviewing import QueueFilter
from fraudkit.services.workbench import Workbench
from fraudkit.store import cases, rankings
from tests.ingest.helpers import load, stored
from tests.services.ledger import add_alerts

HEADER = "id_transaccion,fecha,monto,cliente\n"
FIRST = HEADER + "A,2024-02-13,10,c1\nB,2024-02-14,20,c2\n"
SECOND = HEADER + "C,2024-02-15,30,c1\nD,2024-02-16,40,c3\nE,2024-02-17,50,c4\n"


@pytest.fixture
def batches(workbench: Workbench, tmp_path: Path, analyst: Actor) -> list[int]:
    """Two batches, every transaction an alert; E of the second is decided."""
    numbers = [load(workbench, tmp_path, text).batch_id or 0 for text in (FIRST, SECOND)]
    add_alerts(workbench, ["A", "B", "C", "D", "E"], [5.0, 4.0, 3.0, 2.0, 1.0])
    page = reviewing.queue_page(workbench, QueueFilter())
    case_id, version = next((row.case_id, row.version) for row in page.rows if row.entity_id == "c4")
    deciding.decide(workbench, analyst, case_id, version, "genuine", None)
    return numbers


def queue(workbench: Workbench) -> dict[str, int]:
    return {row.entity_id: row.undecided for row in reviewing.queue_page(workbench, QueueFilter()).rows}


def test_a_withdrawn_batch_leaves_everything_but_the_ledger(
    workbench: Workbench, batches: list[int], analyst: Actor
) -> None:
    assert queue(workbench) == {"c1": 2, "c2": 1, "c3": 1}
    done = withdrawing.withdraw(workbench, batches[1], analyst)
    assert (done.transactions, done.alerts, done.cases) == (3, 2, 2)
    assert [row["transaction_id"] for row in stored(workbench)] == ["A", "B"]
    assert queue(workbench) == {"c1": 1, "c2": 1}
    newest, oldest = importing.batches(workbench)
    assert (newest["withdrawn_by"], oldest["withdrawn_at"]) == (analyst.name, None)
    with workbench.database.read() as cursor:
        assert [row["transaction_id"] for row in cursor.rows("SELECT * FROM label_event")] == ["E"]
        assert cursor.value("SELECT count(*) FROM withdrawn_transaction") == 3
        assert len(rankings.alert_positions(cursor)[0]) == 2
        assert not rankings.learning_labels(cursor)
        states = workflow.project(cases.events(cursor))
        assert states == {case_id: cases.state(cursor, case_id) for case_id in states}
    assert {state.entity_id: state.status for state in states.values()} == {
        "c1": "new", "c2": "new", "c3": "auto_closed", "c4": "closed",
    }  # fmt: skip


def test_the_same_file_can_come_back(
    workbench: Workbench, batches: list[int], analyst: Actor, tmp_path: Path
) -> None:
    withdrawing.withdraw(workbench, batches[1], analyst)
    again = load(workbench, tmp_path, SECOND)
    assert (again.rows_loaded, again.batch_id) == (3, batches[1] + 1)
    positions = {row["transaction_id"]: row["position"] for row in stored(workbench)}
    assert sorted(positions.values()) == [1, 2, 6, 7, 8]
    with workbench.database.read() as cursor:
        assert rankings.alert_positions(cursor)[1] == [1, 2, positions["E"]]
        assert cursor.value("SELECT position FROM alert WHERE transaction_id = 'E'") == positions["E"]
        assert [row["transaction_id"] for row in rankings.learning_labels(cursor)] == ["E"]


def test_a_batch_is_withdrawn_once(workbench: Workbench, batches: list[int], analyst: Actor) -> None:
    withdrawing.withdraw(workbench, batches[0], analyst)
    with pytest.raises(ConflictError):
        withdrawing.withdraw(workbench, batches[0], analyst)
    with pytest.raises(NotFoundError):
        withdrawing.withdraw(workbench, 99, analyst)


def test_the_command(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("sample_database", "upload_folder", "card_key"):
        monkeypatch.setenv(f"FRAUDKIT_{name.upper()}", str(getattr(settings, name)))
    path = tmp_path / "x.csv"
    path.write_text(FIRST, encoding="utf-8")
    options = ["--db", str(settings.database), "--json"]
    assert main(["import", str(path), *options]) == 0
    capsys.readouterr()
    assert main(["withdraw", "1", *options]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "outcome": "done", "batch_id": 1, "transactions": 2, "alerts": 0, "cases": 0,
    }  # fmt: skip
    assert main(["withdraw", "1", *options]) == 2
