"""Card numbers recognised on the way in, and replaced by last four digits and a keyed hash.

One in ten numbers passes Luhn by chance, so a structured column is judged as a whole: its card-like values
must pass far more often than chance would have it. In free text every match counts by itself.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from fraudkit.ingest.card_key import card_token
from fraudkit.ingest.issuers import (
    LONGEST,
    SHORTEST,
    digits_matrix,
    has_issuer,
    is_card,
    is_issued,
    passes_luhn,
)

Finding = Literal["none", "cards", "some_cards"]

CHANCE: Final = 0.1
CERTAIN_SHARE: Final = 0.6
SLACK: Final = 0.02
STANDARD_ERRORS: Final = 5.0
JUDGED_SAMPLE: Final = 20_000
EXACT_WHOLE_FLOATS: Final = 2.0**53
SHORTEST_IN_A_COLUMN_OF_CARDS: Final = 8

_SEPARATORS: Final = r"[ \x{00a0}._\-\x{2010}-\x{2013}]"
_SUSPECT: Final = rf"[0-9](?:{_SEPARATORS}{{0,2}}[0-9]){{{SHORTEST - 1}}}"
_WHOLE: Final = (
    rf"^\s*(?:[0-9]{{{SHORTEST},{LONGEST}}}(?:[.,]0+)?|[0-9]{{2,7}}(?:{_SEPARATORS}[0-9]{{2,7}})+)\s*$"
)
_TRAILING_ZEROS: Final = rf"^(\s*[0-9]{{{SHORTEST},{LONGEST}}})[.,]0+\s*$"
_SHORT: Final = r"^\s*([0-9]{8,12})(?:[.,]0+)?\s*$"
_NOT_A_DIGIT: Final = "[^0-9]+"
_SCIENTIFIC: Final = re.compile(r"^\s*([0-9])(?:[.,]([0-9]+))?[eE]\+?([0-9]{2})\s*$")
_GAP: Final = "[ \u00a0._\\-\u2010-\u2013]{1,2}"
_RUN: Final = re.compile(rf"[0-9]+(?:{_GAP}[0-9]+)*")
_DIGITS: Final = re.compile(r"[0-9]+")
_TRACK: Final = re.compile(r"(?:[=D]|\^[^^]{2,26}\^)[0-9]{7,}\??")


@dataclass(frozen=True, slots=True)
class ProtectedColumn:
    """A column without whole card numbers.

    Parameters
    ----------
    values
        The column as text; the very same array when nothing was found.
    finding
        `cards` when the column holds card numbers, `some_cards` when a few are among other values.
    masked
        Rows in which a card number was replaced.
    damaged
        Which rows hold a number that lost digits to scientific notation, or None when no row does.
        Such a value identifies nobody.
    """

    values: pa.Array | pa.ChunkedArray
    finding: Finding = "none"
    masked: int = 0
    damaged: pa.Array | None = None

    @property
    def damaged_count(self) -> int:
        """How many rows hold a damaged number."""
        return 0 if self.damaged is None else int(pc.sum(self.damaged).as_py() or 0)


def mask_text(text: str, key: bytes) -> str:
    """Return a text with every card number in it replaced: notes, file names, raw rejected rows."""
    parts, done = [], 0
    for start, end, number in card_spans(text):
        parts += [text[done:start], card_token(number, key)]
        track = _TRACK.match(text, end)  # what follows on a magnetic stripe must not be kept at all
        done = track.end() if track else end
    return "".join([*parts, text[done:]]) if parts else text


def mask_column(texts: pa.Array | pa.ChunkedArray, key: bytes) -> pa.Array | pa.ChunkedArray:
    """Return free texts with every card number in them replaced; each match counts by itself."""
    suspects = texts.filter(pc.match_substring_regex(texts, _SUSPECT)).unique()
    masked = _masked(suspects, key)
    if not masked:
        return texts
    places = pc.index_in(texts, value_set=pa.array(list(masked), texts.type))
    return pc.coalesce(pa.array(list(masked.values()), texts.type).take(places), texts)


def card_spans(text: str, accepts: Callable[[str], bool] = is_card) -> Iterator[tuple[int, int, str]]:
    """Yield start, end and digits of each card number in a text, also when its digits stand in groups."""
    for run in _RUN.finditer(text):
        if run.end() - run.start() < SHORTEST:
            continue
        groups = [
            (match.start(), match.end(), match.group()) for match in _DIGITS.finditer(text, *run.span())
        ]
        first = 0
        while first < len(groups):
            last, number = _longest_card(groups, first, accepts)
            if number:
                yield groups[first][0], groups[last][1], number
            first = last + 1


def protect_column(values: pa.Array | pa.ChunkedArray, key: bytes) -> ProtectedColumn:
    """Replace the card numbers of one column.

    Parameters
    ----------
    values
        Text, or whole numbers; other types are returned as they are.
    key
        The secret of `card_key.load_key`.
    """
    text = _as_text(values)
    if text is None or len(text) == 0:
        return ProtectedColumn(values)
    text, damaged, expanded = _read_scientific(text)
    replacements, finding = _replacements(text, key)
    if not replacements:
        return ProtectedColumn(text if expanded else values, damaged=damaged)
    found, made = pa.array(list(replacements), text.type), pa.array(list(replacements.values()), text.type)
    places = pc.index_in(text, value_set=found)
    protected = pc.coalesce(made.take(places), text)
    return ProtectedColumn(protected, finding, len(text) - places.null_count, damaged)


def _longest_card(
    groups: list[tuple[int, int, str]], first: int, accepts: Callable[[str], bool]
) -> tuple[int, str]:
    """Return the last group and the digits of the longest card that begins with a group."""
    digits, found, last = "", "", first
    for place in range(first, len(groups)):
        digits += groups[place][2]
        if len(digits) > LONGEST:
            break
        if accepts(digits):
            found, last = digits, place
    return last, found


def _as_text(values: pa.Array | pa.ChunkedArray) -> pa.Array | None:
    array = (
        pa.concat_arrays(values.chunks)
        if isinstance(values, pa.ChunkedArray) and values.num_chunks
        else values
    )
    kind = array.type
    if pa.types.is_dictionary(kind):
        return _as_text(array.dictionary_decode())
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return array
    if pa.types.is_floating(kind):
        exact = pc.and_(pc.equal(array, pc.floor(array)), pc.less(pc.abs(array), EXACT_WHOLE_FLOATS))
        whole = pc.if_else(exact, array, None).cast(pa.int64()).cast(pa.string())
        return pc.coalesce(whole, array.cast(pa.string()))
    return array.cast(pa.string()) if pa.types.is_integer(kind) else None


def _holds(text: pa.Array, *needles: bytes) -> bool:
    """Search the bytes of a whole column at once: a miss costs a millisecond per ten megabytes."""
    buffer = text.buffers()[2]
    data = buffer.to_pybytes() if buffer is not None else b""
    return any(needle in data for needle in needles)


def _read_scientific(text: pa.Array) -> tuple[pa.Array, pa.Array | None, bool]:
    """Write numbers such as 4.111111111111111E+15 out; tell those that lost digits."""
    if not _holds(text, b"e+", b"E+", b"e1", b"E1"):
        return text, None, False
    likely = pc.match_substring_regex(text, r"^\s*[0-9](?:[.,][0-9]+)?[eE]\+?1[0-9]\s*$")
    if not pc.any(likely).as_py():
        return text, None, False
    distinct = text.filter(likely).unique().to_pylist()
    whole = {value: digits for value in distinct if (digits := _written_out(value))}
    lost = pa.array([value for value in distinct if _lost_digits(value)], text.type)
    damaged = pc.fill_null(pc.is_in(text, value_set=lost), fill_value=False) if len(lost) else None
    if not whole:
        return text, damaged, False
    places = pc.index_in(text, value_set=pa.array(list(whole), text.type))
    return pc.coalesce(pa.array(list(whole.values()), text.type).take(places), text), damaged, True


def _written_out(value: str) -> str | None:
    match = _SCIENTIFIC.match(value)
    if match is None:
        return None
    digits, exponent = match[1] + (match[2] or ""), int(match[3])
    kept, rest = digits[: exponent + 1], digits[exponent + 1 :]
    right_length = SHORTEST <= exponent + 1 <= LONGEST and len(kept) == exponent + 1
    return kept if right_length and not rest.strip("0") else None


def _lost_digits(value: str) -> bool:
    match = _SCIENTIFIC.match(value)
    if match is None:
        return False
    return SHORTEST <= int(match[3]) + 1 <= LONGEST and len(match[2] or "") < int(match[3])


def _replacements(text: pa.Array, key: bytes) -> tuple[dict[str, str], Finding]:
    """Return what each value with card numbers becomes."""
    lengths = pc.binary_length(text)
    if (pc.max(lengths).as_py() or 0) < SHORTEST:
        return {}, "none"
    long = text.filter(pc.greater_equal(lengths, SHORTEST))
    plain = pc.and_(pc.ascii_is_decimal(long), pc.less_equal(pc.binary_length(long), LONGEST))
    numbers = long.filter(plain)
    found, finding = _judged_numbers(numbers, numbers, key)
    others = long.filter(pc.invert(plain))
    suspects = others.filter(pc.match_substring_regex(others, _SUSPECT)).unique()
    more, formatted = _other_replacements(suspects, key)
    if "cards" in {finding, formatted}:
        return found | more | _short_numbers(text, key), "cards"
    return found | more, "some_cards" if found or more else "none"


def _short_numbers(text: pa.Array, key: bytes) -> dict[str, str]:
    """Return what the short numbers of a column of cards become: Maestro has cards of twelve digits."""
    distinct = text.unique().drop_null()
    digits = pc.replace_substring_regex(distinct, _SHORT, r"\1")
    lengths = pc.binary_length(digits)
    short = pc.and_(pc.greater_equal(lengths, SHORTEST_IN_A_COLUMN_OF_CARDS), pc.less(lengths, SHORTEST))
    chosen = pc.and_(pc.ascii_is_decimal(digits), short)
    pairs = zip(distinct.filter(chosen).to_pylist(), digits.filter(chosen).to_pylist(), strict=True)
    return {value: card_token(number, key) for value, number in pairs}


def _other_replacements(suspects: pa.Array, key: bytes) -> tuple[dict[str, str], Finding]:
    """Return what distinct values become that hold thirteen digits among other signs."""
    if len(suspects) == 0:
        return {}, "none"
    whole = pc.match_substring_regex(suspects, _WHOLE)
    single = pc.invert(pc.match_substring_regex(suspects, r"\S\s+\S"))
    numbers = suspects.filter(whole)
    digits = pc.replace_substring_regex(numbers, _TRAILING_ZEROS, r"\1")
    digits = pc.replace_substring_regex(digits, _NOT_A_DIGIT, "")
    lengths = pc.binary_length(digits)
    fits = pc.and_(pc.greater_equal(lengths, SHORTEST), pc.less_equal(lengths, LONGEST))
    found, finding = _judged_numbers(numbers.filter(fits), digits.filter(fits), key)
    found |= _judged_tokens(suspects.filter(pc.and_(pc.invert(whole), single)), key)
    sentences = suspects.filter(pc.and_(pc.invert(whole), pc.invert(single)))
    return found | _masked(sentences, key), finding


def _judged_numbers(values: pa.Array, digits: pa.Array, key: bytes) -> tuple[dict[str, str], Finding]:
    """Judge values that are one number each; `digits` is how they read without separators."""
    issued = pa.array(has_issuer(digits)) if len(digits) else pa.array([], pa.bool_())
    share = (pc.mean(issued).as_py() or 0.0) if len(digits) else 0.0
    distinct = digits.filter(issued).unique()
    right = pa.array(passes_luhn(digits_matrix(distinct)))
    cards = distinct.filter(right)
    if not _more_than_chance(len(distinct), len(cards)):
        return {}, "none"
    all_cards = share >= CERTAIN_SHARE and len(cards) >= CERTAIN_SHARE * len(distinct)
    if values is digits:
        values = digits = cards if not all_cards else digits.unique()
    elif not all_cards:
        chosen = pc.is_in(digits, value_set=cards)
        values, digits = values.filter(chosen), digits.filter(chosen)
    pairs = dict(zip(values.to_pylist(), digits.to_pylist(), strict=True))
    tokens = {value: card_token(number, key) for value, number in pairs.items()}
    return tokens, "cards" if all_cards else "some_cards"


def _judged_tokens(values: pa.Array, key: bytes) -> dict[str, str]:
    """Judge identifiers that hold a long number among other signs, by an even sample of them."""
    step = max(1, len(values) // JUDGED_SAMPLE)
    sample = values.take(pa.array(np.arange(0, len(values), step))).to_pylist()
    possible = sum(next(card_spans(value, is_issued), None) is not None for value in sample)
    passing = sum(next(card_spans(value), None) is not None for value in sample)
    return _masked(values, key) if _more_than_chance(possible, passing) else {}


def _masked(values: pa.Array, key: bytes) -> dict[str, str]:
    masked = ((value, mask_text(value, key)) for value in values.to_pylist())
    return {value: replaced for value, replaced in masked if replaced != value}


def _more_than_chance(possible: int, passing: int) -> bool:
    """Tell whether more numbers of known issuers pass Luhn than one in ten, beyond five standard errors."""
    if possible == 0:
        return False
    spread = STANDARD_ERRORS * math.sqrt(CHANCE * (1 - CHANCE) / possible)
    return passing / possible >= min(CHANCE + SLACK + spread, CERTAIN_SHARE)
