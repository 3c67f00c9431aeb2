"""The import screen: choose a file, see what it holds, answer what it leaves open, load and rank it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

import streamlit as st

from fraudkit.domain import Progress
from fraudkit.ingest.inspection import Inspection
from fraudkit.ingest.questions import Answers, Question
from fraudkit.services import intake, refreshing
from fraudkit.services.import_result import Changes, ImportResult
from fraudkit.services.intake import RawFile
from fraudkit.ui import html, navigation, work
from fraudkit.ui.mapping import UNCHANGED, Edited
from fraudkit.ui.shell import Page, attempt
from fraudkit.words import N_

IMPORT: Final = "import"
MOST_REOPENED: Final = 20
_KEPT: Final = "_kept_upload"
_DROPS: Final = "_uploads_done"
_INSPECTED: Final = "_inspected"
_Said = tuple[str, tuple[tuple[str, str], ...], tuple[tuple[str, str | None], ...]]
_MEGABYTE: Final = 1_000_000


def choose_file(page: Page) -> RawFile | None:
    """Draw both ways to name a file and return it."""
    _forget_imported()
    dropped = st.file_uploader(
        page.words(N_("Drop an extract here")),
        type=[suffix.removeprefix(".") for suffix in intake.SUFFIXES],
        key=f"upload-{st.session_state.get(_DROPS, 0)}",
        help=page.words(
            N_("CSV, Excel, Parquet or JSON lines, also compressed. Layout and columns are recognised.")
        ),
    )
    if dropped is not None:
        return _keep(page, dropped)
    _forget_kept(page)
    waiting = intake.waiting_files(page.workbench)
    if not waiting:
        return None
    return st.selectbox(
        page.words(N_("Or take a file from the upload folder")),
        waiting,
        index=None,
        key="waiting",
        placeholder=page.words(N_("none chosen")),
        help=page.words(N_("It is removed from there once its rows are stored.")),
        format_func=lambda file: (
            f"{file.name} · {_size(page, file.bytes)} · {_changed(page, file.changed_at)}"
        ),
    )


def _forget_imported() -> None:
    """Empty the field for a file once its rows are stored; the server then forgets its content."""
    kept = st.session_state.get(_KEPT)
    if kept is not None and kept[1].is_gone:
        del st.session_state[_KEPT]
        st.session_state[_DROPS] = st.session_state.get(_DROPS, 0) + 1


def _forget_kept(page: Page) -> None:
    """Remove a file that was taken back; one that is being imported goes with its import."""
    kept = st.session_state.pop(_KEPT, None)
    if kept is not None and work.running(page, IMPORT) is None:
        kept[1].remove()


def _keep(page: Page, dropped: st.typing.UploadedFile) -> RawFile:
    """Write a dropped file into the upload folder once, not on every run."""
    kept = st.session_state.get(_KEPT)
    if kept is None or kept[0] != dropped.file_id:
        _forget_kept(page)
        kept = (dropped.file_id, intake.keep_upload(page.workbench, dropped.name, dropped))
        st.session_state[_KEPT] = kept
    file: RawFile = kept[1]
    return file


def _size(page: Page, size: int) -> str:
    return f"{page.formats.number(size / _MEGABYTE, 1)} MB"


def _changed(page: Page, changed_at: float) -> str:
    return page.moment(int(datetime.fromtimestamp(changed_at, UTC).timestamp() * 1_000_000))


def answered(file: RawFile) -> dict[str, str]:
    """Return the answers that were given for a file in this session."""
    answers: dict[str, str] = st.session_state.setdefault(f"_answers-{file.path}", {})
    return answers


def questions(page: Page, file: RawFile, asked: Iterable[Question]) -> None:
    """Draw what the file leaves open; an answer inspects the file anew."""
    for question in asked:
        with st.container(border=True):
            st.markdown(f"**{page.words(question.text)}**")
            if question.examples:
                html.show(
                    html.quiet(
                        page.words(N_("In the file: {examples}"), examples=" · ".join(question.examples))
                    )
                )
            _answer(page, file, question)


def _answer(page: Page, file: RawFile, question: Question) -> None:
    labels = {option.value: page.words(option.label) for option in question.options}
    chosen = st.radio(
        page.words(N_("Answer")),
        list(labels),
        index=None,
        format_func=labels.__getitem__,
        key=f"question-{question.id}",
        label_visibility="collapsed",
    )
    written = ""
    if question.free_text:
        written = st.text_input(page.words(N_("Or in your own words")), key=f"text-{question.id}").strip()
    st.button(
        page.words(N_("Answer")),
        key=f"answer-{question.id}",
        disabled=not (written or chosen),
        on_click=answered(file).__setitem__,
        args=(question.id, written or str(chosen)),
    )


def start(page: Page, file: RawFile, edited: Edited, *, ready: bool) -> None:
    """Draw the button that imports and ranks in one background job."""
    busy = work.running(page, IMPORT) is not None
    label = N_("Clear the sample, import and rank") if page.workbench.shows_sample else N_("Import and rank")
    st.button(
        page.words(label),
        key="import",
        type="primary",
        disabled=busy or not ready,
        on_click=_submit,
        args=(page, file, {**answered(file), **edited.answers}, edited.mapping),
    )


def _submit(page: Page, file: RawFile, answers: Answers, mapping: Mapping[str, str | None] | None) -> None:
    def run(progress: Progress) -> ImportResult:
        done = intake.import_and_rank(
            page.workbench, file, page.actor, answers=answers, mapping=mapping, progress=progress
        )
        refreshing.after_ranking(page.workbench)
        return done

    def write() -> None:
        page.workbench.jobs.submit(IMPORT, run)

    attempt(write)


def result(page: Page) -> None:
    """Draw the progress of the import, then what came of it."""
    job = work.follow(page, IMPORT)
    if job is None or job.status != "done":
        return
    done: ImportResult = job.result
    message, hint = done.localised(page.formats.language)
    if done.outcome in ("refuse", "ask"):
        st.warning(hint or message, title=message if hint else None)
        return
    st.success(" ".join(part for part in (_sum(page, done), hint) if part), title=message)
    _changes(page, done.changes)
    if st.button(page.words(N_("Open the queue")), key="to-queue", type="primary", shortcut="S"):
        navigation.go("queue")


def _changes(page: Page, changes: Changes) -> None:
    """Draw what the import changed for the people who review."""
    number = page.formats.number
    sentences = [
        page.words(
            N_("{alerts} new alerts; {arrived} new transactions of whom an open case is about."),
            alerts=number(changes.alerts_raised),
            arrived=number(changes.in_open_cases),
        )
    ]
    for sentence in sentences:
        html.show(html.line(sentence))
    if changes.reopened_cases:
        _reopened(page, changes.reopened_cases)


def _reopened(page: Page, cases: Sequence[int]) -> None:
    """Draw the cases that were opened again, each as a way to it."""
    html.show(
        html.line(page.words(N_("Frauds known later contradict a verdict; these cases are open again:")))
    )
    with st.container(horizontal=True, gap="small"):
        for case_id in cases[:MOST_REOPENED]:
            name = page.words(N_("Case {case_id}"), case_id=case_id)
            if st.button(name, key=f"reopened-{case_id}", type="tertiary"):
                navigation.open_case(case_id)
    if len(cases) > MOST_REOPENED:
        more = page.words(N_("and {count} more, in the queue"), count=len(cases) - MOST_REOPENED)
        html.show(html.quiet(more))


def _sum(page: Page, done: ImportResult) -> str:
    number = page.formats.number
    return page.words(
        N_("{read} rows read = {loaded} loaded + {rejected} rejected + {known} already known."),
        read=number(done.rows_read),
        loaded=number(done.rows_loaded),
        rejected=number(done.rows_rejected),
        known=number(done.rows_duplicate),
    )


def inspect(page: Page, file: RawFile, edited: Edited = UNCHANGED) -> Inspection:
    """Return what the file holds, with what was said so far; looked at once, not on every run."""
    answers = {**answered(file), **edited.answers}
    said: _Said = (str(file.path), tuple(answers.items()), tuple(edited.mapping.items()))
    known: dict[_Said, Inspection] = st.session_state.setdefault(_INSPECTED, {})
    if said not in known:
        if any(path != str(file.path) for path, *_ in known):
            known.clear()
        known[said] = intake.inspect(page.workbench, file, answers, edited.mapping)
    return known[said]
