from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from fraudkit.domain import silent
from fraudkit.errors import InvalidInputError, SourceError
from fraudkit.ingest.sources.databases import DatabaseSource
from fraudkit.ingest.sources.settings import SourceSettings
from fraudkit.jobs import JobCancelledError
from fraudkit.store import extensions
from tests.sources.servers import PASSWORD, READER, Server

ROWS = 70_000
POSTGRESQL_TABLE = f"""
CREATE TABLE payments AS SELECT g AS id, (g / 100.0)::numeric(18, 2) AS amount,
    TIMESTAMP '2024-01-01' + g * INTERVAL '1 second' AS booked, '0' || g AS account,
    (g || '0000000000000')::numeric AS wide, g % 2 = 0 AS fraud, ARRAY[g] AS many,
    CASE WHEN g % 10 > 0 THEN 'Ñandú ' || g END AS note FROM generate_series(1, {ROWS}) AS g
"""
MARIADB_TABLE = f"""
CREATE TABLE bank.payments AS SELECT seq AS id, CAST(seq / 100 AS DECIMAL(18, 2)) AS amount,
    TIMESTAMP('2024-01-01') + INTERVAL seq SECOND AS booked, CONCAT('0', seq) AS account,
    CAST(CONCAT(seq, '0000000000000') AS DECIMAL(30, 0)) AS wide,
    CASE WHEN seq % 10 > 0 THEN CONCAT('Ñandú ', seq) END AS note FROM bank.seq_1_to_{ROWS}
"""


@pytest.fixture(scope="session", params=["postgresql", "mysql"])
def server(request: pytest.FixtureRequest) -> Iterator[tuple[str, Server]]:
    kind = request.param
    server: Server = request.getfixturevalue("postgresql" if kind == "postgresql" else "mariadb")
    name = "payments" if kind == "postgresql" else "bank.payments"
    server.execute(f"DROP TABLE IF EXISTS {name}")
    server.execute(POSTGRESQL_TABLE if kind == "postgresql" else f"USE bank; {MARIADB_TABLE}")
    yield kind, server
    server.execute(f"DROP TABLE {name}")


@pytest.fixture
def source(
    server: tuple[str, Server], configure: Callable[..., SourceSettings], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., DatabaseSource]:
    kind, running = server
    monkeypatch.setenv("DB_PASSWORD", PASSWORD)
    database = "postgres" if kind == "postgresql" else "bank"

    def make(**keys: Any) -> DatabaseSource:
        login = {"host": "127.0.0.1", "port": running.port, "database": database, "user": READER}
        return DatabaseSource(configure(kind=kind, **(login | {"password_env": "DB_PASSWORD"} | keys)))

    return make


def fetched(source: DatabaseSource, folder: Path, **keys: Any) -> pa.Table:
    (file,) = source.fetch(folder, frozenset(), keys.get("progress", silent))
    assert file.path is not None
    table = pq.read_table(file.path)
    assert file.rows == table.num_rows
    return table


def test_a_table_comes_whole_and_exact(source: Callable[..., DatabaseSource], tmp_path: Path) -> None:
    table = fetched(source(table="payments"), tmp_path)
    assert table.num_rows == ROWS
    rows = {row["id"]: row for row in table.slice(0, 200).to_pylist()}
    assert rows[7]["amount"] == Decimal("0.07")
    assert rows[7]["booked"].isoformat() == "2024-01-01T00:00:07"
    assert rows[7]["account"] == "07"
    assert str(rows[7]["wide"]) == "70000000000000"
    assert rows[7]["note"] == "Ñandú 7"
    assert rows[10]["note"] is None
    assert sum(table["id"].to_pylist()) == ROWS * (ROWS + 1) // 2


def test_a_query_runs_in_the_database(source: Callable[..., DatabaseSource], tmp_path: Path) -> None:
    query = "WITH few AS (SELECT id, amount FROM payments WHERE id <= 3) SELECT * FROM few ORDER BY id;"
    table = fetched(source(query=query), tmp_path)
    assert table["amount"].to_pylist() == [Decimal("0.01"), Decimal("0.02"), Decimal("0.03")]


def test_a_test_shows_the_first_rows(source: Callable[..., DatabaseSource]) -> None:
    sample = source(table="payments").sample(5)
    assert sample.columns[:3] == ("id", "amount", "booked")
    assert len(sample.rows) == 5


@pytest.mark.parametrize(
    "query",
    [
        "WITH gone AS (DELETE FROM payments RETURNING id) SELECT * FROM gone",
        "SELECT 1; DELETE FROM payments",
        "SELECT * FROM read_text('/etc/hostname')",
    ],
)
def test_nothing_is_written_and_no_file_is_read(
    source: Callable[..., DatabaseSource], tmp_path: Path, query: str
) -> None:
    with pytest.raises(SourceError):
        fetched(source(query=query), tmp_path)
    assert fetched(source(query="SELECT count(*) AS n FROM payments"), tmp_path)["n"].to_pylist() == [ROWS]


def test_only_a_select_is_taken(source: Callable[..., DatabaseSource]) -> None:
    with pytest.raises(InvalidInputError, match="one SELECT"):
        source(query="DELETE FROM payments").sample(1)
    with pytest.raises(InvalidInputError, match="either `table` or `query`"):
        source()


def test_errors_are_one_sentence_without_the_password(
    source: Callable[..., DatabaseSource], monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = "wrong-password-7"
    monkeypatch.setenv("OTHER", wrong)
    broken = [
        source(table="payments", password_env="OTHER"),  # noqa: S106 - the name of a variable
        source(table="payments", port=1),
        source(table="no_such_table"),
        source(query="SELECT nothing FROM payments"),
        source(table='payments"; DROP TABLE payments; --`'),
    ]
    for each in broken:
        with pytest.raises(SourceError, match="cannot be read") as caught:
            each.sample(1)
        assert "\n" not in caught.value.message
        assert wrong not in caught.value.message
        assert PASSWORD not in caught.value.message


def test_limits_and_cancelling_leave_nothing_behind(
    source: Callable[..., DatabaseSource], tmp_path: Path
) -> None:
    def cancel(_share: float, _text: str) -> None:
        raise JobCancelledError("stopped")

    with pytest.raises(SourceError, match="more than 1000 rows"):
        fetched(source(table="payments", max_rows=1_000), tmp_path)
    with pytest.raises(SourceError, match="MB, which is its limit"):
        fetched(source(table="payments", max_bytes=1_000), tmp_path)
    with pytest.raises(JobCancelledError):
        fetched(source(table="payments"), tmp_path, progress=cancel)
    assert not list(tmp_path.glob("*.parquet"))


def test_a_missing_extension_is_named(
    source: Callable[..., DatabaseSource], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extensions.importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(SourceError, match="optional package duckdb-extension-") as caught:
        source(table="payments").sample(1)
    assert "requirements-sources.txt" in caught.value.hint
