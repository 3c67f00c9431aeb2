"""What the audit costs: processor time for a verdict, for three hundred alerts, and a full verification.

Run `python -m benchmarks.audit`. The cost of a verdict is the processor time spent between its last statement
and the end of its transaction (digests, entries, both heads): what it would not cost without an audit.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.crash_verdicts import ANALYST, settings_in
from fraudkit.services import auditing, deciding
from fraudkit.services.workbench import Workbench
from fraudkit.store import Cursor, audited
from tests.services.ledger import add_alerts, add_transactions

CASES = 300


class Spent:
    """Processor milliseconds of each transaction's audit."""

    def __init__(self, workbench: Workbench) -> None:
        self.milliseconds: list[float] = []
        self._audit = workbench.audit

    def before_commit(self, cursor: Cursor) -> None:
        """Time the entries and the intent."""
        self._start(lambda: self._audit.before_commit(cursor))

    def after_commit(self) -> None:
        """Time the confirmation."""
        before = self.milliseconds.pop()
        self._start(self._audit.after_commit)
        self.milliseconds[-1] += before

    def _start(self, call: Callable[[], None]) -> None:
        started = time.process_time()
        call()
        self.milliseconds.append((time.process_time() - started) * 1e3)


@contextmanager
def opened() -> Iterator[Workbench]:
    """Lend a workbench in a folder that goes away."""
    with tempfile.TemporaryDirectory() as folder:
        workbench = Workbench.open(settings_in(Path(folder)))
        try:
            yield workbench
        finally:
            workbench.close()


def writes(workbench: Workbench) -> dict[str, float]:
    """Raise alerts and decide on their cases; return the audit's share of each, in milliseconds."""
    spent = Spent(workbench)
    identifiers = add_transactions(workbench, [f"C{number}" for number in range(CASES)])
    workbench.database.guard = spent
    add_alerts(workbench, identifiers, [float(number) for number in range(CASES)])
    alerts = spent.milliseconds.pop()
    for case_id in range(1, CASES + 1):
        deciding.decide(workbench, ANALYST, case_id, 2, "genuine", "travel")
    verdicts = sorted(spent.milliseconds)
    return {"ranking_of_300_alerts": alerts, "verdict_median": verdicts[len(verdicts) // 2]}


def verification(workbench: Workbench, entries: int) -> dict[str, float]:
    """Fill the chain with real labels, copied, and verify it; return seconds of processor time."""
    with workbench.database.read() as cursor:
        present = int(cursor.value("SELECT count(*) FROM audit_entry"))
        columns = "label_event.* EXCLUDE (label_id)"
        sql = (
            f"INSERT INTO label_event BY NAME SELECT {columns} FROM label_event, range(?) LIMIT ? RETURNING *"
        )
    with workbench.database.write() as cursor:
        wanted = entries - present
        rows = cursor.rows(sql, [wanted, wanted])
        audited.record(cursor, "label_event", rows)
    started = time.process_time()
    report = auditing.verify(workbench)
    seconds = time.process_time() - started
    return {"entries": report.verification.entries, "verify_seconds": seconds, "whole": report.is_whole}


def main() -> None:
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=100_000)
    arguments = parser.parse_args()
    with opened() as workbench:
        figures = {**writes(workbench), **verification(workbench, arguments.entries)}
    sys.stdout.write(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
