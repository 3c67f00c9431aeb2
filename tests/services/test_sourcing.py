from __future__ import annotations

import json
import os
import time
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl
import pytest

from fraudkit.cli import main
from fraudkit.domain import Actor, Progress
from fraudkit.errors import InvalidInputError, NotFoundError
from fraudkit.services import sourcing
from fraudkit.services.scheduling import SCHEDULER, Scheduler
from fraudkit.services.workbench import Workbench

LIMA = ZoneInfo("America/Lima")
HEADER = "transaction_id,transaction_date,transaction_amount,customer_id\n"
CARD = "4111111111111111"
PATIENCE_SECONDS = 30


@pytest.fixture
def inbox(workbench: Workbench) -> Path:
    folder = workbench.settings.sources.parent / "inbox"
    folder.mkdir()
    configure(workbench, 'settle_seconds = 0\nevery = "1h"')
    return folder


def configure(workbench: Workbench, more: str) -> None:
    text = f'[branch]\nkind = "inbox"\nfolder = "inbox"\n{more}\n'
    workbench.settings.sources.write_text(text)


def put(inbox: Path, name: str, numbers: range, dates: str = "2024-01-31 10:00:0{}") -> Path:
    rows = [f"T{number},{dates.format(number % 10)},{number}.50,C{number}\n" for number in numbers]
    file = inbox / name
    file.write_text(HEADER + "".join(rows))
    os.utime(file, (time.time() - 60,) * 2)
    return file


def count(workbench: Workbench) -> int:
    with workbench.database.read() as cursor:
        return int(cursor.value("SELECT count(*) FROM transactions"))


def test_files_are_imported_moved_and_remembered(workbench: Workbench, inbox: Path, analyst: Actor) -> None:
    put(inbox, "a.csv", range(5))
    (inbox / "b.csv").write_bytes(b"PK\x03\x04 is no table")
    report = sourcing.run_source(workbench, "branch", analyst)
    assert [(run.file_name, run.outcome, run.rows_loaded) for run in report.runs] == [
        ("a.csv", "load", 5),
        ("b.csv", "refuse", 0),
    ]
    assert count(workbench) == 5
    assert [file.name for file in (inbox / "done").iterdir()] == ["a.csv"]
    assert [file.name for file in (inbox / "refused").iterdir()] == ["b.csv"]
    assert not list(workbench.settings.upload_folder.iterdir())
    assert sourcing.run_source(workbench, "branch", analyst).runs[0].outcome == "nothing"
    memory = sourcing.runs_of(workbench, "branch")
    assert [row["outcome"] for row in memory] == ["nothing", "refuse", "load"]
    assert memory[2]["actor"] == analyst.name
    assert memory[2]["batch_id"] is not None


def test_the_same_rows_again_add_nothing(workbench: Workbench, inbox: Path, analyst: Actor) -> None:
    for name in ("a.csv", "b.csv"):
        put(inbox, name, range(5))
        sourcing.run_source(workbench, "branch", analyst)
    assert count(workbench) == 5


def test_a_workbook_and_an_archive_come_through_the_inbox(
    workbench: Workbench, inbox: Path, analyst: Actor
) -> None:
    book = openpyxl.Workbook()
    book.active.append(HEADER.strip().split(","))
    book.active.append(["T1", datetime(2024, 1, 31, 10, 30), 10.5, "007"])  # noqa: DTZ001
    book.save(inbox / "x.xlsx")
    (report,) = sourcing.run_source(workbench, "branch", analyst).runs
    assert report.outcome == "load"
    with workbench.database.read() as cursor:
        assert cursor.rows("SELECT customer_id, transaction_amount::VARCHAR AS amount FROM transactions") == [
            {"customer_id": "007", "amount": "10.50"}
        ]


def test_a_question_waits_until_it_is_answered_in_the_settings(
    workbench: Workbench, inbox: Path, analyst: Actor
) -> None:
    put(inbox, "b.csv", range(1, 6), "0{}/02/2024")
    (run,) = sourcing.run_source(workbench, "branch", analyst, again=False).runs
    assert run.outcome == "ask"
    assert (inbox / "b.csv").exists()
    assert sourcing.run_source(workbench, "branch", analyst, again=False).runs[0].outcome == "nothing"
    configure(workbench, 'settle_seconds = 0\nanswers = {date_order = "dmy"}')
    (run,) = sourcing.run_source(workbench, "branch", analyst).runs
    assert run.outcome == "load"
    assert (inbox / "done" / "b.csv").exists()


def test_card_numbers_in_file_names_are_not_kept(workbench: Workbench, inbox: Path, analyst: Actor) -> None:
    put(inbox, f"card {CARD}.csv", range(3))
    (run,) = sourcing.run_source(workbench, "branch", analyst).runs
    assert CARD not in str(run)
    workbench.database.checkpoint()
    assert CARD.encode() not in workbench.settings.database.read_bytes()


def test_failures_are_remembered_and_raised(workbench: Workbench, inbox: Path, analyst: Actor) -> None:
    inbox.rmdir()
    with pytest.raises(InvalidInputError, match="inbox"):
        sourcing.run_source(workbench, "branch", analyst)
    (status,) = sourcing.list_sources(workbench)
    assert status.last is not None
    assert status.last["outcome"] == "failed"
    assert "inbox" in status.last["message"]
    with pytest.raises(NotFoundError):
        sourcing.run_source(workbench, "other", analyst)


def test_the_scheduler_starts_what_is_due_once(workbench: Workbench, inbox: Path) -> None:
    put(inbox, "a.csv", range(5))
    followed: list[int] = []

    def follow(bench: Workbench, _progress: Progress) -> None:
        followed.append(count(bench))

    scheduler = Scheduler(workbench, follow)
    (job,) = scheduler.tick()
    assert job.finished.wait(PATIENCE_SECONDS)
    assert job.status == "done"
    assert followed == [5]
    now = datetime.now(LIMA)
    assert scheduler.tick(now + timedelta(minutes=58)) == []
    put(inbox, "b.csv", range(5, 7))
    (job,) = scheduler.tick(now + timedelta(minutes=61))
    assert job.finished.wait(PATIENCE_SECONDS)
    assert followed == [5, 7]
    assert sourcing.runs_of(workbench, "branch")[0]["actor"] == SCHEDULER.name


def test_the_scheduler_stops_and_survives_wrong_settings(
    workbench: Workbench, inbox: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("fraudkit.services.scheduling.TICK_SECONDS", 0.01)
    workbench.settings.sources.write_text("[broken")
    scheduler = Scheduler(workbench)
    scheduler.start()
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not caplog.records and time.monotonic() < deadline:
        time.sleep(0.01)
    put(inbox, "a.csv", range(2))
    configure(workbench, 'settle_seconds = 0\nevery = "1h"')
    while count(workbench) < 2 and time.monotonic() < deadline:
        time.sleep(0.01)
    scheduler.stop()
    assert count(workbench) == 2
    assert len(caplog.records) == 1


def test_commands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    put(inbox, "a.csv", range(4))
    (tmp_path / "sources.toml").write_text('[branch]\nkind = "inbox"\nfolder = "inbox"\n')
    for name, file in (("SOURCES", "sources.toml"), ("CARD_KEY", "card.key"), ("UPLOAD_FOLDER", "uploads")):
        monkeypatch.setenv(f"FRAUDKIT_{name}", str(tmp_path / file))
    options = ["--db", str(tmp_path / "x.duckdb"), "--json"]

    def call(*arguments: str) -> tuple[int, object]:
        status = main([*arguments, *options])
        return status, json.loads(capsys.readouterr().out)

    status, listed = call("source", "list")
    assert (status, [each["name"] for each in listed]) == (0, ["branch"])  # type: ignore[attr-defined]
    status, sample = call("source", "test", "branch")
    assert (status, sample["rows"][0][0]) == (0, "a.csv")  # type: ignore[index]
    status, report = call("source", "run", "branch")
    assert (status, report["rows_loaded"]) == (0, 4)  # type: ignore[index]
    assert call("source", "run", "absent")[0] == 2


def test_a_file_with_more_rows_than_its_source_allows_is_refused(
    workbench: Workbench, inbox: Path, analyst: Actor
) -> None:
    configure(workbench, "settle_seconds = 0\nmax_rows = 3")
    put(inbox, "large.csv", range(4))
    put(inbox, "small.csv", range(3))
    runs = {run.file_name: run for run in sourcing.run_source(workbench, "branch", analyst).runs}
    assert (runs["large.csv"].outcome, runs["small.csv"].rows_loaded) == ("refuse", 3)
    assert "more than 3 rows" in runs["large.csv"].message
    assert (inbox / "refused" / "large.csv").exists()
