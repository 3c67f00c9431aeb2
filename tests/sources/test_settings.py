from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fraudkit.errors import InvalidInputError, NotFoundError, SourceError
from fraudkit.ingest.sources.registry import open_source
from fraudkit.ingest.sources.schedule import schedule_of
from fraudkit.ingest.sources.secret import Secret
from fraudkit.ingest.sources.settings import SourceSettings, named, read_settings

LIMA = ZoneInfo("America/Lima")
DATABASE = {"kind": "postgresql", "host": "h", "database": "d", "user": "u", "table": "t"}


def test_without_a_file_there_are_no_sources(tmp_path: Path) -> None:
    assert read_settings(tmp_path / "sources.toml") == {}
    with pytest.raises(NotFoundError, match="no source “x”"):
        named({}, "x")


def test_a_file_that_is_no_toml_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "sources.toml"
    file.write_text("[a\n")
    with pytest.raises(InvalidInputError, match=r"sources\.toml, cannot be read"):
        read_settings(file)


@pytest.mark.parametrize("key", ["password", "token", "secret_key"])
def test_secrets_do_not_belong_into_the_file(configure: Callable[..., SourceSettings], key: str) -> None:
    with pytest.raises(InvalidInputError, match="does not belong into this file") as caught:
        configure(**DATABASE, **{key: "geheim"})
    assert "geheim" not in caught.value.message + caught.value.hint


@pytest.mark.parametrize(
    ("keys", "sentence"),
    [
        ({"kind": "oracle"}, "no kind “oracle”"),
        ({"port": "5432"}, "`port` has a value of the wrong type"),
        ({"port": True}, "`port` has a value of the wrong type"),
        ({"hots": "h"}, "`hots` is not known"),
        ({"encryption": "yes"}, "`encryption` is not one of its choices"),
        ({"max_rows": 0}, "`max_rows` is not a whole number above zero"),
        ({"every": 15}, "`every` is not a text"),
        ({"every": "15 minutes"}, "not a distance in time"),
        ({"every": "1s"}, "not a distance in time"),
        ({"daily": "25:00"}, "not a time of day"),
        ({"daily": "06:30", "every": "1h"}, "either `every` or `daily`"),
        ({"answers": "dmy"}, "`answers` is not a table of texts"),
        ({"password_env": "A", "password_file": "b"}, "both given"),
    ],
)
def test_mistakes_are_named(
    configure: Callable[..., SourceSettings], keys: dict[str, object], sentence: str
) -> None:
    with pytest.raises(InvalidInputError, match=sentence):
        open_source(configure(**(DATABASE | keys)))


def test_a_missing_key_is_named(configure: Callable[..., SourceSettings]) -> None:
    with pytest.raises(InvalidInputError, match="`user` is missing"):
        open_source(configure(**{key: value for key, value in DATABASE.items() if key != "user"}))


def test_the_inbox_may_be_larger_than_an_upload(configure: Callable[..., SourceSettings]) -> None:
    inbox, database = configure(kind="inbox", folder="in"), configure(**DATABASE)
    assert inbox.max_bytes > database.max_bytes
    assert inbox.max_rows > database.max_rows


def test_secrets_come_from_environment_or_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "password"
    file.write_text("a b\n")
    assert Secret("password", file=file).value() == "a b"
    monkeypatch.setenv("SOURCE_PASSWORD", "c")
    assert Secret("password", variable="SOURCE_PASSWORD").value() == "c"
    assert Secret("password").value() == ""
    with pytest.raises(SourceError, match="SOURCE_ABSENT"):
        Secret("password", variable="SOURCE_ABSENT").value()
    with pytest.raises(SourceError, match="cannot be read"):
        Secret("password", file=tmp_path / "absent").value()


def test_every_and_daily() -> None:
    quarter, daily = schedule_of("15m", None), schedule_of(None, "06:30")
    assert quarter is not None
    assert daily is not None
    assert (str(quarter), str(daily)) == ("15m", "06:30")
    last = datetime(2024, 5, 1, 6, 0, tzinfo=LIMA)
    assert not quarter.is_due(last, last + timedelta(minutes=14))
    assert quarter.is_due(last, last + timedelta(minutes=15))
    assert not daily.is_due(last, datetime(2024, 5, 1, 6, 29, tzinfo=LIMA))
    assert daily.is_due(last, datetime(2024, 5, 1, 6, 30, tzinfo=LIMA))
    assert not daily.is_due(
        datetime(2024, 5, 1, 6, 30, tzinfo=LIMA), datetime(2024, 5, 1, 23, 0, tzinfo=LIMA)
    )
    assert daily.is_due(None, last)


@given(st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)), st.integers(0, 72))  # noqa: DTZ001
def test_a_daily_source_is_read_once_a_day_whatever_the_zone(moment: datetime, hours: int) -> None:
    schedule = schedule_of(None, "06:30")
    assert schedule is not None
    last = moment.replace(tzinfo=UTC)
    now = (last + timedelta(hours=hours)).astimezone(LIMA)
    passed = schedule.next_after(last.astimezone(LIMA)) <= now
    assert schedule.is_due(last, now) == passed
    assert passed or hours < 24
