"""What the importer asks instead of guessing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from fraudkit.errors import InvalidInputError
from fraudkit.words import N_

Answers = Mapping[str, str]
"""Answer by the identifier of its question."""


@dataclass(frozen=True, slots=True)
class Option:
    """One answer that can be picked; `value` is given back, `label` is shown (marked text)."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Question:
    """One thing that the file does not say.

    Parameters
    ----------
    id
        Name under which the answer is given: `--answer id=value`.
    text
        The question, a marked sentence.
    options
        What can be picked.
    examples
        Values from the file that show what is asked.
    free_text
        Whether an answer outside the options is allowed.
    shapes
        How the values of a file without a header look, column by column: by them it is recognised next time.
    """

    id: str
    text: str
    options: tuple[Option, ...] = ()
    examples: tuple[str, ...] = ()
    free_text: bool = False
    shapes: tuple[str, ...] = ()


class QuestionsOpenError(InvalidInputError):
    """The file can be loaded once these questions are answered."""

    def __init__(self, questions: Iterable[Question]) -> None:
        self.questions = tuple(questions)
        super().__init__(
            N_("The file leaves open: {names}."),
            N_("Answer with --answer {first}=VALUE, or on the Import page."),
            names=", ".join(question.id for question in self.questions),
            first=self.questions[0].id,
        )


ENCODING: Final = "encoding"
HEADER: Final = "header"
DATE_ORDER: Final = "date_order"
DATE_UNIT: Final = "date_unit"
STEP_UNIT: Final = "step_unit"
STEP_ORIGIN: Final = "step_origin"
DECIMAL_MARK: Final = "decimal_mark"
COLUMN: Final = "column_"
"""Begins the name of the question which column is meant; the canonical name follows."""
MISSING: Final = "missing_"
"""Begins the name under which is said what to do where a column is empty; the canonical name follows."""


def answer_to(question: Question, answers: Answers) -> str | None:
    """Return the answer to a question, or None while it is open.

    Raises
    ------
    InvalidInputError
        When the answer is not one of the options.
    """
    answer = answers.get(question.id)
    allowed = [option.value for option in question.options]
    if answer is None or question.free_text or answer in allowed:
        return answer
    raise InvalidInputError(
        N_("“{answer}” does not answer the question “{id}”."),
        N_("Answer with one of: {options}."),
        answer=answer,
        id=question.id,
        options=", ".join(allowed),
    )


def require(question: Question, answers: Answers) -> str:
    """Return the answer to a question.

    Raises
    ------
    QuestionsOpenError
        While it is not answered.
    """
    answer = answer_to(question, answers)
    if answer is None:
        raise QuestionsOpenError([question])
    return answer


def encoding_question(examples: tuple[str, ...]) -> Question:
    """Ask how a UTF-16 file without a mark is to be read."""
    return Question(
        ENCODING,
        N_("The file looks like UTF-16 but carries no mark. In which order are its bytes?"),
        (
            Option("utf-16-le", N_("Low byte first (Windows)")),
            Option("utf-16-be", N_("High byte first")),
        ),
        examples,
    )


def header_question(first_row: tuple[str, ...], proposal: str, shapes: tuple[str, ...]) -> Question:
    """Ask for the names of the columns of a file without a header."""
    return Question(
        HEADER,
        N_("The first row holds values, not names. What are the columns, in order, separated by commas?"),
        (
            Option(proposal, N_("As proposed from the values")),
            Option("first_row", N_("The first row holds the names")),
        ),
        first_row,
        free_text=True,
        shapes=shapes,
    )


def date_order_question(examples: tuple[str, ...]) -> Question:
    """Ask whether day or month comes first."""
    return Question(
        DATE_ORDER,
        N_("No date of the file shows which number is the day. Which comes first?"),
        (Option("dmy", N_("Day, month, year")), Option("mdy", N_("Month, day, year"))),
        examples,
    )


def date_unit_question(examples: tuple[str, ...]) -> Question:
    """Ask what plain numbers in the date column count."""
    return Question(
        DATE_UNIT,
        N_("The dates are plain numbers. What do they count?"),
        (
            Option("excel_1900", N_("Days of Excel (1 January 1900 is 1)")),
            Option("excel_1904", N_("Days of Excel for Macintosh (from 1904)")),
            Option("step", N_("Steps since a moment that I name")),
        ),
        examples,
    )


def step_questions(examples: tuple[str, ...]) -> tuple[Question, Question]:
    """Ask for the unit and the origin of step numbers."""
    unit = Question(
        STEP_UNIT,
        N_("The time is a step number. How long is one step?"),
        (
            Option("second", N_("One second")),
            Option("minute", N_("One minute")),
            Option("hour", N_("One hour")),
            Option("day", N_("One day")),
        ),
        examples,
    )
    origin = Question(
        STEP_ORIGIN,
        N_("The time is a step number. At which date and time is step 0?"),
        (Option("2024-01-01", N_("1 January 2024, a stand-in: only distances in time are real")),),
        examples,
        free_text=True,
    )
    return unit, origin


def decimal_mark_question(examples: tuple[str, ...]) -> Question:
    """Ask whether the mark before three digits separates thousands or decimals."""
    return Question(
        DECIMAL_MARK,
        N_("The amounts do not show which mark separates the cents. Which one does?"),
        (Option("point", N_("Point: 1,234.50")), Option("comma", N_("Comma: 1.234,50"))),
        examples,
    )


def column_question(canonical: str, sources: tuple[str, ...]) -> Question:
    """Ask which of several columns is meant."""
    return Question(
        f"{COLUMN}{canonical}",
        N_("Several columns could be the one that fraudkit needs. Which one counts?"),
        tuple(Option(source, source) for source in sources),
        sources,
    )
