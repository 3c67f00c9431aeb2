from __future__ import annotations

import random
import stat
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fraudkit.errors import InvalidInputError
from fraudkit.ingest.card_key import card_token, load_key
from fraudkit.ingest.card_numbers import mask_text, protect_column
from fraudkit.ingest.issuers import ISSUER_RANGES, digits_matrix, is_card, passes_luhn

KEY = b"k" * 32


def check_digit(body: str) -> str:
    return next(digit for digit in "0123456789" if sum_of(body + digit) % 10 == 0)


def sum_of(number: str) -> int:
    """Luhn's sum as the standard words it: double every second digit from the right, add their digits."""
    total = 0
    for place, digit in enumerate(reversed(number)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value // 10 + value % 10
    return total


def make_cards(count: int = 1_000) -> list[str]:
    generator = random.Random(7)  # noqa: S311 - invented numbers
    cards = []
    for _ in range(count):
        issuer = generator.choice(ISSUER_RANGES)
        prefix = str(generator.randint(issuer.first, issuer.last))
        length = generator.choice(issuer.lengths)
        body = prefix + "".join(generator.choices("0123456789", k=length - 7))
        cards.append(body + check_digit(body))
    return cards


CARDS = make_cards()
FORMS = [
    lambda card: card,
    lambda card: " ".join(card[at : at + 4] for at in range(0, len(card), 4)),
    lambda card: "-".join(card[at : at + 4] for at in range(0, len(card), 4)),
    lambda card: f"{card}.0",
    lambda card: f"{card[0]}.{card[1:]}E+{len(card) - 1}",
]


def plain_identifiers(count: int) -> list[str]:
    """Return 16-digit identifiers, none of which passes Luhn."""
    digits = np.random.default_rng(3).integers(10**15, 10**16, 2 * count).astype(str)
    wrong = ~passes_luhn(digits_matrix(pa.array(digits)))
    return digits[wrong][:count].tolist()


@given(st.text("0123456789", min_size=13, max_size=19))
def test_luhn_agrees_with_the_standard(number: str) -> None:
    expected = sum_of(number) % 10 == 0
    assert bool(passes_luhn(digits_matrix(pa.array([number])))[0]) == expected
    if is_card(number):
        assert expected


@pytest.mark.parametrize("form", FORMS)
def test_all_cards_of_a_column_are_masked(form: object) -> None:
    protected = protect_column(pa.array([form(card) for card in CARDS]), KEY)  # type: ignore[operator]
    assert protected.masked == len(CARDS)
    assert protected.values.to_pylist() == [card_token(card, KEY) for card in CARDS]


def test_cards_among_identifiers_notes_and_short_codes_are_masked() -> None:
    identifiers = [f"9{number[1:]}" for number in plain_identifiers(100_000)]
    for others in (identifiers, ["C123"] * 5_000, ["pago de luz 2024-01-01"] * 5_000, [None] * 5_000):
        values = protect_column(pa.array([*others, *CARDS]), KEY).values.to_pylist()
        assert not set(CARDS) & set(values)
        assert sum(str(value).startswith("card-") for value in values) >= len(CARDS)


def test_a_hundred_thousand_plain_identifiers_stay() -> None:
    for values in (plain_identifiers(100_000), [f"TX{number}" for number in plain_identifiers(100_000)]):
        protected = protect_column(pa.array(values), KEY)
        assert protected.finding == "none"
        assert protected.values.to_pylist() == values


@pytest.mark.parametrize(
    "values",
    [
        [str(1_700_000_000_000 + 7_919 * number) for number in range(50_000)],
        [str(4_000_000_000_000_000 + number) for number in range(50_000)],
        [f"0011-0123-{number:010d}" for number in range(50_000)],
        [str(np.datetime64("2024-01-01T00:00:00") + number).replace("T", " ") for number in range(50_000)],
        ["007", "12345678901234567890", None, ""] * 5,
    ],
    ids=["epoch milliseconds", "running numbers like Visa", "accounts", "times", "short and very long"],
)
def test_identifiers_that_pass_by_chance_stay(values: list[str | None]) -> None:
    protected = protect_column(pa.array(values), KEY)
    assert protected.masked == 0
    assert protected.values.to_pylist() == values


def test_numbers_that_are_not_text() -> None:
    whole = pa.array([int(card) for card in CARDS if len(card) == 16 and card < "9"])
    assert protect_column(whole, KEY).masked == len(whole)
    assert protect_column(whole.cast(pa.float64()), KEY).masked == len(whole)
    times = pa.array([0, 1], pa.timestamp("us"))
    assert protect_column(times, KEY).values is times


def test_damaged_numbers_are_named() -> None:
    protected = protect_column(pa.array(["4.85e+18", "4,11111E+15", "1.5", None, "4.1e+3", "7e-15"]), KEY)
    assert protected.damaged is not None
    assert protected.damaged.to_pylist() == [True, True, False, False, False, False]
    assert protected.damaged_count == 2
    assert protected.masked == 0


def test_short_numbers_in_a_column_of_cards_are_masked_too() -> None:
    protected = protect_column(pa.array([*CARDS, "577588686219", "577588686219.0", "7", None]), KEY)
    assert protected.finding == "cards"
    token = card_token("577588686219", KEY)
    assert protected.values.to_pylist()[-4:] == [token, token, "7", None]


def test_a_mistyped_number_in_a_column_of_cards_is_masked_too() -> None:
    wrong = "4111111111111112"
    assert wrong not in protect_column(pa.array([*CARDS, wrong]), KEY).values.to_pylist()


@pytest.mark.parametrize("form", [*FORMS[:3], lambda card: card.replace("", " ").strip()])
@pytest.mark.parametrize("frame", ["{}", "pagó con {}.", "a{}b", "12 {} 2024", "tarjeta={}, monto=10.00"])
def test_cards_in_text_are_masked(frame: str, form: object) -> None:
    for card in CARDS[:200]:
        masked = mask_text(frame.format(form(card)), KEY)  # type: ignore[operator]
        assert card not in "".join(sign for sign in masked if sign.isdigit())
        assert masked == mask_text(masked, KEY)


def test_the_track_of_a_card_is_not_kept() -> None:
    masked = mask_text(
        "%B4111111111111111^PEREZ/ANA^25121010000012300000? ;4111111111111111=25121010000012?", KEY
    )
    assert "2512101" not in masked
    assert "4111111111111111" not in masked


def test_text_without_cards_is_untouched() -> None:
    for text in ["", "nota 2024-01-01 10:00", "DNI 12345678", "cuenta 00110123450200012345", "9" * 100_000]:
        assert mask_text(text, KEY) is text


def test_same_card_same_token_whatever_its_form() -> None:
    tokens = protect_column(pa.array(["4111 1111 1111 1111", "4111-1111-1111-1111"]), KEY).values.to_pylist()
    assert tokens == [card_token("4111111111111111", KEY)] * 2
    assert tokens[0] != card_token("4111111111111111", b"l" * 32)


def test_key_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "secrets" / "card.key"
    key = load_key(path)
    assert load_key(path) == key
    assert len(key) == 32
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["card.key"]


def test_key_that_everybody_reads_or_that_is_none_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "card.key"
    load_key(path)
    path.chmod(0o644)
    with pytest.raises(InvalidInputError, match="read by everybody"):
        load_key(path)
    path.write_text("abc")
    path.chmod(0o600)
    with pytest.raises(InvalidInputError, match="not a key"):
        load_key(path)
