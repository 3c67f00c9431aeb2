"""Every sentence that the forest says has its Spanish form, with the same gaps."""

from __future__ import annotations

import ast
import string
from pathlib import Path

from babel.messages.pofile import read_po

import fraudkit
from fraudkit import forest


def marked_sentences() -> set[str]:
    files = Path(forest.__file__).parent.rglob("*.py")
    nodes = [node for file in files for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))]
    calls = [node for node in nodes if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "N_"]
    return {argument.value for call in calls for argument in call.args if isinstance(argument, ast.Constant)}


def gaps(sentence: str) -> set[str | None]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def test_every_sentence_is_translated() -> None:
    path = Path(fraudkit.__file__).parent / "locale" / "es" / "forest.po"
    with path.open(encoding="utf-8") as stream:
        spanish = {message.id: message.string for message in read_po(stream) if message.id}
    assert set(spanish) == marked_sentences()
    for english, translated in spanish.items():
        assert translated, english
        assert gaps(translated) == gaps(english)
