from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from fraudkit.charts.links import BridgeNode, PartyNode, links_plot
from fraudkit.charts.palette import palette
from fraudkit.charts.timeline import MOST_POINTS, described, marked_places, timeline_of, timeline_plot
from fraudkit.explain.formats import formats_for
from tests.explain.pasts import DAY, past_of, row

ES, EN = formats_for("es", "es-PE"), formats_for("en", "en-US")
LIGHT = palette(dark=False)


def plot(
    rows: list[dict[str, Any]], place: int = -1, first: int | None = None, median: float | None = None
) -> Any:
    return timeline_plot(timeline_of(past_of(rows, place), "PEN", first), LIGHT, ES, median)


def test_this_transaction_is_marked_last_so_that_nothing_covers_it() -> None:
    figure = plot([row(1, 8), row(2, 7, is_alert=True), row(5, 9), row(6, 3, verdict="fraud")], 2, median=8.0)
    assert [trace.name for trace in figure.data][-1] == "Esta operación"
    assert figure.data[-1].marker.symbol == "diamond"
    assert [len(trace.x) for trace in figure.data] == [1, 1, 1, 1]


@pytest.mark.parametrize(("largest", "kind"), [(20.0, "linear"), (5_000.0, "log")])
def test_wide_amounts_are_drawn_on_a_logarithmic_axis(largest: float, kind: str) -> None:
    assert plot([row(0, 10), row(1, largest)]).layout.yaxis.type == kind


def test_days_are_written_in_the_readers_language() -> None:
    figure = plot([row(0), row(30 * DAY)])
    assert any("mar." in text for text in figure.layout.xaxis.ticktext)


@pytest.mark.parametrize(
    "rows", [[row(0, 0)], [row(0), row(0)], [row(0, rate=math.nan), row(1, currency="USD", rate=math.nan)]]
)
def test_thin_histories_are_drawn(rows: list[dict[str, Any]]) -> None:
    drawn = timeline_of(past_of(rows), "PEN")
    timeline_plot(drawn, LIGHT, ES, 5.0).to_json()
    assert described(drawn, EN)


def test_thousands_become_a_band_and_what_is_marked_stays() -> None:
    draw = np.random.default_rng(5)
    rows = [
        row(minutes, amount)
        for minutes, amount in zip(range(0, 100_000, 20), draw.lognormal(4, 1, 5_000), strict=True)
    ]
    rows[4_000]["is_alert"] = True
    figure = plot(rows)
    points = {trace.name: len(trace.x) for trace in figure.data}
    assert points["Alertas"] == points["Esta operación"] == 1
    assert max(points.values()) < 100
    assert len(figure.to_json()) < 60_000
    low, high, middle = (np.array(trace.y) for trace in figure.data[:3])
    assert (low <= middle).all()
    assert (middle <= high).all()
    few = plot(rows[: MOST_POINTS - 1])
    assert len(few.data[0].x) == MOST_POINTS - 2


def test_the_first_unusual_one_is_drawn_however_old() -> None:
    figure = plot([row(0), row(100 * DAY), row(200 * DAY)], first=0)
    assert any(shape.type == "rect" for shape in figure.layout.shapes)
    assert "primera inusual" in figure.layout.annotations[0].text
    assert sum(len(trace.x) for trace in figure.data) == 2  # the one between lies outside the window
    assert marked_places(timeline_of(past_of([row(0), row(1), row(2)]), "PEN", 0)) == [0, 2]


def test_amounts_of_several_currencies_are_drawn_in_the_base_currency() -> None:
    drawn = timeline_of(past_of([row(0, 10, currency="USD", rate=3.75), row(1, 20)]), "PEN")
    assert list(drawn.values) == [37.5, 20.0]
    same = timeline_of(past_of([row(0, 10, currency="USD", rate=3.75)]), "PEN")
    assert (same.currency, list(same.values)) == ("USD", [10.0])


def test_who_judges_blind_sees_no_verdict_and_no_alert() -> None:
    past = past_of([row(0, verdict="fraud"), row(1, is_alert=True), row(2)])
    figure = timeline_plot(timeline_of(past, "PEN", is_marked=False), LIGHT, ES)
    assert [trace.name for trace in figure.data] == ["Pagos anteriores y posteriores", "Esta operación"]


def test_the_figure_is_said_in_words() -> None:
    drawn = timeline_of(past_of([row(0, 5, is_alert=True), row(1, 8, verdict="fraud"), row(2, 2)]), "PEN")
    said = described(drawn, EN).replace("\u00a0", " ")
    assert said == "3 operations, amounts from S/ 2.00 to S/ 8.00; 1 other alerts, 1 known frauds."


def test_names_from_files_are_text_in_figures() -> None:
    figure = plot([row(0, payee_name="<b>x</b>"), row(1)])
    assert figure.data[0].customdata[0][1] == "&lt;b&gt;x&lt;/b&gt;"
    graph = links_plot(
        "<i>", [BridgeNode("<b>", "<b>")], [PartyNode("<u>", "<u>", (0,), is_marked=True)], LIGHT
    )
    assert "<b>" not in graph.to_json().replace("\\u003cb", "<b")


def test_parties_stand_beside_what_they_share() -> None:
    bridges = [BridgeNode("D1", ""), BridgeNode("T1", "")]
    parties = [
        PartyNode("A", "", (1,), is_marked=False, address="7"),
        PartyNode("B", "", (0,), is_marked=True),
        PartyNode("C", "", (0, 1), is_marked=False),
    ]
    figure = links_plot("me", bridges, parties, LIGHT)
    assert list(figure.data[3].text) == ["B", "C", "A"]
    assert [point[1] for point in figure.data[3].customdata] == ["", "", "7"]
    assert sum(x is None for x in figure.data[0].x) == 2 + 4
    assert links_plot("me", [], [], LIGHT).to_json()
