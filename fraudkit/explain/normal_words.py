"""What would look normal, in words."""

from __future__ import annotations

import math
from typing import Final

from fraudkit.explain.facts import HistoryFacts
from fraudkit.explain.formats import Formats
from fraudkit.explain.normal import Lever, Normality, Origin, Swap
from fraudkit.explain.values import feature_value
from fraudkit.features.catalog import FEATURE_BY_NAME
from fraudkit.words import N_

ORIGINS: Final[dict[Origin, str]] = {
    "own": N_("from the own history"),
    "training": N_("usual in the training data"),
}


def conclusion(normality: Normality, facts: HistoryFacts, base_currency: str, formats: Formats) -> str:
    """Return one or two sentences; an empty text when nothing can be said."""
    if normality.is_below:
        return formats.words(N_("It stands below the line of the last ranking as it is."))
    if normality.best is not None:
        return _enough(normality, normality.best, facts, base_currency, formats)
    if normality.together is None:
        return ""
    changes = _changes(normality.together, facts, base_currency, formats)
    if normality.line is None or math.isnan(normality.together_severity):
        return formats.words(N_("Usual would be: {changes}."), changes=changes)
    return formats.words(
        N_("Not even with {changes} would it have stayed below the line; it would stand at {severity}."),
        changes=changes,
        severity=formats.percentile(normality.together_severity),
    )


def label(lever: Lever, formats: Formats) -> str:
    """Return what a lever is called."""
    return formats.words(FEATURE_BY_NAME[lever.name].label)


def value(lever: Lever, number: float, facts: HistoryFacts, base_currency: str, formats: Formats) -> str:
    """Return a value of a lever as the reader writes it; the amount in the transaction's own currency."""
    if lever.name == "amount" and lever.origin == "own":
        return formats.amount(number, facts.currency)
    return feature_value(FEATURE_BY_NAME[lever.name].unit, number, base_currency, formats)


def _enough(
    normality: Normality, best: Swap, facts: HistoryFacts, base_currency: str, formats: Formats
) -> str:
    stands = ""
    if not math.isnan(normality.best_severity):
        stands = " " + formats.words(
            N_("It would then stand at {severity}."), severity=formats.percentile(normality.best_severity)
        )
    if normality.reach is None:
        changes = _changes(best, facts, base_currency, formats)
        return (
            formats.words(N_("With {changes} it would have stayed below the line."), changes=changes) + stands
        )
    lever = best.levers[0]
    text = (
        N_("{feature}: up to {reach} it would have stayed below the line (usual {usual}, here {actual}).")
        if lever.actual > lever.usual
        else N_(
            "{feature}: from {reach} on it would have stayed below the line (usual {usual}, here {actual})."
        )
    )
    return formats.words(
        text,
        feature=label(lever, formats),
        reach=value(lever, normality.reach, facts, base_currency, formats),
        usual=value(lever, lever.usual, facts, base_currency, formats),
        actual=value(lever, lever.actual, facts, base_currency, formats),
    )


def _changes(swap: Swap, facts: HistoryFacts, base_currency: str, formats: Formats) -> str:
    changes = [
        formats.words(
            N_("“{feature}” {usual} instead of {actual}"),
            feature=label(lever, formats),
            usual=value(lever, lever.usual, facts, base_currency, formats),
            actual=value(lever, lever.actual, facts, base_currency, formats),
        )
        for lever in swap.levers
    ]
    if len(changes) == 1:
        return changes[0]
    return formats.words(N_("{first} and {last}"), first=", ".join(changes[:-1]), last=changes[-1])
