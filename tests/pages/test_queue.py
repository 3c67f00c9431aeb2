"""The queue: the line of the day's capacity, filters in the address, saved views, start."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fraudkit.config import Settings
from fraudkit.domain import Actor
from fraudkit.services import policies, queueing, reviewing, serving, views, working
from fraudkit.services.queueing import QueueFilter
from fraudkit.services.workbench import Workbench
from fraudkit.store.queue import COURSES, SORTS, STATUSES
from fraudkit.ui import filter_words, state, tables
from tests.pages.conftest import Open
from tests.pages.test_screens import shown

BETO, ROSA = Actor("Beto"), Actor("Rosa", "lead")
LINE = "Today’s capacity ends here; below it:"


def team_of(workbench: Workbench, cases: int) -> None:
    policies.change(workbench, ROSA, analysts=1, hours_per_day=1.0, minutes_per_case=60.0 / cases)


def test_the_line_stands_where_the_day_ends_with_the_figures_below_it(
    ranked: Settings, open_screen: Open
) -> None:
    workbench = state.workbench()
    team_of(workbench, 5)
    at = open_screen("queue")
    grid = at.dataframe[0].value
    assert list(grid["why"]).index(LINE) == 5
    found = queueing.queue_page(workbench, QueueFilter())
    assert grid["who"].iloc[5].startswith(str(found.total_cases - 5))
    assert "Your team can work 5 today (1 × 1 h ÷ 12 min). Below that line:" in shown(at)
    at.session_state[tables.grid_key(found.rows, 5)] = {
        "selection": {"rows": [5], "columns": [], "cells": []}
    }
    at.run()
    assert at.button(key="open").label.endswith(str(found.rows[5].case_id)), (
        "the line stands for what follows"
    )


@pytest.mark.parametrize(("cases", "expected"), [(60, None), (49, 49), (50, None), (1, 1)])
def test_the_line_is_drawn_on_the_page_where_it_stands(
    ranked: Settings, cases: int, expected: int | None
) -> None:
    workbench = state.workbench()
    found = queueing.queue_page(workbench, QueueFilter(), page_size=50)
    able = replace(found.capacity, people=1, hours=1.0, minutes=60.0 / cases)
    assert tables.line_place(replace(found, rows=found.rows[:50], capacity=able)) == (
        expected if expected is not None and expected < len(found.rows) else None
    )


def test_another_order_has_no_line(ranked: Settings, open_screen: Open) -> None:
    team_of(state.workbench(), 5)
    at = open_screen("queue", sort="newest")
    assert LINE not in list(at.dataframe[0].value["why"])
    assert "newest first" in shown(at)


def test_the_row_and_the_sentence_say_why_it_stands_there(ranked: Settings, open_screen: Open) -> None:
    first = queueing.queue_page(state.workbench(), QueueFilter()).rows[0]
    at = open_screen("queue")
    row = at.dataframe[0].value.iloc[0]
    assert row["because"].startswith(f"{first.undecided} alert")
    assert "Place 1. Severity" in shown(at)
    assert "Not yet calibrated: 0 of 50 verdicts of fraud and 0 of 50 of genuine." in shown(at)
    assert "loss" not in at.dataframe[0].value


def test_filters_of_a_link_take_the_place_of_those_of_the_session(
    ranked: Settings, open_screen: Open
) -> None:
    workbench = state.workbench()
    served = serving.start(workbench, Actor("analyst", "lead"), QueueFilter())
    at = open_screen("queue")
    at.selectbox(key="status").set_value("closed").run()
    at.query_params["set"] = "1"
    at.query_params["status"] = "in_review"
    at.query_params["assignee"] = "@me"
    at.run()
    assert not at.exception
    assert "Cases in review that are mine, in the order of work." in shown(at)
    assert at.button(key="open").label.endswith(str(served))
    assert "set" not in at.query_params


def test_every_choice_of_a_filter_can_be_said(ranked: Settings, open_screen: Open) -> None:
    assert set(filter_words.STATUS_LABELS) == set(STATUSES)
    assert set(filter_words.SORT_LABELS) == set(SORTS)
    assert set(filter_words.COURSE_LABELS) == set(COURSES)
    for course in COURSES:
        at = open_screen("queue", course=course)
        assert filter_words._COURSE_WORDS[course].split("{")[0] in shown(at), course


def test_start_claims_the_next_case_and_goes_there(ranked: Settings, open_screen: Open) -> None:
    workbench = state.workbench()
    first, second = queueing.queue_page(workbench, QueueFilter()).rows[:2]
    working.claim(workbench, BETO, first.case_id, first.version)
    at = open_screen("queue")
    at.button(key="start").click().run()
    assert f"Case {second.case_id} " in shown(at)
    view = reviewing.case_view(workbench, second.case_id).state
    assert (view.status, view.assignee) == ("in_review", "analyst")


def test_start_says_so_when_others_hold_everything(ranked: Settings, open_screen: Open) -> None:
    workbench = state.workbench()
    first = queueing.queue_page(workbench, QueueFilter()).rows[0]
    working.claim(workbench, BETO, first.case_id, first.version)
    at = open_screen("queue")
    at.text_input(key="search").set_value(first.transaction_id).run()
    at.button(key="start").click().run()
    assert "There is no case to serve you here." in [warning.proto.title for warning in at.warning]


def test_views_are_saved_applied_renamed_deleted_and_taken_back(ranked: Settings, open_screen: Open) -> None:
    workbench, me = state.workbench(), Actor("analyst", "lead")
    at = open_screen("queue")
    at.selectbox(key="priority").set_value("high").run()
    at.text_input(key="view-name").set_value("Urgent").run()
    at.button(key="save-view").click().run()
    (view,) = views.visible(workbench, me)
    assert (view.name, view.chosen) == ("Urgent", {"priority": "high"})
    at.button(key="clear-filters").click().run()
    assert "of priority high" not in shown(at)
    at.button(key=f"view-{view.view_id}").click().run()
    assert "of priority high" in shown(at)
    at.text_input(key="view-name").set_value("Very urgent").run()
    at.button(key="rename-view").click().run()
    at.button(key=f"share-view-{view.view_id}").click().run()
    assert [found.name for found in views.visible(workbench, BETO)] == ["Very urgent"]
    at.button(key=f"delete-view-{view.view_id}").click().run()
    assert views.visible(workbench, me) == []
    at.button(key="undo-view").click().run()
    assert [found.name for found in views.visible(workbench, me)] == ["Very urgent"]
    assert not at.exception
