from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import pypdfium2
import pytest

from fraudkit.config import PROJECT_ROOT
from fraudkit.documents import drawings, evidence_pdf, typeface
from fraudkit.documents.drawings import Bar
from fraudkit.documents.evidence_words import EvidenceWords
from fraudkit.domain import Actor
from fraudkit.errors import NotFoundError
from fraudkit.explain.formats import formats_for
from fraudkit.services import auditing, deciding, evidence_pack, notes, reviewing
from fraudkit.services.evidence_pack import Pack
from fraudkit.services.notes import Upload
from fraudkit.services.workbench import Workbench
from fraudkit.store import transactions
from tests import portfolio
from tests.services.ledger import add_alerts, add_transactions

ANA = Actor("Ana Ríos")
ES, EN = formats_for("es"), formats_for("en")
BATCH = transactions.NewBatch("a.csv", "ff", "csv", 1, "", "", 3, 3, 0, 0, is_sample=False)
SCHEMA = PROJECT_ROOT / "docs" / "evidence.schema.json"


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    """A ranked portfolio with one decided case that has notes."""
    folder = tmp_path_factory.mktemp("evidence")
    portfolio.build(folder)
    with portfolio.opened(portfolio.settings_in(folder)) as workbench:
        view = reviewing.case_view(workbench, 1)
        deciding.decide(workbench, ANA, 1, view.state.version, "fraud", "card", note="No reconoce la compra")
        notes.write(workbench, ANA, ("case", "1"), "Llamó desde Ñaña", upload=Upload("nota.txt", b"hola"))
        yield workbench


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return "\n".join(page.get_textpage().get_text_bounded() for page in document)
    finally:
        document.close()


def flat(text: str) -> str:
    return "".join(text.split())


def test_the_same_state_gives_the_same_bytes(bank: Workbench) -> None:
    first = evidence_pack.make(bank, 1, ES)
    assert first == evidence_pack.make(bank, 1, ES)
    evidence_pack.note(bank, ANA, first)
    assert first == evidence_pack.make(bank, 1, ES), "making a pack changed the pack"
    assert first.pdf.startswith(b"%PDF-")


def test_the_pdf_carries_the_digest_of_the_json_on_every_page(bank: Workbench) -> None:
    pack = evidence_pack.make(bank, 1, EN)
    assert pack.sha256 == hashlib.sha256(pack.json).hexdigest()
    document = pypdfium2.PdfDocument(pack.pdf)
    pages = [page.get_textpage().get_text_bounded() for page in document]
    document.close()
    assert all(pack.sha256 in flat(page) for page in pages)
    assert f"page 1 of {len(pages)}" in pages[0]


@pytest.mark.parametrize(
    ("formats", "words"), [(ES, "Lo habitual y esta operación"), (EN, "Habitual and this transaction")]
)
def test_both_files_say_the_same_in_the_readers_language(bank: Workbench, formats, words: str) -> None:
    pack = evidence_pack.make(bank, 1, formats)
    said, text = json.loads(pack.json), text_of(pack.pdf)
    assert words in text
    assert said["language"] == formats.language
    printed = flat(text)
    for found in said["transactions"]:
        assert found["row"]["transaction_id"] in text
        assert all(flat(reason["sentence"]) in printed for reason in found["reasons"])
    label = said["labels"][0]
    assert label["note"] == "No reconoce la compra"
    assert flat(label["note"]) in printed
    assert flat("Llamó desde Ñaña") in printed
    assert said["notes"][0]["file"]["sha256"] in printed
    assert said["files"][0]["sha256"] in printed
    assert said["models"][0]["sha256"] in printed
    assert said["audit"]
    assert all(entry["hash"] in printed and entry["content_digest"] in printed for entry in said["audit"])


def test_what_was_on_the_screen_is_in_the_pack(bank: Workbench) -> None:
    said = json.loads(evidence_pack.make(bank, 1, EN).json)
    frozen = said["labels"][0]["evidence"]
    assert {"model_id", "score", "severity", "features", "reasons", "source_row"} <= frozen.keys()
    assert frozen["model_id"] in {model["model_id"] for model in said["models"]}


def test_the_bars_add_up_to_the_score(bank: Workbench) -> None:
    pack = json.loads(evidence_pack.make(bank, 1, EN).json)
    said = EvidenceWords(pack, EN, 0)
    for found in pack["transactions"]:
        explanation = found["explanation"]
        shown = evidence_pdf.bars(said, explanation)
        assert explanation["base"] + sum(bar.evidence for bar in shown) == pytest.approx(explanation["score"])


def test_the_json_follows_its_schema(bank: Workbench) -> None:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(json.loads(evidence_pack.make(bank, 1, ES).json), schema)


def test_writing_a_pack_is_an_entry_of_the_audit(bank: Workbench, tmp_path: Path) -> None:
    files = evidence_pack.write(bank, ANA, 1, tmp_path / "new", ES)
    assert sorted(path.name for path in files) == ["case-1.json", "case-1.pdf"]
    with bank.database.read() as cursor:
        last = cursor.row("SELECT action, actor FROM audit_entry ORDER BY entry_id DESC LIMIT 1")
    assert last == {"action": "export.evidence", "actor": "Ana Ríos"}
    assert auditing.verify(bank).is_whole


def test_an_unknown_case_has_no_pack(bank: Workbench) -> None:
    with pytest.raises(NotFoundError):
        evidence_pack.make(bank, 9_999, ES)


def test_naughty_strings_and_long_texts_are_printed(workbench: Workbench, shared_data: Path) -> None:
    naughty = json.loads((shared_data / "naughty-strings" / "blns.json").read_text(encoding="utf-8"))
    identifiers = add_transactions(workbench, ["<b>A</b>"] * 3)
    with workbench.database.write() as cursor:
        names = ["".join(naughty)[:20_000], "x" * 3_000, "<para><font color=red>&#0;"]
        for identifier, name in zip(identifiers, names, strict=True):
            cursor.execute(
                "UPDATE transactions SET merchant_name = ? WHERE transaction_id = ?", [name, identifier]
            )
        transactions.append_batch(cursor, 1, BATCH, ANA)
    add_alerts(workbench, identifiers, [3.0, 2.0, 1.0])
    for start in range(0, len(naughty), 90):
        text = "\n".join(naughty[start : start + 90])[: notes.LONGEST]
        notes.write(workbench, ANA, ("case", "1"), text)
    pack = evidence_pack.make(workbench, 1, ES)
    text = flat(text_of(pack.pdf))
    assert "<para><fontcolor=red>&#0;" in text
    assert "[U+202E]" in text or "\u202e" not in "".join(naughty)
    assert json.loads(pack.json)["transactions"][1]["row"]["merchant_name"] == "x" * 3_000


def test_characters_without_a_sign_are_named() -> None:
    assert typeface.printable("Ñandú €\u202e\x00👾") == "Ñandú €[U+202E][U+0000][U+1F47E]"


def test_bars_of_one_sign_and_of_nothing_are_drawn() -> None:
    for values in ([0.0], [1.0, 2.0], [-1.0], [1e-9, -1e9]):
        drawn = drawings.evidence_bars([Bar("a", "1", value) for value in values], EN)
        assert drawn.height > 0


def test_a_pack_names_its_files() -> None:
    assert Pack(7, b"{}", b"").name("pdf") == "case-7.pdf"
