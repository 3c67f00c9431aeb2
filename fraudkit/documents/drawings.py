"""The plots of a printed document, drawn from the same numbers as those on the screen."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from reportlab.graphics.shapes import Circle, Drawing, Line, Rect, String
from reportlab.lib.colors import HexColor

from fraudkit.charts.palette import LIGHT
from fraudkit.documents.typeface import PLAIN, printable
from fraudkit.explain.formats import Formats

WIDTH: Final = 510.0
_ROW: Final = 15.0
_NAMES: Final = 235.0
_NUMBER: Final = 42.0
_PLOT_HEIGHT: Final = 120.0
_LEFT: Final = 52.0
_TICKS: Final = 6
_LOG_FROM_RATIO: Final = 30.0
_SMALL: Final = 7.5


@dataclass(frozen=True, slots=True)
class Bar:
    """One signed bar with its words."""

    label: str
    value: str
    evidence: float


@dataclass(frozen=True, slots=True)
class Dot:
    """One payment in the time line."""

    moment: datetime
    amount: float
    is_marked: bool


def evidence_bars(bars: Sequence[Bar], formats: Formats) -> Drawing:
    """Return signed bars, in their order: to the right what raised the score, to the left what lowered it."""
    height = _ROW * len(bars) + 4
    drawing = Drawing(WIDTH, height)
    lowest = min(0.0, *(bar.evidence for bar in bars))
    highest = max(0.0, *(bar.evidence for bar in bars))
    room = WIDTH - _NAMES - 2 * _NUMBER
    scale = room / ((highest - lowest) or 1.0)
    zero = _NAMES + _NUMBER - lowest * scale
    for place, bar in enumerate(bars):
        base = height - _ROW * (place + 1)
        start, end = sorted((zero, zero + bar.evidence * scale))
        colour = LIGHT.signal if bar.evidence > 0 else LIGHT.calm
        drawing.add(
            Rect(
                start, base + 2, max(end - start, 0.4), _ROW - 5, fillColor=HexColor(colour), strokeColor=None
            )
        )
        label = printable(f"{bar.label}  {bar.value}")
        drawing.add(_text(_NAMES - 4, base + 4, label, "end"))
        number = formats.fixed(bar.evidence, 2, signed=True)
        beside = (end + 3, "start") if bar.evidence > 0 else (start - 3, "end")
        drawing.add(_text(beside[0], base + 4, number, beside[1]))
    drawing.add(Line(zero, 0, zero, height, strokeColor=HexColor(LIGHT.quiet), strokeWidth=0.5))
    return drawing


def timeline(dots: Sequence[Dot], formats: Formats) -> Drawing:
    """Return amounts over time, the transaction itself marked."""
    drawing = Drawing(WIDTH, _PLOT_HEIGHT + 16)
    moments = [dot.moment.timestamp() for dot in dots]
    amounts = [dot.amount for dot in dots]
    across = _scale(min(moments), max(moments), _LEFT + 6, WIDTH - 6)
    logarithmic, marks = _marks(amounts)

    def height_of(amount: float) -> float:
        low, high = (math.log10(marks[0]), math.log10(marks[-1])) if logarithmic else (marks[0], marks[-1])
        value = math.log10(max(amount, marks[0])) if logarithmic else amount
        return 18 + (value - low) / ((high - low) or 1.0) * (_PLOT_HEIGHT - 8)

    for mark in marks:
        level = height_of(mark)
        drawing.add(Line(_LEFT, level, WIDTH, level, strokeColor=HexColor(LIGHT.line), strokeWidth=0.4))
        drawing.add(_text(_LEFT - 4, level - 2.5, formats.number(mark, 2), "end"))
    first, last = min(dots, key=lambda dot: dot.moment).moment, max(dots, key=lambda dot: dot.moment).moment
    for step in range(_TICKS):
        moment = first + (last - first) * step / (_TICKS - 1)
        anchor = "start" if step == 0 else "end" if step == _TICKS - 1 else "middle"
        drawing.add(_text(across(moment.timestamp()), 4, formats.day(moment), anchor))
        if first == last:
            break
    for dot in sorted(dots, key=lambda each: each.is_marked):
        colour = HexColor(LIGHT.signal if dot.is_marked else LIGHT.quiet)
        size = 3.6 if dot.is_marked else 1.9
        place = (across(dot.moment.timestamp()), height_of(dot.amount))
        drawing.add(Circle(*place, size, fillColor=colour, strokeColor=None))
    return drawing


def _scale(low: float, high: float, start: float, end: float) -> Callable[[float], float]:
    return lambda value: start + (value - low) / ((high - low) or 1.0) * (end - start)


def _marks(amounts: Sequence[float]) -> tuple[bool, list[float]]:
    """Return whether the axis is logarithmic, and where its lines stand."""
    positive = [amount for amount in amounts if amount > 0]
    if positive and max(positive) / min(positive) > _LOG_FROM_RATIO:
        low, high = math.floor(math.log10(min(positive))), math.ceil(math.log10(max(positive)))
        return True, [10.0**power for power in range(low, max(high, low + 1) + 1)]
    top = max(amounts, default=0.0) or 1.0
    step = 10 ** math.floor(math.log10(top))
    step = next(part * step for part in (0.2, 0.5, 1.0, 2.0) if top / (part * step) <= _TICKS)
    return False, [step * place for place in range(math.ceil(top / step) + 1)]


def _text(x: float, y: float, text: str, anchor: str) -> String:
    return String(
        x, y, text, fontName=PLAIN, fontSize=_SMALL, textAnchor=anchor, fillColor=HexColor(LIGHT.ink)
    )
