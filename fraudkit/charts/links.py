"""Who is linked by what, from left to right: the case, what is shared, and the others who share it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Final

import plotly.graph_objects as go

from fraudkit.charts.palette import Palette, figure

ROW_HEIGHT: Final = 24
LEAST_ROWS: Final = 4
_CASE, _SHARED, _OTHERS = 0.0, 1.0, 2.0
Spot = tuple[float, float]


@dataclass(frozen=True, slots=True)
class BridgeNode:
    """Something shared: a device, an address, an account, a terminal."""

    label: str
    detail: str


@dataclass(frozen=True, slots=True)
class PartyNode:
    """Somebody who shares it.

    Parameters
    ----------
    label, detail
        What stands beside the node, and what the pointer shows.
    bridges
        By place, what is shared.
    is_marked
        Whether fraud is known there.
    address
        What a click gives back; empty for nothing.
    """

    label: str
    detail: str
    bridges: tuple[int, ...]
    is_marked: bool
    address: str = ""


def links_plot(
    case: str, bridges: Sequence[BridgeNode], parties: Sequence[PartyNode], colours: Palette
) -> go.Figure:
    """Return the graph; parties stand beside what they share, so that few lines cross."""
    order = sorted(range(len(parties)), key=lambda place: (parties[place].bridges, place))
    ordered = [parties[place] for place in order]
    shared, others = _column(_SHARED, len(bridges)), _column(_OTHERS, len(ordered))
    lines = [((_CASE, 0.5), spot) for spot in shared]
    lines += [
        (shared[bridge], spot)
        for party, spot in zip(ordered, others, strict=True)
        for bridge in party.bridges
    ]
    marked = [party.is_marked for party in ordered]
    axis = {"visible": False, "showgrid": False, "fixedrange": True}
    return figure(
        [
            _edges(lines, colours),
            _nodes([(_CASE, 0.5)], [(case, case, "")], {"size": 16, "color": colours.ink}, colours),
            _nodes(
                shared,
                [(node.label, node.detail, "") for node in bridges],
                {"size": 11, "color": colours.accent, "symbol": "square"},
                colours,
            ),
            _nodes(
                others,
                [(party.label, party.detail, party.address) for party in ordered],
                {
                    "size": 11,
                    "color": [colours.signal if known else colours.calm for known in marked],
                    "symbol": ["x" if known else "circle" for known in marked],
                },
                colours,
                beside=True,
            ),
        ],
        colours,
        ROW_HEIGHT * max(LEAST_ROWS, len(ordered), len(bridges)) + 24,
        x_axis={**axis, "range": [-0.3, 3.4]},
        y_axis={**axis, "range": [-0.04, 1.04]},
        hovermode="closest",
        clickmode="event+select",
        dragmode=False,
    )


def _column(x: float, count: int) -> list[Spot]:
    """Return evenly spread spots, the first at the top."""
    return [(x, 1.0 - (place + 0.5) / count) for place in range(count)]


def _edges(lines: Sequence[tuple[Spot, Spot]], colours: Palette) -> dict[str, Any]:
    x: list[float | None] = []
    y: list[float | None] = []
    for (x0, y0), (x1, y1) in lines:
        x += [x0, x1, None]
        y += [y0, y1, None]
    line = {"width": 1, "color": colours.quiet}
    return {"type": "scatter", "x": x, "y": y, "mode": "lines", "line": line, "hoverinfo": "skip"}


def _nodes(
    spots: Sequence[Spot],
    words: Sequence[tuple[str, str, str]],
    marker: dict[str, Any],
    colours: Palette,
    *,
    beside: bool = False,
) -> dict[str, Any]:
    """Return nodes; `words` are what stands there, what the pointer shows and what a click gives back."""
    return {
        "type": "scatter",
        "x": [x for x, _ in spots],
        "y": [y for _, y in spots],
        "mode": "markers+text",
        "text": [escape(label) for label, _, _ in words],
        "textposition": "middle right" if beside else "top center",
        "textfont": {"size": 11, "color": colours.ink},
        "marker": {**marker, "line": {"width": 1, "color": colours.line}},
        "customdata": [[escape(detail), address] for _, detail, address in words],
        "hovertemplate": "%{customdata[0]}<extra></extra>",
        "cliponaxis": False,
    }
