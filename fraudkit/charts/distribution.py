"""How scores are spread over all transactions, with one of them or a line marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import plotly.graph_objects as go

from fraudkit.charts.palette import Palette, figure, note, rule
from fraudkit.explain.formats import Formats
from fraudkit.words import N_

HEIGHT: Final = 180


@dataclass(frozen=True, slots=True)
class Bin:
    """How many transactions lie between two scores."""

    start: float
    end: float
    count: int


def score_distribution(
    bins: Sequence[Bin], colours: Palette, formats: Formats, *, line: float | None = None, line_text: str = ""
) -> go.Figure:
    """Return counts per score on a logarithmic axis; what lies right of the line is coloured."""
    beyond = [line is not None and (found.start + found.end) / 2 >= line for found in bins]
    trace = {
        "type": "bar",
        "x": [(found.start + found.end) / 2 for found in bins],
        "y": [found.count for found in bins],
        "width": [(found.end - found.start) * 0.92 for found in bins],
        "marker": {"color": [colours.signal if far else colours.calm for far in beyond]},
        "customdata": [
            [formats.number(found.count), formats.fixed(found.start, 2), formats.fixed(found.end, 2)]
            for found in bins
        ],
        "hovertemplate": "%{customdata[0]}<br>%{customdata[1]} … %{customdata[2]}<extra></extra>",
    }
    marked = line is not None
    title = formats.words(N_("Transactions"))
    return figure(
        [trace],
        colours,
        HEIGHT,
        x_axis={"showgrid": False, "nticks": 8, "title": {"text": formats.words(N_("Score"))}},
        y_axis={"type": "log", "nticks": 4, "tickformat": ",~f", "title": {"text": title}},
        shapes=[rule(colours.ink, dash="dot", x=line)] if marked else [],
        annotations=[note(line_text, colours, x=line, y=1, yref="y domain", xanchor="right")]
        if marked
        else [],
    )
