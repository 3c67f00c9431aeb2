from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from fraudkit.domain import silent
from fraudkit.errors import InvalidInputError
from fraudkit.ingest.sources.inbox import InboxSource
from fraudkit.ingest.sources.settings import SourceSettings


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    folder.mkdir()
    return folder


@pytest.fixture
def source(inbox: Path, configure: Callable[..., SourceSettings]) -> Callable[..., InboxSource]:
    return lambda **keys: InboxSource(
        configure(kind="inbox", folder="inbox", **({"settle_seconds": 5} | keys))
    )


def put(inbox: Path, name: str, age: float = 60, text: str = "a\n") -> Path:
    file = inbox / name
    file.write_text(text)
    os.utime(file, (time.time() - age,) * 2)
    return file


def names(source: InboxSource, tmp_path: Path) -> list[str]:
    return [file.name for file in source.fetch(tmp_path, frozenset(), silent)]


def test_complete_files_come_oldest_first(
    inbox: Path, source: Callable[..., InboxSource], tmp_path: Path
) -> None:
    put(inbox, "new.csv", 20)
    put(inbox, "old.csv", 90)
    put(inbox, "still growing.csv", 1)
    put(inbox, "copy.csv.part")
    put(inbox, ".hidden.csv")
    (inbox / "folder").mkdir()
    (inbox / "link.csv").symlink_to("/etc/hostname")
    assert names(source(), tmp_path) == ["old.csv", "new.csv"]
    assert names(source(pattern="o*"), tmp_path) == ["old.csv"]


def test_a_file_that_grows_between_two_looks_waits(
    inbox: Path, source: Callable[..., InboxSource], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    growing = put(inbox, "growing.csv")
    waiting = source()
    looks = []
    original = InboxSource._sizes

    def look(self: InboxSource) -> dict[Path, tuple[float, int]]:
        if looks:
            growing.write_text("more\n" * 9)
        looks.append(1)
        return original(self)

    monkeypatch.setattr(InboxSource, "_sizes", look)
    assert names(waiting, tmp_path) == []


def test_files_are_moved_and_never_overwritten(
    inbox: Path, source: Callable[..., InboxSource], tmp_path: Path
) -> None:
    taken = source()
    for text in ("first\n", "second\n", "third\n"):
        put(inbox, "a.csv", text=text)
        (file,) = taken.fetch(tmp_path, frozenset(), silent)
        taken.settle(file, "load")
    assert sorted(file.read_text() for file in (inbox / "done").iterdir()) == [
        "first\n",
        "second\n",
        "third\n",
    ]
    put(inbox, "b.csv")
    (file,) = taken.fetch(tmp_path, frozenset(), silent)
    taken.settle(file, "ask")
    assert (inbox / "b.csv").exists()
    taken.settle(file, "refuse")
    assert [file.name for file in (inbox / "refused").iterdir()] == ["b.csv"]


def test_known_and_too_large_files(inbox: Path, source: Callable[..., InboxSource], tmp_path: Path) -> None:
    put(inbox, "a.csv", text="x" * 100)
    (file,) = source(max_bytes=10).fetch(tmp_path, frozenset(), silent)
    assert file.path is None
    assert file.problem is not None
    assert list(source().fetch(tmp_path, frozenset({file.version}), silent)) == []


def test_a_test_lists_files_and_a_missing_folder_is_named(
    inbox: Path, source: Callable[..., InboxSource]
) -> None:
    put(inbox, "a.csv")
    assert source().sample(5).rows[0][:2] == ("a.csv", "2")
    inbox.rename(inbox.with_name("gone"))
    with pytest.raises(InvalidInputError, match="inbox"):
        source().sample(5)
