"""The quality of a batch: what is missing, constant, far out or impossible, and what moved since the last.

Figures are exact counts over the batch; medians, deciles and shares come from an even sample of its rows.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from fraudkit.evaluate.drift import FeatureBins, population_stability_index
from fraudkit.features.catalog import DEFAULT_FEATURES, features_named
from fraudkit.features.spec import KNOWN_FRAUD
from fraudkit.ingest.missing import Handling
from fraudkit.schema import COLUMN_BY_NAME
from fraudkit.store import quality as stored
from fraudkit.store.database import Cursor
from fraudkit.store.transactions import VALUE_COLUMNS

SAMPLE_ROWS: Final = 20_000
MOST_CATEGORIES: Final = 50
LEAST_COMPARED: Final = 100
"""Below so many rows a population stability index is noise."""
MAD_DISTANCE: Final = 3.5
MAD_SCALE: Final = 1.4826
Z_DISTANCE: Final = 3.0
"""Iglewicz and Hoaglin (1993): 3.5 scaled median deviations; three standard deviations for the z-score."""
MOST_GAPS: Final = 5
NOTHING_DECLARED: Final[Mapping[str, Handling]] = {}
IMPOSSIBLE: Final = {
    "transaction_amount": "transaction_amount = 0",
    "customer_age": "customer_age < 0 OR customer_age > 120",
    "account_age": "account_age < 0",
}
"""Values that no bank means; they are kept as they came."""


def describe(
    cursor: Cursor,
    batch_id: int,
    duplicates: int,
    missing: Mapping[str, Handling] = NOTHING_DECLARED,
    *,
    has_labels: bool,
) -> dict[str, Any]:
    """Return the report on a batch, plain values fit for JSON.

    Parameters
    ----------
    cursor
        Inside the transaction that loads the batch.
    batch_id
        The batch.
    duplicates
        How many of its rows were known.
    missing
        What was declared for empty values, by column; a median is found and recorded here.
    has_labels
        Whether it brought frauds known later.
    """
    present = stored.present_columns(cursor, batch_id, VALUE_COLUMNS)
    texts = [name for name in present if COLUMN_BY_NAME[name].kind == "text"]
    numbers = [name for name in present if COLUMN_BY_NAME[name].kind in {"amount", "number"}]
    impossible = {name: condition for name, condition in IMPOSSIBLE.items() if name in present}
    found = stored.counted(cursor, batch_id, texts, numbers, impossible)
    rows = found["rows"]
    report: dict[str, Any] = {"rows": rows, "duplicates": duplicates, "columns": {}}
    if not rows:
        return report
    sample = stored.sample(cursor, batch_id, [*numbers, *texts], max(1, rows // SAMPLE_ROWS))
    arrays = {name: np.array(sample[name], dtype=np.float64) for name in [*numbers, "hour"]}
    far = _outlying(cursor, batch_id, numbers, arrays, found)
    for name in [*numbers, *texts]:
        report["columns"][name] = {
            "missing": rows - found[f"filled_{name}"],
            **_handled(cursor, batch_id, name, missing),
            "constant": rows > 1 and _is_constant(found, name),
            "impossible": found.get(f"impossible_{name}", 0),
            **far.get(name, {}),
        }
    report["absent"] = [name for name in VALUE_COLUMNS if name not in present]
    report["gaps"] = _gaps(stored.days(cursor, batch_id))
    report["bins"] = {name: FeatureBins.fit(array).as_json() for name, array in arrays.items() if len(array)}
    report["shares"] = _shares(sample, texts)
    report["shifts"] = _shifts(report, arrays, stored.last_report(cursor, batch_id))
    report["features_off"] = _features_off(present, has_labels=has_labels)
    return report


def _handled(
    cursor: Cursor, batch_id: int, name: str, missing: Mapping[str, Handling]
) -> dict[str, float | str]:
    """Return what became of empty values of a column, with the median where one stands in for them."""
    if COLUMN_BY_NAME[name].required:
        return {"missing_values": "rejected"}
    if missing.get(name) == "exclude":
        return {"missing_values": "exclude"}
    median = stored.append_median(cursor, batch_id, name) if missing.get(name) == "median" else None
    return {"missing_values": "keep"} if median is None else {"missing_values": "median", "median": median}


def _is_constant(found: dict[str, Any], name: str) -> bool:
    constant = f"constant_{name}"
    return bool(found[constant] if constant in found else found[f"least_{name}"] == found[f"most_{name}"])


def _outlying(
    cursor: Cursor,
    batch_id: int,
    numbers: Sequence[str],
    arrays: dict[str, NDArray[np.float64]],
    found: dict[str, Any],
) -> dict[str, dict[str, int]]:
    """Return how many values of each column lie far from its median and from its mean."""
    bounds = {}
    for name in numbers:
        values = arrays[name][~np.isnan(arrays[name])]
        if not len(values):
            continue
        centre = float(np.median(values))
        spread = MAD_SCALE * float(np.median(np.abs(values - centre)))
        deviation = found[f"deviation_{name}"]
        if spread and deviation:
            bounds[name] = (
                centre,
                MAD_DISTANCE * spread,
                found[f"mean_{name}"],
                Z_DISTANCE * deviation,
            )
    if not bounds:
        return {}
    far = stored.outlying(cursor, batch_id, bounds)
    return {name: {"outlying_mad": far[f"mad_{name}"], "outlying_z": far[f"z_{name}"]} for name in bounds}


def _gaps(days: Sequence[int]) -> list[dict[str, Any]]:
    """Return the longest runs of days without a transaction, between the first and the last."""
    between = [(after - before - 1, before) for before, after in pairwise(days)]
    longest = sorted((gap for gap in between if gap[0] > 0), key=lambda gap: (-gap[0], gap[1]))[:MOST_GAPS]
    epoch = datetime(1970, 1, 1, tzinfo=UTC).date()
    return [{"after": str(epoch + timedelta(days=before)), "days": length} for length, before in longest]


def _shares(sample: dict[str, list[Any]], texts: Sequence[str]) -> dict[str, dict[str, float]]:
    """Return the shares of the values of columns that have few; a missing value is an empty one."""
    shares = {}
    for name in texts:
        counts = Counter(value or "" for value in sample[name])
        if len(counts) <= MOST_CATEGORIES:
            shares[name] = {value: count / len(sample[name]) for value, count in counts.most_common()}
    return shares


def _shifts(
    report: dict[str, Any], arrays: dict[str, NDArray[np.float64]], last: str | None
) -> dict[str, float]:
    """Return the population stability index of each column against the last batch."""
    former = json.loads(last) if last else {}
    if min(former.get("rows", 0), report["rows"]) < LEAST_COMPARED:
        return {}
    shifts = {}
    for name, bins in former["bins"].items():
        if name in arrays:
            known = FeatureBins(np.array(bins["edges"]), np.array(bins["shares"]))
            shifts[name] = known.stability(arrays[name])
    for name, shares in former["shares"].items():
        now = report["shares"].get(name)
        if now is not None:
            values = sorted({*shares, *now})
            shifts[name] = population_stability_index(
                [shares.get(value, 0.0) for value in values], [now.get(value, 0.0) for value in values]
            )
    return {name: round(index, 4) for name, index in shifts.items()}


def _features_off(present: Sequence[str], *, has_labels: bool) -> list[str]:
    columns = frozenset([*present, *([KNOWN_FRAUD] if has_labels else [])])
    return [spec.name for spec in features_named(DEFAULT_FEATURES) if not spec.is_available(columns)]
