"""The row as the file brought it: where it stands, every column, and what fraudkit does not know by name."""

from __future__ import annotations

import json
from datetime import timedelta, timezone

from fraudkit.explain.formats import local_datetime
from fraudkit.schema import COLUMNS
from fraudkit.store import Row
from fraudkit.ui import html
from fraudkit.ui.shell import Page
from fraudkit.words import N_


def panel(page: Page, row: Row) -> None:
    """Draw file, line and batch, then every column by name."""
    formats = page.formats
    html.show(
        html.line(
            page.words(
                N_("{file}, line {line}; batch {batch}, imported {when} by {who}."),
                file=row["file_name"],
                line=formats.number(row["source_row"]),
                batch=formats.number(row["batch_id"]),
                when=page.moment(row["imported_at"]),
                who=row["imported_by"],
            )
        )
    )
    known = [
        (page.words(column.label), column.name, _stored(column.name, row))
        for column in COLUMNS
        if column.name != "fraud_label"
    ]
    heads = [page.words(N_("What it says")), page.words(N_("Column")), page.words(N_("Value"))]
    html.show(html.table(heads, [line for line in known if line[2]], kind="fk-dense"))
    absent = [label for label, _, value in known if not value]
    if absent:
        html.show(html.quiet(page.words(N_("Not in the file: {columns}."), columns=", ".join(absent))))
    others = unknown_columns(row)
    if others:
        heads = [page.words(N_("Column that fraudkit does not know")), page.words(N_("Value"))]
        html.show(html.table(heads, others, kind="fk-dense"))


def _stored(name: str, row: Row) -> str:
    """Return a value as it is stored; the moment on its own clock, no finer than the file knew it."""
    if name != "transaction_datetime":
        return "" if row[name] is None else str(row[name])
    local = local_datetime(row["ts_us"], row["utc_offset_minutes"])
    if row["time_precision"] == "date":
        return f"{local:%Y-%m-%d}"
    zone = timezone(timedelta(minutes=row["utc_offset_minutes"]))
    exact = "microseconds" if row["time_precision"] == "microsecond" else "seconds"
    return local.replace(tzinfo=zone).isoformat(" ", exact)


def unknown_columns(row: Row) -> list[tuple[str, str]]:
    """Return names and values of the columns that the schema does not know."""
    if not row["other_columns"]:
        return []
    return [
        (name, "" if value is None else str(value))
        for name, value in json.loads(row["other_columns"]).items()
    ]
