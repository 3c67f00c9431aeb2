"""Every text for people is translated, and no translation is left over."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.pofile import read_po

from fraudkit.config import PROJECT_ROOT
from fraudkit.words import LANGUAGES, catalog_files

MARKS = {"N_": 1, "translate": 1, "translate_plural": 2}
TRANSLATED = [language for language in LANGUAGES if language != "en"]
GAP = re.compile(r"{(\w+)[^}]*}")


def source_files() -> list[Path]:
    found = [*(PROJECT_ROOT / "fraudkit").rglob("*.py"), *(PROJECT_ROOT / "pages").glob("*.py")]
    return sorted([*found, PROJECT_ROOT / "app.py"])


def marked_texts(source: str) -> Iterator[str]:
    """Return every literal that is marked; texts that are marked where they are declared come from there."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            for argument in node.args[: MARKS.get(name, 0)]:
                yield from literals(argument)


def literals(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from literals(node.body)
        yield from literals(node.orelse)


def all_marked() -> dict[str, str]:
    return {
        text: file.relative_to(PROJECT_ROOT).as_posix()
        for file in source_files()
        for text in marked_texts(file.read_text(encoding="utf-8"))
        if text
    }


def messages(language: str) -> list[tuple[Path, Message]]:
    found = []
    for file in catalog_files(language):  # type: ignore[arg-type]
        with file.open(encoding="utf-8") as stream:
            found += [(file, message) for message in read_po(stream, locale=language) if message.id]
    return found


def forms(value: object) -> tuple[str, ...]:
    return tuple(value) if isinstance(value, list | tuple) else (str(value),)


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_marked_text_is_translated(language: str) -> None:
    known = {
        text for _, message in messages(language) for text in forms(message.id) if all(forms(message.string))
    }
    missing = {text: file for text, file in all_marked().items() if text not in known}
    listed = "\n".join(
        f"{file}: {text!r}" for text, file in sorted(missing.items(), key=lambda item: item[1])
    )
    assert not missing, f"{len(missing)} texts have no translation into {language}:\n{listed}"


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_translation_is_left_over(language: str) -> None:
    marked = all_marked()
    unused = [
        f"{file.name}: {text!r}"
        for file, message in messages(language)
        for text in forms(message.id)
        if text not in marked
    ]
    assert not unused, "no code shows these any more:\n" + "\n".join(unused)


@pytest.mark.parametrize("language", TRANSLATED)
def test_translations_have_the_same_gaps(language: str) -> None:
    for file, message in messages(language):
        expected = set().union(*(GAP.findall(text) for text in forms(message.id)))
        for text in forms(message.string):
            assert set(GAP.findall(text)) == expected, f"{file.name}: {message.id!r}"


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_text_is_translated_in_one_way(language: str) -> None:
    chosen: dict[str, tuple[str, ...]] = {}
    for file, message in messages(language):
        key = forms(message.id)[0]
        assert chosen.setdefault(key, forms(message.string)) == forms(message.string), f"{file.name}: {key!r}"


def test_marks_are_found_in_every_shape() -> None:
    source = (
        'translate("a", l); N_("b"); f.words(N_("c") if x else N_("d")); translate_plural("e", "f", 2, l)'
    )
    assert set(marked_texts(source)) == {"a", "b", "c", "d", "e", "f"}
