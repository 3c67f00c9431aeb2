"""Which column of a file is which canonical column: by what was chosen, by alias, by content."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import Final, Literal

from fraudkit.errors import InvalidInputError
from fraudkit.ingest import questions, security_codes
from fraudkit.ingest.questions import Answers
from fraudkit.schema import ALIASES, COLUMN_BY_NAME, REQUIRED, normalised_name
from fraudkit.words import N_

Why = Literal["chosen", "alias", "content", "preamble", "secret", "none"]
ChosenMapping = Mapping[str, str | None]

TIME_OF_DAY: Final = "time_of_day"
"""Canonical name, inside the importer only, of a column that completes a date."""
DEBIT: Final = "debit"
CREDIT: Final = "credit"
"""Canonical names, inside the importer only, of a pair of columns that make one signed amount."""
PARTS: Final = frozenset({TIME_OF_DAY, DEBIT, CREDIT})
_SIDES: Final = {
    DEBIT: "debit debits debit_amount withdrawal withdrawals paid_out debito debitos cargo cargos debe "
    "retiro retiros egreso egresos salida monto_cargo importe_cargo monto_debito importe_debito",
    CREDIT: "credit credits credit_amount deposit deposits paid_in credito creditos abono abonos haber "
    "deposito depositos ingreso ingresos entrada monto_abono importe_abono monto_credito importe_credito",
}
SIDES: Final = {normalised_name(name): side for side, names in _SIDES.items() for name in names.split()}
TIME_ALIASES: Final = frozenset(
    normalised_name(alias)
    for alias in (
        "time",
        "hora",
        "operacion_hora",
        "hora_operacion",
        "hora_transaccion",
        "hora_movimiento",
        "transaction_hour",
    )
)
SAMPLE_VALUES: Final = 5
OLDEST_AGE_BAND: Final = 10
OLDEST_PERSON: Final = 120
_TIME: Final = re.compile(r"^\s*\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?\s*([ap]\.?\s?m\.?)?\s*$", re.IGNORECASE)
_LETTER: Final = re.compile(r"[^\W\d_]")
_DIGIT: Final = re.compile(r"[0-9]")


@dataclass(frozen=True, slots=True)
class MappedColumn:
    """What one column of the file becomes.

    Parameters
    ----------
    source
        Its name in the file.
    position
        Its place, 0 for the first; -1 for a value from above the header.
    canonical
        The canonical column, or None when it is kept with the row under its own name.
    why
        What decided it.
    samples
        Up to five values.
    doubts
        Marked sentences on what a person should look at.
    """

    source: str
    position: int
    canonical: str | None
    why: Why
    samples: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()


def propose(
    names: Sequence[str],
    values: Sequence[Sequence[str | None]],
    preamble: Sequence[tuple[str, str]],
    chosen: ChosenMapping,
    answers: Answers,
) -> tuple[MappedColumn, ...]:
    """Map the columns of a file.

    Parameters
    ----------
    names
        Unique names of the columns.
    values
        Sample values of each column.
    preamble
        Names and values above the header.
    chosen
        What a person decided; the other columns are proposed.
    answers
        Answers to questions on columns.

    Raises
    ------
    InvalidInputError
        When a required column is missing or two columns of one name could be it.
    QuestionsOpenError
        When columns of different names could be a required one.
    """
    _check_choice([*names, *(name for name, _ in preamble)], chosen)
    columns = [_by_name(name, position, values[position], chosen) for position, name in enumerate(names)]
    columns += _from_preamble(preamble, columns, chosen)
    columns = _without_rivals(_with_sides(columns), answers)
    found = {column.canonical for column in columns}
    if {DEBIT, CREDIT} <= found:
        found.add("transaction_amount")
    for required in REQUIRED:
        if required not in found:
            raise _missing(required, names)
    return tuple(columns)


def _check_choice(names: Sequence[str], chosen: ChosenMapping) -> None:
    for source, canonical in chosen.items():
        if source not in names:
            raise InvalidInputError(
                N_("The file has no column “{source}”."),
                N_("Its columns are: {names}."),
                source=source,
                names=", ".join(names[:20]),
            )
        if canonical is not None and canonical not in COLUMN_BY_NAME and canonical not in PARTS:
            raise InvalidInputError(
                N_("“{canonical}” is not a column that fraudkit knows."),
                N_("Use one of: {names}."),
                canonical=canonical,
                names=", ".join(COLUMN_BY_NAME),
            )


def _by_name(
    name: str,
    position: int,
    values: Sequence[str | None],
    chosen: ChosenMapping,
) -> MappedColumn:
    if security_codes.is_secret(name, values):
        return secret_column(name, position, chosen)
    filled = [value.strip() for value in values if value is not None and value.strip()]
    samples = tuple(dict.fromkeys(filled))[:SAMPLE_VALUES]
    if name in chosen:
        return MappedColumn(name, position, chosen[name], "chosen", samples)
    plain = normalised_name(name)
    canonical = ALIASES.get(plain) or ALIASES.get(normalised_name(re.sub(r"_\d+$", "", name)))
    if plain in TIME_ALIASES and filled and all(_TIME.match(value) for value in filled):
        return MappedColumn(name, position, TIME_OF_DAY, "alias", samples)
    if canonical is None:
        return MappedColumn(name, position, None, "none", samples)
    doubt = CONTENT_CHECKS.get(canonical, _no_doubt)(filled)
    if doubt:
        return MappedColumn(name, position, None, "content", samples, (doubt,))
    return MappedColumn(name, position, canonical, "alias", samples)


def secret_column(name: str, position: int, chosen: ChosenMapping) -> MappedColumn:
    """Return a column that may be kept nowhere; none of its values is shown either.

    Raises
    ------
    InvalidInputError
        When a person gave it a meaning.
    """
    if chosen.get(name) is not None:
        raise InvalidInputError(
            N_(
                "The column “{source}” holds security codes, PINs or stripes of cards, which may not be kept."
            ),
            N_("Leave it without a meaning; if it holds something else, give it another name in the file."),
            source=name,
        )
    doubt = N_("Security codes, PINs and stripes of cards may not be kept; this column is left out.")
    return MappedColumn(name, position, None, "secret", (), (doubt,))


def _with_sides(columns: list[MappedColumn]) -> list[MappedColumn]:
    """Take a debit and a credit column for the amount, where no column holds it whole."""
    if any(column.canonical in {"transaction_amount", DEBIT, CREDIT} for column in columns):
        return columns
    sides = [
        None if column.canonical or column.why == "chosen" else SIDES.get(normalised_name(column.source))
        for column in columns
    ]
    if not {DEBIT, CREDIT} <= set(sides):
        return columns
    return [
        replace(column, canonical=side, why="alias") if side else column
        for column, side in zip(columns, sides, strict=True)
    ]


def _no_doubt(_values: Sequence[str]) -> str | None:
    return None


def _doubtful_age(values: Sequence[str]) -> str | None:
    """Refuse age bands: code 4 is not four years."""
    numbers = [float(value) for value in values if re.fullmatch(r"\d{1,3}(\.\d+)?", value)]
    if values and (len(numbers) < len(values) / 2 or not 0 < median(numbers) <= OLDEST_PERSON):
        return N_("The values are not ages in years; the column is kept under its own name.")
    if numbers and max(numbers) < OLDEST_AGE_BAND:
        return N_("The values look like age bands, not years; the column is kept under its own name.")
    return None


def _doubtful_number(values: Sequence[str]) -> str | None:
    if values and sum(_DIGIT.search(value) is not None for value in values) < len(values) / 2:
        return N_("Most values are not numbers; the column is kept under its own name.")
    return None


def _doubtful_flag(values: Sequence[str]) -> str | None:
    known = {"0", "1", "0.0", "1.0", "true", "false", "t", "f", "yes", "no", "y", "n", "si", "sí", "s"}
    strange = [value for value in values if value.lower() not in known | {"fraud", "fraude"}]
    if values and len(strange) > len(values) / 2:
        return N_("The values are neither yes nor no; the column is kept under its own name.")
    return None


CONTENT_CHECKS: Final[dict[str, Callable[[Sequence[str]], str | None]]] = {
    "customer_age": _doubtful_age,
    "customer_risk_score": _doubtful_number,
    "account_age": _doubtful_number,
    "account_balance_before": _doubtful_number,
    "account_balance_after": _doubtful_number,
    "fraud_label": _doubtful_flag,
}


def _from_preamble(
    preamble: Sequence[tuple[str, str]], columns: Sequence[MappedColumn], chosen: ChosenMapping
) -> list[MappedColumn]:
    """Take what stands above the header, such as the account, for every row."""
    taken = {column.canonical for column in columns}
    found = []
    for name, value in preamble:
        canonical = ALIASES.get(normalised_name(name))
        column = COLUMN_BY_NAME.get(canonical or "")
        if column and column.kind == "text" and canonical not in taken and name not in chosen:
            taken.add(canonical)
            found.append(MappedColumn(name, -1, canonical, "preamble", (value,)))
    return found


def _without_rivals(columns: list[MappedColumn], answers: Answers) -> list[MappedColumn]:
    """Leave one source for each canonical column."""
    result = list(columns)
    canonicals = [column.canonical for column in columns if column.canonical is not None]
    for canonical in dict.fromkeys(canonicals):
        rivals = [column for column in columns if column.canonical == canonical]
        if len(rivals) > 1:
            winner = _winner(canonical, rivals, answers)
            result = [
                _set_aside(column) if column in rivals and column is not winner else column
                for column in result
            ]
    return result


def _winner(canonical: str, rivals: Sequence[MappedColumn], answers: Answers) -> MappedColumn:
    chosen = [column for column in rivals if column.why == "chosen"]
    if len(chosen) == 1:
        return chosen[0]
    if canonical in REQUIRED or len(chosen) > 1:
        plain = {normalised_name(re.sub(r"_\d+$", "", column.source)) for column in rivals}
        if len(plain) == 1 or len(chosen) > 1:
            raise InvalidInputError(
                N_("Two columns could be “{canonical}”: {names}."),
                N_("Remove one of them from the file, or choose one in the mapping."),
                canonical=canonical,
                names=", ".join(column.source for column in rivals),
            )
        question = questions.column_question(canonical, tuple(column.source for column in rivals))
        answer = questions.require(question, answers)
        return next(column for column in rivals if column.source == answer)
    return min(rivals, key=lambda column: (_rank_of_name(canonical, column.source), column.position))


def _rank_of_name(canonical: str, source: str) -> int:
    """Rank a name by its place in the schema: the canonical name first, then the aliases in order."""
    column = COLUMN_BY_NAME[canonical]
    names = [normalised_name(name) for name in (canonical, *column.aliases)]
    plain = normalised_name(source)
    return names.index(plain) if plain in names else len(names)


def _set_aside(column: MappedColumn) -> MappedColumn:
    doubt = N_("Another column fits better; this one is kept under its own name.")
    return replace(column, canonical=None, doubts=(*column.doubts, doubt))


def _missing(required: str, names: Sequence[str]) -> InvalidInputError:
    return InvalidInputError(
        N_("No column is recognised as “{label}” ({canonical})."),
        N_("Name it in the mapping. The file's columns are: {names}."),
        label=COLUMN_BY_NAME[required].label,
        canonical=required,
        names=", ".join(names[:20]),
    )
