from __future__ import annotations

from typing import Any

import pytest

from fraudkit.domain import Actor
from fraudkit.services import auditing, deciding, policies, random_sample, reviewing, scoring
from fraudkit.services.workbench import Workbench
from fraudkit.store import quality_events
from fraudkit.store.statements import query
from tests.services.ledger import add_transactions

LEAD = Actor("Luz", "lead")
ROWS = 1_200


@pytest.fixture
def ranked(workbench: Workbench) -> Workbench:
    policies.change(workbench, LEAD, random_share=0.05, approval_amount=1e12, approve_high_genuine=False)
    add_transactions(workbench, [f"C{row % 97}" for row in range(ROWS)])
    scoring.rank(workbench)
    return workbench


def draws(workbench: Workbench) -> list[dict[str, Any]]:
    with workbench.database.read() as cursor:
        return [event["payload"] for event in quality_events.events(cursor, "drawn")]


def test_a_ranking_draws_from_below_the_line_with_the_probability_that_it_stores(ranked: Workbench) -> None:
    (drawn,) = draws(ranked)
    names = drawn["transactions"]
    with ranked.database.read() as cursor:
        line = cursor.value("SELECT line_score FROM ranking_run")
        scores = cursor.rows(
            "SELECT score FROM ranking WHERE list_contains(?::VARCHAR[], transaction_id)", [names]
        )
        origins = cursor.rows(
            "SELECT DISTINCT origin FROM alert WHERE list_contains(?::VARCHAR[], transaction_id)", [names]
        )
    capacity = ranked.settings.alert_capacity
    assert len(names) == -(-capacity * 5 // 100), "five in a hundred of the alerts that were raised"
    assert all(row["score"] <= line for row in scores)
    assert origins == [{"origin": "ranking"}], "nothing about the alert says that it was drawn"
    assert drawn["population"] == ROWS - capacity
    assert drawn["probability"] == pytest.approx(len(names) / drawn["population"])
    assert auditing.verify(ranked).is_whole


def test_the_draw_can_be_repeated_from_its_event(ranked: Workbench) -> None:
    (drawn,) = draws(ranked)
    names = drawn["transactions"]
    with ranked.database.write() as cursor:
        cursor.execute("DELETE FROM alert WHERE list_contains(?::VARCHAR[], transaction_id)", [names])
        span = (drawn["after"], drawn["until"])
        again = quality_events.take(cursor, *span, drawn["seed"], len(names))
        other = quality_events.take(cursor, *span, "another seed", len(names))
    assert [row["transaction_id"] for row in again] == names
    assert [row["transaction_id"] for row in other] != names


def test_blocks_draw_what_the_database_draws_at_once(
    ranked: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ranked.database.read() as cursor:
        expected = cursor.rows(
            f"{query('sample_population')} ORDER BY sha256($seed || r.transaction_id), position LIMIT 40",
            {"after": 0, "until": ROWS, "seed": "a seed"},
        )
        known = quality_events.population(cursor, 0, ROWS)
        monkeypatch.setattr(quality_events, "_BLOCK", 97)
        assert quality_events.take(cursor, 0, ROWS, "a seed", 40) == expected
        assert quality_events.population(cursor, 0, ROWS) == known > 40


def test_each_transaction_has_one_chance(ranked: Workbench) -> None:
    scoring.rank(ranked)
    assert len(draws(ranked)) == 1, "nothing new came"
    add_transactions(ranked, ["C1"] * 500, first=ROWS + 1)
    scoring.rank(ranked)
    first, second = draws(ranked)
    assert second["after"] == first["until"] == ROWS
    assert all(int(name[1:]) > ROWS for name in second["transactions"])


def test_a_share_of_nothing_draws_nothing(workbench: Workbench) -> None:
    policies.change(workbench, LEAD, random_share=0.0)
    add_transactions(workbench, ["A"] * ROWS)
    scoring.rank(workbench)
    assert draws(workbench) == []


def test_verdicts_on_the_sample_estimate_what_lies_below(ranked: Workbench) -> None:
    (drawn,) = draws(ranked)
    names = drawn["transactions"]
    assert random_sample.estimate(ranked).count is None
    for place, name in enumerate(names):
        with ranked.database.read() as cursor:
            case_id = cursor.value("SELECT case_id FROM alert WHERE transaction_id = ?", [name])
        version = reviewing.case_view(ranked, case_id).state.version
        verdict, reason = ("fraud", "card") if place == 0 else ("genuine", "travel")
        deciding.decide(ranked, LEAD, case_id, version, verdict, reason, transaction_ids=[name])  # type: ignore[arg-type]
    found = random_sample.estimate(ranked)
    assert (found.drawn, found.reviewed, found.frauds) == (len(names), len(names), 1)
    assert found.count is not None
    assert found.count.total == pytest.approx(drawn["population"] / len(names))
    assert found.stands_for == pytest.approx(drawn["population"])


def test_a_drawn_case_stands_among_the_others_in_the_queue(ranked: Workbench) -> None:
    policies.change(ranked, LEAD, random_share=1.0)
    add_transactions(ranked, [f"N{row}" for row in range(600)], first=ROWS + 1)
    scoring.rank(ranked)
    names = {name for payload in draws(ranked) for name in payload["transactions"]}
    rows = reviewing.queue_page(ranked, reviewing.QueueFilter(), page_size=1_000).rows
    places = [place for place, row in enumerate(rows) if row.transaction_id in names]
    assert len(places) >= 5
    assert min(places) < len(rows) / 2, "not all of them at the end of the list"
    scores = [rows[place].score for place in places]
    assert max(scores) <= min(row.score for row in rows if row.transaction_id not in names), "own scores"
