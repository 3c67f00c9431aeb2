"""The trials on a small scale: people at one server, and what counts as broken."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import accessibility, naughty_strings, twenty_analysts


def test_three_analysts_lose_nothing(tmp_path: Path) -> None:
    found = twenty_analysts.trial(tmp_path, analysts=3, count=5, verdicts=2)
    assert found.broken == ()
    assert found.accepted >= 6
    assert found.cases == 5


def test_the_extract_of_naughty_strings_holds_each_once_as_it_is(tmp_path: Path) -> None:
    if not (naughty_strings.shared_data() / "naughty-strings").is_dir():
        pytest.skip("the folder of public trial data is absent (set FRAUDKIT_SHARED_DATA)")
    texts = naughty_strings.strings(quick=False)
    assert len(texts) > 500
    assert set(naughty_strings.PAYLOADS) <= set(texts)
    path = tmp_path / naughty_strings.FILE_NAME
    naughty_strings._write_extract(path, texts[:20])
    written = path.read_text(encoding="utf-8")
    assert written.count("\nn") >= 20


def test_axe_is_looked_for_where_the_script_puts_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FRAUDKIT_TEST_CACHE", str(tmp_path))
    assert accessibility.axe_file() is None
    script = (Path(__file__).parents[1] / "browser" / "install_axe.sh").read_text(encoding="utf-8")
    assert f"version={accessibility.VERSION}\n" in script
    file = tmp_path / f"axe-core-{accessibility.VERSION}.min.js"
    file.write_text("axe")
    assert accessibility.axe_file() == file
