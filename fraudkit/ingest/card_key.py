"""The secret under which card numbers are hashed, and the name that a card gets from it."""

from __future__ import annotations

import hashlib
import hmac
from pathlib import Path
from typing import Final

from fraudkit import key_file
from fraudkit.words import N_

HASH_LETTERS: Final = 16
LETTERS: Final = str.maketrans("0123456789abcdef", "ghijklmnopabcdef")


def load_key(path: Path) -> bytes:
    """Return the key; it is made, with access for its owner only, at first use.

    Raises
    ------
    InvalidInputError
        When the file is no key, or everybody may read it.
    """
    return key_file.load(
        path, N_("Restore it from its backup; with another key the same card gets another name.")
    )


def card_token(number: str, key: bytes) -> str:
    """Return what is kept of a card number: its last four digits and a keyed hash.

    The hash is the first 64 bits of HMAC-SHA256, written in letters only so that no row of digits can
    come out of it; among ten million cards two collide with a probability of 3 in a million.
    """
    digest = hmac.new(key, number.encode("ascii"), hashlib.sha256).hexdigest()
    return f"card-{number[-4:]}-{digest[:HASH_LETTERS].translate(LETTERS)}"
