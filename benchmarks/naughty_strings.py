"""515 strings that break programs, and script payloads, as merchant, customer, device, note and file name.

    python -m benchmarks.naughty_strings [--quick] [--database-folder FOLDER]

They are imported, ranked so that each is a case, written as notes, and looked at on every screen in a real
Chromium. Nothing may run (no dialog, no element of a payload in the page, no mark left by its script),
nothing may leave the machine (every request is routed; a foreign host fails), no screen may break, and
what the screen shows of a merchant is exactly what was stored.
"""

from __future__ import annotations

import argparse
import csv
import json
import tempfile
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import quote, urlparse

from playwright.sync_api import Browser, Page, Route, sync_playwright

from benchmarks.handbook import shared_data
from fraudkit.config import Settings
from fraudkit.services import importing, notes, policies, reviewing, scoring
from fraudkit.services.reviewing import QueueFilter
from fraudkit.services.workbench import Workbench
from fraudkit.ui.navigation import SCREENS
from tests import portfolio
from tests.browser.conftest import FLAGS, chromium, serving, settled

MARK = "fraudkit_ran"
PAYLOADS = (
    f"<script>window.{MARK}=1</script>",
    f"<img src=x onerror=window.{MARK}=1>",
    f"<svg onload=window.{MARK}=1>",
    f"</p></td></table><script>window.{MARK}=1</script>",
    f"[press](javascript:window.{MARK}=1)",
    "![x](https://foreign.example/x.png)",
    '<img src="https://foreign.example/y.png">',
    "<link rel=stylesheet href=https://foreign.example/z.css>",
    f"'\"><iframe srcdoc='<script>parent.{MARK}=1</script>'></iframe>",
    "$$\\frac{1}{0}$$ :red[red] :smile: # head\n- list `code`",
    "{{7*7}} ${7*7} %(x)s {0} {name}",
    '=HYPERLINK("https://foreign.example";"x")',
)
FILE_NAME = f"<img src=x onerror=window.{MARK}=1>{{x}}$x$.csv"
START = datetime(2026, 3, 2, 9)  # noqa: DTZ001 - the layout's zone is added on import
ORDINARY_PER_STRING = 3


@dataclass
class Seen:
    """What was looked at, and everything that should not have been there."""

    screens: int = 0
    merchants: int = 0
    wrong: list[str] = field(default_factory=list)


def strings(*, quick: bool) -> list[str]:
    """Return the payloads and the public strings; a few of them for a quick look."""
    public: list[str] = json.loads(
        (shared_data() / "naughty-strings" / "blns.json").read_text(encoding="utf-8")
    )
    chosen = public[::60] if quick else public
    return [*PAYLOADS, *(text for text in chosen if text.strip())]


def prepare(settings: Settings, texts: list[str]) -> None:
    """Import one transaction of each string that stands out, among ordinary ones; write notes."""
    settings.upload_folder.mkdir(parents=True, exist_ok=True)
    path = settings.upload_folder / FILE_NAME
    _write_extract(path, texts)
    with portfolio.opened(settings) as workbench:
        policies.change(workbench, portfolio.ACTOR, **portfolio.NO_DRAWS)
        report = importing.import_file(workbench, path, portfolio.ACTOR, file_name=FILE_NAME)
        assert report.rows_loaded, report
        scoring.rank(workbench)
        for case_id, text in zip(_cases(workbench), texts, strict=False):
            if text.strip():
                notes.write(workbench, portfolio.ACTOR, ("case", str(case_id)), text, case_id=case_id)


def _write_extract(path: Path, texts: list[str]) -> None:
    with path.open("w", encoding="utf-8", errors="surrogatepass", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(
            ["transaction_id", "fecha", "monto", "customer_id", "merchant_name", "device_id", "channel"]
        )
        for place, text in enumerate(texts):
            clean = text.replace("\x00", "")
            for turn in range(ORDINARY_PER_STRING):
                when = START + timedelta(hours=turn * 30, minutes=place)
                rows.writerow(
                    [f"o{place}-{turn}", when, 20 + turn, f"{place} {clean}", "Bodega", "D1", "pos"]
                )
            when = START + timedelta(hours=120, minutes=place)
            rows.writerow([f"n{place}", when, 9_000 + place, f"{place} {clean}", clean, clean, clean[:40]])


def _cases(workbench: Workbench) -> list[int]:
    found, page = [], 1
    while rows := reviewing.queue_page(workbench, QueueFilter(), page=page, page_size=200).rows:
        found += [row.case_id for row in rows]
        page += 1
    return found


def watch(page: Page, seen: Seen) -> None:
    """Fail on dialogs, on errors of scripts and on requests to any other host."""

    def route(request: Route) -> None:
        host = urlparse(request.request.url).hostname
        if host in ("127.0.0.1", "localhost", None):
            request.continue_()
        else:
            seen.wrong.append(f"a request to {request.request.url}")
            request.abort()

    page.route("**/*", route)
    page.on("dialog", lambda dialog: (seen.wrong.append(f"a dialog: {dialog.message}"), dialog.dismiss()))


def look(page: Page, address: str, path: str, seen: Seen) -> None:
    """Look at one screen."""
    page.goto(f"{address}/{path}")
    page.locator(".stMain .fk-line, .stMain .fk-head, .stMain table, .stMain button").first.wait_for()
    settled(page)
    page.wait_for_timeout(400)
    seen.screens += 1
    ran = page.evaluate(f"window.{MARK} === undefined")
    planted = page.evaluate(
        "() => document.querySelectorAll("
        "'.stMain [onerror], .stMain [onload], .stMain iframe[srcdoc], .stMain img[src^=http], "
        ".stMain script, .stMain link').length"
    )
    broken = page.locator("[data-testid=stException]").count()
    if not ran or planted or broken:
        seen.wrong.append(f"{path}: ran {not ran}, planted {planted}, broken {broken}")


def look_at_case(page: Page, address: str, case_id: int, merchant: str | None, seen: Seen) -> None:
    """Look at one case, and compare the merchant on the screen with the stored one."""
    look(page, address, f"case?case={case_id}&lang=en", seen)
    if merchant is None:
        return
    cells = page.evaluate(
        "() => [...document.querySelectorAll('td, .fk-line, p, span')].map(e => e.textContent)"
    )
    seen.merchants += 1
    if not any(merchant.strip() in cell for cell in cells):
        seen.wrong.append(f"case {case_id}: {merchant!r} is not on the screen")


def visit(browser: Browser, address: str, workbench_rows: dict[int, str | None], words: list[str]) -> Seen:
    """Look at all screens, all given cases, and the search for some of the strings."""
    seen = Seen()
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="en-US")
    page = context.new_page()
    watch(page, seen)
    for screen in SCREENS:
        look(page, address, screen, seen)
    for case_id, merchant in workbench_rows.items():
        look_at_case(page, address, case_id, merchant, seen)
    first = next(iter(workbench_rows))
    look(page, address, f"sweep?case={first}", seen)
    for word in words:
        look(page, address, f"search?q={quote(word)}", seen)
        look(page, address, f"queue?search={quote(word)}", seen)
        look(page, address, f"customer?customer={quote(word)}", seen)
    context.close()
    return seen


def main() -> None:
    """Import the strings, look at everything and print what was wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="the payloads and a few of the strings")
    quick = parser.parse_args().quick
    texts = strings(quick=quick)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        settings = portfolio.settings_in(Path(folder), alert_capacity=len(texts))
        prepare(settings, texts)
        with portfolio.opened(settings) as workbench:
            shown = _merchants(workbench)
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        with serving(settings) as address:
            seen = visit(browser, address, shown, list(PAYLOADS))
        browser.close()
    print("\n".join(seen.wrong[:20]))
    print(
        f"{len(texts)} strings, {seen.screens} screens, {seen.merchants} merchants compared, "
        f"{len(seen.wrong)} things wrong"
    )
    raise SystemExit(bool(seen.wrong))


def _merchants(workbench: Workbench) -> dict[int, str | None]:
    """Return the merchant that each case is about, as it is stored."""
    found: dict[int, str | None] = {}
    for case_id in _cases(workbench):
        found[case_id] = reviewing.case_view(workbench, case_id).alerts[0].merchant
    return found


if __name__ == "__main__":
    main()
