"""Named layouts: what a person said about a file holds for the next file with the same columns."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from fraudkit.domain import Actor
from fraudkit.errors import InvalidInputError, NotFoundError
from fraudkit.ingest.card_key import load_key
from fraudkit.ingest.card_numbers import mask_text
from fraudkit.ingest.mapping import ChosenMapping
from fraudkit.ingest.plan import Table
from fraudkit.ingest.questions import (
    COLUMN,
    DATE_ORDER,
    DATE_UNIT,
    DECIMAL_MARK,
    HEADER,
    MISSING,
    STEP_ORIGIN,
    STEP_UNIT,
    Answers,
    QuestionsOpenError,
)
from fraudkit.schema import normalised_name
from fraudkit.services.workbench import Workbench
from fraudkit.store import layouts as stored
from fraudkit.store.database import Cursor, Row
from fraudkit.store.layouts import NamedLayout
from fraudkit.words import N_

REMEMBERED: Final = frozenset({DATE_ORDER, DATE_UNIT, DECIMAL_MARK, HEADER, STEP_ORIGIN, STEP_UNIT})
"""Questions whose answers belong to the layout, beside those on columns; a sheet belongs to its file."""
LONGEST_NAME: Final = 80


@dataclass(frozen=True, slots=True)
class Choices:
    """What is known about a file from people: said now, or remembered for its layout.

    Parameters
    ----------
    answers, mapping
        With what was remembered.
    remembered
        The layout that gave some of it, or None.
    """

    answers: Answers
    mapping: ChosenMapping
    remembered: NamedLayout | None = None


def all_layouts(workbench: Workbench) -> list[Row]:
    """Return the layouts that are remembered, by name."""
    with workbench.database.read() as cursor:
        return stored.all_layouts(cursor)


def rename(workbench: Workbench, layout: str, name: str, actor: Actor) -> None:
    """Give a layout another name.

    Raises
    ------
    InvalidInputError
        When the name is empty.
    NotFoundError
        When no such layout is remembered.
    """
    plain = mask_text(name.strip(), load_key(workbench.settings.card_key))[:LONGEST_NAME]
    if not plain:
        raise InvalidInputError(N_("A layout needs a name."), N_("Write what such files are called."))
    with workbench.database.write() as cursor:
        known = _required(cursor, layout)
        if known.name != plain:
            stored.append_layout(cursor, replace(known, name=plain), actor, kind=stored.RENAMED)


def forget(workbench: Workbench, layout: str, actor: Actor) -> None:
    """Forget a layout: the next such file is mapped and asked about as if it were the first.

    Raises
    ------
    NotFoundError
        When no such layout is remembered.
    """
    with workbench.database.write() as cursor:
        known = _required(cursor, layout)
        stored.append_layout(cursor, replace(known, mapping={}, answers={}), actor, kind=stored.FORGOTTEN)


def _required(cursor: Cursor, layout: str) -> NamedLayout:
    known = stored.layout_of(cursor, layout)
    if known is None:
        raise NotFoundError(
            N_("This layout is not remembered any more."), N_("The Import page lists all layouts.")
        )
    return known


def signature(table: Table) -> str:
    """Return the digest of what tells a layout: the names in order, else the shapes of the values."""
    if table.dialect is not None and table.dialect.shapes:
        return _digest(table.dialect.shapes)
    return _digest([normalised_name(name) for name in table.names])


def _digest(parts: Sequence[str]) -> str:
    return hashlib.sha256("|".join(parts).encode()).hexdigest()


def with_header(workbench: Workbench, asked: QuestionsOpenError, answers: Answers) -> Answers | None:
    """Return answers that name the columns of a file without a header, when such a file was named before."""
    shapes = next((question.shapes for question in asked.questions if question.id == HEADER), ())
    if not shapes:
        return None
    with workbench.database.read() as cursor:
        known = stored.layout_of(cursor, _digest(shapes))
    names = known.answers.get(HEADER) if known else None
    return {**answers, HEADER: names} if names else None


def choices(workbench: Workbench, table: Table, answers: Answers, mapping: ChosenMapping) -> Choices:
    """Complete what was said about a file by what is remembered for its columns."""
    with workbench.database.read() as cursor:
        known = stored.layout_of(cursor, signature(table))
    if known is None:
        return Choices(answers, mapping)
    kept = {name: canonical for name, canonical in known.mapping.items() if name in table.names}
    return Choices({**known.answers, **answers}, {**kept, **mapping}, known)


def lasting(answers: Answers) -> dict[str, str]:
    """Return the answers that belong to the layout and not to one file."""
    return {
        name: value
        for name, value in answers.items()
        if name in REMEMBERED or name.startswith((COLUMN, MISSING))
    }


def remember(
    cursor: Cursor, table: Table, said: Choices, batch_id: int, file_name: str, actor: Actor
) -> None:
    """Keep what was said about a file, when it says more than is remembered."""
    answers = lasting(said.answers)
    known = said.remembered
    if not (answers or said.mapping):
        return
    if known is not None and (known.mapping, known.answers) == (dict(said.mapping), answers):
        return
    name = known.name if known else layout_name(file_name)
    layout = NamedLayout(signature(table), name, said.mapping, answers)
    stored.append_layout(cursor, layout, actor, batch_id=batch_id)


def layout_name(file_name: str) -> str:
    """Return the name of a layout: that of its first file, without ending and date."""
    stem = Path(file_name).name.split(".")[0]
    return re.sub(r"[\s_\-]*\d{4,}[\d_\-]*", "", stem) or stem
