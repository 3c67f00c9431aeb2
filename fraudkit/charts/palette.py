"""The colours of the figures: one accent, one signal, greys; both read on a light and on a dark ground."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import plotly.graph_objects as go


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours by what they say.

    Parameters
    ----------
    accent
        What the reader looks at.
    signal
        What raises suspicion.
    calm
        What lowers it.
    quiet
        Everything else that was measured.
    ink
        Text.
    line
        Axes and reference lines.
    """

    accent: str
    signal: str
    calm: str
    quiet: str
    ink: str
    line: str


LIGHT: Final = Palette("#0f4c5c", "#b5462f", "#7d94a5", "#a9b2ba", "#1d2429", "#d5dadf")
DARK: Final = Palette("#6cb8c9", "#e07a5f", "#6f8899", "#6b757d", "#e4e8ea", "#3a434a")


def palette(*, dark: bool) -> Palette:
    """Return the colours for a light or a dark ground."""
    return DARK if dark else LIGHT


def quiet_layout(figure: go.Figure, colours: Palette, height: int, **layout: Any) -> go.Figure:
    """Give a figure the look that all share: no box, thin lines, tight margins."""
    figure.update_layout(
        height=height,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"size": 12, "color": colours.ink},
        showlegend=False,
        hoverlabel={"font": {"size": 12}},
        **layout,
    )
    figure.update_xaxes(gridcolor=colours.line, linecolor=colours.line, zeroline=False)
    figure.update_yaxes(gridcolor=colours.line, linecolor=colours.line, zeroline=False)
    return figure
