"""The kernel gives what the portable SQL gives on DuckDB, bit for bit, for all that can be declared."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from fraudkit.features import FEATURES, build
from fraudkit.features.measures import ARITHMETIC
from fraudkit.features.spec import FeatureSpec, Span, Window
from tests.features.ledgers import Ledger, by_kernel, by_sql, ledgers

SPANS: tuple[Span, ...] = ("1h", "24h", "7d", "30d", "90d", "ever")


def plain_feature(window: Window) -> FeatureSpec:
    """Declare a feature that is nothing but a window."""
    return FeatureSpec(window.name, "", "habit", "count", "{value}", "", "", "", inputs={"value": window})


def every_measure(span: Span) -> list[FeatureSpec]:
    windows = [
        *(Window("customer", measure, span) for measure in ARITHMETIC if measure != "distinct"),
        *(Window("terminal", measure, span) for measure in ARITHMETIC if measure != "distinct"),
        *(Window("customer", measure, span, "day_part") for measure in ("count", "mean", "first_seen")),
        *(Window("customer", measure, span, "merchant") for measure in ("count", "fraud_share", "matured")),
        *(Window(entity, "distinct", span, of=of)
          for entity, of in (("customer", "terminal"), ("device", "customer"), ("counterparty", "account"))),
        Window("customer", "distinct", span, "day_part", of="device"),
        Window("account", "distinct", span, "merchant", of="counterparty"),
    ]  # fmt: skip
    return [plain_feature(window) for window in windows]


few = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@few
@given(ledgers())
def test_every_declared_feature(ledger: Ledger) -> None:
    np.testing.assert_array_equal(by_kernel(ledger, FEATURES), by_sql(ledger, FEATURES))


@pytest.mark.parametrize("span", SPANS)
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ledger=ledgers())
def test_every_measure(span: Span, ledger: Ledger) -> None:
    specs = every_measure(span)
    expected, found = by_sql(ledger, specs), by_kernel(ledger, specs)
    for place, spec in enumerate(specs):
        np.testing.assert_array_equal(found[:, place], expected[:, place], spec.name)


@few
@given(ledgers())
def test_blocks_and_threads_change_nothing(ledger: Ledger) -> None:
    specs = [spec for span in ("24h", "90d") for spec in every_measure(span)]
    expected = by_kernel(ledger, specs)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(build, "BLOCK", 3)
        for threads in (1, 2, 3):
            np.testing.assert_array_equal(by_kernel(ledger, specs, threads), expected)


def test_names_of_windows_are_distinct() -> None:
    specs = [spec for span in SPANS for spec in every_measure(span)]
    assert len({spec.name for spec in specs}) == len(specs)
