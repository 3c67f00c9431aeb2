"""Every screen opens, in both languages, with data and without."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from fraudkit.config import PROJECT_ROOT, Settings
from fraudkit.ui.navigation import SCREENS
from tests import portfolio
from tests.pages.conftest import Open


def shown(at: AppTest) -> str:
    """Return all text of a screen."""
    kinds = ("html", "markdown", "caption", "subheader", "info", "warning", "error", "success")
    elements = [element for kind in kinds for element in at.get(kind)]
    return "\n".join(
        str(getattr(element, "value", None) or getattr(element.proto, "body", "")) for element in elements
    )


@pytest.mark.parametrize("key", SCREENS)
def test_every_screen_opens_with_data(ranked: Settings, open_screen: Open, key: str) -> None:
    query = {"case": "1"} if key == "case" else {}
    at = open_screen(key, **query)
    assert not at.error, [error.value for error in at.error]


@pytest.mark.parametrize("key", SCREENS)
def test_every_screen_without_data_says_what_to_do(
    own_settings: Settings, open_screen: Open, key: str
) -> None:
    at = open_screen(key)
    buttons = [button.key for button in at.button]
    assert "to-import" in buttons or key in {"audit", "import", "settings"}
    assert key != "import" or at.file_uploader


def test_the_start_leads_to_the_import_while_there_is_nothing(own_settings: Settings) -> None:
    at = AppTest.from_file(str(PROJECT_ROOT / "app.py"), default_timeout=30).run()
    assert at.file_uploader


def test_the_start_leads_to_ones_shift_when_there_is_work(ranked: Settings) -> None:
    at = AppTest.from_file(str(PROJECT_ROOT / "app.py"), default_timeout=30).run()
    assert "Turno de analyst" in shown(at)


def test_an_unknown_case_is_one_sentence_and_a_hint(ranked: Settings, open_screen: Open) -> None:
    at = open_screen("case", case="999999")
    assert at.error[0].proto.title == "There is no case 999999."


@pytest.mark.parametrize("case", ["", "-1", "1e9", "²", "9" * 40, "1; DROP TABLE transactions"])
def test_a_broken_address_offers_the_riskiest_case(ranked: Settings, open_screen: Open, case: str) -> None:
    at = open_screen("case", case=case)
    assert "start" in [button.key for button in at.button]


def test_the_screens_speak_spanish(ranked: Settings) -> None:
    at = AppTest.from_file(str(PROJECT_ROOT / "app.py"), default_timeout=30)
    at.query_params["lang"] = "es"
    at.run()
    assert "El equipo puede trabajar" in shown(at)


def test_the_sample_is_marked_and_cleared_with_one_click(
    own_settings: Settings, ranked_database: Path, open_screen: Open
) -> None:
    portfolio.copied(ranked_database, own_settings, as_sample=True)
    at = open_screen("queue")
    assert any("Sample data" in str(element.value) for element in at.markdown)
    at.button(key="clear-sample").click().run()
    assert not own_settings.sample_database.exists()
    assert "to-import" in [button.key for button in at.button]


def test_the_model_says_its_last_day_in_the_zone_of_the_bank(ranked: Settings, open_screen: Open) -> None:
    """The sample ends on 31 October in Lima, when it is November already in Greenwich."""
    said = shown(open_screen("model"))
    assert "Oct 31, 2026" in said
    assert "Nov 1, 2026" not in said
