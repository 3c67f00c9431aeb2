from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fraudkit.config import Settings
from fraudkit.domain import Actor
from fraudkit.errors import ConflictError, FraudkitError, InvalidInputError, PermissionDeniedError
from fraudkit.services import attachments, auditing, deciding, notes, reviewing
from fraudkit.services.notes import Upload
from fraudkit.services.workbench import Workbench
from tests.services.ledger import add_alerts, add_transactions

CARD = "4111 1111 1111 1111"
LEAD = Actor("Luis", "lead")
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20


@pytest.fixture
def three_cases(workbench: Workbench) -> Workbench:
    identifiers = add_transactions(workbench, ["A", "B", None])
    add_alerts(workbench, identifiers, [3.0, 2.0, 1.0])
    return workbench


def office(part: str, text: str, **others: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(part, f"<a><b>{text}</b></a>")
        for name, content in others.items():
            archive.writestr(name.replace("__", "/"), content)
    return stream.getvalue()


def of_case(workbench: Workbench, case_id: int) -> list[notes.Note]:
    return notes.about(workbench, notes.subjects_of_case(reviewing.case_view(workbench, case_id)))


def test_a_note_of_the_customer_shows_on_every_case_of_the_customer(
    three_cases: Workbench, analyst: Actor
) -> None:
    deciding.decide(three_cases, analyst, 1, 2, "genuine", "travel")
    later = add_transactions(three_cases, ["A"], first=10)
    add_alerts(three_cases, later, [4.0], first=10)
    notes.write(three_cases, analyst, ("customer", "A"), "travels every June", case_id=1)
    notes.write(three_cases, analyst, ("case", "1"), "called at ten", case_id=1)
    assert [note.body for note in of_case(three_cases, 1)] == ["travels every June", "called at ten"]
    assert [note.body for note in of_case(three_cases, 4)] == ["travels every June"]
    assert of_case(three_cases, 2) == []


def test_a_card_number_never_reaches_the_file(
    three_cases: Workbench, analyst: Actor, settings: Settings
) -> None:
    upload = Upload(f"{CARD}.txt", f"paid with {CARD} yesterday".encode())
    note_id = notes.write(three_cases, analyst, ("case", "1"), f"card {CARD}", upload=upload)
    note = of_case(three_cases, 1)[0]
    assert note.body is not None
    assert "1111" in note.body
    assert note.file is not None
    content = notes.file_content(three_cases, note_id)
    assert b"yesterday" in content
    three_cases.database.checkpoint()
    stored = settings.database.read_bytes()
    for text in (note.body, note.file.name, content.decode()):
        assert "4111" not in text.replace(" ", "")
    for number in (CARD, CARD.replace(" ", "")):
        assert number.encode() not in stored


def test_every_note_is_an_entry_and_striking_keeps_it(three_cases: Workbench, analyst: Actor) -> None:
    note_id = notes.write(three_cases, analyst, ("case", "1"), "wrong customer")
    with pytest.raises(PermissionDeniedError, match="Only Ana or a team lead"):
        notes.strike(three_cases, Actor("Eva"), note_id)
    notes.strike(three_cases, LEAD, note_id)
    with pytest.raises(ConflictError):
        notes.strike(three_cases, analyst, note_id)
    with pytest.raises(FraudkitError, match="no note 99"):
        notes.strike(three_cases, analyst, 99)
    note = of_case(three_cases, 1)[0]
    assert (note.body, note.struck_by) == ("wrong customer", "Luis")
    with three_cases.database.read() as cursor:
        rows = cursor.rows("SELECT action, actor FROM audit_entry WHERE subject LIKE 'note_event/%'")
    assert [tuple(row.values()) for row in rows] == [("note.written", "Ana"), ("note.struck", "Luis")]
    assert auditing.verify(three_cases).is_whole


def test_mentions_reach_the_one_who_is_named(three_cases: Workbench, analyst: Actor) -> None:
    notes.write(three_cases, Actor("Ana Ríos"), ("case", "1"), "first")
    first = notes.write(three_cases, LEAD, ("case", "1"), "@ana ríos, please call")
    second = notes.write(three_cases, LEAD, ("case", "2"), "@Ana Ríos again")
    notes.strike(three_cases, LEAD, second)
    assert [note.note_id for note in notes.mentions_of(three_cases, "Ana Ríos")] == [first]
    assert notes.mentions_of(three_cases, "Ana") == []
    assert notes.people(three_cases) == ["Ana Ríos", "Luis"]


@given(st.text(max_size=40), st.lists(st.text(min_size=1, max_size=6), max_size=3))
def test_whoever_is_mentioned_stands_in_the_text_after_an_at(text: str, known: list[str]) -> None:
    found = notes.mentioned(text, known)
    assert len(found) == len(set(found))
    assert all(f"@{name}".casefold() in text.casefold() for name in found)


@pytest.mark.parametrize(
    "content", [b"", b"MZ\x90\x00" + b"\x00" * 40, b"PK\x03\x04 broken", b"GIF89a\x00\x01"]
)
def test_what_is_not_accepted_is_refused_whatever_its_name(
    three_cases: Workbench, analyst: Actor, content: bytes
) -> None:
    with pytest.raises(InvalidInputError):
        notes.write(three_cases, analyst, ("case", "1"), "see file", upload=Upload("report.pdf", content))
    assert of_case(three_cases, 1) == []


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"%PDF-1.7 ...", "pdf"),
        (PNG, "png"),
        (b"\xff\xd8\xff\xe0", "jpeg"),
        ("número;Perú\n".encode("cp1252"), "text"),
        (office("xl/workbook.xml", "x"), "xlsx"),
        (office("word/document.xml", "x"), "docx"),
        (office("word/document.xml", "x", word__vbaProject_bin=b"1"), "docx"),
        (office("word/document.xml", "x", **{"word__vbaProject.bin": b"1"}), None),
        (office("other.xml", "x"), None),
    ],
)
def test_a_file_is_what_its_content_says(content: bytes, kind: str | None) -> None:
    assert attachments.recognise(content) == kind


def test_an_office_document_with_a_card_number_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="holds card numbers"):
        attachments.accept("a.xlsx", office("xl/workbook.xml", CARD), b"k" * 32, 1)
    kept = attachments.accept("a.xlsx", office("xl/workbook.xml", "4111"), b"k" * 32, 1)
    assert kept.name == "a.xlsx"


def test_a_file_may_not_be_too_large() -> None:
    with pytest.raises(InvalidInputError, match="larger than 1 MB"):
        attachments.accept("a.txt", b"a" * (2**20 + 1), b"k" * 32, 1)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd.txt"),
        ("C:\\temp\\CON.html", "CON.html.txt"),
        ("a\x00b\u202e.txt", "ab.txt"),
        ("", "file.txt"),
        ("x" * 300 + ".TXT", "x" * 116 + ".TXT"),
    ],
)
def test_a_name_is_no_path_and_fits_its_content(name: str, kept: str) -> None:
    assert attachments.accept(name, b"text", b"k" * 32, 1).name == kept


def test_empty_and_endless_notes_are_refused(three_cases: Workbench, analyst: Actor) -> None:
    for body in ("", "  \n", "a" * (notes.LONGEST + 1)):
        with pytest.raises(InvalidInputError):
            notes.write(three_cases, analyst, ("case", "1"), body)


def test_every_naughty_string_is_kept_as_it_was_written(
    three_cases: Workbench, analyst: Actor, shared_data: Path
) -> None:
    naughty = json.loads((shared_data / "naughty-strings" / "blns.json").read_text(encoding="utf-8"))
    chosen = [text for text in naughty[::7] if text.strip()]
    key = b"k" * 32
    for text in chosen:
        attachments.accept(text, b"text", key, 1)
        notes.write(three_cases, analyst, ("case", "2"), text)
    bodies = [note.body for note in of_case(three_cases, 2)]
    assert len(bodies) == len(chosen)
    same = [body == text.strip() for body, text in zip(bodies, chosen, strict=True)]
    assert sum(same) >= len(same) - 1  # a run of digits that is a card number is masked
    assert auditing.verify(three_cases).is_whole
