from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from fraudkit.domain import Progress
from fraudkit.errors import InvalidInputError
from fraudkit.jobs import JobRunner


@pytest.fixture
def runner() -> Iterator[JobRunner]:
    opened = JobRunner()
    yield opened
    opened.close()


def test_result_and_progress_are_kept(runner: JobRunner) -> None:
    def work(progress: Progress) -> int:
        progress(0.5, "half")
        return 7

    job = runner.submit("count", work)
    assert job.finished.wait(5)
    assert (job.status, job.result, job.share, job.text) == ("done", 7, 1.0, "half")
    assert runner.latest("count") is job


def test_double_click_starts_one_job(runner: JobRunner) -> None:
    gate = threading.Event()
    first = runner.submit("train", lambda _progress: gate.wait(5))
    second = runner.submit("train", lambda _progress: gate.wait(5))
    assert first is second
    gate.set()
    assert first.finished.wait(5)
    assert runner.submit("train", lambda _progress: None) is not first


def test_quick_work_does_not_wait_behind_long_work(runner: JobRunner) -> None:
    gate = threading.Event()
    long = runner.submit("train", lambda _progress: gate.wait(5))
    quick = runner.repeat("relearn", lambda _progress: "ranked")
    assert quick.finished.wait(5)
    assert long.active
    gate.set()


def test_repeated_work_runs_once_more_after_the_present_run(runner: JobRunner) -> None:
    gate, started = threading.Event(), threading.Event()
    runs = []

    def work(_progress: Progress) -> None:
        started.set()
        gate.wait(5)
        runs.append(1)

    first = runner.repeat("relearn", work)
    assert started.wait(5)
    waiting = [runner.repeat("relearn", work) for _ in range(5)]
    assert len({job.number for job in waiting}) == 1
    gate.set()
    assert waiting[0].finished.wait(5)
    assert first.status == "done"
    assert len(runs) == 2


def test_cancelled_job_stops_at_its_next_report(runner: JobRunner) -> None:
    running, go_on = threading.Event(), threading.Event()
    reached = []

    def work(progress: Progress) -> None:
        running.set()
        go_on.wait(5)
        progress(0.9, "")
        reached.append("end")

    job = runner.submit("import", work)
    assert running.wait(5)
    runner.cancel(job)
    go_on.set()
    assert job.finished.wait(5)
    assert (job.status, reached) == ("cancelled", [])


def test_refusal_reaches_the_page_and_the_worker_lives_on(runner: JobRunner) -> None:
    def refuse(_progress: Progress) -> None:
        raise InvalidInputError("The file is empty.", "Choose another.")

    job = runner.submit("import", refuse)
    assert job.finished.wait(5)
    assert job.error is not None
    assert (job.status, job.error.message) == ("failed", "The file is empty.")
    assert runner.submit("import", lambda _progress: 1).finished.wait(5)


def test_unexpected_fault_is_logged_and_shown_without_its_text(
    runner: JobRunner, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_progress: Progress) -> None:
        raise RuntimeError("secret path /etc/passwd")

    job = runner.submit("train", fail)
    assert job.finished.wait(5)
    assert job.error is not None
    assert "secret" not in job.error.message
    assert str(job.number) in job.error.message
    assert "secret path" in caplog.text


def test_delayed_work_starts_once_and_never_after_the_end() -> None:
    runner, done, runs = JobRunner(), threading.Event(), []

    def work(_progress: Progress) -> None:
        runs.append(1)
        done.set()

    for _ in range(3):
        runner.later("pass", work, "background", 0.05)
    assert done.wait(5)
    runner.later("pass", work, "background", 0.05)
    runner.close()
    runner.later("pass", work, "background", 0.0)
    assert not threading.Event().wait(0.15)
    assert runs == [1]
