"""The main job in a real browser: upload, queue, case, verdicts, a queue that learned, retrain, activate."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from fraudkit.config import Settings
from fraudkit.domain import Actor
from fraudkit.services import policies
from tests import portfolio
from tests.browser.conftest import case_in_address, serving, settled

pytestmark = pytest.mark.browser

LEAD = Actor("Ana", "lead")
LONG = 120_000


def press_until_case_changes(page: Page, verdict: str, reason: str) -> None:
    """Give a verdict by its two keys and wait for the next case."""
    before = case_in_address(page)
    assert before is not None
    page.keyboard.press(verdict)
    expect(page.locator(".st-key-reasons")).to_be_visible()
    page.keyboard.press(reason)
    page.wait_for_function(
        "before => new URLSearchParams(location.search).get('case') !== before", arg=str(before)
    )
    expect(page.locator(".st-key-decision")).to_be_visible()
    settled(page)


def upload(page: Page, address: str, extract: Path) -> None:
    page.goto(address)
    page.wait_for_url("**/import*")  # nothing is there yet: the start leads to the import
    page.set_input_files("input[type=file]", extract)
    expect(page.get_by_text("Separator: comma")).to_be_visible()
    page.get_by_role("button", name="Import and rank").click()
    expect(page.get_by_role("progressbar").first).to_be_visible()
    expect(page.get_by_text(re.compile(r"10,000 rows read = 10,000 loaded"))).to_be_visible(timeout=LONG)
    page.get_by_role("button", name="Open the queue").click()
    page.wait_for_url("**/queue*")


def queue_sentence(page: Page) -> str:
    sentence = page.locator(".st-key-totals")
    expect(sentence).to_contain_text("Open cases")
    settled(page)
    return sentence.inner_text()


def test_upload_review_learn_retrain_activate(page: Page, own_settings: Settings, tmp_path: Path) -> None:
    extract = portfolio.extract(tmp_path)
    with portfolio.opened(own_settings) as workbench:
        policies.change(workbench, LEAD, **portfolio.ONE_PERSON_DECIDES, **portfolio.NO_DRAWS)
    with serving(own_settings) as address:
        upload(page, address, extract)
        before = queue_sentence(page)

        page.keyboard.press("s")
        page.wait_for_url("**/case?*")
        expect(page.get_by_text("Unusual is not fraud")).to_be_visible()
        expect(page.locator(".js-plotly-plot")).to_have_count(1)
        settled(page)
        page.keyboard.press("v")
        expect(page.get_by_text(re.compile(r"Start .* = score .* evidence points"))).to_be_visible()
        for verdict, reason in (("f", "1"), ("g", "5"), ("u", "3")):
            press_until_case_changes(page, verdict, reason)

        page.keyboard.press("Escape")
        page.wait_for_url("**/queue*")
        after = queue_sentence(page)
        assert open_cases(after) == open_cases(before) - 3
        assert learned(page), "the verdicts moved the score of the case that now leads the queue"

        page.get_by_role("link", name="Model").click()
        expect(page.get_by_text("given here").first).to_be_visible()
        page.get_by_role("button", name="Train on these data").click()
        activate(page)


def learned(page: Page) -> bool:
    """Open the first case of the queue and see whether a past verdict moved its score; go back."""
    page.keyboard.press("s")
    page.wait_for_url("**/case?*")
    expect(page.get_by_text("Unusual is not fraud")).to_be_visible()
    settled(page)
    page.keyboard.press("v")
    expect(page.get_by_text("Moved the score by")).to_be_visible()
    found = page.get_by_text("Learned from").count() > 0
    page.keyboard.press("Escape")
    page.wait_for_url("**/queue*")
    settled(page)
    return found


def activate(page: Page) -> None:
    expect(page.get_by_text("Version to activate")).to_be_visible(timeout=LONG)
    former = page.locator("table").first.inner_text()
    page.locator(".st-key-activate button").click()
    page.locator(".st-key-activate-now button").click()
    page.wait_for_function(
        "former => (document.querySelector('table') || {innerText: former}).innerText !== former",
        arg=former,
        timeout=LONG,
    )
    expect(page.get_by_text("trained here").first).to_be_visible()


def open_cases(sentence: str) -> int:
    found = re.search(r"([\d,]+) cases", sentence)
    assert found, sentence
    return int(found.group(1).replace(",", ""))
