"""Ranking, learning and undoing on a small portfolio, with a small forest trained for the test."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from fraudkit.config import Settings
from fraudkit.domain import Actor
from fraudkit.errors import ModelError, NotFoundError
from fraudkit.services import deciding, modelling, reviewing, scoring, training
from fraudkit.services.alerting import raise_alerts
from fraudkit.services.workbench import Workbench
from fraudkit.store import rankings
from tests.features.portfolio import DAY_US, insert, random_transactions

ROWS = 1_500
CAPACITY = 25
REASON = {"fraud": "card", "genuine": "travel"}


@pytest.fixture
def ranked(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workbench]:
    monkeypatch.setattr(training, "PARAMETERS", {"n_estimators": 20, "max_samples": 128, "random_state": 0})
    opened = Workbench.open(
        replace(settings, alert_capacity=CAPACITY, bundled_models=settings.local_models / "none")
    )
    frame = random_transactions(ROWS, seed=6)
    fraud = np.random.default_rng(1).random(ROWS) < 0.05
    known = frame[fraud & (frame.position < ROWS // 3)].assign(
        label_known_at=lambda rows: rows.ts_us + 7 * DAY_US
    )
    insert(opened.database, frame, known[["transaction_id", "label_known_at"]])
    actor = Actor("Luz", "lead")
    trained = training.train(opened, actor)
    training.activate(opened, trained.model_id, actor)
    yield opened
    opened.close()


def alert_ranks(workbench: Workbench) -> pd.DataFrame:
    with workbench.database.read() as cursor:
        return cursor.frame(
            "SELECT a.transaction_id, r.*, s.verdict, s.case_id "
            "FROM alert a JOIN alert_rank r USING (alert_id) "
            "JOIN alert_state s USING (alert_id) ORDER BY r.score DESC, a.alert_id"
        )


def decide(workbench: Workbench, actor: Actor, transaction_id: str, verdict: str) -> int:
    case_id = int(alert_ranks(workbench).set_index("transaction_id").case_id[transaction_id])
    version = reviewing.case_view(workbench, case_id).state.version
    deciding.decide(
        workbench, actor, case_id, version, verdict, REASON[verdict], transaction_ids=[transaction_id]
    )
    scoring.relearn(workbench)
    return case_id


def test_everything_is_ranked_and_the_riskiest_are_alerts(ranked: Workbench) -> None:
    with ranked.database.read() as cursor:
        ranking = cursor.frame("SELECT * FROM ranking ORDER BY position")
        labelled = {row["transaction_id"] for row in cursor.rows("SELECT transaction_id FROM label_event")}
    alerts = alert_ranks(ranked)
    assert len(ranking) == ROWS
    assert ranking.severity.between(0, 100).all()
    undecided = ranking[~ranking.transaction_id.isin(labelled)].sort_values("score", ascending=False)
    assert len(alerts) == CAPACITY + 1, "and one that was drawn from below the line"
    assert alerts.score.nlargest(CAPACITY).min() == undecided.score.iloc[CAPACITY - 1]
    merged = alerts.merge(ranking, on="transaction_id", suffixes=("", "_all"))
    np.testing.assert_array_equal(merged.score, merged.score_all)
    assert all(1 <= len(reasons) <= modelling.REASONS for reasons in alerts.reasons)


def test_ranking_again_raises_nothing_new(ranked: Workbench) -> None:
    before = alert_ranks(ranked)
    report = scoring.rank(ranked)
    assert report.alerts_raised == 0
    assert not report.is_fallback
    pd.testing.assert_frame_equal(alert_ranks(ranked), before)


def test_an_explanation_adds_up_to_the_score_that_ranked(ranked: Workbench) -> None:
    with ranked.database.read() as cursor:
        rows = cursor.rows(
            "SELECT transaction_id, score, severity FROM ranking USING SAMPLE 20 ROWS (reservoir, 1)"
        )
    for row in rows:
        found = scoring.explain(ranked, row["transaction_id"])
        total = found.base + sum(part.evidence for part in found.contributions)
        assert total == pytest.approx(found.score, abs=1e-9)
        assert found.score == pytest.approx(row["score"], abs=1e-9)
        assert found.severity == pytest.approx(row["severity"], abs=1e-9)


def test_a_verdict_moves_the_open_alerts_and_undo_restores_every_bit(
    ranked: Workbench, analyst: Actor
) -> None:
    before = alert_ranks(ranked)
    case_id = decide(ranked, analyst, before.transaction_id[0], "genuine")
    moved = alert_ranks(ranked)
    open_before = before[before.transaction_id.isin(moved[moved.verdict.isna()].transaction_id)]
    assert not np.array_equal(np.sort(moved[moved.verdict.isna()].score), np.sort(open_before.score))
    version = reviewing.case_view(ranked, case_id).state.version
    deciding.undo(ranked, analyst, case_id, version)
    scoring.relearn(ranked)
    after = alert_ranks(ranked).sort_values("alert_id").reset_index(drop=True)
    columns = ["alert_id", "score", "severity", "reasons"]
    pd.testing.assert_frame_equal(
        after[columns], before.sort_values("alert_id").reset_index(drop=True)[columns], check_exact=True
    )


def test_relearning_gives_what_a_full_ranking_gives(ranked: Workbench, analyst: Actor) -> None:
    alerts = alert_ranks(ranked)
    for place, verdict in enumerate(["fraud", "genuine", "genuine"]):
        decide(ranked, analyst, alerts.transaction_id[place], verdict)
    quick = alert_ranks(ranked)
    scoring.rank(ranked)
    full = alert_ranks(ranked).set_index("alert_id")
    still_open = quick[quick.verdict.isna()].set_index("alert_id")
    np.testing.assert_array_equal(still_open.score, full.score[still_open.index])
    np.testing.assert_array_equal(still_open.severity, full.severity[still_open.index])


def test_the_order_of_verdicts_does_not_matter(ranked: Workbench, analyst: Actor) -> None:
    alerts = alert_ranks(ranked)
    first = alerts.drop_duplicates("case_id").transaction_id.tolist()
    chosen = [(first[0], "fraud"), (first[1], "genuine")]
    scores = []
    for order in (chosen, chosen[::-1]):
        cases = [decide(ranked, analyst, *each) for each in order]
        scores.append(modelling.active_model(ranked).learned.score(reference_of(ranked)))
        for case_id in reversed(cases):
            version = reviewing.case_view(ranked, case_id).state.version
            deciding.undo(ranked, analyst, case_id, version)
    np.testing.assert_array_equal(scores[0], scores[1])


def reference_of(workbench: Workbench) -> np.ndarray:
    return modelling.active_model(workbench).reference


def test_a_transaction_below_the_line_can_be_raised_by_hand(ranked: Workbench, analyst: Actor) -> None:
    with ranked.database.read() as cursor:
        lowest = cursor.row("SELECT transaction_id, score FROM ranking ORDER BY score LIMIT 1")
    candidate = scoring.candidate(ranked, lowest["transaction_id"])
    assert candidate.score == pytest.approx(lowest["score"], abs=1e-9)
    assert len(candidate.features) == len(modelling.active_model(ranked).manifest.features)
    with ranked.database.write() as cursor:
        raise_alerts(cursor, [candidate], "m", origin="manual", actor=analyst)
    decide(ranked, analyst, lowest["transaction_id"], "fraud")
    assert modelling.active_model(ranked).learned.n_labels == 1


def test_the_model_is_kept_until_something_changes(ranked: Workbench, analyst: Actor) -> None:
    first = modelling.active_model(ranked)
    assert modelling.active_model(ranked) is first
    decide(ranked, analyst, alert_ranks(ranked).transaction_id[0], "fraud")
    second = modelling.active_model(ranked)
    assert second is not first
    assert second.forest is first.forest
    assert second.ledger_position > first.ledger_position


def test_unknown_transactions_are_refused(ranked: Workbench) -> None:
    with pytest.raises(NotFoundError, match="T-none"):
        scoring.explain(ranked, "T-none")
    with pytest.raises(NotFoundError):
        scoring.candidate(ranked, "T-none")


def test_an_empty_portfolio_and_a_missing_model_say_so(settings: Settings) -> None:
    opened = Workbench.open(replace(settings, bundled_models=settings.local_models))
    try:
        with pytest.raises(NotFoundError):
            scoring.rank(opened)
        insert(opened.database, random_transactions(10, seed=0))
        with pytest.raises(ModelError, match="no model"):
            scoring.rank(opened)
    finally:
        opened.close()


def test_a_small_extract_is_ranked_against_itself(ranked: Workbench, settings: Settings) -> None:
    small = Workbench.open(replace(ranked.settings, database=settings.database.with_name("small.duckdb")))
    try:
        insert(small.database, random_transactions(5, seed=3))
        model_id = modelling.active_model(ranked).model_id
        training.activate(small, model_id, Actor("Luz", "lead"))
        report = scoring.rank(small)
        assert report.is_fallback
        assert "5" in report.sentences("en")[1]
        alerts = alert_ranks(small)
        assert len(alerts) == 5
        for row in alerts.itertuples():
            found = scoring.explain(small, row.transaction_id)
            assert found.is_fallback
            assert found.score == pytest.approx(row.score)
            assert found.severity == row.severity
        scoring.relearn(small)
    finally:
        small.close()


def test_the_report_names_what_is_missing_and_what_has_shifted(ranked: Workbench, settings: Settings) -> None:
    assert not scoring.fit_report(ranked).far
    other = Workbench.open(replace(ranked.settings, database=settings.database.with_name("other.duckdb")))
    try:
        frame = random_transactions(1_200, seed=8).drop(columns=["device_id", "counterparty_account"])
        insert(other.database, frame.assign(customer_id="C1"))
        training.activate(other, modelling.active_model(ranked).model_id, Actor("Luz", "lead"))
        report = scoring.fit_report(other)
    finally:
        other.close()
    assert "new_device" in report.missing
    assert report.psi["customer_count_24h"] > 0.25
    assert report.far
    assert report.text("es") != report.text("en")


def test_verdicts_given_while_a_ranking_runs_are_learned_at_its_end(
    ranked: Workbench, analyst: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = alert_ranks(ranked).transaction_id[0]
    write = scoring._write

    def slow(*arguments: object) -> int:
        decide(ranked, analyst, first, "fraud")
        return write(*arguments)

    monkeypatch.setattr(scoring, "_write", slow)
    scoring.rank(ranked)
    late = alert_ranks(ranked)
    monkeypatch.setattr(scoring, "_write", write)
    scoring.rank(ranked)
    quiet = alert_ranks(ranked).set_index("alert_id")
    still_open = late[late.verdict.isna()].set_index("alert_id")
    np.testing.assert_array_equal(still_open.score, quiet.score[still_open.index])


def test_a_pass_that_knew_fewer_verdicts_does_not_win(
    ranked: Workbench, analyst: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    decide(ranked, analyst, alert_ranks(ranked).transaction_id[0], "fraud")
    expected = alert_ranks(ranked)
    interruptions = iter([True])

    def interrupted(workbench: Workbench) -> modelling.ActiveModel:
        model = modelling.active_model(workbench)
        if next(interruptions, False):
            with workbench.database.write() as cursor:
                run = rankings.last_run(cursor)
                cursor.execute("UPDATE alert_rank SET score = 0")
                rankings.append_run(
                    cursor, model.model_id, 0, run["last_position"], run["line_score"], run["report"]
                )
        return model

    monkeypatch.setattr(scoring, "active_model", interrupted)
    scoring.relearn(ranked)
    found = alert_ranks(ranked)
    still_open = expected.verdict.isna()
    np.testing.assert_array_equal(
        found[found.verdict.isna()].score.to_numpy(), expected[still_open].score.to_numpy()
    )
    with ranked.database.read() as cursor:
        run = rankings.last_run(cursor)
    assert run["ledger_position"] == modelling.active_model(ranked).ledger_position


def test_an_extract_without_half_of_the_features_is_ranked_against_itself(
    ranked: Workbench, settings: Settings
) -> None:
    poor = Workbench.open(replace(ranked.settings, database=settings.database.with_name("poor.duckdb")))
    try:
        frame = random_transactions(1_200, seed=3).drop(
            columns=[
                "customer_id",
                "card_id",
                "merchant_name",
                "terminal_id",
                "device_id",
                "counterparty_account",
            ]
        )
        insert(poor.database, frame.assign(currency="PEN"))
        training.activate(poor, modelling.active_model(ranked).model_id, Actor("Luz", "lead"))
        with poor.database.read() as cursor:
            rows = cursor.rows("SELECT * FROM ranking ORDER BY score DESC, position")
        assert rows[0]["severity"] > 99
        assert len(alert_ranks(poor)) == CAPACITY + 1
        for row in (rows[0], rows[-1]):
            found = scoring.explain(poor, row["transaction_id"])
            assert found.is_fallback
            assert found.score == pytest.approx(row["score"], abs=1e-6)
            assert {part.feature for part in found.contributions if part.evidence} <= {
                "amount",
                "balance_share",
            }
    finally:
        poor.close()
