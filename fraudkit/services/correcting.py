"""Rejected rows, corrected by a person and sent again through the layout of their file."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from fraudkit.domain import Actor
from fraudkit.errors import InvalidInputError, NotFoundError
from fraudkit.ingest.working_folders import working_folder
from fraudkit.services import importing
from fraudkit.services.importing import ImportResult
from fraudkit.services.workbench import Workbench
from fraudkit.store import batches, transactions
from fraudkit.store.database import Row
from fraudkit.words import N_

MOST_ROWS: Final = 200


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """One rejected row, taken apart.

    Parameters
    ----------
    source_row
        Its line in the file.
    reason, column
        Why it was rejected, and for which column.
    cells
        Its values as they stand in the file, in the order of the columns.
    """

    source_row: int
    reason: str
    column: str | None
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Correctable:
    """The rejected rows of a batch that nobody has corrected.

    Parameters
    ----------
    batch_id
        Their batch.
    names
        The columns of its file.
    rows
        At most `MOST_ROWS` of them, in the order of the file.
    """

    batch_id: int
    names: tuple[str, ...]
    rows: tuple[RejectedRow, ...]


def correctable(workbench: Workbench, batch_id: int) -> Correctable:
    """Return the rejected rows of a batch for correction.

    Raises
    ------
    NotFoundError
        When there is no such batch.
    """
    with workbench.database.read() as cursor:
        layout = _layout(_batch(importing.batches(workbench), batch_id))
        done = batches.corrected_rows(cursor, batch_id)
        rows = transactions.rejected_rows(cursor, batch_id, MOST_ROWS + len(done), 0)
    names = tuple(layout["names"])
    open_rows = [row for row in rows if row["source_row"] not in done][:MOST_ROWS]
    return Correctable(batch_id, names, tuple(_taken_apart(row, layout) for row in open_rows))


def correct(
    workbench: Workbench, batch_id: int, rows: Mapping[int, Sequence[str]], actor: Actor
) -> ImportResult:
    """Send corrected rows through the layout of their batch; they become a batch of their own.

    Parameters
    ----------
    workbench
        The open workbench.
    batch_id
        The batch that rejected them.
    rows
        New values by line of the file, in the order of its columns.
    actor
        Who corrected them.

    Raises
    ------
    NotFoundError
        When there is no such batch.
    InvalidInputError
        When a row is not one of its open rejected rows, or has another number of values.
    """
    found = correctable(workbench, batch_id)
    known = {row.source_row for row in found.rows}
    if not rows or not set(rows) <= known or any(len(row) != len(found.names) for row in rows.values()):
        raise InvalidInputError(
            N_("These are not open rejected rows of batch {batch_id}."),
            N_("Look at the rejected rows again and correct what is still listed."),
            batch_id=batch_id,
        )
    batch = _batch(importing.batches(workbench), batch_id)
    layout = _layout(batch)
    answers = {**layout["answers"], "decimal_mark": layout["decimal_mark"]}
    if layout["dates"]["family"] == "numeric":
        answers.setdefault("date_order", layout["dates"]["order"])
    with working_folder(workbench.settings.upload_folder) as folder:
        path = folder / "corrected.csv"
        _write(path, layout, rows)
        return importing.import_file(
            workbench,
            path,
            actor,
            file_name=f"{Path(batch['file_name']).stem}.corrected.csv",
            answers=answers,
            mapping=layout["mapping"],
            corrects=importing.Correction(batch_id, tuple(sorted(rows))),
        )


def _batch(rows: Sequence[Row], batch_id: int) -> Row:
    found = next((row for row in rows if row["batch_id"] == batch_id), None)
    if found is None:
        raise NotFoundError(
            N_("There is no batch {batch_id}."), N_("The Import page lists all batches."), batch_id=batch_id
        )
    return found


def _layout(batch: Row) -> dict[str, Any]:
    layout: dict[str, Any] = json.loads(batch["layout"])
    return layout


def _taken_apart(row: Row, layout: Mapping[str, Any]) -> RejectedRow:
    names, raw = layout["names"], row["raw_text"]
    if layout["delimiter"] is None:
        record = json.loads(raw) if raw.startswith("{") else {}
        values = ["" if record.get(name) is None else str(record[name]) for name in names]
    else:
        lines = csv.reader(raw.split("\n"), delimiter=layout["delimiter"], quotechar=layout["quote"])
        values = next(lines, [])
    values = [*values, *[""] * len(names)][: len(names)]
    return RejectedRow(row["source_row"], row["reason"], row["column_name"], tuple(values))


def _write(path: Path, layout: Mapping[str, Any], rows: Mapping[int, Sequence[str]]) -> None:
    above = layout["preamble"]
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow([*layout["names"], *above])
        for line in sorted(rows):
            writer.writerow([*rows[line], *above.values()])
