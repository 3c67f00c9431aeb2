"""The head of the audit chain, kept in a small file outside the database.

The database cannot say that its own end was cut off, that an old file was put back or that its log was
deleted: this file can. It is written as an intent before a commit and confirmed after it, so that a crash
between the two leaves both heads in the file and either is accepted.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal


@dataclass(frozen=True, slots=True)
class Head:
    """Where the chain ends: how many entries it has and the hash of the last one."""

    entries: int
    hash: str


@dataclass(frozen=True, slots=True)
class StoredHead:
    """What the file says: the last confirmed head and, while a commit is under way, the next one."""

    confirmed: Head
    intent: Head | None = None

    @property
    def accepted(self) -> tuple[Head, ...]:
        """The heads that the database may have."""
        return (self.confirmed,) if self.intent is None else (self.confirmed, self.intent)


EMPTY: Final = Head(0, "")
Damage = Literal["missing", "changed"]


_BYTES: Final = 512
"""Length of the file: one sector, which a disk writes as a whole or not at all."""
_sync: Final = getattr(os, "fdatasync", os.fsync)


class HeadFile:
    """The file; every write is one sector and is on disk before the call returns."""

    def __init__(self, path: Path, key: bytes) -> None:
        self.path = path
        self._key = key

    def read(self) -> StoredHead | Damage:
        """Return what the file says, or what is wrong with it."""
        try:
            text = self.path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return "missing"
        except (OSError, UnicodeDecodeError):
            return "changed"
        try:
            held = json.loads(text)
            body, code = held["head"], held["code"]
            stored = StoredHead(Head(**body["confirmed"]), Head(**body["intent"]) if body["intent"] else None)
        except (ValueError, TypeError, KeyError):
            return "changed"
        is_ours = isinstance(code, str) and text == self._text(stored)
        return stored if is_ours else "changed"

    def write(self, stored: StoredHead) -> None:
        """Write the head over the former one; raises OSError when the disk does not take it."""
        data = self._text(stored).encode("ascii")
        if not self._overwrite(data):
            self._make(data)

    def _overwrite(self, data: bytes) -> bool:
        try:
            descriptor = os.open(self.path, os.O_WRONLY)
        except FileNotFoundError:
            return False
        try:
            if os.fstat(descriptor).st_size != len(data):
                return False
            os.pwrite(descriptor, data, 0)
            _sync(descriptor)
        finally:
            os.close(descriptor)
        return True

    def _make(self, data: bytes) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = self.path.with_name(f"{self.path.name}.{os.getpid()}")
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            os.write(descriptor, data)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        unfinished.replace(self.path)
        _sync_folder(self.path.parent)

    def _text(self, stored: StoredHead) -> str:
        body = {"confirmed": _plain(stored.confirmed), "intent": _plain(stored.intent)}
        signed = json.dumps(["audit_head", body], sort_keys=True).encode("utf-8")
        code = hmac.digest(self._key, signed, hashlib.sha256).hex()
        return json.dumps({"code": code, "head": body}, sort_keys=True).ljust(_BYTES - 1) + "\n"


def _plain(head: Head | None) -> dict[str, Any] | None:
    return None if head is None else {"entries": head.entries, "hash": head.hash}


def _sync_folder(folder: Path) -> None:
    """Put the new name on disk too; some file systems know no such call and need none."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):
            os.fsync(descriptor)
    finally:
        os.close(descriptor)
