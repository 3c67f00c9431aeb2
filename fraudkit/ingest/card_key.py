"""The secret under which card numbers are hashed: a file outside the database, readable by its owner."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import stat
from pathlib import Path
from typing import Final

from fraudkit.errors import InvalidInputError
from fraudkit.words import N_

KEY_BYTES: Final = 32
HASH_LETTERS: Final = 16
LETTERS: Final = str.maketrans("0123456789abcdef", "ghijklmnopabcdef")


def load_key(path: Path) -> bytes:
    """Return the key; it is made, with access for its owner only, at first use.

    Raises
    ------
    InvalidInputError
        When the file is no key, or everybody may read it.
    """
    if not path.exists():
        _make(path)
    if stat.S_IMODE(path.stat().st_mode) & stat.S_IRWXO:
        raise InvalidInputError(
            N_("The key for card numbers, {file}, can be read by everybody."),
            N_("Take the access of others away (chmod 600)."),
            file=path.name,
        )
    try:
        key = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise InvalidInputError(
            N_("The file {file} is not a key for card numbers."),
            N_("Restore it from its backup; with another key the same card gets another name."),
            file=path.name,
        )
    return key


def card_token(number: str, key: bytes) -> str:
    """Return what is kept of a card number: its last four digits and a keyed hash.

    The hash is the first 64 bits of HMAC-SHA256, written in letters only so that no row of digits can
    come out of it; among ten million cards two collide with a probability of 3 in a million.
    """
    digest = hmac.new(key, number.encode("ascii"), hashlib.sha256).hexdigest()
    return f"card-{number[-4:]}-{digest[:HASH_LETTERS].translate(LETTERS)}"


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
