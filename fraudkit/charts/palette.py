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


def figure(
    traces: list[dict[str, Any]],
    colours: Palette,
    height: int,
    *,
    x_axis: dict[str, Any],
    y_axis: dict[str, Any],
    **layout: Any,
) -> go.Figure:
    """Return a figure with the look that all share: no box, thin lines, tight margins.

    Everything is handed over at once: each later change would validate the whole figure again.
    """
    axis = {"gridcolor": colours.line, "linecolor": colours.line, "zeroline": False}
    shared = {
        "height": height,
        "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"size": 12, "color": colours.ink},
        "showlegend": False,
        "hoverlabel": {"font": {"size": 12}},
        "xaxis": {**axis, **x_axis},
        "yaxis": {**axis, **y_axis},
    }
    return go.Figure({"data": traces, "layout": {**shared, **layout}})


def rule(colour: str, *, dash: str | None = None, **place: Any) -> dict[str, Any]:
    """Return a thin line across the plot, upright at `x` or level at `y`."""
    line = {"color": colour, "width": 1, **({"dash": dash} if dash else {})}
    if "x" in place:
        return {
            "type": "line",
            "x0": place["x"],
            "x1": place["x"],
            "y0": 0,
            "y1": 1,
            "yref": "y domain",
            "line": line,
        }
    return {
        "type": "line",
        "y0": place["y"],
        "y1": place["y"],
        "x0": 0,
        "x1": 1,
        "xref": "x domain",
        "line": line,
    }


def note(text: str, colours: Palette, **place: Any) -> dict[str, Any]:
    """Return a small text in the plot."""
    return {"text": text, "showarrow": False, "font": {"size": 11, "color": colours.ink}, **place}
