"""Kill the process in the middle of verdicts, again and again, and look whether anything was lost.

Run `python -m benchmarks.crash_verdicts --kills 200`. A worker gives verdicts and acknowledges each one
through a pipe once it is written; it is killed with SIGKILL at a random moment, in every other round just
before or just after it writes the head of the audit chain. The next worker first looks:
every acknowledged label is there, none twice, every label has its case event and its audit entry, and the
whole chain verifies. This process itself opens no database, so that forking it is safe.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import select
import signal
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from itertools import cycle
from pathlib import Path

from fraudkit.config import Settings
from fraudkit.domain import Actor, Verdict
from fraudkit.services import auditing, deciding, reviewing
from fraudkit.services.workbench import Workbench, head_path
from fraudkit.store.audit_head import HeadFile, StoredHead
from tests.services.ledger import add_alerts, add_transactions

CASES = 20
LONGEST_WORK_SECONDS = 0.5
SHARE_AT_THE_HEAD = 0.5
TIME_LIMIT_SECONDS = 120.0
ANALYST = Actor("Ana", "analyst")


@dataclass
class Outcome:
    """What all rounds have shown; `broken` says in words what was wrong."""

    kills: int = 0
    acknowledged: int = 0
    written: int = 0
    cut_between_intent_and_confirmation: int = 0
    broken: str = ""


def settings_in(folder: Path) -> Settings:
    """Return settings whose files lie in one folder."""
    return Settings(
        database=folder / "portfolio.duckdb",
        sample_database=folder / "none.duckdb",
        audit_key=folder / "secrets" / "audit.key",
        audit_folder=folder / "heads",
        threads=1,
        memory_limit="1GB",
    )


def crash(folder: Path, kills: int, seed: int = 0) -> Outcome:
    """Kill so many workers and return what was found."""
    chance = random.Random(seed)  # noqa: S311 - when to kill is no secret
    outcome = Outcome()  # the parent draws too, so that every fork inherits another state
    acknowledged: set[int] = set()
    for round_number in range(kills + 1):
        chance.random()
        lines = _round(folder, acknowledged, None if round_number == kills else chance)
        told = dict(line.split(" ", 1) for line in lines if line[0] != "+")
        acknowledged.update(int(line[1:]) for line in lines if line[0] == "+")
        outcome.written = int(told.get("written", "0"))
        outcome.cut_between_intent_and_confirmation += int(told.get("intent", "0"))
        outcome.broken = told.get("broken", "" if "written" in told else "the worker did not start")
        if outcome.broken:
            break
        outcome.kills += round_number < kills
    outcome.acknowledged = len(acknowledged)
    return outcome


def _round(folder: Path, acknowledged: set[int], chance: random.Random | None) -> list[str]:
    """Run one worker until it is killed, or only let it look; return what it said."""
    reading, writing = os.pipe()
    process = os.fork()
    if process == 0:
        os.close(reading)
        status = 1
        try:
            _work(folder, acknowledged, writing, chance)
            status = 0
        finally:
            os._exit(status)
    os.close(writing)
    text = _listen(reading, process, chance)
    os.waitpid(process, 0)
    return [line for line in text.split("\n")[:-1] if line]


def _listen(reading: int, process: int, chance: random.Random | None) -> str:
    """Read what a worker says; kill it a random while after its first verdict."""
    heard = b""
    deadline = time.monotonic() + TIME_LIMIT_SECONDS
    counting = False
    while True:
        ready, _, _ = select.select([reading], [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            os.kill(process, signal.SIGKILL)
            deadline = time.monotonic() + TIME_LIMIT_SECONDS
            continue
        piece = os.read(reading, 65_536)
        if not piece:
            os.close(reading)
            return heard.decode()
        heard += piece
        if chance is not None and not counting and b"+" in heard:
            counting = True
            deadline = time.monotonic() + chance.uniform(0.0, LONGEST_WORK_SECONDS)


def _work(folder: Path, acknowledged: set[int], writing: int, chance: random.Random | None) -> None:
    settings = settings_in(folder)
    is_first = not settings.database.exists()
    pending = 0 if is_first else _pending(settings)
    workbench = Workbench.open(settings)
    if is_first:
        identifiers = add_transactions(workbench, [f"C{number}" for number in range(CASES)])
        add_alerts(workbench, identifiers, [float(number) for number in range(CASES)])
    wrong, written = _look(workbench, acknowledged)
    said = f"intent {pending}\nwritten {written}\n" + (f"broken {wrong}\n" if wrong else "")
    os.write(writing, said.encode())
    if chance is None or wrong:
        return
    if chance.random() < SHARE_AT_THE_HEAD:
        _die_at_the_head(workbench.audit.head_file, chance.randint(1, 4), before=chance.random() < 0.5)
    verdicts: list[Verdict] = ["genuine", "undetermined"]
    for turn, verdict in enumerate(cycle(verdicts)):
        case = reviewing.case_view(workbench, turn % CASES + 1)
        decision = deciding.decide(
            workbench,
            ANALYST,
            case.state.case_id,
            case.state.version,
            verdict,
            None,
            transaction_ids=[alert.transaction_id for alert in case.alerts],
        )
        os.write(writing, "".join(f"+{number}\n" for number in decision.label_ids).encode())


def _die_at_the_head(head_file: HeadFile, calls: int, *, before: bool) -> None:
    """Let the worker kill itself at one of its next writes of the head: an intent or a confirmation."""
    write = head_file.write
    left = iter(range(calls - 1, -1, -1))

    def last_write(stored: StoredHead) -> None:
        is_last = next(left) == 0
        if is_last and before:
            os.kill(os.getpid(), signal.SIGKILL)
        write(stored)
        if is_last:
            os.kill(os.getpid(), signal.SIGKILL)

    head_file.write = last_write  # type: ignore[method-assign]


def _pending(settings: Settings) -> int:
    key = bytes.fromhex(settings.audit_key.read_text(encoding="ascii").strip())
    stored = HeadFile(head_path(settings, settings.database), key).read()
    return int(isinstance(stored, StoredHead) and stored.intent is not None)


def _look(workbench: Workbench, acknowledged: set[int]) -> tuple[str, int]:
    """Return what is wrong, in words, and how many labels there are."""
    if workbench.audit.problem is not None:
        return workbench.audit.problem.message, 0
    report = auditing.verify(workbench)
    with workbench.database.read() as cursor:
        labels = cursor.rows("SELECT label_id, case_id, case_version FROM label_event")
        decided = cursor.value("SELECT count(*) FROM case_event WHERE kind = 'decided'")
        entries = cursor.value("SELECT count(*) FROM audit_entry WHERE subject LIKE 'label_event/%'")
    numbers = [row["label_id"] for row in labels]
    checks = {
        "the chain does not verify": report.is_whole,
        "an acknowledged label is gone": acknowledged <= set(numbers),
        "a label is there twice": len(set(numbers)) == len(numbers),
        "a verdict was written twice": len({(row["case_id"], row["case_version"]) for row in labels})
        == len(labels),
        "labels and case events are apart": decided == len(labels),
        "labels and audit entries are apart": entries == len(labels),
    }
    return "; ".join(words for words, holds in checks.items() if not holds), len(labels)


def main() -> None:
    """Print the outcome as JSON; exit status 1 when anything was wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        outcome = crash(Path(folder), arguments.kills, arguments.seed)
    sys.stdout.write(json.dumps(asdict(outcome), indent=2) + "\n")
    sys.exit(1 if outcome.broken else 0)


if __name__ == "__main__":
    main()
