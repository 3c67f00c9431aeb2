"""The file `sources.toml`: every source by name, checked as a whole before anything is read."""

from __future__ import annotations

import tomllib
import types
import typing
from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, fields
from pathlib import Path
from typing import Any, Final, TypeVar

from fraudkit.errors import InvalidInputError, NotFoundError
from fraudkit.ingest.sources.schedule import Schedule, schedule_of
from fraudkit.ingest.sources.secret import Secret
from fraudkit.words import N_

MEGABYTE: Final = 1 << 20
MAXIMUM_ROWS: Final = 5_000_000
MAXIMUM_BYTES: Final = 500 * MEGABYTE
INBOX_MAXIMUM_ROWS: Final = 50_000_000
INBOX_MAXIMUM_BYTES: Final = 4_096 * MEGABYTE
SECRET_KEYS: Final = frozenset({"password", "secret", "secret_key", "token", "api_key"})
_COMMON_KEYS: Final = frozenset({"kind", "every", "daily", "max_rows", "max_bytes", "answers", "mapping"})

Options = TypeVar("Options")


@dataclass(frozen=True, slots=True)
class SourceSettings:
    """One source as it is configured.

    Parameters
    ----------
    name
        The name that people use.
    kind
        postgresql, mysql, s3, http or inbox.
    options
        What its kind needs, not yet checked.
    folder
        The folder of the settings file; relative paths start there.
    schedule
        When it is read; None when only a person asks.
    max_rows, max_bytes
        How much one reading may bring.
    answers, mapping
        What the importer would ask; the same for every file of the source.
    """

    name: str
    kind: str
    options: Mapping[str, Any]
    folder: Path
    schedule: Schedule | None
    max_rows: int
    max_bytes: int
    answers: Mapping[str, str]
    mapping: Mapping[str, str | None] | None


def read_settings(path: Path) -> dict[str, SourceSettings]:
    """Return all configured sources by name; none when the file is not there.

    Raises
    ------
    InvalidInputError
        When the file cannot be read, or a source is not configured well.
    """
    if not path.exists():
        return {}
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InvalidInputError(
            N_("The settings of the sources, {file}, cannot be read: {reason}"),
            N_("Correct that line; docs/sources.md shows every key."),
            file=path.name,
            reason=str(error),
        ) from error
    return {name: _source(name, table, path.parent) for name, table in tables.items()}


def named(sources: Mapping[str, SourceSettings], name: str) -> SourceSettings:
    """Return one source.

    Raises
    ------
    NotFoundError
        When no source has that name.
    """
    if name not in sources:
        raise NotFoundError(
            N_("There is no source “{name}”."),
            N_("Configured are: {names}."),
            name=name,
            names=", ".join(sorted(sources)) or "-",
        )
    return sources[name]


def options_of(kind: type[Options], source: SourceSettings) -> Options:
    """Build the options of a kind from what is configured: names, types and presence are checked.

    Raises
    ------
    InvalidInputError
        When a key is unknown, missing or of another type.
    """
    hints = typing.get_type_hints(kind)
    known: dict[str, Any] = {}
    used: set[str] = set()
    for field in fields(typing.cast("Any", kind)):
        if hints[field.name] is Secret:
            known[field.name] = _secret(field.name, source)
            used |= {f"{field.name}_env", f"{field.name}_file"}
        elif field.name in source.options:
            known[field.name] = _checked(field.name, hints[field.name], source)
            used.add(field.name)
        elif _is_required(field):
            raise _wrong(source.name, field.name, N_("Source “{source}”: `{key}` is missing."))
    for key in source.options.keys() - used:
        raise _wrong(source.name, key, N_("Source “{source}”: `{key}` is not known."))
    return kind(**known)


def _source(name: str, table: object, folder: Path) -> SourceSettings:
    if not isinstance(table, dict):
        raise _wrong(name, name, N_("Source “{source}”: `{key}` is not a table of keys."))
    for key in table.keys() & SECRET_KEYS:
        raise InvalidInputError(
            N_("Source “{name}”: a secret does not belong into this file (`{key}`)."),
            N_("Name an environment variable with {key}_env, or a file with {key}_file."),
            name=name,
            key=key,
        )
    kind = str(table.get("kind", ""))
    large = kind == "inbox"
    rows, size = (INBOX_MAXIMUM_ROWS, INBOX_MAXIMUM_BYTES) if large else (MAXIMUM_ROWS, MAXIMUM_BYTES)
    return SourceSettings(
        name=name,
        kind=kind,
        options={key: value for key, value in table.items() if key not in _COMMON_KEYS},
        folder=folder,
        schedule=schedule_of(_text(name, table, "every"), _text(name, table, "daily")),
        max_rows=_positive(name, table, "max_rows", rows),
        max_bytes=_positive(name, table, "max_bytes", size),
        answers=_texts(name, table, "answers"),
        mapping={key: value or None for key, value in _texts(name, table, "mapping").items()} or None,
    )


def _text(name: str, table: Mapping[str, Any], key: str) -> str | None:
    value = table.get(key)
    if value is not None and not isinstance(value, str):
        raise _wrong(name, key, N_("Source “{source}”: `{key}` is not a text."))
    return value


def _positive(name: str, table: Mapping[str, Any], key: str, default: int) -> int:
    value = table.get(key, default)
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise _wrong(name, key, N_("Source “{source}”: `{key}` is not a whole number above zero."))
    return value


def _texts(name: str, table: Mapping[str, Any], key: str) -> dict[str, str]:
    value = table.get(key, {})
    if not isinstance(value, dict) or not all(isinstance(each, str) for each in value.values()):
        raise _wrong(name, key, N_("Source “{source}”: `{key}` is not a table of texts."))
    return value


def _secret(name: str, source: SourceSettings) -> Secret:
    variable, file = source.options.get(f"{name}_env"), source.options.get(f"{name}_file")
    if variable is not None and file is not None:
        raise _wrong(
            source.name,
            f"{name}_env",
            N_("Source “{source}”: `{key}` and the file of the same secret are both given."),
        )
    return Secret(name, variable, source.folder / file if file is not None else None)


def _checked(name: str, kind: Any, source: SourceSettings) -> Any:
    value = source.options[name]
    allowed = typing.get_args(kind) if isinstance(kind, types.UnionType) else (kind,)
    if typing.get_origin(kind) is typing.Literal:
        if value not in typing.get_args(kind):
            raise _wrong(source.name, name, N_("Source “{source}”: `{key}` is not one of its choices."))
        return value
    if Path in allowed and isinstance(value, str):
        return (source.folder / Path(value).expanduser()).resolve()
    plain = tuple(typing.get_origin(each) or each for each in allowed)
    if not isinstance(value, plain) or (isinstance(value, bool) and bool not in plain):
        raise _wrong(source.name, name, N_("Source “{source}”: `{key}` has a value of the wrong type."))
    return value


def _is_required(field: Field[Any]) -> bool:
    return field.default is MISSING and field.default_factory is MISSING


def _wrong(source: str, key: str, sentence: str) -> InvalidInputError:
    hint = N_("docs/sources.md shows every key of every kind.")
    return InvalidInputError(sentence, hint, source=source, key=key)
