"""The configured sources on the import screen: where they stand, read now, try."""

from __future__ import annotations

from typing import Final

import streamlit as st

from fraudkit.domain import Progress
from fraudkit.errors import FraudkitError
from fraudkit.ingest.sources.base import SourceSample
from fraudkit.services import refreshing, scheduling, scoring, sourcing
from fraudkit.services.sourcing import ReadingReport, SourceStatus
from fraudkit.ui import html, work
from fraudkit.ui.shell import Page, attempt
from fraudkit.words import N_

OUTCOMES: Final[dict[str, str]] = {
    "load": N_("loaded"),
    "partial": N_("loaded in part"),
    "refuse": N_("refused"),
    "ask": N_("a question is open"),
    "nothing": N_("nothing new"),
    "failed": N_("failed"),
}


def sources(page: Page) -> None:
    """Draw every source with its last and next reading; nothing when none is configured."""
    try:
        found = sourcing.list_sources(page.workbench)
    except FraudkitError as error:
        message, hint = error.localised(page.formats.language)
        st.warning(hint or message, title=message if hint else None)
        return
    if not found:
        return
    st.subheader(page.words(N_("Sources")), anchor=False)
    for status in found:
        _source(page, status)


def _source(page: Page, status: SourceStatus) -> None:
    kind = scheduling.JOB_KIND.format(name=status.name)
    with st.container(border=True):
        html.show(html.head(status.name, [(status.kind, False)], _standing(page, status)))
        job = work.follow(page, kind)
        with st.container(horizontal=True):
            work.button(
                page,
                N_("Read now"),
                f"run-{status.name}",
                lambda: _read(page, status.name, kind),
                busy=job is not None and job.active,
            )
            tried = st.button(page.words(N_("Try")), key=f"try-{status.name}", type="tertiary")
        if tried:
            _try(page, status.name)


def _standing(page: Page, status: SourceStatus) -> str:
    parts = []
    if status.last is not None:
        outcome = page.words(OUTCOMES[status.last["outcome"]])
        parts.append(f"{outcome}, {page.moment(status.last['finished_at'])}")
        if status.last["message"] and status.last["outcome"] in {"refuse", "failed"}:
            parts.append(page.words(status.last["message"]))
    if status.next_at is not None:
        moment = page.moment(int(status.next_at.timestamp() * 1_000_000))
        parts.append(page.words(N_("next reading {moment}"), moment=moment))
    return " · ".join(parts) or page.words(N_("never read"))


def _read(page: Page, name: str, kind: str) -> None:
    def run(progress: Progress) -> ReadingReport:
        report = sourcing.run_source(page.workbench, name, page.actor, progress)
        if report.rows_loaded:
            scoring.rank(page.workbench, progress)
            refreshing.after_ranking(page.workbench)
        return report

    def write() -> None:
        page.workbench.jobs.submit(kind, run)

    attempt(write)


def _try(page: Page, name: str) -> None:
    """Connect and draw the first rows; nothing is imported."""
    try:
        sample: SourceSample = sourcing.sample_source(page.workbench, name)
    except FraudkitError as error:
        message, hint = error.localised(page.formats.language)
        st.warning(hint or message, title=message if hint else None)
        return
    if sample.columns:
        html.show(html.table(sample.columns, sample.rows))
    else:
        html.show(html.quiet(page.words(N_("The source answers; it shows no rows."))))
