from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fraudkit.config import PROJECT_ROOT, Settings
from fraudkit.domain import Actor
from fraudkit.errors import (
    ConflictError,
    DatabaseError,
    FraudkitError,
    InvalidInputError,
    PermissionDeniedError,
)
from fraudkit.services import auditing, deciding
from fraudkit.services.workbench import Workbench, head_path
from fraudkit.store import cases, preferences, rankings
from fraudkit.store.audit_head import HeadFile, StoredHead
from tests.services.ledger import add_alerts, add_transactions

ADMINISTRATOR = Actor("Rosa", "administrator")
CHOSEN = [("genuine", "travel"), ("undetermined", None), ("fraud", None)]


@pytest.fixture
def two_cases(workbench: Workbench) -> Workbench:
    add_alerts(workbench, add_transactions(workbench, ["A", "B"]), [2.0, 1.0])
    return workbench


def entries(workbench: Workbench) -> list[tuple[str, str, str]]:
    with workbench.database.read() as cursor:
        rows = cursor.rows("SELECT action, subject, actor FROM audit_entry ORDER BY entry_id")
    return [(row["action"], row["subject"], row["actor"]) for row in rows]


def stored_head(workbench: Workbench) -> StoredHead:
    stored = workbench.audit.head_file.read()
    assert isinstance(stored, StoredHead)
    return stored


def test_a_verdict_is_a_label_and_a_case_event_with_an_entry_each(
    two_cases: Workbench, analyst: Actor
) -> None:
    before = len(entries(two_cases))
    deciding.decide(two_cases, analyst, 1, 2, "genuine", "travel")
    assert entries(two_cases)[before:] == [
        ("label.genuine", "label_event/1", "Ana"),
        ("case.decided", "case_event/5", "Ana"),
    ]
    assert auditing.verify(two_cases).is_whole
    assert stored_head(two_cases).intent is None
    assert stored_head(two_cases).confirmed.entries == before + 2


def test_what_is_not_written_leaves_no_entry(two_cases: Workbench, analyst: Actor) -> None:
    before = entries(two_cases)
    with pytest.raises(ConflictError):
        deciding.decide(two_cases, analyst, 1, 1, "genuine", "travel")
    with pytest.raises(RuntimeError), two_cases.database.write() as cursor:
        preferences.write(cursor, "limit", 1, analyst)
        raise RuntimeError
    assert entries(two_cases) == before
    assert auditing.verify(two_cases).is_whole


def test_a_crash_before_the_commit_is_no_tampering(
    settings: Settings, analyst: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    workbench = Workbench.open(settings)
    before = workbench.audit.before_commit

    def crash(cursor: object) -> None:
        before(cursor)  # type: ignore[arg-type]
        raise RuntimeError

    monkeypatch.setattr(workbench.audit, "before_commit", crash)
    with pytest.raises(RuntimeError), workbench.database.write() as cursor:
        preferences.write(cursor, "limit", 1, analyst)
    assert stored_head(workbench).intent is not None
    workbench.close()
    reopened = Workbench.open(settings)
    assert reopened.audit.problem is None
    assert stored_head(reopened).intent is None
    assert auditing.verify(reopened).is_whole
    reopened.close()


def test_a_crash_after_the_commit_is_no_tampering(
    settings: Settings, analyst: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    workbench = Workbench.open(settings)

    def crash() -> None:
        raise RuntimeError

    monkeypatch.setattr(workbench.audit, "after_commit", crash)
    with pytest.raises(RuntimeError), workbench.database.write() as cursor:
        preferences.write(cursor, "limit", 1, analyst)
    monkeypatch.undo()
    with workbench.database.write() as cursor:  # the same process goes on from what is in the database
        preferences.write(cursor, "limit", 2, analyst)
    assert auditing.verify(workbench).verification.entries == 2
    assert auditing.verify(workbench).is_whole
    workbench.close()


def test_a_head_that_cannot_be_written_stops_the_change(
    two_cases: Workbench, analyst: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_self: HeadFile, _stored: StoredHead) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(HeadFile, "write", full)
        with pytest.raises(DatabaseError, match="nothing was changed"):
            deciding.decide(two_cases, analyst, 1, 2, "genuine", "travel")
    assert auditing.verify(two_cases).is_whole
    deciding.decide(two_cases, analyst, 1, 2, "genuine", "travel")
    assert auditing.verify(two_cases).is_whole


def test_personal_data_are_erased_without_breaking_the_chain(two_cases: Workbench, analyst: Actor) -> None:
    deciding.decide(two_cases, analyst, 1, 2, "genuine", "travel", note="Calle Lima 123")
    with pytest.raises(PermissionDeniedError):
        auditing.erase(two_cases, analyst, "label_event", (1,))
    auditing.erase(two_cases, ADMINISTRATOR, "label_event", (1,))
    with two_cases.database.read() as cursor:
        assert cursor.row("SELECT note, evidence FROM label_event") == {"note": None, "evidence": None}
    verification = auditing.verify(two_cases).verification
    assert (verification.is_whole, verification.erased) == (True, 1)
    for table, key in (("label_event", (99,)), ("model_event", (1,)), ("nothing", (1,))):
        with pytest.raises(FraudkitError, match="nothing to erase"):
            auditing.erase(two_cases, ADMINISTRATOR, table, key)


def test_an_administrator_accepts_a_lost_head_and_an_entry_says_so(
    settings: Settings, analyst: Actor
) -> None:
    workbench = Workbench.open(settings)
    with workbench.database.write() as cursor:
        preferences.write(cursor, "limit", 1, analyst)
    with pytest.raises(InvalidInputError):
        auditing.accept(workbench, ADMINISTRATOR)
    workbench.close()
    head_path(settings, settings.database).unlink()
    broken = Workbench.open(settings)
    with pytest.raises(PermissionDeniedError):
        auditing.accept(broken, analyst)
    auditing.accept(broken, ADMINISTRATOR)
    assert auditing.verify(broken).is_whole
    assert entries(broken)[-1] == ("acceptance", "audit_entry", "Rosa")
    broken.close()
    assert_opens_whole(settings)


def assert_opens_whole(settings: Settings) -> None:
    workbench = Workbench.open(settings)
    assert workbench.audit.problem is None
    assert auditing.verify(workbench).is_whole
    workbench.close()


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["decide", "undo", "setting", "model", "erase", "fail", "alert", "reopen"]),
            st.integers(0, 2),
            st.text(max_size=8),
        ),
        max_size=12,
    )
)
def test_any_sequence_of_calls_verifies(calls: list[tuple[str, int, str]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        own = Settings(
            database=place / "a.duckdb", sample_database=place / "b", audit_key=place / "key", threads=1
        )
        workbench = Workbench.open(own)
        add_alerts(workbench, add_transactions(workbench, ["A", "B", "A"]), [3.0, 2.0, 1.0])
        for count, (call, which, text) in enumerate(calls):
            with contextlib.suppress(FraudkitError, RuntimeError):
                perform(workbench, call, which, text, count)
            if call == "reopen":
                workbench.close()
                workbench = Workbench.open(own)
                assert workbench.audit.problem is None
        report = auditing.verify(workbench)
        workbench.close()
        assert report.is_whole, report.as_json()


def perform(workbench: Workbench, call: str, which: int, text: str, count: int) -> None:
    case_id = which % 2 + 1
    with workbench.database.read() as cursor:
        version = cases.state(cursor, case_id).version
    if call == "decide":
        verdict, reason = CHOSEN[which]
        deciding.decide(workbench, ADMINISTRATOR, case_id, version, verdict, reason, note=text)  # type: ignore[arg-type]
    elif call == "undo":
        deciding.undo(workbench, ADMINISTRATOR, case_id, version)
    elif call == "erase":
        auditing.erase(workbench, ADMINISTRATOR, "label_event", (which + 1,))
    elif call == "alert":
        first = 10 + count
        add_alerts(workbench, add_transactions(workbench, ["A"], first=first), [4.0], first=first)
    elif call != "reopen":
        with workbench.database.write() as cursor:
            preferences.write(cursor, text, which, ADMINISTRATOR)
            rankings.append_model_event(cursor, text, call, ADMINISTRATOR, {"figures": which})
            if call == "fail":
                raise RuntimeError


def test_events_from_before_the_audit_are_adopted_once(settings: Settings, analyst: Actor) -> None:
    workbench = Workbench.open(settings)
    workbench.database.guard = None
    with workbench.database.write() as cursor:
        preferences.write(cursor, "limit", 1, analyst)
        cursor.execute("DROP TABLE audit_entry")
        cursor.execute("DELETE FROM migration WHERE name = '0006_audit'")
    workbench.close()
    head_path(settings, settings.database).unlink()
    adopted = Workbench.open(settings)
    assert [action for action, _, _ in entries(adopted)] == ["adoption"]
    adopted.close()
    assert_opens_whole(settings)


def test_killed_in_the_middle_of_verdicts_nothing_is_lost() -> None:
    command = [sys.executable, "-m", "benchmarks.crash_verdicts", "--kills", "20"]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    ran = subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=PROJECT_ROOT, env=environment
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    outcome = json.loads(ran.stdout)
    assert outcome["kills"] == 20
    assert outcome["written"] >= outcome["acknowledged"] >= 20
