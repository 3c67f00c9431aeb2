"""Notes on the case page: written in a dialog, shown as text, struck, downloaded."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from fraudkit.config import Settings
from fraudkit.domain import Actor
from fraudkit.services import notes, reviewing
from fraudkit.services.notes import Upload
from fraudkit.ui import state
from tests.pages.conftest import Open
from tests.pages.test_screens import shown

ANA = Actor("Ana")
SCRIPT = "<script>window.__pwned = 1</script> @Luis\n**bold** $x$ :red[no]"


def entity() -> notes.Subject:
    view = reviewing.case_view(state.workbench(), 1)
    return view.state.entity_kind, view.state.entity_id


def test_a_note_is_written_in_the_dialog(ranked: Settings, open_screen: Open) -> None:
    at = open_screen("case", case="1")
    at.button(key="note-panel").click().run()
    at.text_area(key="note-body-1").set_value("called, no answer")
    save(at)
    found = notes.about(state.workbench(), [("case", "1")])
    assert [(note.body, note.case_id) for note in found] == [("called, no answer", 1)]
    assert "called, no answer" in shown(at)


def test_an_empty_note_is_refused_in_the_dialog(ranked: Settings, open_screen: Open) -> None:
    at = open_screen("case", case="1")
    at.button(key="note-panel").click().run()
    save(at)
    assert str(at.session_state["_note_outcome"]) == "The note is empty."
    assert notes.about(state.workbench(), [("case", "1")]) == []


def test_what_was_written_is_text_and_its_file_a_download(ranked: Settings, open_screen: Open) -> None:
    open_screen("queue")
    workbench = state.workbench()
    upload = Upload("<b>*x*.html", b"<script>1</script>")
    notes.write(workbench, ANA, entity(), SCRIPT, upload=upload)
    at = open_screen("case", case="1")
    text = shown(at)
    assert "&lt;script&gt;window" in text
    assert "<script>" not in text
    assert '<b class="fk-mention">@Luis</b>' in text
    assert "Customer" in text
    button = at.get("download_button")[0]
    assert button.proto.label.replace("\\", "").startswith("<b>*x*.html.txt")


def test_a_lead_strikes_and_an_analyst_strikes_only_the_own(ranked: Settings, open_screen: Open) -> None:
    open_screen("queue")
    note_id = notes.write(state.workbench(), ANA, ("case", "1"), "no longer true")
    at = open_screen("case", case="1")
    at.button(key=f"strike-{note_id}").click().run()
    text = shown(at)
    assert "<s>no longer true</s>" in text
    assert "struck by analyst" in text
    notes.write(state.workbench(), ANA, ("case", "1"), "hers")
    at.session_state["_actor_role"] = "analyst"
    at.run()
    assert not [button for button in at.button if str(button.key).startswith("strike-")]


def save(at: AppTest) -> None:
    at.button(key="note-save-1").click().run()
    assert not at.exception
