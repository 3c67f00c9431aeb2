"""A customer's payments over time, with the transaction under review marked."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Literal

import plotly.graph_objects as go

from fraudkit.charts.palette import Palette, figure, note, rule
from fraudkit.explain.formats import Formats, local_datetime
from fraudkit.words import N_

Mark = Literal["other", "alert", "known_fraud", "current"]
HEIGHT: Final = 250
TICKS: Final = 7
HOVER: Final = "%{customdata[0]} %{y:,.2f}<br>%{x|%Y-%m-%d %H:%M}<br>%{customdata[1]}<extra></extra>"
LOG_FROM_RATIO: Final = 30.0
"""Amounts further apart than this are drawn on a logarithmic axis, or the small ones vanish."""


@dataclass(frozen=True, slots=True)
class HistoryPoint:
    """One payment in the plot.

    Parameters
    ----------
    transaction_id
        Which one.
    ts_us, utc_offset_minutes
        When, on its own clock.
    amount
        Magnitude.
    currency
        Its currency.
    detail
        Merchant, channel: what the pointer shows.
    mark
        What is known about it in this case.
    """

    transaction_id: str
    ts_us: int
    utc_offset_minutes: int
    amount: float
    currency: str | None
    detail: str
    mark: Mark


_LEGEND: Final[dict[Mark, str]] = {
    "other": N_("Earlier and later payments"),
    "alert": N_("Other alerts of this case"),
    "known_fraud": N_("Known fraud"),
    "current": N_("This transaction"),
}


def history_plot(
    points: Sequence[HistoryPoint], colours: Palette, formats: Formats, median: float | None = None
) -> go.Figure:
    """Return amounts over time; the median of the earlier payments is a dashed line."""
    logarithmic = _is_wide([point.amount for point in points])
    traces = [
        _trace(chosen, mark, colours, formats)
        for mark in _LEGEND
        if (chosen := [point for point in points if point.mark == mark])
    ]
    amounts = {
        "type": "log" if logarithmic else "linear",
        "nticks": 5,
        "tickformat": ",~f",
        "rangemode": "tozero",
        "ticksuffix": " ",
        **({"dtick": 1} if logarithmic else {}),
    }
    shapes = [
        rule(colours.signal, dash="dot", x=local_datetime(point.ts_us, point.utc_offset_minutes))
        for point in points
        if point.mark == "current"
    ]
    notes = []
    if median:
        height = math.log10(median) if logarithmic else median
        text = formats.words(N_("median {amount}"), amount=formats.fixed(median, 2))
        shapes.append(rule(colours.quiet, dash="dot", y=median))
        notes.append(note(text, colours, x=0, xref="x domain", xanchor="left", y=height, yanchor="bottom"))
    return figure(
        traces,
        colours,
        HEIGHT,
        x_axis=_date_axis(points, formats),
        y_axis=amounts,
        showlegend=True,
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "font": {"size": 11}},
        hovermode="closest",
        separators=formats.separators,
        shapes=shapes,
        annotations=notes,
    )


def _is_wide(amounts: Sequence[float]) -> bool:
    positive = [amount for amount in amounts if amount > 0]
    return bool(positive) and max(positive) / min(positive) > LOG_FROM_RATIO


def _date_axis(points: Sequence[HistoryPoint], formats: Formats) -> dict[str, Any]:
    """Write the days as the reader does; Plotly knows English months only."""
    moments = [local_datetime(point.ts_us, point.utc_offset_minutes) for point in points]
    if not moments or min(moments) == max(moments):
        return {"showgrid": False}
    step = (max(moments) - min(moments)) / (TICKS - 1)
    ticks = [min(moments) + place * step for place in range(TICKS)]
    return {
        "showgrid": False,
        "tickmode": "array",
        "tickvals": ticks,
        "ticktext": [formats.day(tick, clock=step < timedelta(days=1)) for tick in ticks],
    }


def _trace(points: Sequence[HistoryPoint], mark: Mark, colours: Palette, formats: Formats) -> dict[str, Any]:
    """Return the points of one kind; the browser writes their numbers, which spares many calls here."""
    return {
        "type": "scatter",
        "x": [local_datetime(point.ts_us, point.utc_offset_minutes) for point in points],
        "y": [point.amount for point in points],
        "mode": "markers",
        "name": formats.words(_LEGEND[mark]),
        "marker": _marker(mark, colours),
        "customdata": [[formats.symbol(point.currency), point.detail] for point in points],
        "hovertemplate": HOVER,
    }


def _marker(mark: Mark, colours: Palette) -> dict[str, Any]:
    if mark == "current":
        return {
            "size": 13,
            "color": colours.signal,
            "symbol": "diamond",
            "line": {"width": 1, "color": colours.ink},
        }
    if mark == "alert":
        return {
            "size": 10,
            "color": "rgba(0,0,0,0)",
            "symbol": "circle",
            "line": {"width": 2, "color": colours.signal},
        }
    if mark == "known_fraud":
        return {"size": 9, "color": colours.signal, "symbol": "x"}
    return {"size": 6, "color": colours.accent, "opacity": 0.45}
