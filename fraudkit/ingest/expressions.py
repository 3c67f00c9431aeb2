"""The SELECT that turns text into checked values, rendered from a plan.

This is the third place where SQL text is made: it follows from the schema and the mapping of each file, so it
cannot lie in a file of its own. What does not depend on them lies in `sql/parser/macros.sql`. Names and
constants are written as literals; no value of the file is ever part of the text.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Final

from fraudkit.domain import MICROSECONDS_PER_DAY, MICROSECONDS_PER_SECOND
from fraudkit.ingest.dates import EARLIEST, DateLayout
from fraudkit.ingest.mapping import TIME_OF_DAY, MappedColumn
from fraudkit.ingest.plan import Plan, Table, kind_of
from fraudkit.store.parser import identifier, literal

_CLOCK: Final = "(?:[01]?[0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:[.,][0-9]{1,9})?)?"
_ZONE: Final = "(?:\\s*(?:Z|UTC|GMT|[-+][0-9]{2}(?::?[0-9]{2})?))?"
_HALF_DAY: Final = "(?:\\s*[AaPp]\\.?\\s?[Mm]\\.?)?"
_ISO_DAY: Final = "[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}"
_DATE_PARTS: Final[dict[str, str]] = {"d": "%d", "m": "%m", "y": "%Y"}
_TIMES: Final = ("", " %H:%M:%S", " %H:%M", " %H:%M:%S.%f", " %I:%M:%S %p", " %I:%M %p")


def value_of(column: MappedColumn, table: Table) -> str:
    """Return the expression for the text of one column, NULL where it is empty."""
    if column.position < 0:
        return literal(column.samples[0])
    return f"nullif(trim(v{column.position}), '')" if table.is_padded else f"v{column.position}"


def rows_of(plan: Plan, table: Table) -> str:
    """Return the SELECT of all rows: values, or the reason why the row is set apart.

    Each step names what the next one uses, so that no expression is written out twice.
    """
    numeric = [(name, column) for name, column in plan.mapped() if kind_of(name) in {"amount", "number"}]
    failure = _first(_reasons(plan))
    return f"""
        WITH texts AS (SELECT {_listed(_texts(plan, table))} FROM {table.source} AS source),
        plain AS (SELECT *, {_listed(_plain(plan, numeric))} FROM texts),
        numbers AS (SELECT *, {_listed(_numbers(plan, numeric))} FROM plain),
        parsed AS (SELECT *, {_listed(_parsed(plan))} FROM numbers),
        checked AS (SELECT *, {failure} AS failure FROM parsed)
        SELECT source_row, {", ".join(_kept(plan))},
            failure.reason AS reason, failure.column_name AS column_name, failure.value AS refused_value,
            CASE WHEN failure IS NOT NULL THEN raw_text END AS raw_text
        FROM checked
    """


def _listed(expressions: Sequence[tuple[str, str]]) -> str:
    return ", ".join(f"{expression} AS {name}" for name, expression in expressions)


def _texts(plan: Plan, table: Table) -> list[tuple[str, str]]:
    """Return the trimmed text of each column that is used."""
    is_numbered = not table.is_regular or table.kind == "parquet"
    expressions = [
        ("source_row", "source_row" if is_numbered else "CAST(NULL AS BIGINT)"),
        ("raw_text", "raw_text" if is_numbered else "CAST(NULL AS VARCHAR)"),
        ("date_text", _date_text(plan, table)),
    ]
    for canonical, column in plan.mapped():
        is_pair = canonical == "transaction_amount" and plan.sides is not None
        value = _signed(plan, table) if is_pair else value_of(column, table)
        is_optional_number = kind_of(canonical) in {"amount", "number"} and canonical != "transaction_amount"
        expressions.append(
            (f"text_{canonical}", f"without_missing_words({value})" if is_optional_number else value)
        )
    if (label := plan.column("fraud_label")) is not None:
        expressions.append(("text_fraud_label", value_of(label, table)))
    if plan.sides is not None:
        expressions.append(("both_sides", _both_sides(plan, table)))
    return [*expressions, ("others", _others(plan, table))]


def _signed(plan: Plan, table: Table) -> str:
    """Return one amount from a debit and a credit column: a debit is negative, a zero counts as empty."""
    debit, credit = (value_of(column, table) for column in plan.sides or ())
    return (
        f"CASE WHEN {_both_sides(plan, table)} THEN concat_ws(' / ', {debit}, {credit}) "
        f"WHEN {_is_filled(debit)} THEN '-' || regexp_replace({debit}, '[-−()]', '', 'g') "
        f"ELSE coalesce({credit}, {debit}) END"
    )


def _both_sides(plan: Plan, table: Table) -> str:
    return " AND ".join(_is_filled(value_of(column, table)) for column in plan.sides or ())


def _is_filled(value: str) -> str:
    return f"coalesce(regexp_matches({value}, '[1-9]'), false)"


def _plain(plan: Plan, numeric: Sequence[tuple[str, MappedColumn]]) -> list[tuple[str, str]]:
    """Return for each number whether it is written so plainly that it can be cast."""
    return [
        *((f"plain_{name}", f"is_plain_with_{plan.decimal_mark}(text_{name})") for name, _ in numeric),
        *_moments(plan),
    ]


def _numbers(plan: Plan, numeric: Sequence[tuple[str, MappedColumn]]) -> list[tuple[str, str]]:
    """Return each number as digits with a point; only what is not plain takes the long way."""
    plain, written = f"plain_with_{plan.decimal_mark}", f"number_with_{plan.decimal_mark}"
    return [
        (
            f"number_{name}",
            f"CASE WHEN plain_{name} THEN {plain}(text_{name}) ELSE {written}(text_{name}) END",
        )
        for name, _ in numeric
    ]


def _parsed(plan: Plan) -> list[tuple[str, str]]:
    expressions = [(canonical, _typed(plan, canonical)) for canonical, _ in plan.mapped()]
    if plan.column("fraud_label") is not None:
        expressions.append(("fraud_label", "flag_of(text_fraud_label)"))
    if plan.names_currency_by_sign:
        sign = "CASE WHEN NOT plain_transaction_amount THEN currency_of(text_transaction_amount) END"
        expressions.append(("currency", sign))
    return [
        *expressions,
        ("float_noise", _float_noise(plan)),
        ("float_identifier", _any_identifier(plan, "identifier_of_float({0}) <> {0}")),
        ("damaged_identifier", _any_identifier(plan, "is_damaged_identifier({0})")),
    ]


def _kept(plan: Plan) -> list[str]:
    names = ["local_us", "offset_minutes", "time_precision"]
    names += [canonical for canonical, _ in plan.mapped()]
    if plan.column("fraud_label") is not None:
        names.append("fraud_label")
    if plan.names_currency_by_sign:
        names.append("currency")
    return [*names, "others", "float_noise", "float_identifier", "damaged_identifier"]


def _typed(plan: Plan, canonical: str) -> str:
    kind = kind_of(canonical)
    if kind == "amount":
        return (
            f"CASE WHEN plain_{canonical} THEN TRY_CAST(number_{canonical} AS DECIMAL(18, 2)) "
            f"WHEN number_{canonical} IS NOT NULL THEN amount_of_number(number_{canonical}) END"
        )
    if kind == "number":
        return f"TRY_CAST(number_{canonical} AS DOUBLE)"
    if canonical in plan.float_identifiers:
        return f"identifier_of_float(text_{canonical})"
    return f"currency_code(text_{canonical})" if canonical == "currency" else f"text_{canonical}"


def _others(plan: Plan, table: Table) -> str:
    """Return the list of what is kept with the row as it is, in the order of `Plan.others`.

    One list instead of many columns: thousands of them would be held anew at each step.
    """
    values = []
    for column in plan.others():
        value = f"v{column.position}"
        if column.canonical is not None:
            value = value_of(column, table)
            value = f"CASE WHEN is_damaged_identifier({value}) THEN {value} END"
        values.append(value)
    return f"list_value({', '.join(values)})" if values else "CAST(NULL AS VARCHAR[])"


def _float_noise(plan: Plan) -> str:
    return " OR ".join(
        f"CASE WHEN plain_{name} OR number_{name} IS NULL THEN false ELSE is_float_noise(number_{name}) END"
        for name, _ in plan.mapped()
        if kind_of(name) == "amount"
    )


def _any_identifier(plan: Plan, check: str) -> str:
    """Return whether a check holds for any identifier that a spreadsheet turned into a float."""
    columns = [f"text_{canonical}" for canonical in sorted(plan.float_identifiers)]
    return " OR ".join(f"coalesce({check.format(column)}, false)" for column in columns) or "false"


def _failure(reason: str, column: str, value: str) -> str:
    return f"{{'reason': {reason}, 'column_name': {literal(column)}, 'value': {value}}}"


def _first(reasons: Sequence[tuple[str, str]]) -> str:
    branches = " ".join(f"WHEN {condition} THEN {failure}" for condition, failure in reasons)
    return f"CASE {branches} END"


def _reasons(plan: Plan) -> list[tuple[str, str]]:
    """Return condition and failure of every check, in the order in which they are named."""
    latest = time.time_ns() // 1_000 + MICROSECONDS_PER_DAY
    earliest = int(EARLIEST.timestamp()) * MICROSECONDS_PER_SECOND
    dates = plan.column("transaction_datetime")
    name = dates.source if dates else ""
    _, is_shaped = date_expressions(plan.dates, "date_text")
    unreadable = f"CASE WHEN {is_shaped} THEN 'date_impossible' ELSE 'date_unreadable' END"
    reasons = [
        ("date_text IS NULL", _failure("'date_missing'", name, "date_text")),
        ("local_us IS NULL", _failure(unreadable, name, "date_text")),
        (
            f"local_us NOT BETWEEN {earliest} AND {latest}",
            _failure("'date_out_of_range'", name, "date_text"),
        ),
    ]
    for canonical, column in plan.mapped():
        reasons += _value_reasons(canonical, column, is_pair=plan.sides is not None)
        if plan.missing.get(canonical) == "exclude":
            nothing = _failure("'value_missing'", column.source, "CAST(NULL AS VARCHAR)")
            reasons.append((f"{canonical} IS NULL", nothing))
    if (label := plan.column("fraud_label")) is not None:
        reasons.append(
            (
                "text_fraud_label IS NOT NULL AND fraud_label IS NULL",
                _failure("'flag_unreadable'", label.source, "text_fraud_label"),
            )
        )
    return reasons


def _value_reasons(canonical: str, column: MappedColumn, *, is_pair: bool) -> list[tuple[str, str]]:
    if kind_of(canonical) not in {"amount", "number"}:
        return []
    text = f"text_{canonical}"
    unreadable = _failure(f"number_reason({text}, number_{canonical})", column.source, text)
    if canonical == "transaction_amount":
        both = ("both_sides", _failure("'debit_and_credit'", column.source, text))
        missing = (f"{text} IS NULL", _failure("'amount_missing'", column.source, text))
        return [*([both] if is_pair else []), missing, (f"{canonical} IS NULL", unreadable)]
    return [(f"{canonical} IS NULL AND {text} IS NOT NULL", unreadable)]


def _date_text(plan: Plan, table: Table) -> str:
    column = plan.column("transaction_datetime")
    text = value_of(column, table) if column else "NULL"
    clock = plan.column(TIME_OF_DAY)
    return text if clock is None else f"nullif(concat_ws(' ', {text}, {value_of(clock, table)}), '')"


def _moments(plan: Plan) -> list[tuple[str, str]]:
    moment, _ = date_expressions(plan.dates, "date_text")
    offset = "0" if plan.dates.family == "epoch" else "CAST(NULL AS INTEGER)"
    if plan.dates.family == "iso":
        offset = "CASE WHEN strlen(date_text) > 16 AND strlen(date_text) <> 19 THEN offset_of(date_text) END"
    return [
        ("local_us", moment),
        ("offset_minutes", offset),
        ("time_precision", f"precision_code({_precision(plan.dates, 'date_text')})"),
    ]


def _precision(dates: DateLayout, text: str) -> str:
    if dates.family == "iso":
        by_length = "WHEN 19 THEN 'second' WHEN 16 THEN 'minute' WHEN 10 THEN 'date'"
        return f"CASE strlen({text}) {by_length} ELSE precision_of({text}) END"
    if dates.family == "compact":
        return f"CASE WHEN strlen({text}) = 8 THEN 'date' ELSE 'second' END"
    if dates.family == "epoch":
        return "'second'" if dates.unit == MICROSECONDS_PER_SECOND else "'microsecond'"
    if dates.family == "excel":
        return f"CASE WHEN contains({text}, '.') THEN 'second' ELSE 'date' END"
    if dates.family == "step":
        by_unit = {MICROSECONDS_PER_SECOND: "second", MICROSECONDS_PER_DAY: "date"}
        return literal(by_unit.get(dates.unit, "minute"))
    return f"precision_of({text})"


def date_expressions(dates: DateLayout, text: str) -> tuple[str, str]:
    """Return the expressions for local microseconds and for whether the text has the shape of a date."""
    if dates.family == "iso":
        return _iso(text)
    if dates.family in {"epoch", "excel", "step"}:
        return _counted(dates, text)
    if dates.family == "compact":
        shape = "[0-9]{8}(?:[T ]?[0-9]{6})?"
        plain = f"replace(replace({text}, 'T', ''), ' ', '')"
        formats = ["%Y%m%d", "%Y%m%d%H%M%S"]
        return _formatted(text, plain, shape, formats)
    year = "%y" if dates.short_year else "%Y"
    digits = "[0-9]{2}" if dates.short_year else "[0-9]{4}"
    if dates.family == "month_name":
        plain = f"regexp_replace(with_month_number({text}), '^([0-9]+)[-/. ]+([0-9]+)[-/. ]+', '\\1-\\2-')"
        shape = f"[0-9]{{1,2}}[^0-9]+{digits}(?:,?\\s+{_CLOCK}{_HALF_DAY})?"
        return _formatted(text, plain, shape, [f"%d-%m-{year}{clock}" for clock in _TIMES])
    separator = f"[{dates.separator}]" if dates.separator != "-" else "-"
    part = {"d": "[0-9]{1,2}", "m": "[0-9]{1,2}", "y": digits}
    shape = separator.join(part[letter] for letter in dates.order)
    shape += f"(?:,?[ T]+{_CLOCK}{_HALF_DAY})?"
    day = dates.separator.join(year if letter == "y" else _DATE_PARTS[letter] for letter in dates.order)
    return _formatted(text, text, shape, [day + clock for clock in _TIMES])


def _iso(text: str) -> tuple[str, str]:
    shape = f"regexp_full_match({text}, '{_ISO_DAY}(?:[T ]{_CLOCK}{_ZONE})?')"
    local = f"regexp_extract(replace({text}, ',', '.'), '^{_ISO_DAY}(?:[T ]{_CLOCK})?')"
    moment = (
        f"epoch_us(CASE WHEN {text} LIKE '____-__-__ __:__:__' THEN TRY_CAST({text} AS TIMESTAMP) "
        f"WHEN {shape} THEN TRY_CAST({local} AS TIMESTAMP) END)"
    )
    return moment, shape


def _counted(dates: DateLayout, text: str) -> tuple[str, str]:
    shape = f"regexp_full_match({text}, '-?[0-9]{{1,17}}(?:\\.[0-9]+)?')"
    whole = f"TRY_CAST(split_part({text}, '.', 1) AS BIGINT) * {dates.unit}"
    part = f"coalesce(TRY_CAST('0.' || split_part({text}, '.', 2) AS DOUBLE), 0)"
    fraction = f"CAST(round({part} * {dates.unit} / 1000000) AS BIGINT) * 1000000"
    if dates.family == "epoch":
        fraction = f"CAST(round({part} * {dates.unit}) AS BIGINT)"
    return f"CASE WHEN {shape} THEN {dates.origin} + {whole} + {fraction} END", shape


def _formatted(text: str, plain: str, shape: str, formats: Sequence[str]) -> tuple[str, str]:
    is_shaped = f"regexp_full_match({text}, '{shape}')"
    listed = ", ".join(literal(form) for form in formats)
    spaced = f"regexp_replace({plain}, ',? *[T ] *([0-9]+:)', ' \\1')"
    spaced = f"regexp_replace({spaced}, '\\s*([AaPp])\\.?\\s?[Mm]\\.?$', ' \\1M')"
    return f"epoch_us(CASE WHEN {is_shaped} THEN try_strptime({spaced}, [{listed}]) END)", is_shaped


def source_with_columns(source: str, names: Sequence[str]) -> str:
    """Return a Parquet source with its columns as text `v0`, `v1`, … and the number of each row."""
    texts = ", ".join(f"CAST({identifier(name)} AS VARCHAR) AS v{place}" for place, name in enumerate(names))
    raw = ", ".join(f"{literal(name)}: {identifier(name)}" for name in names)
    return (
        f"(SELECT file_row_number + 1 AS source_row, "
        f"CAST(to_json({{{raw}}}) AS VARCHAR) AS raw_text, {texts} FROM {source})"
    )
