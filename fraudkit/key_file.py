"""Secrets that lie in files outside the database: made at first use, readable by their owner only."""

from __future__ import annotations

import os
import secrets
import stat
from pathlib import Path
from typing import Final

from fraudkit.errors import InvalidInputError
from fraudkit.words import N_

KEY_BYTES: Final = 32


def load(path: Path, without_it: str) -> bytes:
    """Return the key in a file; it is made, with access for its owner only, at first use.

    Parameters
    ----------
    path
        The file: the key as hexadecimal digits.
    without_it
        The hint for a damaged file, a marked sentence: what another key would mean.

    Raises
    ------
    InvalidInputError
        When the file is no key, or everybody may read it.
    """
    if not path.exists():
        _make(path)
    if stat.S_IMODE(path.stat().st_mode) & stat.S_IRWXO:
        raise InvalidInputError(
            N_("The key file {file} can be read by everybody."),
            N_("Take the access of others away (chmod 600)."),
            file=path.name,
        )
    try:
        key = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise InvalidInputError(N_("The file {file} is not a key."), without_it, file=path.name)
    return key


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as stream:
        stream.write(secrets.token_hex(KEY_BYTES) + "\n")
        stream.flush()
        os.fsync(stream.fileno())
    try:
        os.link(unfinished, path)  # fails when another process was first: its key counts
    except FileExistsError:
        pass
    finally:
        unfinished.unlink()
