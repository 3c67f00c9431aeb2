"""Named layouts: what a person said about a file holds for the next file with the same columns."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fraudkit.domain import Actor
from fraudkit.ingest.mapping import ChosenMapping
from fraudkit.ingest.questions import DATE_ORDER, DATE_UNIT, DECIMAL_MARK, STEP_ORIGIN, STEP_UNIT, Answers
from fraudkit.schema import normalised_name
from fraudkit.services.workbench import Workbench
from fraudkit.store import layouts as stored
from fraudkit.store.database import Cursor, Row
from fraudkit.store.layouts import NamedLayout

REMEMBERED: Final = frozenset({DATE_ORDER, DATE_UNIT, DECIMAL_MARK, STEP_ORIGIN, STEP_UNIT})
"""Questions whose answers belong to the layout, beside those on columns; a sheet belongs to its file."""
COLUMN_QUESTION: Final = "column_"


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


def signature(names: Sequence[str]) -> str:
    """Return the digest of a header: names in order, without case, accents and punctuation."""
    return hashlib.sha256("|".join(normalised_name(name) for name in names).encode()).hexdigest()


def choices(workbench: Workbench, names: Sequence[str], answers: Answers, mapping: ChosenMapping) -> Choices:
    """Complete what was said about a file by what is remembered for its columns."""
    with workbench.database.read() as cursor:
        known = stored.layout_of(cursor, signature(names))
    if known is None:
        return Choices(answers, mapping)
    kept = {name: canonical for name, canonical in known.mapping.items() if name in names}
    return Choices({**known.answers, **answers}, {**kept, **mapping}, known)


def lasting(answers: Answers) -> dict[str, str]:
    """Return the answers that belong to the layout and not to one file."""
    return {
        name: value
        for name, value in answers.items()
        if name in REMEMBERED or name.startswith(COLUMN_QUESTION)
    }


def remember(
    cursor: Cursor, names: Sequence[str], said: Choices, batch_id: int, file_name: str, actor: Actor
) -> None:
    """Keep what was said about a file, when it says more than is remembered."""
    answers = lasting(said.answers)
    known = said.remembered
    if not (answers or said.mapping):
        return
    if known is not None and (known.mapping, known.answers) == (dict(said.mapping), answers):
        return
    name = known.name if known else layout_name(file_name)
    stored.append_layout(cursor, NamedLayout(signature(names), name, said.mapping, answers), batch_id, actor)


def layout_name(file_name: str) -> str:
    """Return the name of a layout: that of its first file, without ending and date."""
    stem = Path(file_name).name.split(".")[0]
    return re.sub(r"[\s_\-]*\d{4,}[\d_\-]*", "", stem) or stem
