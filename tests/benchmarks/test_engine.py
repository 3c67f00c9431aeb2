"""The engine benchmark runs and compares equal results."""

from __future__ import annotations

import warnings

import pytest


def test_quick_run(capsys: pytest.CaptureFixture[str]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # shap's import warns about its own dependencies
        from benchmarks import engine, handbook  # noqa: PLC0415 - seven seconds that only this test spends
    assert engine.main(["--quick"]) == 0
    printed = capsys.readouterr().out
    assert printed.count("reached") >= 6
    assert "MISSED" not in printed
    if (handbook.shared_data() / "handbook").exists():
        assert "every one explained" in printed
        assert "reasons" in printed
