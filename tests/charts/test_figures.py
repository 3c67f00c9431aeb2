from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as some

from fraudkit.charts.distribution import Bin, score_distribution
from fraudkit.charts.evidence import EvidenceBar, evidence_bars, folded
from fraudkit.charts.history import HistoryPoint, history_plot
from fraudkit.charts.palette import palette
from fraudkit.explain.formats import formats_for

ES = formats_for("es", "es-PE")
LIGHT = palette(dark=False)
HOUR = 3_600_000_000


def bars(*evidence: float) -> list[EvidenceBar]:
    return [EvidenceBar(f"f{place}", str(place), value) for place, value in enumerate(evidence)]


def point(amount: float, hour: int, mark: str = "other") -> HistoryPoint:
    return HistoryPoint(f"T{hour}", 1_772_704_800_000_000 + hour * HOUR, -300, amount, "PEN", "x", mark)  # type: ignore[arg-type]


@given(some.lists(some.floats(-5, 5), max_size=40))
def test_folded_bars_keep_the_sum(evidence: list[float]) -> None:
    shown = folded(bars(*evidence), ES)
    assert len(shown) <= 9
    assert math.isclose(math.fsum(bar.evidence for bar in shown), math.fsum(evidence), abs_tol=1e-9)


def test_what_raises_suspicion_has_the_colour_of_the_signal() -> None:
    trace = evidence_bars(bars(0.5, -0.2), LIGHT, ES).data[0]
    assert list(trace.marker.color) == [LIGHT.signal, LIGHT.calm]
    assert list(trace.text) == ["+0.50", "−0.20"]


def test_bars_without_evidence_are_drawn() -> None:
    assert len(evidence_bars([], LIGHT, ES).data[0].x) == 0
    assert evidence_bars(bars(0.0), LIGHT, ES).data[0].x == (0.0,)


def test_this_transaction_is_marked_last_so_that_nothing_covers_it() -> None:
    figure = history_plot([point(9, 5, "current"), point(8, 1), point(7, 2, "alert")], LIGHT, ES, 8.0)
    assert [trace.name for trace in figure.data][-1] == "Esta operación"
    assert figure.data[-1].marker.symbol == "diamond"


@pytest.mark.parametrize(("largest", "kind"), [(20.0, "linear"), (5_000.0, "log")])
def test_wide_amounts_are_drawn_on_a_logarithmic_axis(largest: float, kind: str) -> None:
    figure = history_plot([point(10, 0), point(largest, 1, "current")], LIGHT, ES)
    assert figure.layout.yaxis.type == kind


def test_days_are_written_in_the_readers_language() -> None:
    figure = history_plot([point(10, 0), point(11, 24 * 30)], LIGHT, ES)
    assert any("mar." in text for text in figure.layout.xaxis.ticktext)


@pytest.mark.parametrize("points", [[], [point(0, 0, "current")], [point(5, 0), point(5, 0)]])
def test_thin_histories_are_drawn(points: list[HistoryPoint]) -> None:
    history_plot(points, LIGHT, ES, 5.0).to_json()


def test_scores_beyond_the_line_are_coloured() -> None:
    figure = score_distribution([Bin(0, 1, 90), Bin(1, 2, 3)], LIGHT, ES, line=1.0, line_text="línea")
    assert list(figure.data[0].marker.color) == [LIGHT.calm, LIGHT.signal]
