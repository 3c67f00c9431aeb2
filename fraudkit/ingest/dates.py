"""How the dates of a column are written: recognised from its values, asked about when they do not tell."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Literal

from fraudkit.domain import MICROSECONDS_PER_DAY, MICROSECONDS_PER_SECOND
from fraudkit.errors import InvalidInputError
from fraudkit.ingest import questions
from fraudkit.ingest.questions import Answers, Question, QuestionsOpenError
from fraudkit.words import N_

DateFamily = Literal["iso", "numeric", "month_name", "compact", "epoch", "excel", "step"]
DateOrder = Literal["dmy", "mdy", "ymd"]

EARLIEST: Final = datetime(1990, 1, 1, tzinfo=UTC)
MINORITY: Final = 0.01
"""Share of dates in the other order up to which they are errors and not a second order."""
UNIX_UNITS: Final[dict[int, int]] = {10: MICROSECONDS_PER_SECOND, 13: 1_000, 16: 1}
"""Microseconds per unit by the number of digits that present times have in it."""
STEP_UNITS: Final[dict[str, int]] = {
    "second": MICROSECONDS_PER_SECOND,
    "minute": 60 * MICROSECONDS_PER_SECOND,
    "hour": 3600 * MICROSECONDS_PER_SECOND,
    "day": MICROSECONDS_PER_DAY,
}
EXCEL_ORIGINS: Final[dict[str, datetime]] = {
    "excel_1900": datetime(1899, 12, 30, tzinfo=UTC),
    "excel_1904": datetime(1904, 1, 1, tzinfo=UTC),
}
EXAMPLES: Final = 5
SMALLEST_EXCEL_DAY: Final = 20_000
LARGEST_EXCEL_DAY: Final = 80_000

_ISO: Final = re.compile(r"^\d{4}-\d{1,2}-\d{1,2}(?:[T ]|$)")
_NUMERIC: Final = re.compile(r"^(\d{1,4})([-/.])(\d{1,2})\2(\d{2,4})(?:,?[ T]+\d.*)?$")
_MONTH_NAME: Final = re.compile(
    r"^\d{1,2}[-/. ]+(?:de )?[a-z]{3,}\.?[-/. ]+(?:del? )?(\d{4}|\d{2})\b", re.IGNORECASE
)
_COMPACT: Final = re.compile(r"^(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:[ T]?\d{6})?$")
_NUMBER: Final = re.compile(r"^-?\d+(?:\.\d+)?$")


@dataclass(frozen=True, slots=True)
class DateLayout:
    """How a column of dates is read.

    Parameters
    ----------
    family
        ISO, numbers with separators, month names, compact digits, or a count from an origin.
    order
        Which part comes first, for numbers with separators.
    separator
        What stands between the parts.
    short_year
        Whether years have two digits.
    unit
        Microseconds per unit, for counts.
    origin
        Microseconds UTC at which a count is zero; local time for steps and Excel days.
    """

    family: DateFamily
    order: DateOrder = "ymd"
    separator: str = "-"
    short_year: bool = False
    unit: int = 1
    origin: int = 0


OrderEvidence = Callable[[str], tuple[int, int]]
"""Given a separator: how many dates of the whole column have a first, and how many a second part over 12."""


def recognise(
    values: Sequence[str], named_step: bool, evidence: OrderEvidence, answers: Answers
) -> DateLayout:
    """Find out how dates are written.

    Parameters
    ----------
    values
        Sample values, without empty ones.
    named_step
        Whether the column's name says that it counts steps.
    evidence
        Looks at the whole column, for dates whose order the sample cannot tell.
    answers
        Answers so far.

    Raises
    ------
    QuestionsOpenError
        When the values do not tell.
    InvalidInputError
        When they are no dates, or are written in two orders.
    """
    examples = tuple(dict.fromkeys(values))[:EXAMPLES]
    families = Counter(family for value in values if (family := _family_of(value)) is not None)
    family = families.most_common(1)[0][0] if families else None
    if named_step or family == "count":
        return _count(values, named_step, examples, answers)
    if family == "numeric":
        return _numeric(values, examples, evidence, answers)
    if family == "month_name":
        years = Counter(len(match.group(1)) for value in values if (match := _MONTH_NAME.match(value)))
        return DateLayout("month_name", "dmy", short_year=years.most_common(1)[0][0] == len("24"))
    if family == "iso":
        return DateLayout("iso")
    if family == "compact":
        return DateLayout("compact")
    raise not_dates(examples)


def not_dates(examples: Sequence[str]) -> InvalidInputError:
    """Return the refusal of a column that holds no dates."""
    return InvalidInputError(
        N_("The date column holds no readable dates, such as {examples}."),
        N_("Choose another column as the date, or export dates like 2024-02-13."),
        examples=", ".join(f"“{example}”" for example in examples[:2]) or "“”",
    )


def _family_of(value: str) -> str | None:
    patterns = (
        ("iso", _ISO),
        ("numeric", _NUMERIC),
        ("month_name", _MONTH_NAME),
        ("compact", _COMPACT),
        ("count", _NUMBER),
    )
    return next((family for family, pattern in patterns if pattern.match(value)), None)


def _numeric(
    values: Sequence[str], examples: tuple[str, ...], evidence: OrderEvidence, answers: Answers
) -> DateLayout:
    parts = [match.groups() for value in values if (match := _NUMERIC.match(value))]
    separator = Counter(part[1] for part in parts).most_common(1)[0][0]
    if Counter(len(part[0]) for part in parts).most_common(1)[0][0] == len("2024"):
        return DateLayout("numeric", "ymd", separator)
    short_year = Counter(len(part[3]) for part in parts).most_common(1)[0][0] == len("24")
    first, second = evidence(separator)
    if min(first, second) > MINORITY * max(first, second):
        raise InvalidInputError(
            N_("The date column is written in two orders: day first in some rows, month first in others."),
            N_("Export the dates in one order, best as 2024-02-13."),
        )
    order: DateOrder
    if first or second:
        order = "dmy" if first > second else "mdy"
    else:
        order = (
            "mdy" if questions.require(questions.date_order_question(examples), answers) == "mdy" else "dmy"
        )
    return DateLayout("numeric", order, separator, short_year)


def _count(
    values: Sequence[str], named_step: bool, examples: tuple[str, ...], answers: Answers
) -> DateLayout:
    """Read counts: Unix time by its size, anything else is asked about."""
    whole = [value.split(".")[0] for value in values if _NUMBER.match(value)]
    digits = Counter(len(number.lstrip("-")) for number in whole).most_common(1)[0][0] if whole else 0
    if not named_step and digits in UNIX_UNITS:
        return DateLayout("epoch", unit=UNIX_UNITS[digits])
    if not named_step and whole and all(_may_be_excel(number) for number in whole):
        question = questions.date_unit_question(examples)
        kind = questions.require(question, answers)
        if kind in EXCEL_ORIGINS:
            return DateLayout("excel", unit=MICROSECONDS_PER_DAY, origin=_microseconds(EXCEL_ORIGINS[kind]))
    return _steps(examples, answers)


def _may_be_excel(number: str) -> bool:
    return number.isdigit() and SMALLEST_EXCEL_DAY <= int(number) <= LARGEST_EXCEL_DAY


def _steps(examples: tuple[str, ...], answers: Answers) -> DateLayout:
    unit_question, origin_question = questions.step_questions(examples)
    unit = questions.answer_to(unit_question, answers)
    origin = questions.answer_to(origin_question, answers)
    open_questions: list[Question] = []
    if unit is None:
        open_questions.append(unit_question)
    if origin is None:
        open_questions.append(origin_question)
    if unit is None or origin is None:
        raise QuestionsOpenError(open_questions)
    try:
        start = datetime.fromisoformat(origin).replace(tzinfo=UTC)
    except ValueError as error:
        raise InvalidInputError(
            N_("“{origin}” is not a date and time."),
            N_("Write it like 2024-01-01 or 2024-01-01T08:00."),
            origin=origin,
        ) from error
    return DateLayout("step", unit=STEP_UNITS[unit], origin=_microseconds(start))


def _microseconds(moment: datetime) -> int:
    return int((moment - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds()) * MICROSECONDS_PER_SECOND
