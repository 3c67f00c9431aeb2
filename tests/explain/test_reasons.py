from __future__ import annotations

import math
from dataclasses import dataclass, replace

import pytest

from fraudkit.explain.facts import HistoryFacts
from fraudkit.explain.formats import formats_for
from fraudkit.explain.reasons import COVERED, MOST, Reason, Subject, near_tie, reasons, strongest
from fraudkit.features.catalog import FEATURE_BY_NAME

EN = formats_for("en", "en-US")
ES = formats_for("es", "es-PE")
MORNING = 1_772_704_800_000_000
DAY = 86_400_000_000


@dataclass(frozen=True)
class Part:
    feature: str
    value: float
    evidence: float


FACTS = HistoryFacts(
    entity_kind="customer",
    entity_id="CL-1",
    amount=4_200.0,
    currency="PEN",
    ts_us=MORNING,
    utc_offset_minutes=-300,
    knows_time_of_day=True,
    payments=86,
    median_amount=300.0,
    largest_amount=900.0,
    smaller_payments=86,
    comparable_payments=86,
    same_merchant=0,
    same_counterparty=None,
    same_device=12,
    in_hour=(0.0, 2.0),
    in_day=(1.0, 4.0),
    near_hour=2,
    previous_ts_us=MORNING - DAY,
    first_ts_us=MORNING - 200 * DAY,
)
SUBJECT = Subject(
    transaction={"merchant_name": "<b>Joyería</b>", "device_id": "DI-1"},
    facts=FACTS,
    gaps={"amount_ratio_90d": {"amount": 4_200.0, "value": 14.0, "count": 86.0, "typical": 300.0}},
    base_currency="PEN",
    typical={"amount_ratio_90d": 1.0, "new_merchant": 0.0},
)


def test_a_reason_is_a_fact_with_the_customers_own_numbers() -> None:
    found = reasons([Part("amount_ratio_90d", 14.0, 0.9)], FEATURE_BY_NAME, SUBJECT, EN)
    said = (found[0].sentence + " " + found[0].comparison).replace("\u00a0", " ")
    for number in ("S/ 4,200.00", "14", "86", "S/ 300.00", "S/ 900.00"):
        assert number in said
    assert found[0].sentence.endswith(".")
    assert not found[0].sentence.endswith("..")


def test_reasons_read_in_spanish() -> None:
    found = reasons([Part("new_merchant", 1.0, 0.4)], FEATURE_BY_NAME, SUBJECT, ES)
    assert found[0].comparison.startswith("Nunca antes en <b>Joyería</b> desde el")


def test_thin_history_is_said_instead_of_a_median() -> None:
    thin = replace(SUBJECT, facts=replace(FACTS, payments=3, comparable_payments=3))
    found = reasons([Part("amount_ratio_90d", 14.0, 0.9)], FEATURE_BY_NAME, thin, EN)
    assert "Too little history" in found[0].comparison
    assert "Median" not in found[0].comparison


def test_evidence_of_normality_is_never_a_reason() -> None:
    parts = [Part("amount", 10.0, -2.0), Part("new_merchant", 1.0, 0.1)]
    assert [part.feature for part in strongest(parts)] == ["new_merchant"]


@pytest.mark.parametrize("evidence", [[1.0] * 9, [5.0, 1.0, 1.0, 0.1], [0.3, 0.2], [1.0], []])
def test_two_to_four_reasons_that_carry_the_score(evidence: list[float]) -> None:
    parts = [Part(f"f{place}", 1.0, value) for place, value in enumerate(evidence)]
    chosen = strongest(parts)
    assert len(chosen) <= MOST
    assert len(chosen) >= min(2, len(parts))
    carried = math.fsum(part.evidence for part in chosen)
    assert len(chosen) in (MOST, len(parts)) or carried >= COVERED * math.fsum(evidence)


def test_a_comparison_is_said_once() -> None:
    parts = [Part("amount_ratio_90d", 14.0, 0.9), Part("amount", 4_200.0, 0.8)]
    found = reasons(parts, FEATURE_BY_NAME, SUBJECT, EN)
    assert [bool(reason.comparison) for reason in found] == [True, False]


def test_a_missing_value_is_said_as_missing() -> None:
    found = reasons([Part("balance_share", math.nan, 0.2)], FEATURE_BY_NAME, SUBJECT, EN)
    assert "not known" in found[0].sentence


def test_without_an_entity_nothing_is_compared() -> None:
    alone = replace(SUBJECT, facts=replace(FACTS, entity_kind="transaction"))
    assert reasons([Part("amount_ratio_90d", 14.0, 0.9)], FEATURE_BY_NAME, alone, EN)[0].comparison == ""


def test_hours_are_not_spoken_of_for_files_with_dates_only() -> None:
    dated = replace(SUBJECT, facts=replace(FACTS, knows_time_of_day=False))
    assert reasons([Part("hour_habit", 0.02, 0.9)], FEATURE_BY_NAME, dated, EN)[0].comparison == ""


def test_near_ties_are_told_from_clear_orders() -> None:
    def reason(evidence: float) -> Reason:
        return Reason("f", "s", "", evidence)

    assert near_tie([reason(1.0), reason(0.95)])
    assert not near_tie([reason(1.0), reason(0.5)])
    assert not near_tie([reason(1.0)])


@pytest.mark.parametrize("name", sorted(FEATURE_BY_NAME))
@pytest.mark.parametrize("formats", [EN, ES])
def test_every_feature_has_a_sentence_for_both_sides(name: str, formats: object) -> None:
    feature = FEATURE_BY_NAME[name]
    gaps = {name: {"amount": 10.0, **dict.fromkeys(feature.inputs, 3.0)}}
    for value in (0.0, 1.0):
        subject = replace(SUBJECT, gaps=gaps, typical={name: 0.5})
        found = reasons([Part(name, value, 1.0)], FEATURE_BY_NAME, subject, formats)  # type: ignore[arg-type]
        assert "{" not in found[0].sentence
