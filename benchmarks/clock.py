"""CPU time of repeated work."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any


def cpu_seconds(work: Callable[[], Any], least: float) -> float:
    """Return the CPU seconds of one call, repeated until `least` seconds have passed."""
    calls, began = 0, time.process_time()
    while calls == 0 or time.process_time() - began < least:
        work()
        calls += 1
    return (time.process_time() - began) / calls
