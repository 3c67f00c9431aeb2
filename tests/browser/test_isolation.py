"""What only a browser shows: deep links on a fresh server, a strict policy, keys, addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import ConsoleMessage, Page, Request, expect

from fraudkit.config import Settings
from tests import portfolio
from tests.browser.conftest import case_in_address, serving, settled

pytestmark = pytest.mark.browser


@pytest.fixture
def address(own_settings: Settings, ranked_database: Path) -> Iterator[str]:
    portfolio.copied(ranked_database, own_settings)
    with serving(own_settings) as found:
        yield found


def test_the_first_request_of_a_server_may_be_a_deep_link(page: Page, address: str) -> None:
    page.goto(f"{address}/case?case=1")
    expect(page.locator(".fk-head")).to_contain_text("Case 1")
    expect(page.locator(".st-key-who")).to_be_visible()  # only the router draws it
    assert page.get_by_role("link", name="Queue").count() == 1
    assert page.get_by_text("Page not found").count() == 0


def test_every_screen_works_under_a_strict_policy_and_asks_nobody_else(page: Page, address: str) -> None:
    refused: list[str] = []
    outside: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            refused.append(message.text)

    def asked(request: Request) -> None:
        if not request.url.startswith((address, address.replace("http", "ws"), "data:", "blob:")):
            outside.append(request.url)

    page.on("console", heard)
    page.on("request", asked)
    for screen, drawn in (
        ("queue", "[data-testid=stDataFrame]"),
        ("case?case=1", ".js-plotly-plot"),
        ("model", "table.fk-facts"),
        ("import", "[data-testid=stFileUploader]"),
    ):
        answer = page.goto(f"{address}/{screen}")
        assert answer is not None
        assert "script-src 'self' 'sha256-" in answer.headers["content-security-policy"]
        assert answer.headers["x-frame-options"] == "DENY"
        page.wait_for_selector(drawn)
        settled(page)
    assert not refused
    assert not outside


def test_a_filter_stands_in_the_address_and_can_be_shared(page: Page, address: str) -> None:
    page.goto(f"{address}/queue?priority=high&lang=en")
    expect(page.locator(".st-key-totals")).to_contain_text("of priority high")
    page.goto(f"{address}/queue")
    page.wait_for_selector("[data-testid=stDataFrame]")
    settled(page)
    page.locator(".st-key-sort input").click()
    page.get_by_role("option", name="Largest first").click()
    expect(page.locator(".st-key-totals")).to_contain_text("largest open amount first")
    assert "sort=Largest" in str(page.evaluate("location.href"))
    page.reload()
    expect(page.locator(".st-key-totals")).to_contain_text("largest open amount first")


def selected(page: Page) -> int:
    """Return the case that the queue has selected."""
    found = re.search(r"case (\d+)", page.locator(".st-key-open").inner_text())
    assert found
    return int(found.group(1))


def test_the_queue_is_worked_by_keyboard_and_comes_back_to_its_case(page: Page, address: str) -> None:
    page.goto(f"{address}/queue")
    page.wait_for_selector("[data-testid=stDataFrame]")
    settled(page)
    first = selected(page)
    page.keyboard.press("j")
    expect(page.locator(".st-key-open")).not_to_have_text(re.compile(rf"case {first}(?!\d)"))
    chosen = selected(page)
    assert chosen != first
    page.keyboard.press("o")
    page.wait_for_url("**/case?*")
    assert case_in_address(page) == chosen
    expect(page.locator(".st-key-decision")).to_be_visible()
    page.keyboard.press("Escape")
    page.wait_for_url("**/queue*")
    expect(page.locator(".st-key-open")).to_have_text(re.compile(rf"case {chosen}(?!\d)"))


def test_keys_do_not_fire_while_typing(page: Page, address: str) -> None:
    page.goto(f"{address}/queue")
    box = page.locator(".st-key-search input")
    box.click()
    box.press_sequentially("sojk")
    settled(page)
    assert "/queue" in str(page.evaluate("location.href"))


def test_the_language_follows_the_browser_and_the_switch(page: Page, address: str) -> None:
    page.goto(f"{address}/queue?lang=es")
    expect(page.locator(".st-key-totals")).to_contain_text("Casos abiertos")
    page.goto(f"{address}/queue")
    expect(page.locator(".st-key-totals")).to_contain_text("Open cases")
