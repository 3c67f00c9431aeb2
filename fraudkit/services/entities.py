"""One customer, account, card, terminal, device, merchant or counterparty as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, cast

from fraudkit.errors import NotFoundError
from fraudkit.services import notes
from fraudkit.services.notes import Note, Subject, SubjectKind
from fraudkit.services.workbench import Workbench
from fraudkit.store import Row
from fraudkit.store import entities as store
from fraudkit.words import N_

KINDS: Final = tuple(store.ENTITY_COLUMNS)
PAGE_SIZE: Final = 100
MOST_POINTS: Final = 2_000


@dataclass(frozen=True, slots=True)
class Entity:
    """What is known of one entity.

    Parameters
    ----------
    kind, identifier
        Which one.
    sums
        By currency, the most used first: `operations`, `amount`, `largest`, `typical`, `first_ts_us`,
        `last_ts_us`, `utc_offset_minutes`.
    distinct
        How many others of each kind it has dealt with.
    cases
        Its cases, and those that hold its operations, open ones first.
    labels
        Every label that its operations were given, newest first.
    """

    kind: str
    identifier: str
    sums: tuple[Row, ...]
    distinct: Row
    cases: tuple[Row, ...]
    labels: tuple[Row, ...]

    @property
    def operations(self) -> int:
        """How many operations there are."""
        return sum(int(row["operations"]) for row in self.sums)

    @property
    def standing(self) -> dict[str, Row]:
        """The label that stands for each operation; a withdrawn one stands for nothing."""
        last: dict[str, Row] = {}
        for row in self.labels:  # newest first
            last.setdefault(row["transaction_id"], row)
        return {key: row for key, row in last.items() if row["verdict"] != "withdrawn"}


def entity(workbench: Workbench, kind: str, identifier: str) -> Entity:
    """Return one entity.

    Raises
    ------
    NotFoundError
        When no operation names it.
    """
    if kind not in KINDS:
        raise _unknown(identifier)
    with workbench.database.read() as cursor:
        sums = store.sums(cursor, kind, identifier)
        if not sums:
            raise _unknown(identifier)
        return Entity(
            kind,
            identifier,
            tuple(sums),
            store.distinct(cursor, kind, identifier),
            tuple(store.cases(cursor, kind, identifier)),
            tuple(store.labels(cursor, kind, identifier)),
        )


def operations(
    workbench: Workbench, found: Entity, page: int = 1, page_size: int = PAGE_SIZE
) -> Sequence[Row]:
    """Return one page of an entity's operations, newest first, counted from 1."""
    offset = (max(page, 1) - 1) * page_size
    with workbench.database.read() as cursor:
        return store.operations(cursor, found.kind, found.identifier, page_size, offset)


def notes_of(workbench: Workbench, found: Entity) -> list[Note]:
    """Return the notes on an entity, those on its cases included."""
    own: list[Subject] = [(cast("SubjectKind", found.kind), found.identifier)]
    cases: list[Subject] = [("case", str(row["case_id"])) for row in found.cases]
    return notes.about(workbench, own + cases)


def _unknown(identifier: str) -> NotFoundError:
    return NotFoundError(
        N_("No operation names “{identifier}”."),
        N_("Search for a part of it; the field stands at the top of every screen."),
        identifier=identifier,
    )
