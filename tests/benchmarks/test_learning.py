"""The learning benchmark runs, on features that reproduce the handbook's published sets."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks import handbook, learning


def test_windows_equal_pandas() -> None:
    generator = np.random.default_rng(0)
    size, day = 400, handbook.DAY
    frame = pd.DataFrame(
        {
            "entity": generator.integers(0, 7, size),
            "seconds": np.sort(generator.integers(0, 90, size) * day // 2),
            "value": generator.integers(0, 50, size).astype(float),
        }
    )
    frame["time"] = pd.Timestamp("2018-04-01") + pd.to_timedelta(frame["seconds"], unit="s")
    windows = handbook.Windows(frame["entity"].to_numpy(), frame["seconds"].to_numpy())
    for days in (1, 7, 37):
        expected = pd.Series(0.0, index=frame.index)
        for _, group in frame.groupby("entity"):
            rolled = group.set_index("time")["value"].rolling(f"{days}D").sum()
            expected[group.index] = rolled.to_numpy()
        np.testing.assert_allclose(windows.sum(frame["value"].to_numpy(), days), expected)


def test_weeks_have_the_published_counts(shared_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FRAUDKIT_SHARED_DATA", str(shared_data))
    if not (shared_data / "handbook").is_dir():
        pytest.skip("the handbook's transactions are absent")
    train, test = handbook.train_and_test(handbook.read_transactions(shared_data))
    assert (len(train.fraud), train.fraud.sum()) == (67_240, 598)
    assert (len(test.fraud), test.fraud.sum()) == (58_264, 385)
    assert np.isfinite(test.matrix(handbook.FEATURE_SETS["BASE+X"])).all()


def test_quick_run(
    shared_data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FRAUDKIT_SHARED_DATA", str(shared_data))
    assert learning.main(["--quick"]) == 0
    printed = capsys.readouterr().out
    assert "pool 67,240 with 598 frauds; later week 58,264 with 385" in printed
    assert printed.count("frauds found, mean") == 2


def test_absent_data_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FRAUDKIT_SHARED_DATA", str(tmp_path))
    assert learning.main([]) == 2
    assert "FRAUDKIT_SHARED_DATA" in capsys.readouterr().out
