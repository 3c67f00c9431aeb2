"""Which leading digits and lengths payment cards have, and the check digit of ISO/IEC 7812-1 (Luhn)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

SHORTEST: Final = 13
LONGEST: Final = 19
PREFIX_DIGITS: Final = 6
_ZERO: Final = ord("0")
_LARGEST_DIGIT: Final = 9


@dataclass(frozen=True, slots=True)
class IssuerRange:
    """One block of issuer identification numbers.

    Parameters
    ----------
    name
        The network.
    first, last
        First six digits, both ends included.
    lengths
        How many digits its numbers have.
    """

    name: str
    first: int
    last: int
    lengths: tuple[int, ...]


def _ranges(name: str, prefixes: str, lengths: str) -> tuple[IssuerRange, ...]:
    """Read `"51-55 2221-2720"` and `"16"` or `"16-19"`, as the networks publish them."""
    shortest, _, longest = lengths.partition("-")
    allowed = tuple(range(int(shortest), int(longest or shortest) + 1))
    found = []
    for block in prefixes.split():
        first, _, last = block.partition("-")
        found.append(
            IssuerRange(
                name, int(first.ljust(PREFIX_DIGITS, "0")), int((last or first).ljust(6, "9")), allowed
            )
        )
    return tuple(found)


ISSUER_RANGES: Final[tuple[IssuerRange, ...]] = (
    *_ranges("Visa", "4", "13"),
    *_ranges("Visa", "4", "16"),
    *_ranges("Visa", "4", "19"),
    *_ranges("Mastercard", "51-55 2221-2720", "16"),
    *_ranges("American Express", "34 37", "15"),
    *_ranges("Diners Club", "300-305 3095 36 38-39", "14-19"),
    *_ranges("Discover", "6011 644-649 65 622126-622925", "16-19"),
    *_ranges("JCB", "3528-3589", "16-19"),
    *_ranges("UnionPay", "62 81", "16-19"),
    *_ranges("Maestro", "5018 5020 5038 5893 6304 6759 6761-6763", "13-19"),
    *_ranges("Mir", "2200-2204", "16-19"),
    *_ranges("RuPay", "60 82 508", "16"),
    *_ranges("Troy", "9792", "16"),
    *_ranges("Elo", "636368 438935 504175 451416 636297 5067 4576 4011", "16"),
    *_ranges("Hipercard", "606282", "16"),
    *_ranges("Dankort", "5019", "16"),
)
"""Published ranges of the payment networks; a number outside all of them is not a card here."""


def digits_matrix(numbers: pa.Array) -> NDArray[np.uint8]:
    """Return digit strings of at most 19 digits as a matrix (n, 19), filled with zeros at the left.

    Leading zeros change neither the check sum nor its order, because it is counted from the right.
    """
    padded = pc.utf8_lpad(numbers.cast(pa.string()), LONGEST, "0")
    text = pa.concat_arrays([padded]).buffers()[2]
    flat = (
        np.frombuffer(text, dtype=np.uint8, count=len(numbers) * LONGEST)
        if len(numbers)
        else np.empty(0, np.uint8)
    )
    return (flat - _ZERO).astype(np.uint8).reshape(-1, LONGEST)


def passes_luhn(digits: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Return which rows of a matrix of digits have a right check digit.

    Every second digit from the right is doubled, nine is taken off above nine, and the sum must be a
    multiple of ten (ISO/IEC 7812-1, annex B).
    """
    weighted = digits.astype(np.int16)
    weighted[:, -2::-2] *= 2
    weighted[weighted > _LARGEST_DIGIT] -= _LARGEST_DIGIT
    return np.asarray(weighted.sum(axis=1) % 10 == 0)


def has_issuer(numbers: pa.Array) -> NDArray[np.bool_]:
    """Return which strings of 13 to 19 digits begin and are as long as some network's cards."""
    prefixes = pc.utf8_slice_codeunits(numbers, 0, PREFIX_DIGITS).cast(pa.int32())
    lengths = pc.binary_length(numbers).to_numpy(zero_copy_only=False)
    allowed = _allowed_lengths()[prefixes.to_numpy(zero_copy_only=False)]
    return np.asarray(allowed >> (lengths - SHORTEST) & 1, dtype=np.bool_)


def is_issued(number: str) -> bool:
    """Return whether one string of digits begins and is as long as some network's cards."""
    if not SHORTEST <= len(number) <= LONGEST:
        return False
    return bool(_allowed_lengths()[int(number[:PREFIX_DIGITS])] >> (len(number) - SHORTEST) & 1)


def is_card(number: str) -> bool:
    """Return whether one string of digits is a card number: length, issuer and check digit."""
    if not is_issued(number):
        return False
    plain = sum(map(int, number[::-2]))
    doubled = sum(int("0246813579"[int(digit)]) for digit in number[-2::-2])
    return (plain + doubled) % 10 == 0


@cache
def _allowed_lengths() -> NDArray[np.uint8]:
    """Return, for every six leading digits, which lengths are cards: bit 0 is 13 digits, bit 6 is 19."""
    allowed = np.zeros(10**PREFIX_DIGITS, dtype=np.uint8)
    for issuer in ISSUER_RANGES:
        for length in issuer.lengths:
            if length >= SHORTEST:
                allowed[issuer.first : issuer.last + 1] |= 1 << (length - SHORTEST)
    return allowed
