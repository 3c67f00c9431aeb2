"""No whole card number passes: the text columns of a block, and everything that is said about a file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from fraudkit.ingest.card_numbers import mask_column, mask_text, protect_column
from fraudkit.ingest.inspection import IDENTIFIERS, Inspection
from fraudkit.ingest.mapping import MappedColumn
from fraudkit.ingest.plan import Plan, Table, other_name
from fraudkit.ingest.questions import Option, Question
from fraudkit.ingest.security_codes import BLANKED, blanked
from fraudkit.schema import COLUMN_BY_NAME

CONTEXT_VALUES: Final = 5_000
CARD: Final = "card-"
MASKED: Final = "card_numbers"
DAMAGED: Final = "damaged_identifier"


class CardGuard:
    """Replaces the card numbers of one file, block by block.

    A column is judged as a whole. So that a short last block is not judged by chance, values of the first
    block stand beside the later ones.

    Parameters
    ----------
    key
        The secret of `card_key.load_key`.
    plan
        What the columns are.
    """

    def __init__(self, key: bytes, plan: Plan) -> None:
        self._key = key
        self._sources = {name: column for name, column in plan.mapped() if column.position >= 0}
        self._context: dict[str, pa.Array] = {}

    def protect(self, rows: pa.Table) -> tuple[pa.Table, Counter[str]]:
        """Return rows without whole card numbers, and how many were replaced or lost their digits before."""
        notes: Counter[str] = Counter()
        for name in rows.column_names:
            if not (name.startswith("other_") or _is_text(name)):
                continue
            column = _combined(rows[name])
            values, damaged = self._protected(name, column)
            if values is not column:
                changed = pc.and_(pc.not_equal(values, column), pc.match_substring(values, CARD))
                notes[MASKED] += pc.sum(changed).as_py() or 0
                rows = rows.set_column(rows.column_names.index(name), name, values)
            if damaged is not None and name in IDENTIFIERS:
                notes[DAMAGED] += pc.sum(damaged).as_py()
                rows = self._set_aside(rows, name, values, damaged)
        return rows, +notes

    def _protected(self, name: str, column: pa.Array) -> tuple[pa.Array, pa.Array | None]:
        context = self._context.get(name)
        if context is None:
            found = protect_column(column, self._key)
            step = max(1, len(column) // CONTEXT_VALUES)
            self._context[name] = column.take(pa.array(np.arange(0, len(column), step)))
            return found.values, found.damaged
        both = pa.concat_arrays([context, column])
        found = protect_column(both, self._key)
        damaged = None if found.damaged is None else found.damaged.slice(len(context))
        if damaged is not None and not pc.any(damaged).as_py():
            damaged = None
        return (column if found.values is both else found.values.slice(len(context))), damaged

    def _set_aside(self, rows: pa.Table, name: str, values: pa.Array, damaged: pa.Array) -> pa.Table:
        """Keep a number that lost digits under the file's name: it names nobody."""
        nothing = pa.scalar(None, values.type)
        rows = rows.set_column(rows.column_names.index(name), name, pc.if_else(damaged, nothing, values))
        source = self._sources.get(name)
        if source is None:
            return rows
        kept, other = pc.if_else(damaged, values, nothing), other_name(source)
        if other in rows.column_names:
            kept = pc.coalesce(_combined(rows[other]), kept)
            return rows.set_column(rows.column_names.index(other), other, kept)
        return rows.append_column(other, kept)


def without_secrets(rows: pa.Table, plan: Plan, table: Table) -> pa.Table:
    """Return rejected rows whose raw text holds no security code, PIN or stripe."""
    secret = sorted(plan.secret_places)
    if not secret or not rows.num_rows:
        return rows
    delimiter, quote = (table.dialect.delimiter, table.dialect.quote) if table.dialect else (None, "")
    texts = [
        blanked(raw or "", table.names, secret, delimiter, quote) for raw in rows["raw_text"].to_pylist()
    ]
    return rows.set_column(rows.column_names.index("raw_text"), "raw_text", pa.array(texts, pa.string()))


def masked_rejects(rows: pa.Table, key: bytes) -> pa.Table:
    """Return rejected rows with every card number in value, raw text and column name replaced."""
    for name in ("column_name", "value", "raw_text"):
        place = rows.column_names.index(name)
        rows = rows.set_column(place, name, mask_column(_combined(rows[name]), key))
    return rows


def masked_values(values: Mapping[str, Any], key: bytes) -> dict[str, Any]:
    """Return the values of a sentence without whole card numbers."""
    return {
        name: mask_text(value, key) if isinstance(value, str) else value for name, value in values.items()
    }


def masked_questions(questions: Iterable[Question], key: bytes) -> tuple[Question, ...]:
    """Return questions whose examples hold no whole card numbers."""
    return tuple(
        replace(
            question,
            examples=tuple(mask_text(example, key) for example in question.examples),
            options=tuple(Option(option.value, mask_text(option.label, key)) for option in question.options),
        )
        for question in questions
    )


def masked_inspection(inspection: Inspection, key: bytes) -> Inspection:
    """Return an inspection that shows no whole card number."""
    secret = {column.position for column in inspection.columns if column.why == "secret"}
    return replace(
        inspection,
        columns=tuple(_masked_samples(column, key) for column in inspection.columns),
        rows=tuple(
            tuple(_shown(value, key, is_secret=place in secret) for place, value in enumerate(row))
            for row in inspection.rows
        ),
        questions=masked_questions(inspection.questions, key),
    )


def _shown(value: str | None, key: bytes, *, is_secret: bool) -> str | None:
    if not value:
        return value
    return BLANKED if is_secret else mask_text(value, key)


def _masked_samples(column: MappedColumn, key: bytes) -> MappedColumn:
    return replace(column, samples=tuple(mask_text(sample, key) for sample in column.samples))


def _is_text(name: str) -> bool:
    return name in COLUMN_BY_NAME and COLUMN_BY_NAME[name].kind == "text"


def _combined(column: pa.ChunkedArray) -> pa.Array:
    return pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)
