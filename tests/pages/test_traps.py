"""The traps of the toolkit that would record a decision on the wrong case, lose one, or open a door."""

from __future__ import annotations

import ast
import re
import threading
import tomllib
from pathlib import Path

import pytest
from streamlit.runtime.pages_manager import PagesManager
from streamlit.runtime.scriptrunner import StopException
from streamlit.testing.v1 import AppTest

from fraudkit.config import PROJECT_ROOT, Settings
from fraudkit.domain import Actor
from fraudkit.services import deciding, reviewing, working
from fraudkit.services.reviewing import QueueFilter
from fraudkit.ui import decisions, html, models, state, tables
from fraudkit.ui.navigation import SCREENS
from tests import portfolio
from tests.pages.conftest import Open

SCREEN_FILES = sorted((PROJECT_ROOT / "pages").glob("*.py"))
INTERFACE = [*SCREEN_FILES, PROJECT_ROOT / "app.py", *(PROJECT_ROOT / "fraudkit" / "ui").glob("*.py")]


def select(at: AppTest, key: str, place: int) -> None:
    at.session_state[key] = {"selection": {"rows": [place], "columns": [], "cells": []}}


# Deep links run a page's file past the router on a fresh server.


@pytest.mark.parametrize("file", SCREEN_FILES, ids=lambda file: file.stem)
def test_every_file_in_pages_is_a_registered_screen_and_guards_itself_first(file: Path) -> None:
    assert file.stem in SCREENS
    statements = [
        node
        for node in ast.parse(file.read_text(encoding="utf-8")).body
        if not isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert ast.unparse(statements[1]) == f"page = shell.open_page('{file.stem}')", (
        "nothing may run before the guard"
    )


def test_a_deep_link_on_a_fresh_server_passes_through_the_router(ranked: Settings, open_screen: Open) -> None:
    at = open_screen("model")  # each run of AppTest starts like a fresh server
    assert at.get("popover"), "the frame that app.py draws is missing"
    assert PagesManager.uses_pages_directory is False


# A grid keeps its selection by position.


def test_other_rows_are_another_grid(ranked: Settings) -> None:
    with portfolio.opened(ranked) as workbench:
        rows = reviewing.queue_page(workbench, QueueFilter()).rows
    keys = {tables.grid_key(rows), tables.grid_key(rows[1:]), tables.grid_key(rows[::-1])}
    assert len(keys) == 3
    assert tables.grid_key(rows) == tables.grid_key(tuple(rows))


def test_a_selection_never_moves_to_another_case(ranked: Settings, open_screen: Open) -> None:
    at = open_screen("queue")
    with portfolio.shown_by_screens() as workbench:
        rows = reviewing.queue_page(workbench, QueueFilter()).rows
        select(at, tables.grid_key(rows), 3)
        at.run()
        assert at.button(key="open").label.endswith(str(rows[3].case_id))
        deciding.decide(workbench, Actor("Beto"), rows[0].case_id, rows[0].version, "genuine", "travel")
    at.run()
    with portfolio.shown_by_screens() as workbench:
        moved = reviewing.queue_page(workbench, QueueFilter()).rows
    assert moved[3].case_id != rows[3].case_id
    assert at.button(key="open").label.endswith(str(moved[0].case_id)), (
        "the old position was taken for a choice"
    )


@pytest.mark.parametrize(("step", "expected"), [(1, 1), (-1, 0)])
def test_the_keys_walk_the_queue(ranked: Settings, open_screen: Open, step: int, expected: int) -> None:
    at = open_screen("queue")
    with portfolio.shown_by_screens() as workbench:
        rows = reviewing.queue_page(workbench, QueueFilter()).rows
    at.button(key="down" if step > 0 else "up").click().run()
    assert at.button(key="open").label.endswith(str(rows[expected].case_id))


# A run dies at its next call into streamlit; what it wrote must be whole by then.


def test_a_verdict_is_whole_although_the_run_dies_at_the_next_call(
    ranked: Settings, open_screen: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(_case_id: int | None) -> None:
        raise StopException

    at = open_screen("case", case="1")
    at.button(key="verdict-genuine").click().run()
    monkeypatch.setattr(decisions.url, "show_case", die)
    at.button(key="reason-2").click().run()
    with portfolio.shown_by_screens() as workbench:
        view = reviewing.case_view(workbench, 1)
    assert view.state.status == "closed"
    assert len(view.labels) == len(view.alerts)


def test_two_clicks_start_one_training(
    ranked: Settings, open_screen: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    release, started = threading.Event(), []

    def train(*_arguments: object) -> None:
        started.append(1)
        release.wait(10)

    monkeypatch.setattr(models.training, "train", train)
    at = open_screen("model")
    at.button(key="train").click().run()
    assert at.button(key="train").disabled
    job = state.workbench().jobs.latest("train")
    assert job is not None
    assert state.workbench().jobs.submit("train", train) is job, "a click that was on its way started another"
    release.set()
    job.finished.wait(10)
    assert started == [1]


# Cache keys made of frames are sampled; nothing that shows data may be cached by them.


@pytest.mark.parametrize("file", INTERFACE, ids=lambda file: file.name)
def test_no_data_are_cached_by_their_content(file: Path) -> None:
    assert "cache_data" not in file.read_text(encoding="utf-8")


# Two people on one case.


def test_a_case_that_moved_on_is_said_in_one_sentence_and_nothing_is_written(
    ranked: Settings, open_screen: Open
) -> None:
    at = open_screen("case", case="1")
    at.button(key="verdict-fraud").click().run()
    with portfolio.shown_by_screens() as workbench:
        seen, beto = reviewing.case_view(workbench, 1), Actor("Beto", "lead")
        taken = working.assign(workbench, beto, 1, seen.state.version, "Beto", "a complaint")
        deciding.decide(workbench, beto, 1, taken.version, "genuine", "travel")
    at.button(key="reason-1").click().run()
    assert not at.exception
    assert "Beto decided “genuine”" in str(at.warning[0].proto.title)
    with portfolio.shown_by_screens() as workbench:
        after = reviewing.case_view(workbench, 1)
    assert {label["verdict"] for label in after.labels} == {"genuine"}


# No request leaves the machine, and nothing is shown of an unexpected error.


def test_the_configuration_is_closed() -> None:
    settings = tomllib.loads((PROJECT_ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert settings["browser"]["gatherUsageStats"] is False
    assert settings["client"]["showErrorDetails"] == "none"
    assert settings["client"]["showErrorLinks"] is False
    assert settings["runner"] == {"magicEnabled": False, "postScriptGC": False}
    assert settings["server"]["address"] == "127.0.0.1"


PAGE_ICON = re.compile(r"(page_icon=|Page\([^)]*icon=)\s*[\"']:material/")
"""Icons within a page come from Streamlit's own files; only the page's icon does not."""


@pytest.mark.parametrize("file", INTERFACE, ids=lambda file: file.name)
def test_no_icon_is_fetched_and_no_script_is_inlined(file: Path) -> None:
    source = file.read_text(encoding="utf-8")
    assert not PAGE_ICON.search(source), "a material icon of a page makes the browser ask a font server"
    assert "unsafe_allow" not in source
    assert "http://" not in source
    assert "https://" not in source


def test_values_from_files_are_shown_as_text() -> None:
    shown = html.facts([("<i>name</i>", "<script>alert(1)</script>")])
    assert "<script>" not in shown
    assert "<i>" not in shown


def test_the_workbench_is_one_for_all_sessions(ranked: Settings) -> None:
    assert state.workbench() is state.workbench()
