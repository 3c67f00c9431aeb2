"""What the case page tells: the facts of the first screen and each view, for every kind of case."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from fraudkit.config import Settings
from fraudkit.domain import Actor
from fraudkit.explain.normal import MOST_LEVERS
from fraudkit.services import (
    data_first,
    deciding,
    history,
    importing,
    linking,
    normality,
    reviewing,
    scoring,
    similar,
    withdrawing,
)
from fraudkit.services.reviewing import QueueFilter, QueueRow
from fraudkit.services.workbench import Workbench
from fraudkit.ui import state, subjects
from fraudkit.ui.shell import Page
from tests import portfolio
from tests.pages.conftest import Open
from tests.pages.test_screens import shown

VIEWS = "TVMLD"
ANA = Actor("Ana", "lead")


@pytest.fixture(autouse=True)
def _every_case_shows_its_score(monkeypatch: pytest.MonkeyPatch) -> None:
    """Some cases, drawn at random, show the facts alone at first; that is tested by itself."""
    monkeypatch.setattr(data_first, "hides_score", lambda *_given: False)


def queue(workbench: Workbench) -> tuple[QueueRow, ...]:
    return reviewing.queue_page(workbench, QueueFilter()).rows


def press(at: AppTest, view: str) -> str:
    at.button(key=f"view-{view}").click().run()
    assert not at.exception, at.exception
    assert not at.error, [error.value for error in at.error]
    return shown(at)


def imported(settings: Settings, text: str, name: str = "small.csv") -> Workbench:
    """Import and rank a file of its own; the fallback ranks so few rows."""
    settings.upload_folder.mkdir(parents=True, exist_ok=True)
    path = Path(settings.upload_folder) / name
    path.write_text(text, encoding="utf-8")
    workbench = state.workbench()
    result = importing.import_file(workbench, path, ANA)
    assert result.outcome == "load", result.message
    scoring.rank(workbench)
    return workbench


def normality_of(workbench: Workbench, row: QueueRow) -> tuple[object, ...]:
    stored = history.transaction(workbench, row.transaction_id)
    past = history.history_of(workbench, stored, row.entity_kind)
    explanation = scoring.explain(workbench, row.transaction_id)
    page = Page("case", workbench, ANA, None, None)  # type: ignore[arg-type]
    subject = subjects.subject(page, stored, past)
    return explanation, normality.normality(workbench, explanation, subject, past)


def test_the_first_screen_holds_the_facts(ranked: Settings, open_screen: Open) -> None:
    text = shown(open_screen("case", case="1"))
    for part in ("fk-figures", "Before it", "Habit", "First unusual operation", "What would look normal"):
        assert part in text, part


@pytest.mark.parametrize("case", ["1", "2", "20", "40"])
def test_every_view_opens_by_its_key(ranked: Settings, open_screen: Open, case: str) -> None:
    at = open_screen("case", case=case)
    assert [at.button(key=f"view-{view}").proto.shortcut for view in VIEWS] == list(VIEWS.lower())
    for view in VIEWS:
        press(at, view)


def test_another_case_starts_with_its_timeline(
    ranked: Settings, open_screen: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    look = linking.links
    monkeypatch.setattr(linking, "links", lambda *given: asked.append(given) or look(*given))
    at = open_screen("case", case="1")
    assert not asked, "links are looked for before anybody asks"
    press(at, "L")
    assert len(asked) == 1
    at.query_params["case"] = "2"
    at.run()
    assert len(asked) == 1
    assert "First unusual operation" in shown(at)


def test_usual_values_are_scored_by_the_model_itself(ranked: Settings) -> None:
    with portfolio.opened(ranked) as workbench:
        model = scoring.active_model(workbench)
        line = history.line_score(workbench)
        assert line is not None
        enough = 0
        for row in queue(workbench)[:12]:
            explanation, found = normality_of(workbench, row)
            values = {part.feature: part.value for part in explanation.contributions}  # type: ignore[attr-defined]
            assert found.together is not None  # type: ignore[attr-defined]
            assert len(found.together.levers) <= MOST_LEVERS  # type: ignore[attr-defined]
            for swap in [single for single, _ in found.singles] + [found.together]:  # type: ignore[attr-defined]
                changed = dict(values)
                for lever in swap.levers:
                    changed |= lever.values
                X = np.array([[changed[name] for name in model.manifest.features]], np.float32)
                assert swap.score == model.learned.score(X)[0]
                assert swap.is_below == (swap.score < line)
            enough += found.best is not None  # type: ignore[attr-defined]
        assert enough > 6


def test_similar_cases_name_outcomes_and_link_to_them(
    ranked: Settings, open_screen: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(similar, "NEAR", 0.3)
    workbench = state.workbench()
    rows = queue(workbench)
    for row in rows[1:9]:
        version = reviewing.case_view(workbench, row.case_id).state.version
        deciding.decide(workbench, ANA, row.case_id, version, "genuine", "travel")
    explanation = scoring.explain(workbench, rows[0].transaction_id)
    found = similar.neighbourhood(workbench, rows[0].case_id, explanation)
    assert found.labelled >= 8
    assert found.near
    assert rows[0].case_id not in [neighbour.case_id for neighbour in found.near]
    assert all(neighbour.similarity >= similar.NEAR for neighbour in found.near)
    at = open_screen("case", case=str(rows[0].case_id))
    text = press(at, "M")
    assert "most alike decided operation" in text
    assert f'href="case?case={found.near[0].case_id}' in text


def test_a_new_pattern_is_said(ranked: Settings, open_screen: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(similar, "NEAR", 1.01)
    workbench = state.workbench()
    row = queue(workbench)[1]
    deciding.decide(workbench, ANA, row.case_id, row.version, "fraud", "card")
    text = press(open_screen("case", case="1"), "M")
    assert "New pattern" in text


def test_the_verdicts_that_moved_a_score_link_to_their_cases(ranked: Settings, open_screen: Open) -> None:
    workbench = state.workbench()
    rows = queue(workbench)
    deciding.decide(workbench, ANA, rows[0].case_id, rows[0].version, "fraud", "card")
    at = open_screen("case", case=str(rows[1].case_id))
    text = press(at, "V")
    assert f'href="case?case={rows[0].case_id}' in text
    assert "Moved the score by" in text


SMALL = """transaction_id,fecha,monto,cliente,comercio,canal_interno,<b>nota</b>
A1,2026-03-01,10.00,C1,Uno,web,uno
A2,2026-03-02,12.00,C1,Uno,web,dos
A3,2026-03-02,900.00,C1,Dos,app,<script>alert(1)</script>
B1,2026-03-03,50.00,C2,Uno,web,
"""


def test_a_file_with_dates_only_and_columns_that_nobody_knows(
    own_settings: Settings, open_screen: Open
) -> None:
    workbench = imported(own_settings, SMALL)
    case = next(row for row in queue(workbench) if row.entity_id == "C1")
    at = open_screen("case", case=str(case.case_id))
    text = shown(at)
    assert "within two hours" not in text
    assert "Too little history" in text
    assert "Ranked within this portfolio only" in text
    for view in VIEWS:
        text = press(at, view)
    assert "small.csv, line" in text
    assert "canal_interno" in text
    assert "<script>" not in text
    assert "Not in the file" in text


def test_a_customer_with_one_operation_only(own_settings: Settings, open_screen: Open) -> None:
    workbench = imported(own_settings, SMALL)
    case = next(row for row in queue(workbench) if row.entity_id == "C2")
    at = open_screen("case", case=str(case.case_id))
    assert "the first one seen" in shown(at)
    for view in VIEWS:
        press(at, view)


def test_a_transaction_without_a_customer_stands_alone(own_settings: Settings, open_screen: Open) -> None:
    workbench = imported(own_settings, "fecha,monto\n2026-03-01 10:00:00,10\n2026-03-02 11:00:00,900\n")
    at = open_screen("case", case=str(queue(workbench)[0].case_id))
    assert "Habit" not in shown(at)
    for view in VIEWS:
        press(at, view)


def test_a_transfer_names_the_receiver(own_settings: Settings, open_screen: Open) -> None:
    workbench = imported(
        own_settings,
        "fecha,monto,cliente,cuenta_destino\n"
        "2026-03-01 10:00:00,10,C1,EX-77\n"
        "2026-03-02 11:00:00,9,C1,EX-78\n",
    )
    row = queue(workbench)[0]
    assert row.merchant in {"EX-77", "EX-78"}
    assert f"<b>{row.merchant}</b>" in shown(open_screen("case", case=str(row.case_id)))


def test_five_thousand_operations(own_settings: Settings, open_screen: Open) -> None:
    draw = np.random.default_rng(7)
    moments = np.sort(draw.integers(0, 80 * 86_400, 5_000)) + 1_772_000_000
    rows = [
        f"{np.datetime64(int(moment), 's')},{amount:.2f},C1,M{merchant}"
        for moment, amount, merchant in zip(
            moments, draw.lognormal(4, 1, 5_000), draw.integers(0, 40, 5_000), strict=True
        )
    ]
    workbench = imported(own_settings, "\n".join(["fecha,monto,cliente,comercio", *rows]))
    at = open_screen("case", case=str(queue(workbench)[0].case_id))
    assert "Before it" in shown(at)
    for view in VIEWS:
        press(at, view)


def test_a_withdrawn_file_leaves_the_verdict_and_the_row_readable(
    own_settings: Settings, open_screen: Open
) -> None:
    workbench = imported(own_settings, SMALL)
    row = next(each for each in queue(workbench) if each.entity_id == "C2")
    other = next(each for each in queue(workbench) if each.entity_id == "C1")
    deciding.decide(workbench, ANA, row.case_id, row.version, "genuine", "travel")
    withdrawing.withdraw(workbench, 1, ANA)
    at = open_screen("case", case=str(row.case_id))
    assert at.warning[0].proto.title == "The file small.csv was withdrawn"
    text = shown(at)
    assert "Verdicts so far" in text
    assert "small.csv, line" in text
    for view in VIEWS:
        press(at, view)
    gone = open_screen("case", case=str(other.case_id))
    assert gone.warning[0].proto.title == "The file of this case was withdrawn"
