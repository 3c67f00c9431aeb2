from __future__ import annotations

import json
from pathlib import Path

import pytest

from fraudkit.cli import main
from fraudkit.cli.output import DONE, QUESTION_OPEN, REFUSED

HEAD = "transaction_id,transaction_datetime,transaction_amount,customer_id,merchant_name\n"
ROWS = "".join(f"T{n},2024-05-0{n} 10:00:00,{n}2.50,CL-JUANA,=Tienda {n}\n" for n in range(1, 6))


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Path:
    for name in ("AUDIT_KEY", "CARD_KEY"):
        monkeypatch.setenv(f"FRAUDKIT_{name}", str(tmp_path / name))
    monkeypatch.setenv("FRAUDKIT_UPLOAD_FOLDER", str(tmp_path))
    (tmp_path / "extract.csv").write_text(HEAD + ROWS)
    database = tmp_path / "fraudkit.duckdb"
    assert main(["import", str(tmp_path / "extract.csv"), "--db", str(database)]) == DONE
    assert main(["score", "--db", str(database)]) == DONE
    capsys.readouterr()
    return database


def test_a_pack_and_exports_are_written(
    database: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "packs"
    assert main(["evidence", "1", "--out", str(out), "--db", str(database), "--language", "es"]) == DONE
    assert json.loads((out / "case-1.json").read_text(encoding="utf-8"))["language"] == "es"
    assert (out / "case-1.pdf").read_bytes().startswith(b"%PDF-")
    for kind, options in {
        "queue": [],
        "labels": [],
        "search": ["--search", "tienda"],
        "operations": ["--of", "customer=CL-JUANA"],
        "audit": ["--role", "lead"],
    }.items():
        file = tmp_path / f"{kind}.csv"
        assert main(["export", kind, "--output", str(file), "--db", str(database), *options]) == DONE
        assert file.exists()
    assert "'=Tienda 1" in (tmp_path / "operations.csv").read_text(encoding="utf-8-sig")


@pytest.mark.parametrize(
    "options",
    [
        ["evidence", "99"],
        ["export", "search", "--output", "a.csv"],
        ["export", "operations", "--output", "a.csv", "--of", "CL-JUANA"],
        ["export", "audit", "--output", "a.csv"],
        ["export", "labels", "--output", "a.txt"],
        ["erase", "customer", "CL-JUANA"],
        ["compact"],
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    database: Path, capsys: pytest.CaptureFixture[str], options: list[str]
) -> None:
    assert main([*options, "--db", str(database)]) == REFUSED
    assert "Traceback" not in capsys.readouterr().err


def test_a_customer_is_erased_after_a_preview(database: Path, capsys: pytest.CaptureFixture[str]) -> None:
    common = ["--db", str(database), "--role", "administrator", "--language", "en"]
    assert main(["erase", "customer", "CL-JUANA", *common]) == QUESTION_OPEN
    assert "Repeat with --confirm CL-JUANA" in capsys.readouterr().err
    confirmed = ["--confirm", "CL-JUANA", "--reason", "Request 7"]
    assert main(["erase", "customer", "CL-JUANA", *common, *confirmed]) == REFUSED
    assert "still open" in capsys.readouterr().err
    for number in range(1, 6):
        assert main(["label", f"T{number}", "--verdict", "genuine", "--db", str(database)]) == DONE
    capsys.readouterr()
    assert main(["erase", "customer", "CL-JUANA", *common, *confirmed, "--json"]) == DONE
    said = json.loads(capsys.readouterr().out)
    assert (said["counts"]["transactions"], said["is_rewritten"], said["left_in"]) == (5, True, [])
    assert main(["audit", "verify", "--db", str(database)]) == DONE
    assert b"CL-JUANA" not in database.read_bytes()
    assert main(["compact", *common]) == DONE
