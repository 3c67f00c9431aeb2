"""After a verdict: the open queue at once, everything below the line in passes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from fraudkit.domain import Actor
from fraudkit.services import modelling, reasoning, refreshing, scoring
from fraudkit.services.workbench import Workbench
from fraudkit.store import rankings, reasons
from tests.services.test_scoring import CAPACITY, alert_ranks, decide, ranked

__all__ = ["ranked"]


def wait(workbench: Workbench, kind: str) -> object:
    job = workbench.jobs.latest(kind)
    assert job is not None
    assert job.finished.wait(30)
    assert job.error is None
    return job.result


def stored(workbench: Workbench) -> tuple[int, dict[str, object]]:
    with workbench.database.read() as cursor:
        return cursor.value("SELECT count(*) FROM transaction_reason"), reasons.last_run(cursor)


def test_nothing_is_due_before_a_verdict(ranked: Workbench) -> None:
    assert refreshing.seconds_until_due(ranked) is None
    refreshing.after_verdict(ranked)
    wait(ranked, refreshing.RELEARN)
    assert ranked.jobs.latest(refreshing.RERANK) is None


def test_one_verdict_waits_for_more_and_enough_are_due_at_once(ranked: Workbench, analyst: Actor) -> None:
    ranked.settings = replace(ranked.settings, refresh_verdicts=2, refresh_minutes=5)
    first, second = alert_ranks(ranked).transaction_id[:2]
    decide(ranked, analyst, first, "fraud")
    assert 200 < refreshing.seconds_until_due(ranked) <= 300
    decide(ranked, analyst, second, "genuine")
    assert refreshing.seconds_until_due(ranked) == 0


def test_a_pass_fills_the_queue_again_and_explains_everything(ranked: Workbench, analyst: Actor) -> None:
    ranked.settings = replace(ranked.settings, refresh_verdicts=1)
    before = alert_ranks(ranked)
    decide(ranked, analyst, before.transaction_id[0], "fraud")
    refreshing.after_verdict(ranked)
    wait(ranked, refreshing.RELEARN)
    report = wait(ranked, refreshing.RERANK)
    assert report.alerts_raised >= 1
    open_alerts = alert_ranks(ranked).query("verdict.isna()")
    with ranked.database.read() as cursor:
        above = rankings.above_line(cursor, CAPACITY)
    assert len(above) == CAPACITY
    assert {row["transaction_id"] for row in above} <= set(open_alerts.transaction_id)
    assert refreshing.seconds_until_due(ranked) is None
    wait(ranked, refreshing.EXPLAIN)
    model = modelling.active_model(ranked)
    count, run = stored(ranked)
    assert count == report.rows
    assert (run["model_id"], run["ledger_position"]) == (model.model_id, model.ledger_position)
    assert reasoning.is_current(ranked)
    newest = open_alerts.iloc[-1]
    with ranked.database.read() as cursor:
        position = cursor.value(
            "SELECT position FROM alert WHERE transaction_id = ?", [newest.transaction_id]
        )
        packed = cursor.value("SELECT packed FROM transaction_reason WHERE position = ?", [position])
    assert reasons.unpack(packed, run["features"]) == list(newest.reasons)


def test_a_pass_ranks_as_a_full_ranking_does(ranked: Workbench, analyst: Actor) -> None:
    decide(ranked, analyst, alert_ranks(ranked).transaction_id[0], "genuine")
    refreshing.rank_below_line(ranked)
    with ranked.database.read() as cursor:
        passed = cursor.frame("SELECT * FROM ranking ORDER BY position")
    scoring.rank(ranked)
    with ranked.database.read() as cursor:
        np.testing.assert_array_equal(
            passed.score, cursor.frame("SELECT * FROM ranking ORDER BY position").score
        )


def test_explanations_are_made_once(ranked: Workbench) -> None:
    for _ in range(2):
        refreshing.after_ranking(ranked)
        wait(ranked, refreshing.EXPLAIN)
    with ranked.database.read() as cursor:
        assert cursor.value("SELECT count(*) FROM reason_run") == 1


def test_nothing_is_explained_once_all_transactions_are_withdrawn(ranked: Workbench) -> None:
    with ranked.database.write() as cursor:
        cursor.execute("DELETE FROM transactions")
    refreshing.after_ranking(ranked)
    wait(ranked, refreshing.EXPLAIN)
    assert stored(ranked) == (0, None)


def test_explaining_ends_when_another_model_becomes_active(
    ranked: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reasoning, "_BLOCK", 500)

    def activated(share: float, _text: str) -> None:
        if share > 0.3:
            monkeypatch.setattr(modelling, "active_id", lambda *_: "another")

    assert reasoning.refresh(ranked, activated).rows == 500
