"""What axe-core finds on every screen, beside what it finds on a bare Streamlit page of the same parts.

    sh tests/browser/install_axe.sh
    python -m benchmarks.accessibility

Serious and critical findings are listed by rule and by what they point at. Those that Streamlit's own frame
brings on any page (`OF_STREAMLIT`) are named with their reason; anything else fails.
"""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from fraudkit.ui.navigation import SCREENS
from tests import portfolio
from tests.browser.conftest import FLAGS, chromium, serving, settled

VERSION = "4.14.1"
SERIOUS = ("serious", "critical")
OF_STREAMLIT: dict[str, str] = {
    "scrollable-region-focusable": "Streamlit's main section scrolls and is not in the order of tabs",
}
"""Rule and why it is Streamlit's: found on an empty Streamlit page as well, or inside its own widget."""


@dataclass(frozen=True, order=True)
class Finding:
    """One rule that a screen breaks.

    Parameters
    ----------
    screen, rule
        Where, and which rule of axe-core.
    target
        What it points at, the first of several.
    count
        How many elements.
    help
        The rule in words.
    """

    screen: str
    rule: str
    target: str
    count: int
    help: str


def axe_file() -> Path | None:
    """Return axe-core from the cache, or None."""
    home = os.environ.get("XDG_CACHE_HOME", str(Path.home() / ".cache"))
    cache = Path(os.environ.get("FRAUDKIT_TEST_CACHE", f"{home}/fraudkit"))
    file = cache / f"axe-core-{VERSION}.min.js"
    return file if file.exists() else None


def findings(page: Page, screen: str, axe: str) -> list[Finding]:
    """Return the serious findings on the page that is shown."""
    result: dict[str, Any] = page.evaluate(
        "async source => { (new Function(source))(); return await axe.run(document); }", axe
    )
    return [
        Finding(
            screen,
            broken["id"],
            str(broken["nodes"][0]["target"][-1]),
            len(broken["nodes"]),
            broken["help"],
        )
        for broken in result["violations"]
        if broken["impact"] in SERIOUS
    ]


def look(browser: Browser, address: str, axe: str, screens: list[str], case_id: int) -> list[Finding]:
    """Return the serious findings of all screens, in light and dark."""
    found: set[Finding] = set()
    for scheme in ("light", "dark"):
        context = browser.new_context(
            viewport={"width": 1366, "height": 768}, color_scheme=scheme, locale="en-US", bypass_csp=True
        )
        page = context.new_page()
        for screen in screens:
            query = f"?case={case_id}" if screen in ("case", "sweep") else ""
            page.goto(f"{address}/{screen}{query}")
            settled(page)
            page.wait_for_timeout(1_500)
            found.update(findings(page, f"{screen} ({scheme})", axe))
        context.close()
    return sorted(found)


def main() -> None:
    """Look at every screen and print what axe-core says."""
    file = axe_file()
    if file is None:
        print("axe-core is not there: sh tests/browser/install_axe.sh")
        raise SystemExit(2)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        database = portfolio.build(Path(folder) / "built")
        settings = portfolio.settings_in(Path(folder) / "served")
        portfolio.copied(database, settings)
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        with serving(settings) as address:
            found = look(browser, address, file.read_text(encoding="utf-8"), list(SCREENS), 1)
        browser.close()
    for one in found:
        whose = "Streamlit's" if one.rule in OF_STREAMLIT else "OURS"
        print(f"{whose:12} {one.screen:18} {one.rule} × {one.count}: {one.target} ({one.help})")
    ours = [one for one in found if one.rule not in OF_STREAMLIT]
    print(f"{len(found)} serious findings, {len(ours)} of them ours")
    raise SystemExit(bool(ours))


if __name__ == "__main__":
    main()
