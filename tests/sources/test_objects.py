from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from fraudkit.domain import silent
from fraudkit.errors import InvalidInputError, SourceError
from fraudkit.ingest.sources.base import FetchedFile
from fraudkit.ingest.sources.objects import ObjectSource
from fraudkit.ingest.sources.settings import SourceSettings
from tests.sources.servers import Server

NOTHING_KNOWN: frozenset[str] = frozenset()


@pytest.fixture
def bucket(object_store: Server) -> Iterator[Path]:
    folder = object_store.folder / "extracts"
    (folder / "2024").mkdir(parents=True)
    (folder / "2024" / "one.csv").write_text("amount,date\n1.00,2024-01-01\n")
    (folder / "2024" / "two.csv").write_text("amount,date\n2.00,2024-01-02\n")
    (folder / "other.txt").write_text("x")
    for month in (1, 2):
        place = folder / "lake" / f"month={month:02}"
        place.mkdir(parents=True)
        amounts = pa.array([month * 1.5] * 1_000)
        pq.write_table(
            pa.table({"amount": amounts, "id": [f"0{n}" for n in range(1_000)]}), place / "a.parquet"
        )
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def source(
    object_store: Server,
    bucket: Path,
    configure: Callable[..., SourceSettings],
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[..., ObjectSource]:
    monkeypatch.setenv("S3_SECRET", "SECRET")
    address = {"endpoint": f"http://127.0.0.1:{object_store.port}", "bucket": bucket.name}
    login = {"access_key": "KEY", "secret_key_env": "S3_SECRET", "key": "2024/*.csv"}
    return lambda **keys: ObjectSource(configure(kind="s3", **(address | login | keys)))


def fetched(source: ObjectSource, folder: Path, known: frozenset[str] = NOTHING_KNOWN) -> list[FetchedFile]:
    return list(source.fetch(folder, known, silent))


def test_each_object_that_fits_is_a_file_as_it_lies_there(
    source: Callable[..., ObjectSource], bucket: Path, tmp_path: Path
) -> None:
    files = fetched(source(), tmp_path)
    assert [file.name for file in files] == ["one.csv", "two.csv"]
    for file in files:
        assert file.path is not None
        assert file.path.read_bytes() == (bucket / "2024" / file.name).read_bytes()


def test_one_key_is_one_file(source: Callable[..., ObjectSource], tmp_path: Path) -> None:
    (file,) = fetched(source(key="2024/two.csv"), tmp_path)
    assert file.name == "two.csv"


def test_what_is_known_is_not_read_again_until_it_changes(
    source: Callable[..., ObjectSource], bucket: Path, tmp_path: Path
) -> None:
    first = fetched(source(), tmp_path)
    known = frozenset(file.version for file in first)
    assert fetched(source(), tmp_path, known) == []
    (bucket / "2024" / "one.csv").write_text("amount,date\n1.00,2024-01-01\n9.00,2024-01-09\n")
    assert [file.name for file in fetched(source(), tmp_path, known)] == ["one.csv"]


def test_an_object_above_the_limit_is_named_and_not_fetched(
    source: Callable[..., ObjectSource], tmp_path: Path
) -> None:
    files = fetched(source(max_bytes=5), tmp_path)
    assert [file.path for file in files] == [None, None]
    assert files[0].problem is not None
    assert "one.csv" in files[0].problem.message
    assert not list(tmp_path.glob("object-*"))


def test_parquet_objects_are_one_table_for_a_query(
    source: Callable[..., ObjectSource], tmp_path: Path
) -> None:
    query = "SELECT id, amount, month FROM objects WHERE amount > 2"
    (file,) = fetched(source(key="lake/*/*.parquet", query=query), tmp_path)
    assert file.path is not None
    table = pq.read_table(file.path)
    assert (file.rows, table.num_rows) == (1_000, 1_000)
    assert set(table["month"].to_pylist()) == {"02"}
    sample = source(key="lake/*/*.parquet", query="SELECT id FROM objects ORDER BY ALL").sample(2)
    assert sample.rows == (("00",), ("00",))


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM read_text('/etc/hostname')",
        "SELECT * FROM read_text('s3://another/x')",
        "SELECT 1); COPY (SELECT 1) TO 's3://extracts/x.csv' (FORMAT csv); SELECT * FROM (SELECT 1",
        "SELECT 1; COPY (SELECT 1) TO 's3://extracts/x.csv' (FORMAT csv)",
        "SELECT * FROM objects; SET lock_configuration = false",
    ],
)
def test_a_query_reaches_the_bucket_and_nothing_else(
    source: Callable[..., ObjectSource], tmp_path: Path, query: str
) -> None:
    with pytest.raises((SourceError, InvalidInputError)):
        fetched(source(key="lake/*/*.parquet", query=query), tmp_path)


@pytest.mark.parametrize(
    "wrong",
    [
        {"secret_key_env": "WRONG"},
        {"endpoint": "http://127.0.0.1:1"},
        {"bucket": "absent"},
        {"key": "absent.csv"},
        {"secret_key_env": "WRONG", "key": "lake/*/*.parquet", "query": "SELECT * FROM objects"},
    ],
)
def test_errors_are_one_sentence_without_the_secret(
    source: Callable[..., ObjectSource],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    wrong: dict[str, Any],
) -> None:
    monkeypatch.setenv("WRONG", "not-the-secret")
    if wrong == {"bucket": "absent"}:
        wrong = wrong | {"key": "2024/one.csv"}
    with pytest.raises(SourceError) as caught:
        fetched(source(**wrong), tmp_path)
    assert "\n" not in caught.value.message
    assert "not-the-secret" not in caught.value.message


def test_a_test_lists_the_first_objects(source: Callable[..., ObjectSource]) -> None:
    sample = source().sample(1)
    assert sample.columns == ("key", "bytes", "changed")
    assert sample.rows[0][0] == "extracts/2024/one.csv"


def test_an_endpoint_is_an_address(source: Callable[..., ObjectSource]) -> None:
    with pytest.raises(InvalidInputError, match="endpoint is not an address"):
        source(endpoint="store.example")
