"""The import screen after a file: what changed, quality, correction, withdrawal, layouts and sources."""

from __future__ import annotations

import io
from pathlib import Path

from streamlit.testing.v1 import AppTest

from fraudkit.config import Settings
from fraudkit.domain import Actor
from fraudkit.services import importing, intake, withdrawing
from fraudkit.services.workbench import Workbench
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
    at.button(key="withdraw").click().run()
    assert not at.exception
    assert "withdraw" in [button.key for button in at.button]
    assert "withdrawn" not in words_of(at)


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
