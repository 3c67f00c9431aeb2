from __future__ import annotations

import json
from pathlib import Path

import pytest

from fraudkit.cli import main
from fraudkit.cli.output import DONE, REFUSED

CSV = "transaction_datetime,transaction_amount,fraud_label\n2024-05-01 10:00:00,12.50,1\n"


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Path:
    monkeypatch.setenv("FRAUDKIT_AUDIT_KEY", str(tmp_path / "audit.key"))
    monkeypatch.setenv("FRAUDKIT_AUDIT_FOLDER", str(tmp_path / "heads"))
    monkeypatch.setenv("FRAUDKIT_UPLOAD_FOLDER", str(tmp_path))
    (tmp_path / "extract.csv").write_text(CSV)
    database = tmp_path / "fraudkit.duckdb"
    assert main(["import", str(tmp_path / "extract.csv"), "--db", str(database)]) == DONE
    capsys.readouterr()
    return database


def test_a_whole_chain_and_a_broken_one(database: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", "verify", "--db", str(database), "--json"]) == DONE
    said = json.loads(capsys.readouterr().out)
    assert (said["whole"], said["entries"], said["first_bad_entry"]) == (True, 2, None)

    (database.parent / "heads" / "fraudkit.duckdb.head").unlink()
    assert main(["audit", "verify", "--db", str(database), "--json"]) == REFUSED
    assert json.loads(capsys.readouterr().out)["first_bad_entry"] == 3
    assert main(["audit", "verify", "--db", str(database), "--language", "es"]) == REFUSED
    assert "La cadena de auditoría está rota." in capsys.readouterr().err

    assert main(["audit", "accept", "--db", str(database)]) == REFUSED
    assert main(["audit", "accept", "--db", str(database), "--role", "administrator"]) == DONE
    assert main(["audit", "verify", "--db", str(database)]) == DONE
