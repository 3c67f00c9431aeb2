"""A customer's payments over time, with the transaction under review marked."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Literal

import plotly.graph_objects as go

from fraudkit.charts.palette import Palette, quiet_layout
from fraudkit.explain.formats import Formats, local_datetime
from fraudkit.words import N_

Mark = Literal["other", "alert", "known_fraud", "current"]
HEIGHT: Final = 250
TICKS: Final = 7
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
    figure = go.Figure()
    for mark in _LEGEND:
        chosen = [point for point in points if point.mark == mark]
        if chosen:
            figure.add_trace(_trace(chosen, mark, colours, formats))
    quiet_layout(figure, colours, HEIGHT)
    figure.update_layout(
        showlegend=True,
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "font": {"size": 11}},
        hovermode="closest",
    )
    logarithmic = _is_wide([point.amount for point in points])
    figure.update_yaxes(
        type="log" if logarithmic else "linear",
        dtick=1 if logarithmic else None,
        nticks=5,
        tickformat=",~f",
        rangemode="tozero",
        ticksuffix=" ",
    )
    _date_axis(figure, points, formats)
    _mark_current(figure, points, colours)
    if median:
        _mark_median(figure, median, logarithmic=logarithmic, colours=colours, formats=formats)
    return figure


def _is_wide(amounts: Sequence[float]) -> bool:
    positive = [amount for amount in amounts if amount > 0]
    return bool(positive) and max(positive) / min(positive) > LOG_FROM_RATIO


def _date_axis(figure: go.Figure, points: Sequence[HistoryPoint], formats: Formats) -> None:
    """Write the days as the reader does; Plotly knows English months only."""
    moments = [local_datetime(point.ts_us, point.utc_offset_minutes) for point in points]
    figure.update_xaxes(showgrid=False)
    if not moments or min(moments) == max(moments):
        return
    step = (max(moments) - min(moments)) / (TICKS - 1)
    ticks = [min(moments) + place * step for place in range(TICKS)]
    figure.update_xaxes(
        tickmode="array",
        tickvals=ticks,
        ticktext=[formats.day(tick, clock=step < timedelta(days=1)) for tick in ticks],
    )


def _mark_median(
    figure: go.Figure, median: float, *, logarithmic: bool, colours: Palette, formats: Formats
) -> None:
    figure.add_hline(y=median, line={"color": colours.quiet, "width": 1, "dash": "dot"})
    figure.add_annotation(
        x=0,
        xref="x domain",
        xanchor="left",
        y=math.log10(median) if logarithmic else median,
        yanchor="bottom",
        showarrow=False,
        text=formats.words(N_("median {amount}"), amount=formats.fixed(median, 2)),
        font={"size": 11, "color": colours.ink},
    )


def _trace(points: Sequence[HistoryPoint], mark: Mark, colours: Palette, formats: Formats) -> go.Scatter:
    texts = [
        [
            formats.amount(point.amount, point.currency),
            formats.moment(point.ts_us, point.utc_offset_minutes),
            point.detail,
        ]
        for point in points
    ]
    return go.Scatter(
        x=[local_datetime(point.ts_us, point.utc_offset_minutes) for point in points],
        y=[point.amount for point in points],
        mode="markers",
        name=formats.words(_LEGEND[mark]),
        marker=_marker(mark, colours),
        customdata=texts,
        hovertemplate="%{customdata[0]}<br>%{customdata[1]}<br>%{customdata[2]}<extra></extra>",
    )


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


def _mark_current(figure: go.Figure, points: Sequence[HistoryPoint], colours: Palette) -> None:
    for point in points:
        if point.mark == "current":
            moment = local_datetime(point.ts_us, point.utc_offset_minutes)
            figure.add_vline(x=moment, line={"color": colours.signal, "width": 1, "dash": "dot"})
