"""The first seconds of the first start: what stands where an explanation will be."""

from __future__ import annotations

from typing import Final

from fraudkit.services import starting
from fraudkit.ui import html, work
from fraudkit.ui.shell import Page
from fraudkit.words import N_

PATIENCE_SECONDS: Final = 2.0
"""Loading compiled code from disk takes less; a page that waits so long is better than one that flickers."""


def is_ready(page: Page) -> bool:
    """Return whether explanations can be computed now."""
    return starting.is_ready(page.workbench, PATIENCE_SECONDS)


def instead(page: Page) -> None:
    """Draw the progress; the screen is drawn anew at its end."""
    html.show(html.line(page.words(N_("The explanation follows in a few seconds."))))
    work.follow(page, starting.PREPARE)
