"""What follows verdicts and rankings behind the analysts' backs: the open queue at once, the rest in passes.

After each verdict the open alerts are ranked anew on the quick lane. What lies below the line follows in a
pass over all transactions on the long lane, at most every so many verdicts or minutes (see Settings). It
ranks them with what was learned; what rises above the line joins the queue. Then the stored reasons of every
transaction are made anew on the background lane, where nobody waits for them.
"""

from __future__ import annotations

from typing import Final

from fraudkit.domain import MICROSECONDS_PER_SECOND, Progress, silent
from fraudkit.services import reasoning, scoring
from fraudkit.services.workbench import Workbench
from fraudkit.store import labels, now_us, rankings

RELEARN: Final = "relearn"
RERANK: Final = "rerank"
EXPLAIN: Final = "explain"
_SECONDS_PER_MINUTE: Final = 60


def after_verdict(workbench: Workbench) -> None:
    """Rank the open queue anew on the quick lane; verdicts given meanwhile wait for one more run."""

    def work(_progress: Progress) -> None:
        scoring.relearn(workbench)
        plan_pass(workbench)

    workbench.jobs.repeat(RELEARN, work, "quick")


def after_ranking(workbench: Workbench) -> None:
    """Explain every transaction in the background, unless that is done already."""

    def work(progress: Progress) -> None:
        if _is_ranked(workbench) and not reasoning.is_current(workbench):
            reasoning.refresh(workbench, progress, threads=max(1, workbench.settings.threads // 2))

    workbench.jobs.repeat(EXPLAIN, work, "background")


def plan_pass(workbench: Workbench) -> None:
    """Start the pass over all transactions when it is due, else see to it that it starts when it will be."""

    def work(progress: Progress) -> scoring.RankingReport | None:
        return None if seconds_until_due(workbench) is None else rank_below_line(workbench, progress)

    seconds = seconds_until_due(workbench)
    if seconds is not None and seconds <= 0:
        workbench.jobs.repeat(RERANK, work, "long")
    elif seconds is not None:
        workbench.jobs.later(RERANK, work, "long", seconds)


def seconds_until_due(workbench: Workbench) -> float | None:
    """Return in how many seconds all transactions are to be ranked anew; None when nothing was learned since.

    None also before the first ranking, which is a person's, and while a new model has not ranked yet.
    """
    settings = workbench.settings
    with workbench.database.read() as cursor:
        run = rankings.last_run(cursor)
        position = labels.ledger_position(cursor)
    if run is None or run["report"]["fallback"] is not None:
        return None
    full = run["report"].get("full", {"ledger_position": 0, "at": 0})  # absent in older files
    learned = position - full["ledger_position"]
    if learned == 0:
        return None
    waited = (now_us() - full["at"]) / MICROSECONDS_PER_SECOND
    if learned >= settings.refresh_verdicts:
        return 0.0
    return max(float(settings.refresh_minutes * _SECONDS_PER_MINUTE - waited), 0.0)


def rank_below_line(workbench: Workbench, progress: Progress = silent) -> scoring.RankingReport:
    """Rank all transactions with what was learned; what rose above the line joins the queue."""
    report = scoring.rank(workbench, progress)
    after_ranking(workbench)
    return report


def _is_ranked(workbench: Workbench) -> bool:
    with workbench.database.read() as cursor:
        anything = cursor.value("SELECT count(*) FROM (SELECT 1 FROM transactions LIMIT 1)")
        return bool(anything) and rankings.last_run(cursor) is not None
