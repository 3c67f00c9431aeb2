"""Columns that the schema does not know, kept with each row as one JSON object."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

OTHER_COLUMNS: Final = "other_columns"
_SHORT: Final = {8: "\\b", 9: "\\t", 10: "\\n", 12: "\\f", 13: "\\r", 34: '\\"', 92: "\\\\"}
_ESCAPED: Final = (92, 34, *range(32))
"""Bytes that JSON writes with a backslash; the backslash itself comes first."""


def joined(rows: pa.Table, names: Mapping[str, str]) -> pa.Table:
    """Return rows whose further columns are one JSON object; an empty value is no member.

    Parameters
    ----------
    rows
        The rows; every further column is text.
    names
        Names in the file of the further columns, by their names in `rows`.
    """
    present = [name for name in rows.column_names if name in names]
    if not present:
        return rows
    columns = {name: _escaped(combined(rows[name])) for name in present}
    keys = {name: f'{json.dumps(names[name], ensure_ascii=False)}:"' for name in present}
    whole = _of_full(columns, keys) if _are_full(columns) else _of_gaps(columns, keys)
    return rows.drop_columns(present).append_column(OTHER_COLUMNS, whole)


def combined(column: pa.ChunkedArray) -> pa.Array:
    """Return a column as one piece."""
    return pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)


def _are_full(columns: Mapping[str, pa.Array]) -> bool:
    return all(column.null_count == 0 for column in columns.values())


def _of_full(columns: Mapping[str, pa.Array], keys: Mapping[str, str]) -> pa.Array:
    """Join columns without gaps in one pass."""
    parts: list[str | pa.Array] = []
    before = "{"
    for name, column in columns.items():
        parts += [before + keys[name], column]
        before = '",'
    return pc.binary_join_element_wise(*parts, '"}', "")


def _of_gaps(columns: Mapping[str, pa.Array], keys: Mapping[str, str]) -> pa.Array:
    """Join columns with gaps member by member; a row without any member has no object."""
    members = [
        pc.fill_null(pc.binary_join_element_wise(f",{keys[name]}", column, '"', ""), "")
        for name, column in columns.items()
    ]
    inner = pc.binary_join_element_wise(*members, "")
    inner = pc.if_else(pc.equal(inner, ""), pa.scalar(None, inner.type), inner)
    return pc.binary_join_element_wise(pc.binary_replace_slice(inner, 0, 1, "{"), "}", "")


def _escaped(texts: pa.Array) -> pa.Array:
    """Return texts as JSON writes them between quotes; only bytes that occur are looked for."""
    content = texts.buffers()[-1]
    if content is None:
        return texts
    occurs = np.bincount(np.frombuffer(content, np.uint8), minlength=256)
    for code in _ESCAPED:
        if occurs[code]:
            texts = pc.replace_substring(texts, chr(code), _SHORT.get(code, f"\\u{code:04X}"))
    return texts
