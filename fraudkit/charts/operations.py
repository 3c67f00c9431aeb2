"""All operations of a customer, or of another entity, over time: amounts, with alerts and verdicts marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from html import escape
from typing import Any, Final, Literal

import plotly.graph_objects as go

from fraudkit.charts.palette import Palette, figure
from fraudkit.explain.formats import Formats, local_datetime
from fraudkit.words import N_

Standing = Literal["plain", "alert", "genuine", "fraud"]
HEIGHT: Final = 220
TICKS: Final = 8
LOG_FROM_RATIO: Final = 30.0
"""Amounts further apart than this are drawn on a logarithmic axis, or the small ones vanish."""

LEGEND: Final[dict[Standing, str]] = {
    "plain": N_("Operations"),
    "alert": N_("Alerts without a verdict"),
    "genuine": N_("Genuine or undetermined"),
    "fraud": N_("Fraud"),
}
_SYMBOLS: Final[dict[Standing, str]] = {
    "plain": "circle",
    "alert": "circle-open",
    "genuine": "square",
    "fraud": "diamond",
}
_HOVER: Final = "%{customdata[0]} %{y:,.2f}<br>%{x|%Y-%m-%d %H:%M}<br>%{customdata[1]}<extra></extra>"


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation in the plot.

    Parameters
    ----------
    ts_us, utc_offset_minutes
        When, on its own clock.
    amount, currency
        Magnitude and currency.
    detail
        What the pointer shows.
    standing
        What is known about it.
    """

    ts_us: int
    utc_offset_minutes: int
    amount: float
    currency: str | None
    detail: str
    standing: Standing


def operations_plot(points: Sequence[Operation], colours: Palette, formats: Formats) -> go.Figure:
    """Return amounts over time, one trace for each standing that occurs."""
    logarithmic = _is_wide([point.amount for point in points])
    traces = [
        _trace(chosen, standing, colours, formats)
        for standing in LEGEND
        if (chosen := [point for point in points if point.standing == standing])
    ]
    amounts = {
        "type": "log" if logarithmic else "linear",
        "nticks": 5,
        "tickformat": ",~f",
        "rangemode": "tozero",
        "ticksuffix": " ",
        **({"dtick": 1} if logarithmic else {}),
    }
    return figure(
        traces,
        colours,
        HEIGHT,
        x_axis=_date_axis(points, formats),
        y_axis=amounts,
        showlegend=len(traces) > 1,
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "font": {"size": 11}},
        hovermode="closest",
        separators=formats.separators,
    )


def _is_wide(amounts: Sequence[float]) -> bool:
    positive = [amount for amount in amounts if amount > 0]
    return bool(positive) and max(positive) / min(positive) > LOG_FROM_RATIO


def _date_axis(points: Sequence[Operation], formats: Formats) -> dict[str, Any]:
    """Write the days as the reader does; Plotly knows English months only."""
    moments = [local_datetime(point.ts_us, point.utc_offset_minutes) for point in points]
    if not moments or min(moments) == max(moments):
        return {"showgrid": False}
    step = (max(moments) - min(moments)) / (TICKS - 1)
    ticks = [min(moments) + place * step for place in range(TICKS)]
    texts = [formats.day(tick, clock=step < timedelta(days=1)) for tick in ticks]
    return {"showgrid": False, "tickmode": "array", "tickvals": ticks, "ticktext": texts}


def _trace(
    points: Sequence[Operation], standing: Standing, colours: Palette, formats: Formats
) -> dict[str, Any]:
    colour = {
        "plain": colours.quiet,
        "alert": colours.signal,
        "genuine": colours.accent,
        "fraud": colours.signal,
    }[standing]
    size = 6 if standing == "plain" else 9
    return {
        "type": "scatter",
        "x": [local_datetime(point.ts_us, point.utc_offset_minutes) for point in points],
        "y": [point.amount for point in points],
        "mode": "markers",
        "name": formats.words(LEGEND[standing]),
        "marker": {"color": colour, "size": size, "symbol": _SYMBOLS[standing], "line": {"width": 1.5}}
        if standing == "alert"
        else {"color": colour, "size": size, "symbol": _SYMBOLS[standing]},
        "customdata": [[formats.symbol(point.currency), escape(point.detail)] for point in points],
        "hovertemplate": _HOVER,
    }
