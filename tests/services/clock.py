"""A clock that tests set forward, in every module that writes or reads cases."""

from __future__ import annotations

import pytest

from fraudkit.services import approving, case_writing, deciding, reviewing, working
from fraudkit.store import now_us

MINUTE = 60_000_000
_MODULES = (approving, case_writing, deciding, reviewing, working)


class Clock:
    """Minutes that have passed since the test began, as far as the services know."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.minutes = 0.0
        for module in _MODULES:
            monkeypatch.setattr(module, "now_us", self.now)

    def now(self) -> int:
        return now_us() + round(self.minutes * MINUTE)

    def forward(self, minutes: float) -> None:
        self.minutes += minutes
