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
from fraudkit.services import sampling
from tests.browser.conftest import FLAGS, chromium, serving

FOLDER = PROJECT_ROOT / "docs" / "screens"
SCREENS = {"queue": "queue", "case": "case?case=8", "import": "import", "model": "model"}
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
            for name, path in SCREENS.items():
                page.goto(f"{address}/{path}")
                page.wait_for_timeout(4_000)
                page.screenshot(path=FOLDER / f"{name}-{scheme}-{language}.png")
            context.close()


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
        )
        sampling.prepare(settings)
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        with serving(settings) as address:
            take(browser, address)
        browser.close()


if __name__ == "__main__":
    main()
