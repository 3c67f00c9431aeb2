"""An entity's operations over time: alerts, the one under review, the first unusual one and what follows it.

A few hundred ordinary operations are drawn one by one. More become a band between the tenth and the ninetieth
percentile with its median, so that thousands stay readable; what is marked is always drawn by itself.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape
from typing import Any, Final, Literal

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from fraudkit.charts.palette import Palette, figure, note, rule
from fraudkit.domain import MICROSECONDS_PER_DAY
from fraudkit.explain.formats import Formats, local_datetime
from fraudkit.explain.past import HISTORY_DAYS, Mask, Past
from fraudkit.words import N_

Kind = Literal["ordinary", "alert", "known_fraud", "current"]
HEIGHT: Final = 210
TICKS: Final = 7
DAYS_AFTER: Final = 30
MOST_POINTS: Final = 500
"""More ordinary operations than this become a band."""
BINS: Final = 60
LOG_FROM_RATIO: Final = 30.0
"""Amounts further apart than this are drawn on a logarithmic axis, or the small ones vanish."""
_HOVER: Final = "%{customdata[0]} %{y:,.2f}<br>%{x|%Y-%m-%d %H:%M}<br>%{customdata[1]}<extra></extra>"
_LEGEND: Final[dict[Kind, str]] = {
    "ordinary": N_("Earlier and later payments"),
    "alert": N_("Alerts"),
    "known_fraud": N_("Known fraud"),
    "current": N_("This transaction"),
}


@dataclass(frozen=True, eq=False)
class Timeline:
    """What is drawn.

    Parameters
    ----------
    past
        The operations.
    shown
        (n,) which of them lie in the window: 90 days before, 30 days after.
    values
        (n,) their amounts: in their own currency where all shown have the same, else in base currency.
    currency
        That currency.
    first
        Place of the first unusual operation; None without one.
    is_marked
        Whether alerts and known frauds stand out; not where somebody is to judge without knowing of them.
    """

    past: Past
    shown: Mask
    values: NDArray[np.float64]
    currency: str | None
    first: int | None
    is_marked: bool = True

    @property
    def kinds(self) -> dict[Kind, Mask]:
        """Which operations are drawn how; the later kind wins."""
        past, verdicts = self.past, self.past.texts["verdict"]
        current = np.arange(len(past)) == past.place
        is_fraud = np.zeros(len(past), bool)
        if self.is_marked and "fraud" in verdicts.values:
            is_fraud = verdicts.codes == verdicts.values.index("fraud")
        is_alert = past.is_alert & self.is_marked
        drawn = self.shown & ~np.isnan(self.values)
        return {
            "ordinary": drawn & ~is_alert & ~is_fraud & ~current,
            "alert": drawn & is_alert & ~is_fraud & ~current,
            "known_fraud": drawn & is_fraud & ~current,
            "current": drawn & current,
        }


def timeline_of(
    past: Past, base_currency: str, first: int | None = None, *, is_marked: bool = True
) -> Timeline:
    """Return what is drawn of an entity's operations."""
    age = past.now_us - past.ts_us
    shown = (age <= HISTORY_DAYS * MICROSECONDS_PER_DAY) & (age >= -DAYS_AFTER * MICROSECONDS_PER_DAY)
    if first is not None:
        shown |= np.arange(len(past)) == first
    currencies = past.texts["currency"]
    if len(np.unique(currencies.codes[shown])) == 1:
        return Timeline(past, shown, past.amount, currencies.at(past.place), first, is_marked)
    return Timeline(past, shown, past.base, base_currency, first, is_marked)


def timeline_plot(
    drawn: Timeline, colours: Palette, formats: Formats, median: float | None = None
) -> go.Figure:
    """Return amounts over time; the median of the earlier payments is a dashed line."""
    kinds = drawn.kinds
    values = drawn.values[np.any(list(kinds.values()), axis=0)]
    logarithmic = _is_wide(values)
    traces = [
        trace
        for kind, chosen in kinds.items()
        if chosen.any()
        for trace in _traces(drawn, kind, chosen, colours, formats)
    ]
    amounts = {
        "type": "log" if logarithmic else "linear",
        "nticks": 5,
        "tickformat": ",~f",
        "rangemode": "tozero",
        "ticksuffix": " ",
        "title": {"text": formats.symbol(drawn.currency), "standoff": 2},
        **({"dtick": 1} if logarithmic else {}),
    }
    shapes, notes = _marks(drawn, colours, formats, kinds["ordinary"] | kinds["alert"])
    if median:
        height = math.log10(median) if logarithmic else median
        text = formats.words(N_("median {amount}"), amount=formats.fixed(median, 2))
        shapes.append(rule(colours.quiet, dash="dot", y=median))
        notes.append(note(text, colours, x=0, xref="x domain", xanchor="left", y=height, yanchor="bottom"))
    return figure(
        traces,
        colours,
        HEIGHT,
        x_axis=_date_axis(drawn, formats),
        y_axis=amounts,
        showlegend=True,
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "font": {"size": 11}},
        hovermode="closest",
        separators=formats.separators,
        shapes=shapes,
        annotations=notes,
    )


def described(drawn: Timeline, formats: Formats) -> str:
    """Return the figure in one sentence, for those who do not see it."""
    kinds = drawn.kinds
    values = drawn.values[np.any(list(kinds.values()), axis=0)]
    if not len(values):
        return formats.words(N_("No operation with a known amount."))
    return formats.words(
        N_("{count} operations, amounts from {low} to {high}; {alerts} other alerts, {frauds} known frauds."),
        count=formats.number(len(values)),
        low=formats.amount(float(values.min()), drawn.currency),
        high=formats.amount(float(values.max()), drawn.currency),
        alerts=formats.number(int(kinds["alert"].sum())),
        frauds=formats.number(int(kinds["known_fraud"].sum())),
    )


def _is_wide(values: NDArray[np.float64]) -> bool:
    positive = values[values > 0]
    return bool(len(positive)) and bool(positive.max() / positive.min() > LOG_FROM_RATIO)


def _moments(drawn: Timeline, chosen: Mask) -> list[datetime]:
    past = drawn.past
    pairs = zip(past.ts_us[chosen].tolist(), past.utc_offset_minutes[chosen].tolist(), strict=True)
    return [local_datetime(ts_us, offset) for ts_us, offset in pairs]


def _moment(drawn: Timeline, place: int) -> datetime:
    return local_datetime(int(drawn.past.ts_us[place]), int(drawn.past.utc_offset_minutes[place]))


def _marks(
    drawn: Timeline, colours: Palette, formats: Formats, others: Mask
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the line of this transaction, and the first unusual one with all that follows in its shade."""
    now = _moment(drawn, drawn.past.place)
    shapes = [rule(colours.signal, dash="dot", x=now)]
    if drawn.first is None:
        return shapes, []
    start = _moment(drawn, drawn.first)
    last = max([now, *_moments(drawn, others)])
    shade = {
        "type": "rect",
        "x0": start,
        "x1": last,
        "y0": 0,
        "y1": 1,
        "yref": "y domain",
        "fillcolor": colours.signal,
        "opacity": 0.08,
        "line": {"width": 0},
        "layer": "below",
    }
    text = formats.words(N_("first unusual {date}"), date=formats.day(start))
    is_late = start - min(_moments(drawn, drawn.shown)) > (last - start)
    place = {"x": start, "xanchor": "right" if is_late else "left"}
    return [*shapes, shade, rule(colours.signal, x=start)], [
        note(text, colours, **place, y=1, yref="y domain", yanchor="top")
    ]


def _date_axis(drawn: Timeline, formats: Formats) -> dict[str, Any]:
    """Write the days as the reader does; Plotly knows English months only."""
    moments = _moments(drawn, drawn.shown)
    if not moments or min(moments) == max(moments):
        return {"showgrid": False}
    step = (max(moments) - min(moments)) / (TICKS - 1)
    ticks = [min(moments) + place * step for place in range(TICKS)]
    margin = (max(moments) - min(moments)) * 0.02
    return {
        "showgrid": False,
        "range": [min(moments) - margin, max(moments) + margin],
        "tickmode": "array",
        "tickvals": ticks,
        "ticktext": [formats.day(tick, clock=step < timedelta(days=1)) for tick in ticks],
    }


def _traces(
    drawn: Timeline, kind: Kind, chosen: Mask, colours: Palette, formats: Formats
) -> list[dict[str, Any]]:
    if kind == "ordinary" and chosen.sum() > MOST_POINTS:
        return _band(drawn, chosen, colours, formats)
    return [_points(drawn, kind, chosen, colours, formats)]


def _points(drawn: Timeline, kind: Kind, chosen: Mask, colours: Palette, formats: Formats) -> dict[str, Any]:
    """Return the points of one kind; the browser writes their numbers, which spares many calls here."""
    past = drawn.past
    symbol = formats.symbol(drawn.currency)
    names = [escape(past.texts["payee_name"].at(place) or "") for place in np.flatnonzero(chosen).tolist()]
    return {
        "type": "scatter",
        "x": _moments(drawn, chosen),
        "y": drawn.values[chosen].tolist(),
        "mode": "markers",
        "name": formats.words(_LEGEND[kind]),
        "marker": _marker(kind, colours),
        "customdata": [[symbol, name] for name in names],
        "hovertemplate": _HOVER,
    }


def _band(drawn: Timeline, chosen: Mask, colours: Palette, formats: Formats) -> list[dict[str, Any]]:
    """Return many ordinary operations as a band with its median, in equal steps of time."""
    ts_us, values = drawn.past.ts_us[chosen], drawn.values[chosen]
    edges = np.linspace(ts_us[0], ts_us[-1] + 1, BINS + 1)
    bins = np.digitize(ts_us, edges) - 1
    filled = np.unique(bins)
    levels = np.array([np.percentile(values[bins == place], (10, 50, 90)) for place in filled])
    offset = int(drawn.past.utc_offset_minutes[drawn.past.place])
    middles = [local_datetime(int((edges[place] + edges[place + 1]) / 2), offset) for place in filled]
    count = formats.number(int(chosen.sum()))
    edge = {"type": "scatter", "x": middles, "mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"}
    return [
        {**edge, "y": levels[:, 0].tolist(), "showlegend": False},
        {
            **edge,
            "y": levels[:, 2].tolist(),
            "fill": "tonexty",
            "fillcolor": f"rgba({_channels(colours.accent)},0.18)",
            "name": formats.words(N_("Four in five of {count} others"), count=count),
        },
        {
            **edge,
            "y": levels[:, 1].tolist(),
            "line": {"width": 1.5, "color": colours.accent},
            "name": formats.words(N_("their median")),
        },
    ]


def _channels(colour: str) -> str:
    return ",".join(str(int(colour[place : place + 2], 16)) for place in (1, 3, 5))


def _marker(kind: Kind, colours: Palette) -> dict[str, Any]:
    if kind == "current":
        line = {"width": 1, "color": colours.ink}
        return {"size": 13, "color": colours.signal, "symbol": "diamond", "line": line}
    if kind == "alert":
        line = {"width": 2, "color": colours.signal}
        return {"size": 10, "color": "rgba(0,0,0,0)", "symbol": "circle", "line": line}
    if kind == "known_fraud":
        return {"size": 9, "color": colours.signal, "symbol": "x"}
    return {"size": 6, "color": colours.accent, "opacity": 0.45}


def marked_places(drawn: Timeline) -> Sequence[int]:
    """Return the operations that are marked, in order of time: what a table beside the figure lists."""
    kinds = drawn.kinds
    marked = kinds["alert"] | kinds["known_fraud"] | kinds["current"]
    if drawn.first is not None:
        marked = marked | (np.arange(len(drawn.past)) == drawn.first)
    return [int(place) for place in np.flatnonzero(marked)]
