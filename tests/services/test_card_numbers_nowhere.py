"""A thousand card numbers on every way in: a scan of all bytes finds none, and no security code."""

from __future__ import annotations

import io
import json
import logging
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from fraudkit.cli import main
from fraudkit.config import PROJECT_ROOT, Settings
from fraudkit.domain import Actor
from fraudkit.services import correcting, deciding, importing, intake, labelling, reviewing
from fraudkit.services.workbench import Workbench
from fraudkit.ui import batches
from tests.ingest.test_protection import card_numbers
from tests.services.ledger import add_alerts

ANA = Actor("Ana", "lead")
CARDS = card_numbers(1_000)
GROUPED = [" ".join(number[place : place + 4] for place in range(0, 16, 4)) for number in CARDS]
CODES = [f"{7 * place % 1000:03d}" for place in range(1_000)]
SECRETS = ("%B4", "PINBLOCK", *(f"cvv={code}" for code in CODES))


def extract() -> str:
    """Return rows that hold a card number as identifier, among words, as merchant, in rejected rows."""
    rows = [
        f"{place},2024-02-{1 + place % 28:02d} 10:00:00,{'x' if place % 10 == 0 else place},{number},"
        f"c{place % 9},pagado con {GROUPED[-place]},cvv={CODES[place]},{number}=25121010000012300000"
        for place, number in enumerate(CARDS)
    ]
    header = "id,fecha,monto,tarjeta,cliente,nota,cvv,dato"
    return "\n".join([header, *rows, f"corta,{CARDS[3]},123", f'larga,"{GROUPED[4]}",1,2,3,4,5,6,7,8,9', ""])


def bytes_below(folder: Path) -> bytes:
    """Return names and contents of all files below a folder."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return b"\n".join(str(path).encode() + b"\n" + path.read_bytes() for path in files)


def assert_nothing_whole(content: bytes, *, where: str) -> None:
    found = [text for text in (*CARDS, *GROUPED, *SECRETS) if text.encode() in content]
    assert not found, (where, found[:3])


class Session:
    """One day of work, remembered as everything that was said to anybody."""

    def __init__(self, settings: Settings) -> None:
        self.workbench = Workbench.open(settings)
        self.said: list[object] = []
        self._names = iter(CARDS)

    def upload(self, text: str) -> importing.ImportResult:
        file = intake.keep_upload(self.workbench, f"visa {next(self._names)}.csv", io.BytesIO(text.encode()))
        self.said += [file.name, intake.inspect(self.workbench, file, {}, None)]
        result = importing.import_file(self.workbench, file.path, ANA, file_name=file.name)
        self.said += [result, result.as_json(), result.localised("es")]
        file.remove()
        return result

    def correct(self, batch_id: int) -> None:
        """Send a rejected row again as an analyst reads it."""
        row = correcting.correctable(self.workbench, batch_id).rows[0]
        cells = [cell if cell != "x" else "7.50" for cell in row.cells]
        corrected = correcting.correct(self.workbench, batch_id, {row.source_row: cells}, ANA)
        assert corrected.rows_loaded == 1, corrected.message
        self.said.append(corrected)

    def review(self) -> None:
        """Write card numbers into notes, and ask for transactions by them."""
        with self.workbench.database.read() as cursor:
            first = cursor.rows("SELECT transaction_id, position FROM transactions ORDER BY position LIMIT 5")
        add_alerts(self.workbench, [row["transaction_id"] for row in first], [3.0, 2.0, 1.0, 0.5, 0.4])
        for place, row in enumerate(first):
            case_id = labelling.case_of(self.workbench, ANA, row["transaction_id"])
            view = reviewing.case_view(self.workbench, case_id)
            deciding.decide(
                self.workbench,
                ANA,
                case_id,
                view.state.version,
                "fraud",
                None,
                transaction_ids=[row["transaction_id"]],
                note=f"llamó por {CARDS[place]} y {GROUPED[place + 9]}",
            )
            self.said.append(reviewing.case_view(self.workbench, case_id))

    def stumble(self) -> None:
        """Let errors with card numbers reach the log, as message, as argument and in a traceback."""
        log = logging.getLogger("fraudkit.trial")
        log.warning("row %s refused", CARDS[5])
        try:
            int(f"tarjeta {CARDS[6]}")
        except ValueError:
            log.exception("job failed on %s", GROUPED[7])


@pytest.fixture
def session(settings: Settings) -> Session:
    return Session(settings)


def test_a_thousand_card_numbers_are_nowhere_afterwards(
    session: Session,
    settings: Settings,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    caplog.set_level(logging.DEBUG)
    result = session.upload(extract())
    assert (result.outcome, result.rows_loaded, result.rows_rejected) == ("partial", 900, 102)
    assert result.notes["security_codes"] == 2
    batch_id = result.batch_id or 0
    session.correct(batch_id)
    session.review()
    session.stumble()
    refused = session.upload(f"a,b\n{CARDS[1]},{CARDS[2]}\n")
    asked = session.upload(f"fecha,monto,tarjeta\n01/02/2024,1,{CARDS[8]}\n")
    assert (refused.outcome, asked.outcome) == ("refuse", "ask")
    export = batches.rejected_file(session.workbench, batch_id, "es")
    everything = importing.rejected_rows(session.workbench, batch_id, 1_000)
    assert b"card-" in export
    assert_nothing_whole(export, where="rejected rows")
    assert_nothing_whole(repr([session.said, everything, caplog.text]).encode(), where="what was said")
    assert "card-" in caplog.text
    assert_nothing_whole(bytes_below(tmp_path), where="write-ahead log and folders")
    assert not list(settings.upload_folder.iterdir())
    session.workbench.close()
    for name in ("database", "sample_database", "upload_folder", "card_key", "audit_key", "local_models"):
        monkeypatch.setenv(f"FRAUDKIT_{name.upper()}", str(getattr(settings, name)))
    for command in (["queue"], ["queue", "--json"], ["explain", CARDS[9]], ["import", f"{CARDS[10]}.csv"]):
        main([*command, "--db", str(settings.database)])
    printed = capsys.readouterr()
    assert_nothing_whole((printed.out + printed.err).encode(), where="commands")
    assert_nothing_whole(bytes_below(tmp_path), where="database")


def test_a_row_keeps_its_other_values_beside_a_security_code(session: Session) -> None:
    result = session.upload(extract())
    rows = correcting.correctable(session.workbench, result.batch_id or 0)
    assert rows.names[6:] == ("cvv", "dato")
    first = rows.rows[0].cells
    assert (first[0], first[2], first[6], first[7]) == ("0", "x", "•••", "•••")
    assert first[3].startswith(f"card-{CARDS[0][-4:]}-")
    with session.workbench.database.read() as cursor:
        other = json.loads(cursor.value("SELECT other_columns FROM transactions LIMIT 1"))
    assert set(other) == {"id", "nota"}
    session.workbench.close()


KILLED = """
import os, sys, signal
from pathlib import Path
from fraudkit.ingest import tables
from fraudkit.config import Settings
from fraudkit.services import importing, intake
from fraudkit.services.workbench import Workbench
from fraudkit.domain import Actor
folder = Path(sys.argv[1])
workbench = Workbench.open(Settings(
    database=folder / "fraudkit.duckdb", sample_database=folder / "sample.duckdb",
    upload_folder=folder / "uploads", card_key=folder / "secrets" / "card.key",
    audit_key=folder / "secrets" / "audit.key", local_models=folder / "models", threads=1))
with (folder / "extract.csv").open("rb") as stream:
    file = intake.keep_upload(workbench, "extract.csv", stream)
tables.open_table = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
importing.import_file(workbench, file.path, Actor("Ana"))
"""


def test_what_a_killed_import_left_is_removed_at_the_next_start(settings: Settings, tmp_path: Path) -> None:
    incoming = tmp_path / "extract.csv"
    incoming.write_text(extract(), encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(PROJECT_ROOT)}
    command = [sys.executable, "-c", KILLED, str(tmp_path)]
    died = subprocess.run(command, check=False, env=environment, capture_output=True)
    assert died.returncode == -signal.SIGKILL, died.stderr
    incoming.unlink()
    left = list(settings.upload_folder.rglob("*"))
    assert {path.name for path in left} >= {"upload", "original"}
    put_there = settings.upload_folder / "put-there.csv"
    put_there.write_text("fecha,monto\n2024-02-01,1\n", encoding="utf-8")
    workbench = Workbench.open(settings)
    assert list(settings.upload_folder.iterdir()) == [put_there]
    assert_nothing_whole(bytes_below(tmp_path), where="everything")
    held = intake.keep_upload(workbench, "held.csv", io.BytesIO(b"fecha,monto\n2024-02-01,1\n"))
    Workbench.open_file(settings, tmp_path / "other.duckdb").close()
    assert held.path.read_bytes(), "what somebody works on stays"
    workbench.close()


def test_the_scan_finds_what_it_looks_for() -> None:
    for text in (CARDS[999], GROUPED[0], "cvv=007"):
        with pytest.raises(AssertionError):
            assert_nothing_whole(f"a {text} b".encode(), where="here")
