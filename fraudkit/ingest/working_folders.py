"""Folders for files as they came, whole card numbers included: gone after use, also of a killed process.

Every folder holds a file that its owner keeps locked. The lock dies with the process, so whoever finds it
free may remove the folder: that is done whenever a portfolio is opened.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

PREFIX: Final = "working-"
_LOCK: Final = ".owner"
_UNLOCKED_SECONDS: Final = 60
"""A folder without a lock is so young at most while its owner is about to lock it."""


class WorkingFolder:
    """A folder for the server's user alone; removed when asked, when forgotten, when the process ends.

    Parameters
    ----------
    parent
        Where it is made.
    """

    def __init__(self, parent: Path) -> None:
        parent.mkdir(parents=True, exist_ok=True)
        self.path = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))
        descriptor = os.open(self.path / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        self._finish = weakref.finalize(self, _remove, self.path, descriptor)

    @property
    def is_gone(self) -> bool:
        """Whether it was removed."""
        return not self._finish.alive

    def remove(self) -> None:
        """Remove it with all that is in it; once."""
        self._finish()


@contextmanager
def working_folder(parent: Path) -> Iterator[Path]:
    """Lend a folder; it is removed afterwards."""
    folder = WorkingFolder(parent)
    try:
        yield folder.path
    finally:
        folder.remove()


def remove_abandoned(parent: Path) -> int:
    """Remove the folders whose owner is gone and return how many there were."""
    found = sorted(parent.glob(f"{PREFIX}*")) if parent.is_dir() else []
    return sum(_remove_abandoned(folder) for folder in found if folder.is_dir())


def _remove_abandoned(folder: Path) -> bool:
    try:
        descriptor = os.open(folder / _LOCK, os.O_RDWR)
    except OSError:
        if time.time() - folder.stat().st_mtime < _UNLOCKED_SECONDS:
            return False
        shutil.rmtree(folder, ignore_errors=True)
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        return False
    _remove(folder, descriptor)
    return True


def _remove(folder: Path, descriptor: int) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    os.close(descriptor)
