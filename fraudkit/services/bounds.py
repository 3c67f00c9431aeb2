"""How large a file may be, by the way on which it comes."""

from __future__ import annotations

from fraudkit.config import Settings
from fraudkit.ingest.limits import MEGABYTE, Limits


def of_uploads(settings: Settings) -> Limits:
    """Return the bounds of a file that a person drops on the page."""
    return Limits(
        max_bytes=settings.upload_megabytes * MEGABYTE,
        max_unpacked_bytes=settings.unpacked_megabytes * MEGABYTE,
        max_rows=settings.upload_rows,
        max_columns=settings.most_columns,
    )


def of_files(settings: Settings) -> Limits:
    """Return the bounds of a file that lies on the server."""
    return Limits(
        max_bytes=settings.file_megabytes * MEGABYTE,
        max_unpacked_bytes=settings.unpacked_megabytes * MEGABYTE,
        max_rows=settings.file_rows,
        max_columns=settings.most_columns,
    )


def of_source(settings: Settings, max_bytes: int, max_rows: int) -> Limits:
    """Return the bounds of the files of one configured source."""
    return Limits(
        max_bytes=max_bytes,
        max_unpacked_bytes=settings.unpacked_megabytes * MEGABYTE,
        max_rows=max_rows,
        max_columns=settings.most_columns,
    )
