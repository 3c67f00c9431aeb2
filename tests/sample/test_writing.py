"""The files: the same bytes everywhere, whole or not at all."""

from __future__ import annotations

import gzip
import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet
import pytest

from fraudkit.config import Settings
from fraudkit.errors import InvalidInputError
from fraudkit.sample import generate, read_settings, write_sample
from fraudkit.sample.settings import SETTINGS_FILE

SMALL = 10_000
COMMAND = (
    "import sys; from fraudkit.sample import write_sample; write_sample(*sys.argv[1:], transactions=10_000)"
)


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_two_processes_write_the_same_bytes(tmp_path: Path) -> None:
    digests = []
    for hash_seed in ("1", "2"):
        files = [tmp_path / f"{hash_seed}.csv.gz", tmp_path / f"{hash_seed}-truth.csv"]
        environment = os.environ | {"PYTHONHASHSEED": hash_seed, "TZ": "Asia/Tokyo"}
        subprocess.run([sys.executable, "-c", COMMAND, *files], check=True, env=environment)
        digests.append([digest(file) for file in files])
    here = [tmp_path / "here.csv.gz", tmp_path / "here-truth.csv"]
    write_sample(*here, transactions=SMALL)
    assert digests[0] == digests[1] == [digest(file) for file in here]


def test_another_seed_is_another_extract() -> None:
    first, second = (generate(transactions=SMALL, seed=seed)[0] for seed in (1, 2))
    assert not first.equals(second)


def test_the_bundled_extract_is_what_the_command_writes(tmp_path: Path) -> None:
    """Compared uncompressed, since zlib's versions may compress differently."""
    write_sample(tmp_path / "sample.csv", tmp_path / "truth.csv")
    bundled = Settings()
    for written, kept in (
        (tmp_path / "sample.csv", bundled.sample_extract),
        (tmp_path / "truth.csv", bundled.sample_truth),
    ):
        assert digest(written) == hashlib.sha256(gzip.decompress(kept.read_bytes())).hexdigest()
    assert bundled.sample_extract.stat().st_size < 5_000_000


def test_formats_hold_the_same_values(tmp_path: Path) -> None:
    table, truth = generate(transactions=SMALL)
    summary = write_sample(tmp_path / "s.parquet", tmp_path / "t.parquet", transactions=SMALL)
    assert pyarrow.parquet.read_table(tmp_path / "s.parquet").cast(table.schema).equals(table)
    assert pyarrow.parquet.read_table(tmp_path / "t.parquet").equals(truth)
    write_sample(tmp_path / "s.csv", tmp_path / "t.csv", transactions=SMALL)
    lines = (tmp_path / "s.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0].split(",") == table.column_names
    first = dict(zip(table.column_names, lines[1].split(","), strict=True))
    row = table.slice(0, 1).to_pylist()[0]
    assert first == {name: "" if value is None else str(value) for name, value in row.items()}
    assert summary.as_json()["transactions"] == len(lines) - 1 == SMALL
    assert sum(summary.frauds.values()) == truth.num_rows
    assert summary.labelled == sum(table["fraud_label"].to_pylist())


def test_compressed_files_carry_no_time(tmp_path: Path) -> None:
    write_sample(tmp_path / "s.csv.gz", tmp_path / "t.csv.gz", transactions=SMALL)
    assert (tmp_path / "s.csv.gz").read_bytes()[4:8] == bytes(4)


@pytest.mark.parametrize("name", ["sample.xlsx", "sample", "sample.gz", "sample.csv.zip"])
def test_unknown_formats_are_refused_before_anything_is_made(tmp_path: Path, name: str) -> None:
    with pytest.raises(InvalidInputError, match="format is unknown"):
        write_sample(tmp_path / name, tmp_path / "truth.csv")
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="cannot be written"):
        write_sample(tmp_path / "absent" / "s.csv", tmp_path / "t.csv", transactions=SMALL)


@pytest.mark.parametrize(
    "wanted",
    [{"transactions": 9_999}, {"transactions": 10_000_001}, {"days": 59}, {"days": 731}, {"seed": -1}],
)
def test_numbers_out_of_range_are_refused(wanted: dict[str, int]) -> None:
    with pytest.raises(InvalidInputError) as refusal:
        read_settings(**wanted)
    assert str(next(iter(wanted.values()))) in refusal.value.message
    assert "Use a number from" in refusal.value.hint


@pytest.mark.parametrize("text", [None, "not toml", "[extract]\nseed = 1\n"])
def test_broken_settings_are_one_sentence(tmp_path: Path, text: str | None) -> None:
    path = tmp_path / "settings.toml"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidInputError, match="cannot be read"):
        read_settings(path)


@pytest.mark.parametrize(
    ("line", "table"), [("pay_day = 15\n", "population"), ("retry_share = 0.01 ", "habits")]
)
def test_a_forgotten_setting_is_named(tmp_path: Path, line: str, table: str) -> None:
    text = SETTINGS_FILE.read_text(encoding="utf-8")
    assert line in text
    path = tmp_path / "settings.toml"
    path.write_text(text.replace(line, ""), encoding="utf-8")
    with pytest.raises(InvalidInputError) as refusal:
        read_settings(path)
    assert f"[{table}] {line.split(maxsplit=1)[0]}" in refusal.value.hint


def test_progress_only_moves_forward(tmp_path: Path) -> None:
    shares: list[float] = []
    write_sample(
        tmp_path / "s.csv", tmp_path / "t.csv", transactions=SMALL, progress=lambda s, _: shares.append(s)
    )
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
