"""The start of a server: kernels are made ready behind the pages."""

from __future__ import annotations

import subprocess
import sys
import threading

from fraudkit.services import refreshing, starting
from fraudkit.services.workbench import Workbench


def test_the_start_returns_at_once_and_is_ready_at_its_end(workbench: Workbench, monkeypatch) -> None:
    gate, begun = threading.Event(), threading.Event()

    def slow() -> None:
        begun.set()
        gate.wait(10)

    monkeypatch.setattr(starting, "_compile_apart", slow)
    assert starting.is_ready(workbench)  # nothing was started, so nothing is to be waited for
    starting.start(workbench)
    assert begun.wait(10)
    assert not starting.is_ready(workbench)
    quick = workbench.jobs.submit("import", lambda _progress: "usable")
    assert quick.finished.wait(10)
    gate.set()
    assert starting.is_ready(workbench, 60)
    assert workbench.jobs.latest(refreshing.EXPLAIN).finished.wait(10)
    assert workbench.jobs.latest(refreshing.EXPLAIN).error is None


def test_the_package_does_not_import_shap() -> None:
    code = (
        "import sys, fraudkit, fraudkit.services.starting, fraudkit.services.explaining;"
        "sys.exit('shap' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
