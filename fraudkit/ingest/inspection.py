"""What the importer understood of a file, and what it still asks."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from fraudkit.errors import InvalidInputError
from fraudkit.ingest import dates, mapping, numbers, security_codes
from fraudkit.ingest.dates import DateLayout
from fraudkit.ingest.dialect import DELIMITER_WORDS
from fraudkit.ingest.mapping import ChosenMapping, MappedColumn
from fraudkit.ingest.missing import Handling, declared
from fraudkit.ingest.plan import Plan, Table, kind_of
from fraudkit.ingest.questions import Answers, Question
from fraudkit.schema import normalised_name
from fraudkit.store.parser import Parser, literal
from fraudkit.words import N_

SAMPLE_ROWS: Final = 500
SHOWN_ROWS: Final = 20
WHOLE_COLUMN_VALUES: Final = 200
STEP_NAMES: Final = frozenset({"step", "paso", "timestep"})
_FLOAT_IDENTIFIER: Final = r"[0-9]+\.0*|[0-9](?:\.[0-9]+)?[eE]\+?[0-9]+"
IDENTIFIERS: Final = frozenset(
    {
        "transaction_id",
        "customer_id",
        "account_id",
        "card_id",
        "merchant_id",
        "merchant_mcc",
        "terminal_id",
        "counterparty_account",
        "device_id",
    }
)


@dataclass(frozen=True, slots=True)
class Inspection:
    """A file as the importer understands it; nothing has been written.

    Parameters
    ----------
    file_name, file_format
        Its name and what its content is.
    dialect
        Its layout as pairs of marked words and values.
    columns
        What each column becomes, why, five values and doubts.
    rows
        The first rows as text, in the order of the columns of the file.
    names
        The names of the columns of the file.
    questions
        What must be answered before it can be loaded.
    problem
        Why it cannot be loaded as it is, with what to do; None when nothing stands against it.
    layout_name
        The layout that a person confirmed for such files before, or empty.
    missing
        What is done where a column is empty, by canonical name; a column that is kept missing is not named.
    """

    file_name: str
    file_format: str
    dialect: tuple[tuple[str, str], ...] = ()
    columns: tuple[MappedColumn, ...] = ()
    rows: tuple[tuple[str | None, ...], ...] = ()
    names: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()
    problem: InvalidInputError | None = None
    layout_name: str = ""
    missing: Mapping[str, Handling] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sample:
    """The first rows of a table, by row and by column."""

    rows: list[tuple[str | None, ...]]
    columns: list[list[str | None]] = field(default_factory=list)


def sample_of(parser: Parser, table: Table) -> Sample:
    """Read the first rows of a table as text."""
    values = ", ".join(f"v{place}" for place in range(len(table.names)))
    rows = parser.rows(f"SELECT {values} FROM {table.source} LIMIT {SAMPLE_ROWS}")
    columns = [list(column) for column in zip(*rows, strict=True)] or [[] for _ in table.names]
    return Sample(rows, columns)


def mapped_columns(
    table: Table, sample: Sample, chosen: ChosenMapping, answers: Answers
) -> tuple[MappedColumn, ...]:
    """Map the columns of a table."""
    preamble = table.dialect.preamble if table.dialect else ()
    return mapping.propose(table.names, sample.columns, preamble, chosen, answers)


def plan_of(
    parser: Parser,
    table: Table,
    sample: Sample,
    columns: Sequence[MappedColumn],
    answers: Answers,
    time_zone: str,
) -> Plan:
    """Decide how dates, numbers and identifiers are written.

    Raises
    ------
    QuestionsOpenError
        When the values do not tell.
    InvalidInputError
        When the date column holds no dates.
    """
    mapped = [column.canonical for column in columns if column.canonical is not None]
    return Plan(
        tuple(columns),
        _dates(parser, table, sample, columns, answers),
        _decimal_mark(parser, table, sample, columns, answers),
        time_zone,
        _float_identifiers(parser, table, sample, columns),
        declared(answers, mapped),
    )


def dialect_in_words(table: Table) -> tuple[tuple[str, str], ...]:
    """Return the layout of a table as pairs of marked words and values."""
    if table.dialect is None or table.encoding is None:
        return ((N_("Format"), "Parquet"), (N_("Columns"), str(len(table.names))))
    header = str(table.dialect.header_line) if table.dialect.header_line else N_("none")
    return (
        (N_("Format"), "CSV"),
        (N_("Encoding"), table.encoding.codec.upper().replace("-SIG", "")),
        (N_("Separator"), DELIMITER_WORDS[table.dialect.delimiter]),
        (N_("Quotation mark"), table.dialect.quote),
        (N_("Line of the header"), header),
        (N_("Columns"), str(len(table.names))),
    )


def _dates(
    parser: Parser, table: Table, sample: Sample, columns: Sequence[MappedColumn], answers: Answers
) -> DateLayout:
    column = next(column for column in columns if column.canonical == "transaction_datetime")
    filled = [value.strip() for value in sample.columns[column.position] if value and value.strip()]

    def evidence(separator: str) -> tuple[int, int]:
        pattern = literal(f"^\\s*([0-9]{{1,2}})[{separator}]([0-9]{{1,2}})[{separator}]")
        value = f"v{column.position}"
        sql = (
            "SELECT count(*) FILTER (first > 12 AND second <= 12), "
            "count(*) FILTER (second > 12 AND first <= 12) FROM ("
            f"SELECT TRY_CAST(regexp_extract({value}, {pattern}, 1) AS INTEGER) AS first, "
            f"TRY_CAST(regexp_extract({value}, {pattern}, 2) AS INTEGER) AS second "
            f"FROM {table.source})"
        )
        first, second = parser.rows(sql)[0]
        return first, second

    named_step = normalised_name(column.source) in STEP_NAMES
    return dates.recognise(filled, named_step, evidence, answers)


def _decimal_mark(
    parser: Parser, table: Table, sample: Sample, columns: Sequence[MappedColumn], answers: Answers
) -> numbers.DecimalMark:
    places = [column.position for column in columns if column.position >= 0 and _is_amount(column.canonical)]
    values = [value for place in places for value in sample.columns[place] if value]

    def whole() -> list[str]:
        selects = " UNION ALL ".join(
            f"(SELECT v{place} AS value FROM {table.source} WHERE NOT regexp_full_match("
            f"v{place}, '[^0-9]*(?:[0-9]{{1,3}}[.,][0-9]{{3}}|[0-9]+)[^0-9]*') LIMIT {WHOLE_COLUMN_VALUES})"
            for place in places
        )
        return [row[0] for row in parser.rows(selects)]

    return numbers.decimal_mark(values, whole, answers)


def _is_amount(canonical: str | None) -> bool:
    if canonical is None or canonical == mapping.TIME_OF_DAY:
        return False
    return canonical in mapping.PARTS or kind_of(canonical) == "amount"


def _float_identifiers(
    parser: Parser, table: Table, sample: Sample, columns: Sequence[MappedColumn]
) -> frozenset[str]:
    """Find identifier columns whose every value was turned into a float."""
    found = set()
    for column in columns:
        if column.canonical not in IDENTIFIERS or column.position < 0:
            continue
        filled = [value.strip() for value in sample.columns[column.position] if value and value.strip()]
        if not filled or not all(re.fullmatch(_FLOAT_IDENTIFIER, value) for value in filled):
            continue
        others = parser.rows(
            f"SELECT count(*) FROM {table.source} WHERE "
            f"NOT regexp_full_match(trim(v{column.position}), {literal(_FLOAT_IDENTIFIER)})"
        )
        if others[0][0] == 0:
            found.add(column.canonical)
    return frozenset(found)


def unmapped(table: Table, sample: Sample, chosen: ChosenMapping) -> tuple[MappedColumn, ...]:
    """Return the columns of a table that could not be mapped as a whole, each as far as it is known."""
    return tuple(
        _unmapped(name, place, sample.columns[place], chosen) for place, name in enumerate(table.names)
    )


def _unmapped(name: str, place: int, values: list[str | None], chosen: ChosenMapping) -> MappedColumn:
    if security_codes.is_secret(name, values):
        return mapping.secret_column(name, place, {})
    samples = tuple(dict.fromkeys(value for value in values if value))[: mapping.SAMPLE_VALUES]
    return MappedColumn(name, place, chosen.get(name), "chosen" if name in chosen else "none", samples)
