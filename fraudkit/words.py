"""Words for people: gettext catalogs, read once, in every language that fraudkit speaks.

Text is written in English in the code and marked with `_(…)` where it is shown or `N_(…)` where it is
declared; `locale/<language>/<part>.po` holds the translations, one file for each part of the package.
Catalogs are compiled in memory at first use, so that no binary file can fall behind its source.
"""

from __future__ import annotations

import gettext
import io
from functools import cache
from pathlib import Path
from typing import Final, Literal, get_args

Language = Literal["es", "en"]
LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)
DEFAULT_LANGUAGE: Final[Language] = "es"
LOCALE_FOLDER: Final = Path(__file__).parent / "locale"


def N_(text: str) -> str:  # noqa: N802 - the name that gettext tools look for
    """Mark a declared text for translation and return it unchanged."""
    return text


def catalog_files(language: Language) -> list[Path]:
    """Return the catalogs of one language, in the order in which they are merged."""
    return sorted((LOCALE_FOLDER / language).glob("*.po"))


@cache
def translations(language: Language) -> gettext.NullTranslations:
    """Return the merged catalogs of one language; English is the text itself."""
    files = catalog_files(language)
    if not files:
        return gettext.NullTranslations()
    from babel.messages.catalog import Catalog  # noqa: PLC0415 - only needed once per language
    from babel.messages.mofile import write_mo  # noqa: PLC0415
    from babel.messages.pofile import read_po  # noqa: PLC0415

    merged = Catalog(locale=language)
    for file in files:
        with file.open(encoding="utf-8") as stream:
            for message in read_po(stream, locale=language):
                if message.id:
                    merged.add(message.id, message.string)
    compiled = io.BytesIO()
    write_mo(compiled, merged)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def translate(text: str, language: Language) -> str:
    """Return a marked text in the reader's language."""
    return translations(language).gettext(text) if text else text


def translate_plural(singular: str, plural: str, count: int, language: Language) -> str:
    """Return the form of a marked text that fits the count."""
    return translations(language).ngettext(singular, plural, count)


def language_of(locale: str | None) -> Language:
    """Return the nearest language for a browser locale such as `es-PE`."""
    prefix = (locale or "").lower().split("-")[0].split("_")[0]
    return next((language for language in LANGUAGES if language == prefix), DEFAULT_LANGUAGE)
