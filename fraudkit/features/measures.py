"""How a measure comes from primitives, and the stretch of time that each primitive looks at.

Both ways of computing features start from this table: the SQL renders a primitive as an aggregate over a
frame, the kernel as a difference of running totals. What follows is the same formula.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from fraudkit.features.spec import LABEL_DELAY_US, SPAN_US, Measure, Window

Primitive = Literal[
    "count", "valued", "sum", "squares", "last", "first", "distinct", "known_frauds", "matured"
]

ARITHMETIC: Final[Mapping[Measure, str]] = {
    "count": "{count}",
    "sum": "{sum} / 1e2",
    "mean": "{sum} / NULLIF({valued} * 1e2, 0e0)",
    "deviation": (
        "CASE WHEN {valued} > 0e0 THEN SQRT(GREATEST({squares} - {sum} * {sum} / NULLIF({valued}, 0e0), 0e0)"
        " / GREATEST({valued} - 1e0, 1e0)) / 1e2 END"
    ),
    "hours_since_last": "(ts_us - {last}) / 3.6e9",
    "first_seen": "(ts_us - {first}) / 3.6e9",
    "distinct": "{distinct}",
    "known_frauds": "{known_frauds}",
    "matured": "{matured}",
    "fraud_share": "{known_frauds} / GREATEST({matured}, {known_frauds}, 1e0)",
}
"""Formula of each measure; its gaps are primitives. Sums are in cents, squares in cents squared."""

LABEL_MEASURES: Final[frozenset[Measure]] = frozenset({"known_frauds", "matured", "fraud_share"})
"""Measures that need to know when labels became known."""

WHOLE_NUMBERS: Final[frozenset[Measure]] = frozenset({"count", "distinct", "known_frauds", "matured"})


def reach(window: Window, primitive: Primitive) -> tuple[int, int]:
    """Return how many microseconds before the transaction the stretch begins and ends, both included."""
    width = SPAN_US[window.span]
    if primitive == "known_frauds":
        return width - 1, 0
    if primitive == "matured":
        return LABEL_DELAY_US + width - 1, LABEL_DELAY_US
    return width, 1
