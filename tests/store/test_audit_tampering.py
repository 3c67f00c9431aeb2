"""Kinds of tampering with events, entries, head, key and files: every one of them is found."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from fraudkit.config import Settings
from fraudkit.domain import Actor
from fraudkit.services import auditing, deciding, importing, notes, views
from fraudkit.services.workbench import Workbench
from fraudkit.store import (
    batches,
    erasing,
    exports,
    layouts,
    preferences,
    quality_events,
    rankings,
    sweeps,
)
from fraudkit.store.audit import COLUMNS
from fraudkit.store.audited import TABLES
from tests.services.ledger import add_alerts, add_transactions

ANALYST = Actor("Ana", "analyst")
CSV = "transaction_datetime,transaction_amount,fraud_label\n2024-05-01 10:00:00,12.50,1\n"
EVENT_COLUMNS = {
    "label_proposal": "proposal_id case_id case_version transaction_id verdict label actor role happened_at",
    "label_event": "label_id transaction_id verdict certainty fraud_type reason source label_known_at "
    "case_id case_version batch_id supersedes note actor role created_at evidence fraud_subtype "
    "alert_was_useful gross_amount prevented_amount recovered_amount liability detected_by "
    "first_unusual_transaction_id incident_start incident_end actions reason_feedback seconds_on_case "
    "sweep_id in_random_sample inclusion_probability data_first lean_before_score approval_of approved_by",
    "case_event": "event_id case_id version kind actor role happened_at payload remark",
    "batch": "batch_id file_name file_sha256 file_format file_bytes layout notes rows_read rows_loaded "
    "rows_rejected rows_duplicate is_sample actor role imported_at",
    "batch_event": "batch_id kind payload actor role happened_at",
    "layout_event": "signature name mapping answers batch_id actor role happened_at kind",
    "model_event": "model_id kind actor role happened_at payload",
    "setting_event": "name value actor role happened_at",
    "sweep_event": "sweep_id kind case_id payload actor role happened_at",
    "quality_event": "event_id kind case_id payload actor role happened_at",
    "view_event": "event_id view_id kind name owner is_shared chosen actor role happened_at",
    "note_event": "note_id kind subject_kind subject_id case_id body mentions strikes file_name file_kind "
    "file_bytes file_sha256 actor role happened_at",
    "export_event": "export_id kind format subject case_id row_count sha256 actor role happened_at",
    "erasure_event": "erasure_id kind new_name transactions counts reason actor role happened_at",
}
EDITS = [
    *[("audit_entry", column) for column in COLUMNS],
    *[(table, column) for table, columns in EVENT_COLUMNS.items() for column in columns.split()],
]

_COPY_ENTRY = (
    "INSERT INTO audit_entry SELECT * REPLACE ({number} AS entry_id) FROM audit_entry WHERE entry_id = 3"
)
STATEMENTS = {
    "delete the first entry": "DELETE FROM audit_entry WHERE entry_id = 1",
    "delete an entry": "DELETE FROM audit_entry WHERE entry_id = 4",
    "delete an entry and close the gap": "DELETE FROM audit_entry WHERE entry_id = 4; "
    "UPDATE audit_entry SET entry_id = entry_id - 1 WHERE entry_id > 4",
    "delete all entries": "DELETE FROM audit_entry",
    "cut the last entry": "DELETE FROM audit_entry WHERE entry_id = (SELECT max(entry_id) FROM audit_entry)",
    "cut the last entries and their events": "DELETE FROM label_event WHERE label_id >= 3; "
    "DELETE FROM case_event WHERE kind = 'decided' AND case_id = 2; "
    "DELETE FROM audit_entry WHERE subject LIKE 'setting%' OR entry_id >= 10",
    "swap two entries": "UPDATE audit_entry SET entry_id = 9 - entry_id WHERE entry_id IN (4, 5)",
    "swap what two entries speak of": "UPDATE audit_entry SET content_digest = (SELECT content_digest "
    "FROM audit_entry other WHERE other.entry_id = 9 - audit_entry.entry_id) WHERE entry_id IN (4, 5)",
    "repeat an entry under its number": _COPY_ENTRY.format(number=3),
    "append an entry without the key": _COPY_ENTRY.format(
        number="(SELECT max(entry_id) + 1 FROM audit_entry)"
    ),
    "insert an entry and renumber": "UPDATE audit_entry SET entry_id = entry_id + 1 WHERE entry_id > 3; "
    + _COPY_ENTRY.format(number=4),
    "put an entry before the first": _COPY_ENTRY.format(number=0),
    "swap two labels": "UPDATE label_event SET label_id = 3 - label_id WHERE label_id IN (1, 2)",
    "swap the payloads of two events": "UPDATE case_event SET payload = (SELECT payload FROM case_event o "
    "WHERE o.event_id = 3 - case_event.event_id) WHERE event_id IN (1, 2)",
    "empty the chain and all events": "DELETE FROM audit_entry; DELETE FROM label_event; "
    "DELETE FROM case_event; DELETE FROM batch; DELETE FROM model_event; DELETE FROM setting_event; "
    "DELETE FROM note_event; DELETE FROM export_event; DELETE FROM erasure_event; DELETE FROM sweep_event; "
    "DELETE FROM quality_event",
    "erase without an entry": "UPDATE label_event SET note = NULL, evidence = NULL WHERE label_id = 2",
    **{f"delete a row of {table}": f"DELETE FROM {table} WHERE rowid = 0" for table in EVENT_COLUMNS},
    "repeat a label": "INSERT INTO label_event SELECT * FROM label_event WHERE label_id = 2",
    "add a label": "INSERT INTO label_event BY NAME SELECT * EXCLUDE (label_id), 99 AS label_id "
    "FROM label_event WHERE label_id = 2",
    "add a case event": "INSERT INTO case_event BY NAME SELECT * REPLACE (99 AS event_id, 99 AS version) "
    "FROM case_event WHERE event_id = 1",
    "add a batch": "INSERT INTO batch BY NAME SELECT * REPLACE (99 AS batch_id) FROM batch",
    "add a model event": "INSERT INTO model_event SELECT * REPLACE ('other' AS model_id) FROM model_event",
    "add a setting": "INSERT INTO setting_event SELECT * REPLACE ('[]' AS value) FROM setting_event",
}


def settings_in(folder: Path) -> Settings:
    return Settings(
        database=folder / "portfolio.duckdb",
        sample_database=folder / "none.duckdb",
        upload_folder=folder / "uploads",
        audit_key=folder / "secrets" / "audit.key",
        audit_folder=folder / "heads",
        threads=1,
        memory_limit="1GB",
    )


def write_events(workbench: Workbench) -> None:
    settings = workbench.settings
    settings.upload_folder.mkdir()
    (settings.upload_folder / "extract.csv").write_text(CSV)
    importing.import_file(workbench, settings.upload_folder / "extract.csv", ANALYST)
    add_alerts(workbench, add_transactions(workbench, ["A", "B", "A"], first=2), [3.0, 2.0, 1.0], first=2)
    with workbench.database.write() as cursor:
        rankings.append_model_event(cursor, "m1", "trained", ANALYST, {"figures": {}})
    deciding.decide(workbench, ANALYST, 1, 3, "genuine", "travel", note="her own trip")
    notes.write(workbench, ANALYST, ("case", "1"), "called at ten", case_id=1)
    with workbench.database.write() as cursor:
        batches.append_event(cursor, 1, "corrects", {"source_rows": [2]}, ANALYST)
        layouts.append_layout(cursor, layouts.NamedLayout("s", "Cards", {"a": None}, {}), ANALYST, batch_id=1)
        exports.append(cursor, exports.NewExport("labels", "csv", 1, "0" * 64, "of A", case_id=1), ANALYST)
        erasing.append(cursor, "erased-x", {"transactions": 1}, "request", ANALYST)
        quality_events.append(cursor, "leaned", 1, ANALYST, {"lean": "fraud"})
        sweeps.append(cursor, "s1", sweeps.SWEPT, 1, ANALYST, {"transactions": ["T1"]})


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `old` and `new`: copies made while the server ran, so that the log is there."""
    folder = tmp_path_factory.mktemp("audit")
    live = folder / "live"
    workbench = Workbench.open(settings_in(live))
    write_events(workbench)
    workbench.database.checkpoint()
    shutil.copytree(live, folder / "old")
    deciding.decide(workbench, ANALYST, 2, 2, "undetermined", None)
    with workbench.database.write() as cursor:
        preferences.write(cursor, "currency_rates", {"USD": 3.75}, ANALYST)
    views.save(workbench, ANALYST, "Large", {"from": "5000"})
    proposed = deciding.decide(workbench, ANALYST, 1, 4, "fraud", "card", transaction_ids=["T2"])
    assert proposed.approval == ("reversal",)
    shutil.copytree(live, folder / "new")
    workbench.close()
    return folder


@pytest.fixture
def portfolio(kept: Path, tmp_path: Path) -> Settings:
    shutil.copytree(kept / "new", tmp_path / "new")
    return settings_in(tmp_path / "new")


def run_sql(settings: Settings, sql: str) -> None:
    with duckdb.connect(str(settings.database)) as connection:
        connection.execute(sql)


def report_of(settings: Settings) -> auditing.AuditReport:
    workbench = Workbench.open(settings)
    try:
        return auditing.verify(workbench)
    finally:
        workbench.close()


def test_the_list_of_columns_is_complete(portfolio: Settings) -> None:
    with duckdb.connect(str(portfolio.database)) as connection:
        for table, columns in EVENT_COLUMNS.items():
            described = connection.execute(f"DESCRIBE {table}").fetchall()
            assert [row[0] for row in described] == columns.split()
    assert set(EVENT_COLUMNS) == set(TABLES)
    assert len(EDITS) + len(STATEMENTS) + len(FILES) >= 60


def test_what_nobody_touched_is_whole(portfolio: Settings) -> None:
    report = report_of(portfolio)
    assert report.is_whole, report.as_json()
    assert report.verification.rows == report.verification.entries >= 10


@pytest.mark.parametrize(("table", "column"), EDITS)
def test_an_edited_column_is_found_at_its_entry(portfolio: Settings, table: str, column: str) -> None:
    with duckdb.connect(str(portfolio.database)) as connection:
        kinds = {row[0]: row[1] for row in connection.execute(f"DESCRIBE {table}").fetchall()}
        edited = {
            "VARCHAR": f"coalesce({column}, '') || 'x'",
            "BOOLEAN": f"NOT coalesce({column}, false)",
        }.get(kinds[column], f"coalesce({column}, 0) + 100")
        both = {"rows_read": ", rows_loaded = rows_loaded + 100"}.get(column, "")
        if column in {"rows_loaded", "rows_rejected", "rows_duplicate"}:
            both = ", rows_read = rows_read + 100"
        connection.execute(f"UPDATE {table} SET {column} = {edited}{both} WHERE rowid = 0")
        subject = {"audit_entry": "1 = 1"}.get(table, f"subject LIKE '{table}/%'")
        first = connection.execute(f"SELECT min(entry_id) FROM audit_entry WHERE {subject}").fetchall()[0][0]
    report = report_of(portfolio)
    assert not report.is_whole
    assert report.as_json()["first_bad_entry"] == first


@pytest.mark.parametrize("kind", STATEMENTS)
def test_a_statement_behind_its_back_is_found(portfolio: Settings, kind: str) -> None:
    run_sql(portfolio, STATEMENTS[kind])
    report = report_of(portfolio)
    assert not report.is_whole
    assert "{" not in report.sentences("es")[0]


def put_back(name: str) -> Callable[[Settings, Path], None]:
    def change(settings: Settings, kept: Path) -> None:
        old = kept / "old" / name
        target = settings.database.parent / name
        if old.exists():
            shutil.copyfile(old, target)
        else:
            target.unlink()

    return change


def head_of(settings: Settings) -> Path:
    assert settings.audit_folder is not None
    return settings.audit_folder / "portfolio.duckdb.head"


def edit_head(settings: Settings, _: Path) -> None:
    head = head_of(settings)
    head.write_text(head.read_text().replace('"entries": ', '"entries": 1'))


def old_database(settings: Settings, kept: Path) -> None:
    put_back("portfolio.duckdb")(settings, kept)
    put_back("portfolio.duckdb.wal")(settings, kept)


def cut_log(settings: Settings, _: Path) -> None:
    log = settings.database.with_name("portfolio.duckdb.wal")
    log.write_bytes(log.read_bytes()[:-7])


def no_database(settings: Settings, _: Path) -> None:
    settings.database.unlink()
    settings.database.with_name("portfolio.duckdb.wal").unlink()


def other_key(settings: Settings, _: Path) -> None:
    settings.audit_key.write_text("ab" * 32)


FILES: dict[str, Callable[[Settings, Path], None]] = {
    "head deleted": lambda settings, _: head_of(settings).unlink(),
    "head edited": edit_head,
    "head emptied": lambda settings, _: head_of(settings).write_text("") and None,
    "head is no text": lambda settings, _: head_of(settings).write_bytes(b"\xff\x00") and None,
    "head is a list": lambda settings, _: head_of(settings).write_text("[1]") and None,
    "head without its code": lambda settings, _: head_of(settings).write_text('{"head": {}}') and None,
    "old head put back": put_back("heads/portfolio.duckdb.head"),
    "old database put back": old_database,
    "log deleted": lambda settings, _: settings.database.with_name("portfolio.duckdb.wal").unlink(),
    "log emptied": lambda settings, _: (
        settings.database.with_name("portfolio.duckdb.wal").write_bytes(b"") and None
    ),
    "log cut": cut_log,
    "database deleted": no_database,
    "other key": other_key,
    "key deleted": lambda settings, _: settings.audit_key.unlink(),
}


@pytest.mark.parametrize("kind", FILES)
def test_a_file_put_back_or_changed_is_said_at_the_start(portfolio: Settings, kept: Path, kind: str) -> None:
    FILES[kind](portfolio, kept)
    workbench = Workbench.open(portfolio)
    try:
        assert auditing.warning(workbench, "es") is not None
        assert not auditing.verify(workbench).is_whole
        with pytest.raises(type(workbench.audit.problem)), workbench.database.write() as cursor:  # type: ignore[arg-type]
            preferences.write(cursor, "nothing", 1, ANALYST)
    finally:
        workbench.close()
    assert not report_of(portfolio).is_whole, "opening alone must not repair it"


def test_the_whole_folder_put_back_is_found_when_the_head_lies_elsewhere(
    portfolio: Settings, kept: Path
) -> None:
    old = replace(settings_in(kept / "old"), audit_folder=portfolio.audit_folder)
    copy = portfolio.database.parent / "restored"
    shutil.copytree(kept / "old", copy)
    assert not report_of(replace(settings_in(copy), audit_folder=old.audit_folder)).is_whole
