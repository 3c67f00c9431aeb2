"""The benchmark of the windows runs, and the engines compute the same."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks import features

pytest.importorskip("polars")


def test_engines_agree(shared_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FRAUDKIT_SHARED_DATA", str(shared_data))
    frame = features.prepare(features.read_transactions(shared_data).head(15_000))
    expected = np.nan_to_num(features.by_kernel(frame))
    polars = np.nan_to_num(features.by_polars(frame), posinf=0.0, neginf=0.0)
    np.testing.assert_allclose(polars, expected, rtol=1e-4, atol=1e-4)
    pandas = np.nan_to_num(features.by_pandas(frame), posinf=0.0, neginf=0.0)[:, :-2]
    np.testing.assert_allclose(pandas, expected[:, :-2], rtol=1e-3, atol=1e-3)


def test_quick_run(
    shared_data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FRAUDKIT_SHARED_DATA", str(shared_data))
    monkeypatch.setattr(features, "QUICK_ROWS", 10_000)
    assert features.main(["--quick"]) == 0
    printed = capsys.readouterr().out
    assert "21 features of 10,000 transactions" in printed
    assert printed.count("x the kernel's") == 3
