"""S3-compatible object stores: each object that fits a pattern is one file, as it lies there.

With a query, the Parquet objects are read together as one table instead, by DuckDB's httpfs.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final
from urllib.parse import urlsplit

import pyarrow as pa
from pyarrow import fs

from fraudkit.domain import Progress
from fraudkit.errors import InvalidInputError, SourceError
from fraudkit.ingest.sources.base import FetchedFile, ImportOutcome, SourceSample, as_text, version_of
from fraudkit.ingest.sources.secret import Secret
from fraudkit.ingest.sources.settings import SourceSettings, options_of
from fraudkit.store.source_address import ObjectStoreAddress, ReadingLimits
from fraudkit.store.sources import open_objects
from fraudkit.words import N_

BLOCK_BYTES: Final = 1 << 22
ATTEMPTS: Final = 3
CONNECT_SECONDS: Final = 10
REQUEST_SECONDS: Final = 60
_WILDCARD: Final = re.compile(r"[*?\[]")


@dataclass(frozen=True, slots=True)
class ObjectOptions:
    """What `sources.toml` says of an object store."""

    endpoint: str
    bucket: str
    key: str
    access_key: str
    secret_key: Secret
    region: str = "us-east-1"
    path_style: bool = True
    query: str | None = None


class ObjectSource:
    """The objects of one bucket whose key is, or fits, the configured one."""

    def __init__(self, settings: SourceSettings) -> None:
        self._settings = settings
        self._options = options_of(ObjectOptions, settings)
        address = urlsplit(self._options.endpoint)
        if address.scheme not in {"http", "https"} or not address.netloc:
            raise InvalidInputError(
                N_("Source “{name}”: the endpoint is not an address."),
                N_("Write it as https://host or https://host:port."),
                name=settings.name,
            )
        self._scheme, self._host = address.scheme, address.netloc

    def fetch(self, folder: Path, known: frozenset[str], progress: Progress) -> Iterator[FetchedFile]:
        """Bring each new object as a file; with a query, all rows as one Parquet file."""
        if self._options.query is not None:
            yield self._fetch_table(folder, progress)
            return
        with _clear_errors():
            store = self._file_system()
            found = [info for info in self._list(store) if _version(info) not in known]
        for number, info in enumerate(found):
            progress(number / len(found), N_("Reading the object store"))
            yield self._fetch_object(store, info, folder / f"object-{number}")

    def sample(self, count: int) -> SourceSample:
        """Read the first rows of the query, or list the first objects and open the first."""
        if self._options.query is not None:
            with open_objects(self._address(), query=self._options.query) as reader:
                columns, rows = reader.first_rows(count)
            return SourceSample(tuple(columns), tuple(tuple(map(as_text, row)) for row in rows))
        with _clear_errors():
            store = self._file_system()
            found = self._list(store)
            for info in found[:1]:
                with store.open_input_stream(info.path) as stream:
                    stream.read(1)
        listed = tuple((info.path, str(info.size), as_text(info.mtime)) for info in found[:count])
        return SourceSample(("key", "bytes", "changed"), listed)

    def settle(self, file: FetchedFile, outcome: ImportOutcome) -> None:
        """Leave the bucket as it is."""

    def _fetch_object(self, store: fs.FileSystem, info: fs.FileInfo, target: Path) -> FetchedFile:
        name, version = PurePosixPath(info.path).name, _version(info)
        if info.size > self._settings.max_bytes:
            problem = SourceError(
                N_("The object {name} has {size} MB; the limit of its source is {limit} MB."),
                N_("Raise max_bytes of this source, or store the extract in parts."),
                name=name,
                size=info.size >> 20,
                limit=self._settings.max_bytes >> 20,
            )
            return FetchedFile(None, name, version=version, problem=problem)
        with _clear_errors(), store.open_input_stream(info.path) as stream, target.open("wb") as output:
            while block := stream.read(BLOCK_BYTES):
                output.write(block)
        return FetchedFile(target, name, version=version)

    def _fetch_table(self, folder: Path, progress: Progress) -> FetchedFile:
        target = folder / "rows.parquet"
        limits = ReadingLimits(self._settings.max_rows, self._settings.max_bytes)
        with open_objects(self._address(), query=self._options.query) as reader:
            rows = reader.export(target, limits, progress)
        return FetchedFile(target, f"{self._settings.name}.parquet", rows)

    def _list(self, store: fs.FileSystem) -> list[fs.FileInfo]:
        """Return the objects that fit, in the order of their keys."""
        pattern = f"{self._options.bucket}/{self._options.key}"
        wildcard = _WILDCARD.search(pattern)
        if wildcard is None:
            info = store.get_file_info(pattern)
            if info.type != fs.FileType.File:
                raise SourceError(
                    N_("The bucket {bucket} holds no object {key}."),
                    N_("Check the key; * stands for any signs."),
                    bucket=self._options.bucket,
                    key=self._options.key,
                )
            return [info]
        folder = pattern[: wildcard.start()].rpartition("/")[0]
        listed = store.get_file_info(fs.FileSelector(folder, recursive=True, allow_not_found=True))
        fitting = [info for info in listed if info.is_file and fnmatch.fnmatchcase(info.path, pattern)]
        return sorted(fitting, key=lambda info: str(info.path))

    def _file_system(self) -> fs.FileSystem:
        return fs.S3FileSystem(
            access_key=self._options.access_key,
            secret_key=self._options.secret_key.value(),
            endpoint_override=self._host,
            scheme=self._scheme,
            region=self._options.region,
            force_virtual_addressing=not self._options.path_style,
            connect_timeout=CONNECT_SECONDS,
            request_timeout=REQUEST_SECONDS,
            retry_strategy=fs.AwsStandardS3RetryStrategy(max_attempts=ATTEMPTS),
        )

    def _address(self) -> ObjectStoreAddress:
        options = self._options
        return ObjectStoreAddress(
            bucket=options.bucket,
            pattern=options.key,
            endpoint=self._host,
            region=options.region,
            access_key=options.access_key,
            secret_key=options.secret_key.value(),
            path_style=options.path_style,
            encrypted=self._scheme == "https",
        )


def _version(info: fs.FileInfo) -> str:
    return version_of(info.path, info.size, info.mtime_ns)


@contextmanager
def _clear_errors() -> Iterator[None]:
    try:
        yield
    except (OSError, pa.ArrowException) as error:
        reason = str(error).partition("\n")[0].replace("AWS Error ", "")
        raise SourceError(
            N_("The object store cannot be read: {reason}"),
            N_("Check endpoint, bucket, keys and region of the source, then test it again."),
            reason=reason,
        ) from error
