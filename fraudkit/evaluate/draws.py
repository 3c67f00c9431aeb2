"""Draws that can be proven: whether something is drawn follows from a secret key and its name alone.

The digest of a name under the key is a number that nobody without the key can foretell, and that everybody
with the key can compute again later. A larger share keeps whom a smaller one had drawn.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Final

_BYTES: Final = 8


def place(key: bytes, purpose: str, name: object) -> float:
    """Return where a name lies in [0, 1) under a key; each purpose draws by itself."""
    digest = hmac.new(key, f"{purpose}/{name}".encode(), hashlib.sha256).digest()
    return (int.from_bytes(digest[:_BYTES], "big") >> 11) / float(1 << 53)


def is_drawn(key: bytes, purpose: str, name: object, share: float) -> bool:
    """Return whether a name is among a share of all names, such as 0.1."""
    return place(key, purpose, name) < share
