from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as some

from fraudkit.charts.distribution import Bin, score_distribution
from fraudkit.charts.evidence import EvidenceBar, evidence_bars, folded
from fraudkit.charts.palette import palette
from fraudkit.explain.formats import formats_for

ES = formats_for("es", "es-PE")
LIGHT = palette(dark=False)


def bars(*evidence: float) -> list[EvidenceBar]:
    return [EvidenceBar(f"f{place}", str(place), value) for place, value in enumerate(evidence)]


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


def test_scores_beyond_the_line_are_coloured() -> None:
    figure = score_distribution([Bin(0, 1, 90), Bin(1, 2, 3)], LIGHT, ES, line=1.0, line_text="línea")
    assert list(figure.data[0].marker.color) == [LIGHT.calm, LIGHT.signal]
