"""Write a sample: CSV, compressed CSV or Parquet, the same bytes for the same settings."""

from __future__ import annotations

import gzip
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute
import pyarrow.csv
import pyarrow.parquet

from fraudkit.domain import Progress, silent
from fraudkit.errors import InvalidInputError
from fraudkit.sample.generator import Sample, generate_sample
from fraudkit.sample.settings import read_settings
from fraudkit.words import N_

COMPRESSION_LEVEL: Final = 6
SUFFIXES: Final = (".csv", ".csv.gz", ".parquet")


@dataclass(frozen=True, slots=True)
class SampleSummary:
    """What was written.

    Parameters
    ----------
    path, truth_path
        The files.
    transactions, customers, accounts, merchants
        How many there are.
    frauds
        Fraudulent transactions by kind.
    labelled
        How many of these the bank already knows (`fraud_label` = 1).
    """

    path: str
    truth_path: str
    transactions: int
    customers: int
    accounts: int
    merchants: int
    frauds: Mapping[str, int]
    labelled: int

    def as_json(self) -> dict[str, Any]:
        """Return plain values."""
        return asdict(self)


def generate(
    *, transactions: int | None = None, seed: int | None = None, days: int | None = None
) -> tuple[pa.Table, pa.Table]:
    """Return transactions and truth; what is not given comes from the settings file.

    Raises
    ------
    InvalidInputError
        When a number is out of its range.
    """
    sample = generate_sample(read_settings(transactions=transactions, seed=seed, days=days))
    return sample.transactions, sample.truth


def write_sample(
    path: str | Path,
    truth_path: str | Path,
    *,
    transactions: int | None = None,
    seed: int | None = None,
    days: int | None = None,
    progress: Progress = silent,
) -> SampleSummary:
    """Write an extract and the truth about its frauds; what is not given comes from the settings file.

    Parameters
    ----------
    path, truth_path
        Files to write, by suffix CSV (`.csv`), compressed CSV (`.csv.gz`) or Parquet (`.parquet`).
        Existing files are replaced, each as a whole.

    Raises
    ------
    InvalidInputError
        When a number is out of its range, or a file cannot be written.
    """
    path, truth_path = Path(path), Path(truth_path)
    for file in (path, truth_path):
        _check_suffix(file)
    sample = generate_sample(read_settings(transactions=transactions, seed=seed, days=days), progress)
    progress(0.75, N_("Writing the files"))
    _write(sample.transactions, path)
    _write(sample.truth, truth_path)
    progress(1.0, N_("The sample is written"))
    return _summary(sample, path, truth_path)


def _summary(sample: Sample, path: Path, truth_path: Path) -> SampleSummary:
    return SampleSummary(
        path=str(path),
        truth_path=str(truth_path),
        transactions=sample.transactions.num_rows,
        customers=sample.customers,
        accounts=sample.accounts,
        merchants=sample.merchants,
        frauds=sample.frauds,
        labelled=int(pa.compute.sum(sample.transactions["fraud_label"]).as_py()),
    )


def _check_suffix(path: Path) -> None:
    if not path.name.endswith(SUFFIXES):
        raise InvalidInputError(
            N_("A sample cannot be written to {path}: its format is unknown."),
            N_("Use a name that ends in one of: {suffixes}."),
            path=path,
            suffixes=", ".join(SUFFIXES),
        )


def _write(table: pa.Table, path: Path) -> None:
    """Write beside the goal and rename, so that nobody reads half a file."""
    partial = path.with_name(f".{path.name}.partial")
    try:
        with partial.open("wb") as stream:
            if path.suffix == ".parquet":
                pyarrow.parquet.write_table(table, stream)
            elif path.suffix == ".gz":
                with gzip.GzipFile("", "wb", COMPRESSION_LEVEL, stream, mtime=0) as compressed:
                    _write_csv(table, compressed)
            else:
                _write_csv(table, stream)
        os.replace(partial, path)  # noqa: PTH105 - replaces on every platform
    except (OSError, pa.ArrowInvalid) as error:
        raise InvalidInputError(
            N_("{path} cannot be written."),
            N_("Check the folder and its rights: {error}"),
            path=path,
            error=error,
        ) from error
    finally:
        partial.unlink(missing_ok=True)


def _write_csv(table: pa.Table, stream: Any) -> None:
    options = pyarrow.csv.WriteOptions(quoting_style="none", quoting_header="none", batch_size=65_536)
    pyarrow.csv.write_csv(table, stream, options)
