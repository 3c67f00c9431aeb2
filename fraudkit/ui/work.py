"""Background work on the screen: a progress bar that follows a job and rests when there is none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import streamlit as st

from fraudkit.jobs import Job
from fraudkit.ui import markdown
from fraudkit.ui.shell import Page
from fraudkit.words import N_

REFRESH_SECONDS: Final = 0.5


def running(page: Page, kind: str) -> Job | None:
    """Return the job of a kind that waits or runs."""
    job = page.workbench.jobs.latest(kind)
    return job if job is not None and job.active else None


def follow(page: Page, kind: str) -> Job | None:
    """Draw the progress of the newest job of a kind until it ends; return the job.

    The screen is drawn once more when the job ends, so that what depends on it is read anew.
    """
    job = page.workbench.jobs.latest(kind)
    if job is None:
        return None
    if job.active:
        st.fragment(_progress, run_every=REFRESH_SECONDS, key=f"progress-{kind}")(page, job)
    elif job.error is not None:
        message, hint = (markdown.escaped(text) for text in job.error.localised(page.formats.language))
        st.warning(hint or message, title=message if hint else None)
    return job


def button(
    page: Page, label: str, key: str, on_click: Callable[[], None], *, busy: bool, primary: bool = False
) -> None:
    """Draw a button that starts work; it rests while work of its kind is under way."""
    st.button(
        page.words(label),
        key=key,
        type="primary" if primary else "secondary",
        disabled=busy,
        on_click=on_click,
    )


def _progress(page: Page, job: Job) -> None:
    if not job.active:
        st.rerun()
    text = (
        page.words(job.text)
        if job.text
        else page.words(N_("Waiting for its turn") if job.status == "waiting" else N_("Working"))
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.progress(job.share, text=text)
        st.button(
            page.words(N_("Stop")),
            key=f"stop-{job.number}",
            type="tertiary",
            on_click=page.workbench.jobs.cancel,
            args=(job,),
        )
