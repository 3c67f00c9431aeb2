from __future__ import annotations

import pytest

from fraudkit.errors import FraudkitError, InvalidInputError
from fraudkit.taxonomy import FRAUD_SUBTYPES, FRAUD_TYPES, REASONS_BY_VERDICT, reason_of
from fraudkit.words import language_of


@pytest.mark.parametrize(
    ("locale", "expected"),
    [("es-PE", "es"), ("en_US", "en"), ("EN", "en"), ("de-DE", "es"), (None, "es"), ("", "es")],
)
def test_language_of_a_browser(locale: str | None, expected: str) -> None:
    assert language_of(locale) == expected


def test_error_fills_its_gaps_and_leaves_braces_of_values_alone() -> None:
    error = FraudkitError("There is no transaction “{name}”.", "Check “{name}”.", name="{0.__class__}")
    assert error.message == "There is no transaction “{0.__class__}”."
    assert str(error) == error.message
    assert error.hint == "Check “{0.__class__}”."


def test_no_list_is_longer_than_the_digit_keys() -> None:
    assert all(len(terms) <= 9 for terms in REASONS_BY_VERDICT.values())


def test_second_level_types_belong_to_a_first_level_type() -> None:
    assert {term.parent for term in FRAUD_SUBTYPES} <= {term.code for term in FRAUD_TYPES}


def test_reason_of_another_verdict_is_refused_with_the_list() -> None:
    assert reason_of("genuine", "travel").label == "Travel"
    with pytest.raises(InvalidInputError) as caught:
        reason_of("undetermined", "travel")
    assert "insufficient_data" in caught.value.hint
