"""How scores are spread over all transactions, with one of them or a line marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import plotly.graph_objects as go

from fraudkit.charts.palette import Palette, quiet_layout
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
    figure = go.Figure(
        go.Bar(
            x=[(found.start + found.end) / 2 for found in bins],
            y=[found.count for found in bins],
            width=[(found.end - found.start) * 0.92 for found in bins],
            marker={"color": [colours.signal if far else colours.calm for far in beyond]},
            customdata=[
                [formats.number(found.count), formats.fixed(found.start, 2), formats.fixed(found.end, 2)]
                for found in bins
            ],
            hovertemplate="%{customdata[0]}<br>%{customdata[1]} … %{customdata[2]}<extra></extra>",
        )
    )
    quiet_layout(figure, colours, HEIGHT)
    figure.update_yaxes(type="log", nticks=4, tickformat=",~f", title=formats.words(N_("Transactions")))
    figure.update_xaxes(showgrid=False, nticks=8, title=formats.words(N_("Score")))
    if line is not None:
        figure.add_vline(
            x=line,
            line={"color": colours.ink, "width": 1, "dash": "dot"},
            annotation={"text": line_text, "font": {"size": 11, "color": colours.ink}},
            annotation_position="top left",
        )
    return figure
