"""Every declaration is complete, speaks both languages and stands in the documentation."""

from __future__ import annotations

import string

import pytest

from fraudkit.config import PROJECT_ROOT
from fraudkit.errors import ModelError
from fraudkit.features import DEFAULT_FEATURES, FEATURES, FeatureSpec, features_named
from fraudkit.features.document import features_page
from fraudkit.schema import COLUMN_BY_NAME
from fraudkit.words import translate


def gaps(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("spec", FEATURES, ids=lambda spec: spec.name)
class TestDeclaration:
    def test_reasons_use_only_gaps_that_are_filled(self, spec: FeatureSpec) -> None:
        filled = {"value", "amount", *spec.inputs}
        assert gaps(spec.reason_high) | gaps(spec.reason_low) <= filled

    def test_the_formula_uses_only_its_inputs(self, spec: FeatureSpec) -> None:
        assert gaps(spec.formula) <= {"amount", *spec.inputs}

    def test_it_needs_columns_that_exist(self, spec: FeatureSpec) -> None:
        assert {column for group in spec.needs for column in group} <= COLUMN_BY_NAME.keys()

    def test_the_amount_is_needed_by_what_reads_it(self, spec: FeatureSpec) -> None:
        if "{amount}" in spec.formula and not spec.inputs:
            assert ("transaction_amount",) in spec.needs

    def test_it_speaks_spanish(self, spec: FeatureSpec) -> None:
        for text in (spec.label, spec.reason_high, spec.reason_low, spec.meaning):
            spanish = translate(text, "es")
            assert spanish != text, text
            assert gaps(spanish) == gaps(text)


def test_names_are_unique() -> None:
    assert len({spec.name for spec in FEATURES}) == len(FEATURES)


def test_the_default_set_is_about_fifteen_of_them() -> None:
    assert 12 <= len(DEFAULT_FEATURES) <= 18
    assert len(features_named(DEFAULT_FEATURES)) == len(DEFAULT_FEATURES)


def test_a_feature_of_another_version_is_refused() -> None:
    with pytest.raises(ModelError, match="moon_phase"):
        features_named(["amount", "moon_phase"])


def test_availability_takes_any_column_of_a_group() -> None:
    ratio = features_named(["amount_ratio_90d"])[0]
    assert ratio.is_available(frozenset({"card_id"}))
    assert not ratio.is_available(frozenset({"terminal_id"}))


def test_the_page_of_features_is_the_declarations() -> None:
    assert (PROJECT_ROOT / "docs" / "features.md").read_text(encoding="utf-8") == features_page()
