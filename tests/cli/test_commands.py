"""The commands as another program calls them: exit status and JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from fraudkit.cli import main
from fraudkit.cli.output import DONE, QUESTION_OPEN, REFUSED

HEADER = "transaction_id,transaction_datetime,transaction_amount,customer_id"


class Shell:
    """Runs commands on one database and returns what they print."""

    def __init__(self, database: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self._database = database
        self._capsys = capsys

    def __call__(self, *arguments: str, status: int = DONE) -> Any:
        command, *rest = arguments
        given = main([command, *rest, "--db", str(self._database), "--json"])
        printed = self._capsys.readouterr()
        assert given == status, printed.out + printed.err
        assert "Traceback" not in printed.out + printed.err
        return json.loads(printed.out)


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shell:
    monkeypatch.setenv("FRAUDKIT_LOCAL_MODELS", str(tmp_path / "models"))
    monkeypatch.setenv("FRAUDKIT_UPLOAD_FOLDER", str(tmp_path / "uploads"))
    return Shell(tmp_path / "fraudkit.duckdb", capsys)


def extract(folder: Path, name: str, rows: list[str], header: str = HEADER) -> str:
    path = folder / name
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return str(path)


def test_the_main_job_by_commands(shell: Shell, tmp_path: Path) -> None:
    sample = tmp_path / "sample.csv"
    written = shell("sample", "--output", str(sample), "--transactions", "10000", "--seed", "5")
    assert written["transactions"] == 10_000

    loaded = shell("import", str(sample))
    assert loaded["outcome"] == "load"
    assert loaded["rows_read"] == loaded["rows_loaded"] == 10_000
    again = shell("import", str(sample))
    assert (again["rows_loaded"], again["rows_duplicate"]) == (0, 10_000)

    ranked = shell("score")
    assert ranked["rows"] == 10_000
    first = shell("queue", "--top", "30")
    assert len(first) == 30
    assert [row["score"] for row in first] == sorted((row["score"] for row in first), reverse=True)
    assert set(first[0]) >= {"transaction_id", "severity", "score", "amount", "reasons"}
    assert all(row["reasons"] for row in first)

    top = first[0]["transaction_id"]
    explained = shell("explain", top)
    total = explained["base"] + sum(part["evidence"] for part in explained["contributions"])
    assert total == pytest.approx(explained["score"], abs=1e-9)
    assert explained["score"] == pytest.approx(first[0]["score"], abs=1e-6)

    for row in first[:5]:
        shell("label", row["transaction_id"], "--verdict", "genuine", "--reason", "travel")
    later = shell("queue", "--top", "30")
    assert top not in [row["transaction_id"] for row in later]
    undecided = first[10]
    learned = shell("explain", undecided["transaction_id"])["score"]
    assert learned < undecided["score"], "five genuine verdicts taught the forest"

    trained = shell("train")
    shell("activate", trained["model_id"])
    assert shell("explain", top)["model_id"] == trained["model_id"]
    assert shell("doctor")["healthy"] in {True, False}


def test_any_transaction_can_be_labelled(shell: Shell, tmp_path: Path) -> None:
    sample = tmp_path / "sample.csv"
    shell("sample", "--output", str(sample), "--transactions", "10000")
    shell("import", str(sample))
    shell("score")
    lowest = shell("queue", "--top", "10000")[-1]["transaction_id"]
    assert shell("label", lowest, "--verdict", "fraud", "--reason", "card")["verdict"] == "fraud"
    assert lowest not in [row["transaction_id"] for row in shell("queue", "--top", "10000")]


@pytest.mark.parametrize(
    "command",
    [
        ["score"],
        ["queue"],
        ["explain", "nobody"],
        ["label", "nobody", "--verdict", "fraud"],
        ["train"],
        ["activate", "nothing"],
        ["import", "absent.csv"],
    ],
    ids=lambda command: command[0],
)
def test_commands_on_an_empty_portfolio_refuse_in_one_sentence(shell: Shell, command: list[str]) -> None:
    answer = shell(*command, status=REFUSED)
    assert answer["outcome"] == "refuse"
    assert answer["message"]
    assert answer["hint"]
    assert "\n" not in answer["message"]


def test_wrong_reason_is_refused(shell: Shell, tmp_path: Path) -> None:
    shell(
        "import",
        extract(tmp_path, "a.csv", ["T1,2026-01-05 10:00:00,10.00,C1", "T2,2026-01-06 11:00:00,12.50,C1"]),
    )
    answer = shell("label", "T1", "--verdict", "fraud", "--reason", "travel", status=REFUSED)
    assert "travel" in answer["message"]


def test_open_question_is_named_with_the_option_that_answers_it(shell: Shell, tmp_path: Path) -> None:
    rows = [f"T{day},{day:02}/{day + 1:02}/2026 10:00,10.00,C1" for day in range(1, 9)]
    path = extract(tmp_path, "ambiguous.csv", rows)
    asked = shell("import", path, status=QUESTION_OPEN)
    question = asked["questions"][0]
    assert asked["outcome"] == "ask"
    assert question["examples"]
    answered = shell("import", path, "--answer", f"{question['id']}={question['options'][0]['value']}")
    assert answered["rows_loaded"] == 8


def test_few_rows_are_ranked_by_the_declared_fallback(shell: Shell, tmp_path: Path) -> None:
    rows = [f"T{number},2026-01-{number:02} 10:00:00,{number}0.00,C1" for number in range(1, 10)]
    shell("import", extract(tmp_path, "few.csv", rows))
    assert shell("score")["is_fallback"] is True
    assert len(shell("queue", "--top", "20")) == 9


def test_answer_without_equals_sign_is_refused(shell: Shell, tmp_path: Path) -> None:
    path = extract(tmp_path, "a.csv", ["T1,2026-01-05 10:00:00,10.00,C1"])
    assert "equals" in shell("import", path, "--answer", "dmy", status=REFUSED)["message"]
