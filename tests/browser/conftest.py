"""A real server on a portfolio of its own, and a real Chromium that looks at it."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from fraudkit.config import PROJECT_ROOT, Settings
from tests import portfolio

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE_MILLISECONDS = 30_000
expect.set_options(timeout=PATIENCE_MILLISECONDS)


def chromium() -> str | None:
    """Return the system's Chromium; None takes Playwright's own."""
    given = os.environ.get("FRAUDKIT_CHROMIUM")
    return given or next((path for name in CHROMIUM_NAMES if (path := shutil.which(name))), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield started
        started.close()


@contextmanager
def serving(settings: Settings) -> Iterator[str]:
    """Serve the app on a free port and return its address; the server is fresh, as after a restart."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        str(PROJECT_ROOT / "server.py"),
        f"--server.port={port}",
    ]
    environment = {**os.environ, **portfolio.environment(settings)}
    log = settings.database.with_suffix(".log")
    with log.open("wb") as output:
        server = subprocess.Popen(command, cwd=PROJECT_ROOT, env=environment, stdout=output, stderr=output)
        try:
            _wait(f"http://127.0.0.1:{port}/_stcore/health", server, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(20)


def _wait(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(300):
        assert server.poll() is None, log.read_text(encoding="utf-8")
        try:
            with urllib.request.urlopen(address, timeout=2):  # noqa: S310 - our own address
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    pytest.fail("the server did not start: " + log.read_text(encoding="utf-8"))


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1440, "height": 1000}, locale="en-US")
    opened = context.new_page()
    opened.set_default_timeout(PATIENCE_MILLISECONDS)
    yield opened
    context.close()


@pytest.fixture(scope="session")
def ranked_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return portfolio.build(tmp_path_factory.mktemp("portfolio"))


@pytest.fixture
def own_settings(tmp_path: Path) -> Settings:
    return portfolio.settings_in(tmp_path)


def settled(page: Page) -> None:
    """Wait until the script has run and nothing is drawn any more."""
    page.wait_for_selector("[data-testid=stAppViewContainer]")
    page.wait_for_function(
        "() => !document.querySelector('[data-test-script-state=running]')"
        " && !document.querySelector('[data-testid=stSkeleton]')"
    )


def case_in_address(page: Page) -> int | None:
    """Return the case that the address names."""
    found = re.search(r"[?&]case=(\d+)", str(page.evaluate("location.href")))
    return int(found.group(1)) if found else None
