"""Take a picture of every screen on the sample: light and dark, Spanish and English.

`python -m tests.browser.screens` writes them to docs/screens/.
"""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, sync_playwright

from fraudkit.config import PROJECT_ROOT, Settings
from fraudkit.domain import Actor
from fraudkit.services import policies, sampling
from fraudkit.services.workbench import Workbench
from fraudkit.ui.navigation import SCREENS
from tests.browser.conftest import FLAGS, chromium, serving
from tests.portfolio import NO_DRAWS

FOLDER = PROJECT_ROOT / "docs" / "screens"
QUERIES = {"case": "?case=8", "customer": "?customer=CL-000377", "sweep": "?case=8"}
"""What an address needs beyond the screen's name."""
LOCALES = {"es": "es-PE", "en": "en-US"}
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


def take(browser: Browser, address: str) -> None:
    """Write one picture for each screen, scheme and language."""
    for language, locale in LOCALES.items():
        for scheme in SCHEMES:
            context = browser.new_context(
                viewport={"width": 1366, "height": 768}, color_scheme=scheme, locale=locale
            )
            page = context.new_page()
            page.goto(address)
            page.wait_for_timeout(4_000)
            for name in SCREENS:
                page.goto(f"{address}/{name}{QUERIES.get(name, '')}")
                page.wait_for_timeout(4_000)
                page.screenshot(path=FOLDER / f"{name}-{scheme}-{language}.png")
            context.close()


def _prepare(settings: Settings) -> None:
    """Load the sample, and let no case hide its score: which ones do follows from the installation's key."""
    sampling.prepare(settings)
    workbench = Workbench.open(settings)
    policies.change(workbench, Actor("lead", "lead"), **NO_DRAWS)
    workbench.close()


def main() -> None:
    """Serve the sample from a folder of its own and look at it."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        place = Path(folder)
        settings = replace(
            Settings(),
            database=place / "fraudkit.duckdb",
            sample_database=place / "sample.duckdb",
            local_models=place / "models",
            upload_folder=place / "uploads",
            sources=place / "sources.toml",
        )
        _prepare(settings)
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        with serving(settings) as address:
            take(browser, address)
        browser.close()


if __name__ == "__main__":
    main()
