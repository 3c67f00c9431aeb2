"""Notes on a screen: what was written about a subject, its files, and the dialog that adds one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import streamlit as st

from fraudkit.errors import FraudkitError
from fraudkit.services import notes
from fraudkit.services.attachments import SUFFIXES
from fraudkit.services.notes import Note, Subject, SubjectKind, Upload
from fraudkit.services.reviewing import CaseView
from fraudkit.ui import html, markdown, state
from fraudkit.ui.shell import Page, attempt
from fraudkit.words import N_

SHORTCUT: Final = "N"
SHOWN_NAMES: Final = 12
SUBJECT_LABELS: Final[dict[SubjectKind, str]] = {
    "case": N_("This case"),
    "transaction": N_("Transaction {subject}"),
    "customer": N_("Customer {subject}"),
    "account": N_("Account {subject}"),
    "card": N_("Card {subject}"),
    "terminal": N_("Terminal {subject}"),
    "device": N_("Device {subject}"),
    "merchant": N_("Merchant {subject}"),
    "counterparty": N_("Counterparty {subject}"),
}
"""What a note can belong to."""

_KILOBYTE: Final = 1_024
_WANTED: Final = "_note_wanted"
_DRAFT: Final = "_note_draft"
_OUTCOME: Final = "_note_outcome"
_SAVED: Final = "saved"


def panel(page: Page, view: CaseView) -> None:
    """Draw the notes of a case, those of its customer included, and the key that adds one."""
    number = view.state.case_id
    _heading(page, notes.about(page.workbench, notes.subjects_of_case(view)), ("case", str(number)))
    key(page, "note-panel")
    choices: list[Subject] = [("case", str(number)), (view.state.entity_kind, view.state.entity_id)]
    _ask_when_wanted(page, choices, number)


def of_entity(page: Page, found: Sequence[Note], subject: Subject) -> None:
    """Draw the notes of a customer or another entity, those of its cases included."""
    _heading(page, found, subject)
    key(page, "note-entity", SHORTCUT)
    _ask_when_wanted(page, [subject], None)


def key(page: Page, name: str, shortcut: str | None = None) -> None:
    """Draw a button that opens the dialog of the screen's panel; another bar may draw one more."""
    st.button(
        page.words(N_("Add a note")), key=name, shortcut=shortcut, type="tertiary", on_click=_want_dialog
    )


def _want_dialog() -> None:
    st.session_state[_WANTED] = True


def _ask_when_wanted(page: Page, choices: Sequence[Subject], case_id: int | None) -> None:
    """Open the dialog that writes a note, once."""
    if st.session_state.pop(_WANTED, False):
        st.session_state[_DRAFT] = st.session_state.get(_DRAFT, 0) + 1
        st.session_state.pop(_OUTCOME, None)
        st.dialog(page.words(N_("Note")))(_dialog)(page, choices, case_id)


def _dialog(page: Page, choices: Sequence[Subject], case_id: int | None) -> None:
    """Draw the dialog; what was typed stays there when it is refused."""
    outcome = st.session_state.pop(_OUTCOME, None)
    if outcome is _SAVED:
        st.rerun()
    if isinstance(outcome, FraudkitError):
        message, hint = outcome.localised(page.formats.language)
        st.error(hint or message, title=message if hint else None)
    draft = st.session_state[_DRAFT]
    with st.form(f"note-form-{draft}", border=False):
        if len(choices) > 1:
            st.segmented_control(
                page.words(N_("Belongs to")),
                range(len(choices)),
                default=0,
                key=f"note-subject-{draft}",
                format_func=lambda place: _label(page, choices[place]),
                required=True,
            )
        st.text_area(
            page.words(N_("Text")),
            key=f"note-body-{draft}",
            height=130,
            max_chars=notes.LONGEST,
            help=_names(page),
        )
        st.file_uploader(
            page.words(N_("Attach a file: PDF, picture, spreadsheet, document or text")),
            type=[suffix for suffixes in SUFFIXES.values() for suffix in suffixes],
            key=f"note-file-{draft}",
            max_upload_size=page.workbench.settings.attachment_megabytes,
        )
        st.form_submit_button(
            page.words(N_("Save the note")),
            key=f"note-save-{draft}",
            type="primary",
            on_click=_save,
            args=(page, draft, choices, case_id),
        )


def _save(page: Page, draft: int, choices: Sequence[Subject], case_id: int | None) -> None:
    """Write what the dialog holds; the dialog draws what came of it."""
    values = st.session_state
    subject = choices[values.get(f"note-subject-{draft}") or 0]
    dropped = values.get(f"note-file-{draft}")
    upload = Upload(dropped.name, dropped.getvalue()) if dropped else None
    body = values.get(f"note-body-{draft}") or ""
    try:
        notes.write(page.workbench, page.actor, subject, body, case_id=case_id, upload=upload)
    except FraudkitError as error:
        values[_OUTCOME] = error
        return
    values[_OUTCOME] = _SAVED
    state.notify(page.words(N_("The note is saved.")))


def _heading(page: Page, found: Sequence[Note], home: Subject) -> None:
    title = page.words(N_("Notes"))
    standing = sum(note.struck_by is None for note in found)
    st.subheader(f"{title} ({standing})" if standing else title, anchor=False)
    if not found:
        html.show(html.quiet(page.words(N_("Nothing was written yet. @name tells a colleague."))))
    for note in found:
        _draw(page, note, home)


def _draw(page: Page, note: Note, home: Subject) -> None:
    signature = f"{note.actor} · {page.moment(note.happened_at)}"
    if note.struck_by is not None and note.struck_at is not None:
        struck = N_("struck by {actor}, {moment}")
        signature += " · " + page.words(struck, actor=note.struck_by, moment=page.moment(note.struck_at))
    body = note.body
    if note.is_erased:
        body = page.words(N_("Its personal data were erased."))
    tag = "" if note.subject == home else _label(page, note.subject, other_case=True)
    html.show(html.written(body or "", signature, note.mentions, tag=tag, struck=note.struck_by is not None))
    has_file = note.file is not None and bool(note.file.name)
    may_strike = note.struck_by is None and not note.is_erased and _may_strike(page, note)
    if has_file or may_strike:
        with st.container(horizontal=True, gap="small", key=f"note-keys-{note.note_id}"):
            if has_file:
                _download(page, note)
            if may_strike:
                _strike_key(page, note)


def _download(page: Page, note: Note) -> None:
    """Draw the key that saves a file; no browser shows it as a page, whatever it holds."""
    assert note.file is not None  # noqa: S101 - the caller looked
    size = page.words(N_("{size} KB"), size=page.formats.number(max(note.file.size / _KILOBYTE, 0.1), 1))
    st.download_button(
        markdown.escaped(f"{note.file.name} · {size}"),
        data=lambda: notes.file_content(page.workbench, note.note_id),
        file_name=note.file.name,
        mime="application/octet-stream",
        on_click="ignore",
        key=f"file-{note.note_id}",
        icon=":material/attach_file:",
        help=f"SHA-256 {note.file.sha256}",
        type="tertiary",
    )


def _strike_key(page: Page, note: Note) -> None:
    def write() -> str:
        notes.strike(page.workbench, page.actor, note.note_id)
        return page.words(N_("The note is struck; it stays readable."))

    def strike() -> None:
        attempt(write)

    st.button(
        page.words(N_("Strike")),
        key=f"strike-{note.note_id}",
        type="tertiary",
        on_click=strike,
    )


def _may_strike(page: Page, note: Note) -> bool:
    return note.actor == page.actor.name or page.actor.role != "analyst"


def _label(page: Page, subject: Subject, *, other_case: bool = False) -> str:
    kind, identifier = subject
    if kind == "case" and other_case:
        return page.words(N_("Case {case_id}"), case_id=identifier)
    return page.words(SUBJECT_LABELS[kind], subject=identifier)


def _names(page: Page) -> str:
    names = [name for name in notes.people(page.workbench) if name != page.actor.name][:SHOWN_NAMES]
    example = ", ".join(f"@{name}" for name in names) or "@name"
    return markdown.escaped(
        page.words(N_("Tell a colleague with {names}. Card numbers are masked."), names=example)
    )
