"""What would look normal: usual values in the place of a transaction's own, scored by the model itself."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from fraudkit.explain.amounts import AMOUNT_FEATURES, AmountFeatures
from fraudkit.explain.normal import Lever, Normality, Swap, reach, smallest, swaps
from fraudkit.explain.past import THIN_HISTORY
from fraudkit.explain.reasons import Subject
from fraudkit.explain.usual import own_values
from fraudkit.features.catalog import FEATURE_BY_NAME
from fraudkit.features.fallback import FALLBACK_FEATURES, FallbackRanking
from fraudkit.services.history import History, line_score
from fraudkit.services.scoring import TransactionExplanation, active_model
from fraudkit.services.workbench import Workbench
from fraudkit.store import rankings

RISK_FEATURES: Final = ("terminal_risk_24h", "terminal_risk_7d", "terminal_risk_30d")
"""They speak of the same frauds, so they are thought otherwise together."""
SINGLES: Final = 3
_SCALED: Final = frozenset({"count", "hours"})
"""Units along which "up to" and "from" say something to a person."""
_NOTHING: Final = Normality(None, False, None, math.nan, None, (), None, math.nan)


@dataclass(frozen=True, eq=False)
class _Model:
    """What scores, whichever ranking is in force."""

    names: tuple[str, ...]
    score: Callable[[NDArray[np.float32]], NDArray[np.float64]]
    severity: Callable[[float], float]
    thresholds: Callable[[str], NDArray[np.float64]] | None


def normality(
    workbench: Workbench, explanation: TransactionExplanation, subject: Subject, past: History
) -> Normality:
    """Return what would look normal about an explained transaction.

    Parameters
    ----------
    workbench
        The open workbench.
    explanation
        Of the transaction, by the active model.
    subject
        The transaction with its numbers.
    past
        Its entity's history.
    """
    line = line_score(workbench)
    if line is not None and explanation.score < line:
        return Normality(line, True, None, math.nan, None, (), None, math.nan)
    model = _model(workbench, explanation)
    row = {part.feature: part.value for part in explanation.contributions}
    amounts = _amount_features(row, subject, past)
    levers = _levers(explanation, subject, past, amounts)
    found = swaps(row, levers, model.names, model.score, line)
    if not found:
        return _NOTHING if line is None else Normality(line, False, None, math.nan, None, (), None, math.nan)
    best, together = smallest(found), found[-1]
    single = best.levers[0] if best is not None and len(best.levers) == 1 else None
    return Normality(
        line,
        False,
        best,
        math.nan if best is None else model.severity(best.score),
        None if single is None or line is None else _reach(single, row, model, amounts, line),
        tuple((swap, model.severity(swap.score)) for swap in found if len(swap.levers) == 1)[:SINGLES],
        together,
        model.severity(together.score),
    )


def _model(workbench: Workbench, explanation: TransactionExplanation) -> _Model:
    model = active_model(workbench)
    with workbench.database.read() as cursor:
        run = rankings.last_run(cursor)
    if explanation.is_fallback and run is not None:
        fallback = FallbackRanking.from_json(run["report"]["fallback"])
        return _Model(
            FALLBACK_FEATURES, lambda X: fallback.score(X, FALLBACK_FEATURES), lambda _score: math.nan, None
        )
    missing: Sequence[str] = run["report"]["fit"]["missing"] if run is not None else ()
    arrays, names = model.learned.arrays, model.manifest.features
    split = arrays.column % arrays.n_features

    def thresholds(name: str) -> NDArray[np.float64]:
        chosen = (split == names.index(name)) & ~arrays.is_leaf
        return np.unique(arrays.threshold[chosen]).astype(np.float64)

    return _Model(
        names,
        model.learned.score,
        lambda score: float(model.severity(np.array([score]), missing)[0]),
        thresholds,
    )


def _amount_features(row: Mapping[str, float], subject: Subject, past: History) -> AmountFeatures:
    place, transaction = past.past.place, subject.transaction
    before = transaction["account_balance_before"]
    return AmountFeatures(
        names=tuple(name for name in AMOUNT_FEATURES if not math.isnan(row.get(name, math.nan))),
        rate=float(past.past.base[place] / past.past.amount[place]) if past.past.amount[place] else math.nan,
        direction=int(past.past.direction[place]),
        balance_before=math.nan if before is None else float(before),
        knows_balance_after=transaction["account_balance_after"] is not None,
        inputs=subject.gaps,
    )


def _levers(
    explanation: TransactionExplanation, subject: Subject, past: History, amounts: AmountFeatures
) -> list[Lever]:
    """Return what raised the score and has a usual value, the strongest first."""
    evidence = {part.feature: part.evidence for part in explanation.contributions}
    row = {part.feature: part.value for part in explanation.contributions}
    own = own_values(past.past, past.facts, past.pace)
    found: list[tuple[float, Lever]] = []
    groups = [amounts.names, tuple(name for name in RISK_FEATURES if name in evidence)]
    groups += [(name,) for name in evidence if not any(name in group for group in groups)]
    for group in groups:
        weight = sum(evidence[name] for name in group)
        if weight > 0:
            lever = (
                _amount_lever(row, subject, past, amounts)
                if group is amounts.names
                else _feature_lever(group, row, own, subject.typical)
            )
            if lever is not None and any(row[name] != value for name, value in lever.values.items()):
                found.append((weight, lever))
    return [lever for _, lever in sorted(found, key=lambda pair: -pair[0])]


def _amount_lever(
    row: Mapping[str, float], subject: Subject, past: History, amounts: AmountFeatures
) -> Lever | None:
    facts = past.facts
    if facts.median_amount is not None and facts.comparable_payments >= THIN_HISTORY:
        at = amounts.at(np.array([facts.median_amount]))
        values = {name: float(value[0]) for name, value in at.items()}
        if not any(math.isnan(value) for value in values.values()):
            return Lever("amount", values, "own", facts.median_amount, facts.amount)
    return _feature_lever(amounts.names, row, {}, subject.typical)


def _feature_lever(
    group: Sequence[str], row: Mapping[str, float], own: Mapping[str, float], typical: Mapping[str, float]
) -> Lever | None:
    known = [name for name in group if not math.isnan(row[name]) and (name in own or name in typical)]
    if not known:
        return None
    values = {name: own.get(name, typical.get(name, math.nan)) for name in known}
    name = max(known, key=lambda each: abs(row[each] - values[each]))
    return Lever(name, values, "own" if name in own else "training", values[name], row[name])


def _reach(
    lever: Lever, row: Mapping[str, float], model: _Model, amounts: AmountFeatures, line: float
) -> float | None:
    """Return how far a lever may go and stay below the line; money to the cent, verified by its own score."""
    if model.thresholds is None:
        return None
    if lever.name == "amount" and lever.origin == "own":
        thresholds = {name: model.thresholds(name) for name in amounts.names}
        crossings = amounts.crossings(thresholds, lever.usual, lever.actual)
        if crossings is None:
            return None
        found = reach(lever, row, model.names, amounts.at, crossings, model.score, line)
        return None if found is None else _to_the_cent(found, lever, row, model, amounts, line)
    if FEATURE_BY_NAME[lever.name].unit not in _SCALED or len(lever.values) != 1:
        return None
    name = lever.name
    found = reach(lever, row, model.names, lambda u: {name: u}, model.thresholds(name), model.score, line)
    return _whole(found, lever) if FEATURE_BY_NAME[name].unit == "count" else found


def _whole(found: float | None, lever: Lever) -> float | None:
    """Return a count as one; None when it says no more than the usual value does."""
    if found is None:
        return None
    count = math.floor(found) if lever.actual > lever.usual else math.floor(found) + 1
    return None if count in (lever.usual, lever.actual) else float(count)


def _to_the_cent(
    found: float, lever: Lever, row: Mapping[str, float], model: _Model, amounts: AmountFeatures, line: float
) -> float | None:
    """Round towards the usual amount until the rounded amount itself stays below the line."""
    step = -0.01 if lever.actual > lever.usual else 0.01
    cents = math.floor(found * 100) if step < 0 else math.ceil(found * 100)
    for tried in (cents / 100, cents / 100 + step):
        values = {name: float(value[0]) for name, value in amounts.at(np.array([tried])).items()}
        swap: list[Swap] = swaps(
            row, [Lever("amount", values, "own", tried, lever.actual)], model.names, model.score, line
        )
        if swap[0].is_below:
            return round(tried, 2)
    return None
