"""The audit page: who may read it, what it says of the chain, the verification, the entries."""

from __future__ import annotations

import pytest

from fraudkit.config import Settings
from fraudkit.domain import Actor
from fraudkit.errors import PermissionDeniedError
from fraudkit.services import audit_reading, notes
from fraudkit.services.audit_reading import JOB, EntryFilter
from fraudkit.ui import state
from tests.pages.conftest import Open
from tests.pages.test_screens import shown

ANA, LEAD = Actor("Ana"), Actor("Luis", "lead")


def verified(open_screen: Open) -> str:
    """Press the button, wait for the job and return what the screen says then."""
    at = open_screen("audit")
    at.button(key="verify").click().run()
    job = state.workbench().jobs.latest(JOB)
    assert job is not None
    assert job.finished.wait(30)
    at.run()
    return shown(at) + " ".join(str(error.proto.title) for error in at.error)


def test_a_whole_chain_is_verified_with_one_button(ranked: Settings, open_screen: Open) -> None:
    assert "The audit chain is whole" in verified(open_screen)


def test_the_first_bad_entry_is_named(ranked: Settings, open_screen: Open) -> None:
    open_screen("queue")
    with state.workbench().database.write() as cursor:
        cursor.execute("UPDATE audit_entry SET actor = 'nobody' WHERE entry_id = 3")
    text = verified(open_screen)
    assert "The audit chain is broken." in text
    assert "Entry 3 was changed after it was written" in text


def test_entries_are_filtered_by_who_what_and_case(ranked: Settings, open_screen: Open) -> None:
    open_screen("queue")
    notes.write(state.workbench(), ANA, ("case", "1"), "seen", case_id=1)
    at = open_screen("audit")
    at.selectbox(key="audit-actor").set_value("Ana").run()
    at.selectbox(key="audit-area").set_value("note").run()
    assert list(at.dataframe[0].value["what"]) == ["Note written"]
    at.number_input(key="audit-case").set_value(2).run()
    assert any("No entry fits" in str(info.value) for info in at.info)


def test_entries_are_filtered_by_time_and_paged(ranked: Settings, open_screen: Open) -> None:
    open_screen("queue")
    workbench = state.workbench()
    rows, total = audit_reading.entries(workbench, LEAD, EntryFilter(), 1, 5)
    assert (len(rows), rows[0]["entry_id"]) == (5, total)
    last = rows[0]["happened_at"]
    assert audit_reading.entries(workbench, LEAD, EntryFilter(since=last + 1))[1] == 0
    older, rest = audit_reading.entries(workbench, LEAD, EntryFilter(until=last))
    assert all(row["happened_at"] < last for row in older)
    assert rest < total
    assert audit_reading.entries(workbench, LEAD, EntryFilter(case_id=1))[1] >= 2


def test_an_analyst_does_not_read_the_audit(ranked: Settings, open_screen: Open) -> None:
    open_screen("queue")
    with pytest.raises(PermissionDeniedError):
        audit_reading.entries(state.workbench(), ANA, EntryFilter())
    at = open_screen("queue")
    at.session_state["_actor_role"] = "analyst"
    at.switch_page("pages/audit.py").run()
    assert at.error[0].proto.title == "This screen is not open to your role."
    assert not at.dataframe
