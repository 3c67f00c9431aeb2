"""The import screen after a file: what changed, quality, correction, withdrawal, layouts and sources."""

from __future__ import annotations

import io
from pathlib import Path

from streamlit.testing.v1 import AppTest

from fraudkit.config import Settings
from fraudkit.domain import Actor
from fraudkit.services import importing, intake, layouts, withdrawing
from fraudkit.services.workbench import Workbench
from fraudkit.ui import state
from tests.pages.conftest import Open

ANA = Actor("Ana")
ROWS = "".join(f"{day:02d}/02/2024;{day},50;c{day % 3}\n" for day in range(1, 13))
TEXT = f"fecha;monto;cliente\n{ROWS}05/02/2024;dos;c1\n"


def imported(settings: Settings, folder: Path) -> None:
    path = folder / "cargos.csv"
    path.write_text(TEXT, encoding="utf-8")
    workbench = Workbench.open_file(settings, settings.database)
    result = importing.import_file(workbench, path, ANA, answers={"date_order": "dmy"})
    assert result.outcome == "partial", result.message
    workbench.close()


def wait_for(at: AppTest, kind: str) -> None:
    """Wait for the newest job of a kind and draw the screen once more."""
    job = state.workbench().jobs.latest(kind)
    assert job is not None
    assert job.finished.wait(30)
    assert job.error is None, job.error
    at.run()


def words_of(at: AppTest) -> str:
    return " ".join(
        str(element.value) for element in [*at.get("html"), *at.success, *at.warning, *at.subheader]
    )


def test_a_batch_is_shown_with_its_quality_its_rejected_rows_and_its_layout(
    own_settings: Settings, tmp_path: Path, open_screen: Open
) -> None:
    imported(own_settings, tmp_path)
    at = open_screen("import")
    labels = [expander.label for expander in at.expander]
    assert "Quality of batch 1" in labels
    assert "Remembered layouts" in labels
    buttons = {button.key: button for button in at.button}
    assert buttons["correct"].disabled
    assert not buttons["withdraw"].disabled


def test_a_batch_is_withdrawn_only_after_a_second_yes(
    own_settings: Settings, tmp_path: Path, open_screen: Open
) -> None:
    imported(own_settings, tmp_path)
    at = open_screen("import")
    assert "confirm-withdraw" not in [button.key for button in at.button]
    at.button(key="withdraw").click().run()
    assert not at.exception
    assert any("12 transactions will no longer rank" in str(text.value) for text in at.markdown)
    assert "withdrawn" not in words_of(at), "the first yes only asks"
    at.button(key="confirm-withdraw").click().run()
    wait_for(at, "withdraw")
    assert "cargos.csv · withdrawn" in words_of(at)
    assert "Batch 1 was withdrawn: 12 transactions no longer count" in words_of(at)


def test_a_withdrawn_batch_says_so(own_settings: Settings, tmp_path: Path, open_screen: Open) -> None:
    imported(own_settings, tmp_path)
    workbench = Workbench.open_file(own_settings, own_settings.database)
    withdrawing.withdraw(workbench, 1, ANA)
    workbench.close()
    at = open_screen("import")
    assert "withdraw" not in [button.key for button in at.button]
    assert "cargos.csv · withdrawn" in words_of(at)


def test_sources_are_listed_and_tried(own_settings: Settings, tmp_path: Path, open_screen: Open) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (inbox / "x.csv").write_text(TEXT, encoding="utf-8")
    own_settings.sources.write_text(f'[branch]\nkind = "inbox"\nfolder = "{inbox}"\n', encoding="utf-8")
    at = open_screen("import")
    assert "branch" in words_of(at)
    assert "never read" in words_of(at)
    at.button(key="try-branch").click().run()
    assert not at.exception


def test_what_changed_is_said_after_a_ranking(own_settings: Settings, tmp_path: Path) -> None:
    workbench = Workbench.open_file(own_settings, own_settings.database)
    content = io.BytesIO(TEXT.replace("dos", "2,00").encode())
    file = intake.keep_upload(workbench, "x.csv", content)
    result = intake.import_and_rank(workbench, file, ANA, answers={"date_order": "dmy"}, mapping=None)
    workbench.close()
    assert result.changes.alerts_raised > 0
    assert file.is_gone
    assert not list(own_settings.upload_folder.iterdir())


def test_a_file_of_the_upload_folder_is_imported_and_removed(
    own_settings: Settings, open_screen: Open
) -> None:
    own_settings.upload_folder.mkdir(parents=True)
    path = own_settings.upload_folder / "cargos 4539578763621486.csv"
    path.write_text(TEXT.replace("cliente", "cvv"), encoding="utf-8")
    at = open_screen("import")
    waiting = at.selectbox(key="waiting")
    assert waiting.options[0].startswith("cargos card-1486-")
    waiting.set_value(waiting.options[0]).run()
    assert at.button(key="import").disabled, "the order of day and month is open"
    at.radio(key="question-date_order").set_value("dmy").run()
    at.button(key="answer-date_order").click().run()
    at.button(key="import").click().run()
    wait_for(at, "import")
    assert not at.exception
    assert "12 loaded" in words_of(at)
    assert not list(own_settings.upload_folder.iterdir())
    assert "4539578763621486" not in words_of(at)


def test_a_dropped_file_lies_in_a_folder_of_its_own(own_settings: Settings, open_screen: Open) -> None:
    at = open_screen("import")
    at.file_uploader[0].set_value(("a.csv", TEXT.encode(), "text/csv")).run()
    assert not at.exception
    (kept,) = own_settings.upload_folder.rglob("upload")
    assert kept.parent.stat().st_mode & 0o077 == 0, "for the server's user alone"
    at.file_uploader[0].clear().run()
    assert not list(own_settings.upload_folder.iterdir()), "what is taken back is removed"


def test_known_rows_are_declared_separate(own_settings: Settings, tmp_path: Path, open_screen: Open) -> None:
    imported(own_settings, tmp_path)
    path = tmp_path / "again.csv"
    path.write_text("fecha;monto;cliente\n05/02/2024;5,50;c2\n13/02/2024;1,00;c9\n", encoding="utf-8")
    workbench = Workbench.open_file(own_settings, own_settings.database)
    assert importing.import_file(workbench, path, ANA).rows_duplicate == 1
    workbench.close()
    at = open_screen("import")
    assert "Rows that were known already" in words_of(at)
    assert at.button(key="separate").disabled


def test_a_layout_is_renamed_on_the_page(own_settings: Settings, tmp_path: Path, open_screen: Open) -> None:
    imported(own_settings, tmp_path)
    at = open_screen("import")
    folded = next(each for each in at.expander if each.label == "Remembered layouts")
    assert folded is not None
    at.session_state["layouts"] = True
    at.run()
    layout = at.selectbox(key="layout")
    layout.set_value(layout.options[0]).run()
    field = next(each for each in at.text_input if str(each.key).startswith("layout-name-"))
    field.set_value("Ventanilla").run()
    at.button(key="rename-layout").click().run()
    assert not at.exception
    workbench = state.workbench()
    assert [row["name"] for row in layouts.all_layouts(workbench)] == ["Ventanilla"]
    at.button(key="forget-layout").click().run()
    assert not layouts.all_layouts(workbench)
