from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pytest

from fraudkit.config import PROJECT_ROOT
from fraudkit.errors import ConflictError, DatabaseError
from fraudkit.store import Database
from fraudkit.store.statements import migrations


def test_one_cursor_per_use_gives_every_thread_its_own_answer(database: Database) -> None:
    def ask(number: int) -> bool:
        with database.read() as cursor:
            return bool(cursor.value("SELECT ?::INTEGER", [number]) == number)

    with ThreadPoolExecutor(20) as pool:
        assert all(pool.map(ask, range(2_000)))


def test_failed_block_writes_nothing(database: Database) -> None:
    with pytest.raises(RuntimeError), database.write() as cursor:
        cursor.execute("INSERT INTO setting_event VALUES ('a', '1', 'Ana', 'analyst', 1)")
        raise RuntimeError
    with database.read() as cursor:
        assert cursor.value("SELECT count(*) FROM setting_event") == 0


def test_same_version_of_a_case_twice_is_a_conflict(database: Database) -> None:
    columns = "(case_id, version, kind, actor, role, happened_at, payload)"
    sql = f"INSERT INTO case_event {columns} VALUES (1, 1, '', '', '', 1, '')"
    with database.write() as cursor:
        cursor.execute(sql)
    with pytest.raises(ConflictError), database.write() as cursor:
        cursor.execute(sql)


@pytest.mark.parametrize(
    "probe",
    [
        "SELECT * FROM read_text('/etc/passwd')",
        "SELECT * FROM read_csv('/etc/passwd')",
        "COPY batch TO '/tmp/out.csv'",
        "ATTACH '/tmp/other.duckdb'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET threads = 1",
        "SET enable_external_access = true",
    ],
)
def test_the_main_instance_touches_nothing_outside(database: Database, probe: str) -> None:
    with database.read() as cursor, pytest.raises(duckdb.Error):
        cursor.execute(probe)


def test_second_process_is_told_who_holds_the_file(database: Database) -> None:
    opening = f"Database(Path({str(database.path)!r}))"
    code = f"from pathlib import Path; from fraudkit.store import Database; {opening}"
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60
    )
    assert ran.returncode != 0
    assert "in use by another process (PID" in ran.stderr


def test_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "notes.duckdb"
    path.write_text("these are notes, not a database" * 100)
    with pytest.raises(DatabaseError, match="cannot be opened"):
        Database(path)
    assert path.read_text().startswith("these are notes")


def test_database_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "fraudkit.duckdb"
    opened = Database(path)
    with opened.write() as cursor:
        cursor.execute("INSERT INTO migration VALUES ('9999_future', 1)")
    opened.close()
    with pytest.raises(DatabaseError, match="9999_future"):
        Database(path)


def test_migrations_run_once(tmp_path: Path) -> None:
    for _ in range(2):
        opened = Database(tmp_path / "fraudkit.duckdb")
        with opened.read() as cursor:
            assert {row["name"] for row in cursor.rows("SELECT name FROM migration")} == set(migrations())
        opened.close()


def test_a_crash_right_after_the_layout_was_brought_up_to_date_loses_nothing(tmp_path: Path) -> None:
    code = (
        "import os, pathlib, sys; from fraudkit.store import Database; "
        "Database(pathlib.Path(sys.argv[1])); os._exit(0)"
    )
    file = tmp_path / "crashed.duckdb"
    subprocess.run([sys.executable, "-c", code, str(file)], check=True, cwd=PROJECT_ROOT)
    opened = Database(file)
    try:
        assert not opened.applied_now
        with opened.read() as cursor:
            assert cursor.value("SELECT count(*) FROM current_label") == 0
    finally:
        opened.close()
