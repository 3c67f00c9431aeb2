"""Twenty analysts at one server, each in a session of one's own, work the same hundred cases at once.

    python -m benchmarks.twenty_analysts [--quick] [--verdicts N]

Every analyst opens cases of the shared list in an order of one's own, gives a verdict by the two keys, and
takes most of them back, so that the cases stay contested. What the screen said is compared with what the
file holds in the end: no accepted write is missing, none went to another case, every refusal is explained,
and the history is as long as the accepted writes.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.tab import Tab
from fraudkit import workflow
from fraudkit.config import Settings
from fraudkit.domain import Actor, Verdict
from fraudkit.services import auditing, importing, policies, reviewing, scoring
from fraudkit.services.reviewing import QueueFilter
from fraudkit.services.workbench import Workbench
from fraudkit.store import cases
from tests import portfolio
from tests.browser.conftest import serving

VERDICTS: tuple[Verdict, ...] = ("fraud", "genuine", "undetermined")
SHARE_TAKEN_BACK = 0.85
SHARE_OF_HELD = 0.6
"""Whoever takes a verdict back still holds the case: so often one goes on with a case of one's own."""
LONGEST_THOUGHT_SECONDS = 0.4
ORDINARY_REASONS = 3
"""Of every verdict the first reasons are answered with two keys; the fourth kind of fraud has a checklist."""
LEAD = Actor("Ana", "lead")
WRITES = ("decided", "undone")

Written = tuple[str, str, int, str]
"""Who, what kind of event, on which case, and which verdict (empty for an undo)."""


@dataclass
class Work:
    """What one analyst saw."""

    name: str
    accepted: list[Written] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    unexplained: list[str] = field(default_factory=list)
    verdicts: int = 0
    held: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class Outcome:
    """What all analysts did, and what the file says about it."""

    analysts: int
    cases: int
    accepted: int
    refused: int
    broken: tuple[str, ...]
    seconds: float


def trial(folder: Path, analysts: int, count: int, verdicts: int, seed: int = 1) -> Outcome:
    """Run the trial in a folder of its own.

    Parameters
    ----------
    folder
        Where the portfolio lies.
    analysts, count, verdicts
        How many people, how many shared cases, and how many accepted verdicts each person gives.
    seed
        Of the extract and of everybody's choices.
    """
    settings = portfolio.settings_in(folder, alert_capacity=max(80, round(count * 2.5)))
    shared = _prepare(settings.database.parent, settings, count)
    work = [Work(f"Analyst {number + 1:02}") for number in range(analysts)]
    started = time.perf_counter()
    with serving(settings) as address:
        people = [
            threading.Thread(target=_work, args=(address, one, shared, verdicts, seed * 1000 + number))
            for number, one in enumerate(work)
        ]
        for person in people:
            person.start()
        for person in people:
            person.join()
    seconds = time.perf_counter() - started
    with portfolio.opened(settings) as workbench:
        broken = [*_differences(workbench, work, shared), *(text for one in work for text in one.unexplained)]
    broken += [f"{one.name} gave {one.verdicts} verdicts" for one in work if one.verdicts < verdicts]
    return Outcome(
        analysts,
        len(shared),
        sum(len(one.accepted) for one in work),
        sum(len(one.refusals) for one in work),
        tuple(broken),
        seconds,
    )


def _prepare(folder: Path, settings: Settings, count: int) -> list[int]:
    """Import and rank an extract; return the cases that everybody works."""
    settings.upload_folder.mkdir(parents=True)
    with portfolio.opened(settings) as workbench:
        alone = {**portfolio.NO_DRAWS, **portfolio.ONE_PERSON_DECIDES, "bulk_limit": 10_000}
        policies.change(workbench, LEAD, **alone)
        path = portfolio.extract(settings.upload_folder, max(10_000, count * 60))
        importing.import_file(workbench, path, LEAD)
        scoring.rank(workbench)
        rows = reviewing.queue_page(workbench, QueueFilter(), page_size=count).rows
    assert len(rows) == count, f"only {len(rows)} cases in {folder}"
    return [row.case_id for row in rows]


def _work(address: str, work: Work, shared: list[int], verdicts: int, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - a trial, no secret
    try:
        with Tab(address) as tab:
            tab.open("case", case=str(shared[0]))
            tab.type("_actor_name", work.name)
            for _ in range(40 * verdicts):
                if work.verdicts == verdicts:
                    return
                own = work.held and chance.random() < SHARE_OF_HELD
                _one_case(tab, work, chance.choice(work.held if own else shared), chance)
    except Exception as error:  # noqa: BLE001 - whatever happens in a thread must reach the report
        work.unexplained.append(f"{work.name}: {type(error).__name__} {error}")


def _one_case(tab: Tab, work: Work, case_id: int, chance: random.Random) -> None:
    """Open a case, think, decide it by two keys; most verdicts are taken back."""
    tab.open("case", case=str(case_id))
    verdict = chance.choice(VERDICTS)
    if not tab.can_press(f"verdict-{verdict}"):
        return  # decided by somebody: its screen offers nothing
    time.sleep(chance.random() * LONGEST_THOUGHT_SECONDS)
    tab.press(f"verdict-{verdict}")
    if not tab.can_press("reason-1"):
        work.refusals += tab.alerts()  # it moved on: nothing was written, the screen shows it as it is now
        return
    time.sleep(chance.random() * LONGEST_THOUGHT_SECONDS)
    tab.press(f"reason-{chance.randint(1, ORDINARY_REASONS)}")
    if _note(tab, work, "decided", case_id, verdict):
        work.verdicts += 1
        work.held = [one for one in work.held if one != case_id]
        if chance.random() < SHARE_TAKEN_BACK and tab.can_press("undo"):
            time.sleep(chance.random() * LONGEST_THOUGHT_SECONDS)
            tab.press("undo")
            if _note(tab, work, "undone", case_id, ""):
                work.held.append(case_id)


def _note(tab: Tab, work: Work, kind: str, case_id: int, verdict: str) -> bool:
    """Note what the screen said about a write; return whether it was accepted."""
    said = f"Case {case_id}: {verdict}" if kind == "decided" else f"Case {case_id} is open again"
    if any(toast.startswith(said) for toast in tab.toasts):
        work.accepted.append((work.name, kind, case_id, verdict))
        return True
    told = tab.alerts()
    if told and not tab.errors():
        work.refusals.append(told[0])
    else:
        work.unexplained.append(f"{work.name}: {kind} on case {case_id}: {tab.toasts} {told} {tab.errors()}")
    return False


def _differences(workbench: Workbench, work: list[Work], shared: list[int]) -> list[str]:
    """Compare what the screens said with what the file holds."""
    with workbench.database.read() as cursor:
        events = cases.events(cursor)
        labels = cursor.rows("SELECT case_id, case_version, count(*) AS labels FROM label_event GROUP BY ALL")
        states = cursor.rows("SELECT * FROM case_state")
    held = Counter(
        (event.actor.name, event.kind, event.case_id, str(event.payload.get("verdict", "")))
        for event in events
        if event.kind in WRITES
    )
    told = Counter(one for person in work for one in person.accepted)
    labelled = {(row["case_id"], row["case_version"]): row["labels"] for row in labels}
    broken = [f"accepted, but not in the file: {one}" for one in (told - held).elements()]
    broken += [f"in the file, but nobody was told: {one}" for one in (held - told).elements()]
    broken += [
        f"event without its labels: case {event.case_id} version {event.version}"
        for event in events
        if event.kind in WRITES
        and labelled.get((event.case_id, event.version)) != len(event.payload["label_ids"])  # type: ignore[arg-type]
    ]
    broken += [f"a write on another case: {one}" for one in held if one[2] not in shared]
    rebuilt = workflow.project(events)
    broken += [
        f"the projection of case {row['case_id']} differs"
        for row in states
        if rebuilt[row["case_id"]] != type(rebuilt[row["case_id"]])(**row)
    ]
    if not auditing.verify(workbench).is_whole:
        broken.append("the audit chain does not verify")
    return broken


def main() -> None:
    """Run the trial and print what it found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="four analysts, twelve cases, three verdicts each"
    )
    parser.add_argument("--verdicts", type=int, default=25, help="accepted verdicts of each analyst")
    arguments = parser.parse_args()
    size = (4, 12, 3) if arguments.quick else (20, 100, arguments.verdicts)
    with tempfile.TemporaryDirectory() as folder:
        found = trial(Path(folder), *size)
    print(
        f"{found.analysts} analysts, {found.cases} shared cases: {found.accepted:,} writes accepted, "
        f"{found.refused:,} refused with their reason, in {found.seconds:.0f} s"
    )
    print("\n".join(found.broken[:20]) or "nothing lost, nothing on a wrong case, nothing unexplained")
    raise SystemExit(bool(found.broken))


if __name__ == "__main__":
    main()
