"""The shift: every number is a link to its list; start; the handover note."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from fraudkit.config import Settings
from fraudkit.domain import Actor
from fraudkit.explain.formats import formats_for
from fraudkit.services import capacity, deciding, handover, queueing, reviewing, serving, shift, working
from fraudkit.services.queueing import QueueFilter
from fraudkit.services.shift import HEAPS
from fraudkit.services.workbench import Workbench
from fraudkit.store import now_us
from fraudkit.ui import filters, state
from tests.pages.conftest import Open
from tests.pages.test_screens import shown

ME = Actor("analyst", "lead")
HOUR = 3_600_000_000


@pytest.fixture
def busy(ranked: Settings) -> Workbench:
    """A person who decided a fraud, holds a case, and lets another one wait."""
    workbench = state.workbench()
    for place in range(3):
        case_id = serving.start(workbench, ME, QueueFilter())
        assert case_id is not None
        version = reviewing.case_view(workbench, case_id).state.version
        if place == 0:
            deciding.decide(workbench, ME, case_id, version, "undetermined", "insufficient_data")
        elif place == 1:
            working.wait(workbench, ME, case_id, version, "documents", now_us() + HOUR)
    return workbench


def links(at: AppTest) -> dict[str, str]:
    return {link.proto.label: link.proto.query_string for link in at.get("page_link")}


def test_every_number_is_a_link_to_a_list_of_as_many_cases(busy: Workbench, open_screen: Open) -> None:
    at = open_screen("shift")
    found = shift.shift(busy, ME)
    assert (found.heaps["mine"].cases, found.heaps["waiting"].cases) == (2, 1)
    assert found.heaps["decided_today"].cases == 1
    assert "**2** Mine" in links(at)
    assert "assignee=%40me" in links(at)["**2** Mine"]
    for heap in HEAPS:
        address = filters.address(shift.filter_of(heap, ME, found.since), ME.name)
        queue = open_screen("queue", **address)
        count = found.heaps[heap].cases
        listed = 0 if not queue.dataframe else len(queue.dataframe[0].value)
        assert listed == min(count, 50), heap


def test_one_key_starts_and_what_is_held_comes_first(busy: Workbench, open_screen: Open) -> None:
    held = [row.case_id for row in queueing.queue_page(busy, QueueFilter(status="in_review")).rows]
    at = open_screen("shift")
    assert "Your median time per case" in shown(at)
    at.button(key="start").click().run()
    assert f"Case {held[0]} " in shown(at)


def test_one_with_no_case_is_told_what_start_does(ranked: Settings, open_screen: Open) -> None:
    at = open_screen("shift")
    assert "You hold no case. Start serves the next one" in shown(at)
    assert "Next in the order of work" in shown(at)
    assert not at.button(key="start").disabled


def test_what_changed_since_the_last_visit_is_counted(ranked: Settings) -> None:
    workbench = state.workbench()
    day = capacity.today(workbench)
    assert shift.last_visit(workbench, ME) == day.start - 24 * HOUR
    first = queueing.queue_page(workbench, QueueFilter()).rows[0]
    working.claim(workbench, ME, first.case_id, first.version)
    with workbench.database.write() as cursor:
        cursor.execute("UPDATE case_event SET happened_at = ? WHERE actor = 'analyst'", [day.start - HOUR])
    found = shift.shift(workbench, ME)
    assert (found.since, found.has_been_here) == (day.start - HOUR, True)
    everything = queueing.totals(workbench, QueueFilter()).cases
    assert found.heaps["new_alerts"].cases == everything
    with workbench.database.write() as cursor:
        cursor.execute("UPDATE alert SET raised_at = ? WHERE case_id > 3", [day.start - 2 * HOUR])
    assert shift.shift(workbench, ME).heaps["new_alerts"].cases == 3


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ["Handover of analyst", "1 undetermined case", "waits, until", "due "]),
        ("es", ["Entrega de turno de analyst", "1 caso sin determinar", "en espera, hasta", "vence "]),
    ],
)
def test_the_note_is_written_from_the_events(busy: Workbench, language: str, said: list[str]) -> None:
    with busy.database.write() as cursor:
        cursor.execute("UPDATE case_state SET due_at = ?", [now_us() + 60_000_000])
    note = handover.write(busy, ME, formats_for(language))  # type: ignore[arg-type]
    for part in said:
        assert part in note
    waiting, held = (
        queueing.queue_page(busy, QueueFilter(status=status)).rows for status in ("waiting", "in_review")
    )  # type: ignore[arg-type]
    assert str(waiting[0].case_id) in note
    assert held[0].entity_id in note
    assert "{" not in note


def test_a_day_without_work_gives_a_note_that_says_so(ranked: Settings) -> None:
    note = handover.write(state.workbench(), Actor("Nadie"), formats_for("en"))
    assert "I decided no case today." in note
    assert "Nothing: I leave no case behind." in note


def test_the_note_is_ones_own_to_change(busy: Workbench, open_screen: Open) -> None:
    at = open_screen("shift")
    at.button(key="write-note").click().run()
    assert "Handover of analyst" in at.text_area(key="handover-note").value
    at.text_area(key="handover-note").set_value("All quiet.").run()
    assert at.text_area(key="handover-note").value == "All quiet."
    at.button(key="write-note").click().run()
    assert "Handover of analyst" in at.text_area(key="handover-note").value
    assert not at.exception
