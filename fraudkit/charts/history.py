"""A customer's payments over time, with the transaction under review marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import plotly.graph_objects as go

from fraudkit.charts.palette import Palette, quiet_layout
from fraudkit.explain.formats import Formats, local_datetime
from fraudkit.words import N_

Mark = Literal["other", "alert", "known_fraud", "current"]
HEIGHT: Final = 250
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
    amounts = [point.amount for point in points if point.amount > 0]
    logarithmic = bool(amounts) and max(amounts) / min(amounts) > LOG_FROM_RATIO
    figure.update_yaxes(
        type="log" if logarithmic else "linear", nticks=5, tickformat=",~f", dtick=1 if logarithmic else None
    )
    if not logarithmic:
        figure.update_yaxes(rangemode="tozero")
    figure.update_xaxes(showgrid=False, nticks=8)
    _mark_current(figure, points, colours)
    if median:
        text = formats.words(N_("median {amount}"), amount=formats.fixed(median, 2))
        figure.add_hline(
            y=median,
            line={"color": colours.quiet, "width": 1, "dash": "dot"},
            annotation={"text": text, "font": {"size": 11, "color": colours.ink}},
            annotation_position="top left",
        )
    return figure


def _trace(points: Sequence[HistoryPoint], mark: Mark, colours: Palette, formats: Formats) -> go.Scattergl:
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
