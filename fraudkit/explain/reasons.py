"""Reasons in words: facts from the data, chosen by evidence, with the customer's own numbers beside them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from fraudkit.explain.comparisons import Theme, Transaction, compare
from fraudkit.explain.facts import HistoryFacts
from fraudkit.explain.formats import Formats
from fraudkit.explain.values import feature_value
from fraudkit.features.spec import FeatureSpec, Group, Unit, Window
from fraudkit.words import N_

FEWEST: Final = 2
MOST: Final = 4
COVERED: Final = 0.7
"""Reasons are added until they carry this share of all evidence that raises the score."""
NEAR_TIE: Final = 0.1
"""Two reasons whose evidence differs by less than this share are not ranked against each other."""

_THEME_BY_GROUP: Final[dict[Group, Theme]] = {
    "amount": "amount",
    "velocity": "activity",
    "habit": "hour",
    "balance": "balance",
    "counterparty": "counterparty",
}
_THEME_BY_FEATURE: Final[dict[str, Theme]] = {
    "new_merchant": "merchant",
    "new_device": "device",
    "new_counterparty": "counterparty",
}
_AMOUNT_MEASURES: Final = frozenset({"sum", "mean", "deviation"})


class Evidence(Protocol):
    """One feature's share in a score."""

    @property
    def feature(self) -> str:
        """Name of the feature."""

    @property
    def value(self) -> float:
        """Its value; NaN when missing."""

    @property
    def evidence(self) -> float:
        """Signed evidence; positive raises suspicion."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason as the reader sees it.

    Parameters
    ----------
    feature
        Stable code: the feature's name.
    sentence
        What is unusual.
    comparison
        The customer's own numbers; empty when there are none.
    evidence
        How much it raised the score.
    """

    feature: str
    sentence: str
    comparison: str
    evidence: float


@dataclass(frozen=True, slots=True)
class Subject:
    """What reasons are given about.

    Parameters
    ----------
    transaction
        The transaction as stored.
    facts
        The customer's own numbers.
    gaps
        What fills the gaps of the sentences, by feature: `amount` (magnitude in base currency, None
        where no rate is known) and its inputs; amounts in base currency.
    base_currency
        The base currency.
    typical
        Usual value of each feature, to tell high from low.
    """

    transaction: Transaction
    facts: HistoryFacts
    gaps: Mapping[str, Mapping[str, float | None]]
    base_currency: str
    typical: Mapping[str, float]


def strongest(contributions: Iterable[Evidence], fewest: int = FEWEST, most: int = MOST) -> list[Evidence]:
    """Return the features that raised the score most, until they carry `COVERED` of what raised it."""
    raising = sorted(
        (found for found in contributions if found.evidence > 0), key=lambda found: -found.evidence
    )
    total = math.fsum(found.evidence for found in raising)
    chosen: list[Evidence] = []
    for found in raising[:most]:
        carried = math.fsum(each.evidence for each in chosen)
        if len(chosen) >= fewest and carried >= COVERED * total:
            break
        chosen.append(found)
    return chosen


def reasons(
    contributions: Iterable[Evidence],
    features: Mapping[str, FeatureSpec],
    subject: Subject,
    formats: Formats,
) -> list[Reason]:
    """Return two to four reasons, strongest first; a comparison is said once, at its strongest reason."""
    said: set[str] = set()
    found: list[Reason] = []
    for each in strongest(contributions):
        feature = features[each.feature]
        comparison = _comparison(feature, subject, formats)
        found.append(
            Reason(
                each.feature,
                reason_sentence(feature, each.value, subject, formats),
                "" if comparison in said else comparison,
                each.evidence,
            )
        )
        said.add(comparison)
    return found


def reason_sentence(feature: FeatureSpec, value: float, subject: Subject, formats: Formats) -> str:
    """Return what is unusual about one value, in one sentence with a full stop."""
    if math.isnan(value):
        return formats.words(
            N_("{feature}: not known for this transaction."), feature=formats.words(feature.label)
        )
    high = value > subject.typical.get(feature.name, -math.inf)
    sentence = formats.words(feature.reason_high if high else feature.reason_low)
    return sentence.format(**_gaps(feature, value, subject, formats)).rstrip(".") + "."


def near_tie(found: Sequence[Reason]) -> bool:
    """Return whether the order of the first two reasons means nothing."""
    if len(found) < FEWEST:
        return False
    return found[0].evidence - found[1].evidence < NEAR_TIE * found[0].evidence


def _comparison(feature: FeatureSpec, subject: Subject, formats: Formats) -> str:
    theme = _THEME_BY_FEATURE.get(feature.name) or _THEME_BY_GROUP.get(feature.group)
    return compare(theme, subject.facts, subject.transaction, formats) if theme else ""


def _gaps(feature: FeatureSpec, value: float, subject: Subject, formats: Formats) -> dict[str, str]:
    """Return what fills the gaps of a feature's sentences, as the reader writes it."""
    own = formats.amount(subject.facts.amount, subject.facts.currency)
    known = subject.gaps.get(feature.name, {})
    in_base = known.get("amount")
    gaps = {
        "value": feature_value(feature.unit, value, subject.base_currency, formats),
        "amount": own if in_base is None else formats.amount(in_base, subject.base_currency),
    }
    for gap, window in feature.inputs.items():
        number = known.get(gap)
        shown = math.nan if number is None else number
        gaps[gap] = feature_value(_unit(window), shown, subject.base_currency, formats)
    return gaps


def _unit(window: Window) -> Unit:
    if window.measure in _AMOUNT_MEASURES:
        return "amount"
    if window.measure == "hours_since_last":
        return "hours"
    return "share" if window.measure == "fraud_share" else "count"
