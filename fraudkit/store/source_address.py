"""Where a database or a bucket is, who reads it, and how much a reading may bring."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

DatabaseKind = Literal["postgresql", "mysql"]


@dataclass(frozen=True, slots=True)
class DatabaseAddress:
    """Where a database is and who reads it."""

    kind: DatabaseKind
    host: str
    port: int
    database: str
    user: str
    password: str = field(repr=False)
    encryption: str = "prefer"


@dataclass(frozen=True, slots=True)
class ObjectStoreAddress:
    """Where a bucket is and who reads it; `endpoint` without a scheme, `pattern` relative to the bucket."""

    bucket: str
    pattern: str
    endpoint: str
    region: str
    access_key: str
    secret_key: str = field(repr=False)
    path_style: bool = True
    encrypted: bool = True


@dataclass(frozen=True, slots=True)
class ReadingLimits:
    """How much one reading may bring."""

    max_rows: int
    max_bytes: int
