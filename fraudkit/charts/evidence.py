"""Signed bars: what raised and what lowered the score of one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import plotly.graph_objects as go

from fraudkit.charts.palette import Palette, figure, rule
from fraudkit.explain.formats import Formats
from fraudkit.words import N_

BAR_HEIGHT: Final = 24
MOST_BARS: Final = 9


@dataclass(frozen=True, slots=True)
class EvidenceBar:
    """One bar.

    Parameters
    ----------
    label
        The feature in the reader's words.
    value
        Its value as the reader writes it.
    evidence
        Signed evidence; positive makes the transaction more suspicious.
    """

    label: str
    value: str
    evidence: float


def evidence_bars(bars: Sequence[EvidenceBar], colours: Palette, formats: Formats) -> go.Figure:
    """Return horizontal bars, strongest first; the weakest are summed up in a last one.

    The sum over the bars equals the sum over all features, so the line below the figure adds up.
    """
    shown = folded(bars, formats)
    values = [bar.evidence for bar in shown]
    places = [f"{index}" for index in range(len(shown))]
    trace = {
        "type": "bar",
        "y": places,
        "x": values,
        "orientation": "h",
        "marker": {"color": [colours.signal if value > 0 else colours.calm for value in values]},
        "text": [formats.fixed(value, 2, signed=True) for value in values],
        "textposition": "outside",
        "cliponaxis": False,
        "textfont": {"color": colours.ink, "size": 12},
        "customdata": [[bar.label, bar.value] for bar in shown],
        "hovertemplate": "%{customdata[0]}: %{customdata[1]}<br>%{text}<extra></extra>",
    }
    names = {
        "autorange": "reversed",
        "tickmode": "array",
        "tickvals": places,
        "ticktext": [_tick(bar) for bar in shown],
        "showgrid": False,
        "showline": False,
        "automargin": True,
        "tickfont": {"size": 12, "color": colours.ink},
    }
    return figure(
        [trace],
        colours,
        BAR_HEIGHT * len(shown) + 24,
        x_axis={"visible": False, "range": _range(values)},
        y_axis=names,
        bargap=0.35,
        shapes=[rule(colours.quiet, x=0)],
    )


def _range(values: Sequence[float]) -> list[float]:
    """Leave room for the numbers, on the left only when something points there."""
    reach = max((abs(value) for value in values), default=1.0) or 1.0
    lowest, highest = min([0.0, *values]), max([0.0, *values])
    return [lowest - (0.16 * reach if lowest else 0.0), highest + 0.16 * reach]


def folded(bars: Sequence[EvidenceBar], formats: Formats, most: int = MOST_BARS) -> list[EvidenceBar]:
    """Return the strongest bars, and one for all others when there are more than `most`."""
    ordered = sorted(bars, key=lambda bar: -abs(bar.evidence))
    if len(ordered) <= most:
        return ordered
    rest = ordered[most - 1 :]
    label = formats.words(N_("Others ({count})"), count=len(rest))
    return [*ordered[: most - 1], EvidenceBar(label, "", sum(bar.evidence for bar in rest))]


def _tick(bar: EvidenceBar) -> str:
    return f"{bar.label}  <b>{bar.value}</b>" if bar.value else bar.label
