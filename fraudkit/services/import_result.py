"""What became of a file, in words for people and as what commands print."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Final, Literal

from fraudkit.ingest.questions import Question
from fraudkit.words import DEFAULT_LANGUAGE, Language, translate

Outcome = Literal["load", "partial", "refuse", "ask"]
TRANSLATED_VALUES: Final = frozenset({"content", "label"})


@dataclass(frozen=True, slots=True)
class Changes:
    """What an import changed for the people who review.

    Parameters
    ----------
    alerts_raised
        New alerts of the ranking that followed; 0 before it.
    in_open_cases
        New transactions of whom an open case is about.
    reopened_cases
        Cases that were opened again, because a fraud known later contradicts their verdict.
    """

    alerts_raised: int = 0
    in_open_cases: int = 0
    reopened_cases: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What became of a file.

    Parameters
    ----------
    outcome
        All rows loaded or known; some rejected; nothing loaded for a stated reason; a question is open.
    rows_read, rows_loaded, rows_rejected, rows_duplicate
        Its rows; the first is the sum of the others.
    batch_id
        The batch that holds it.
    message_template, hint_template, values
        The sentence for people and its values, see `message` and `hint`.
    questions
        What is open, for the outcome `ask`.
    notes
        What was normalised, counted by kind; words in `fraudkit.ingest.reasons.NOTES`.
    changes
        What it changed for the people who review.
    """

    outcome: Outcome
    rows_read: int = 0
    rows_loaded: int = 0
    rows_rejected: int = 0
    rows_duplicate: int = 0
    batch_id: int | None = None
    message_template: str = ""
    hint_template: str = ""
    values: Mapping[str, object] = field(default_factory=dict)
    questions: tuple[Question, ...] = ()
    notes: Mapping[str, int] = field(default_factory=dict)
    changes: Changes = Changes()

    @property
    def message(self) -> str:
        """The sentence in English."""
        return self.localised("en")[0]

    @property
    def hint(self) -> str:
        """What to do, in English."""
        return self.localised("en")[1]

    def localised(self, language: Language = DEFAULT_LANGUAGE) -> tuple[str, str]:
        """Return sentence and hint in the reader's language."""
        values = {
            name: translate(str(value), language) if name in TRANSLATED_VALUES else value
            for name, value in self.values.items()
        }
        sentence, hint = (translate(text, language) for text in (self.message_template, self.hint_template))
        return sentence.format(**values), hint.format(**values)

    def as_json(self) -> dict[str, object]:
        """Return what commands print."""
        return {
            "outcome": self.outcome,
            "rows_read": self.rows_read,
            "rows_loaded": self.rows_loaded,
            "rows_rejected": self.rows_rejected,
            "rows_duplicate": self.rows_duplicate,
            "batch_id": self.batch_id,
            "message": self.message,
            "hint": self.hint,
            "questions": [_question_as_json(question) for question in self.questions],
            "notes": dict(self.notes),
            "changes": asdict(self.changes),
        }


def _question_as_json(question: Question) -> dict[str, object]:
    return {
        "id": question.id,
        "text": question.text,
        "options": [{"value": option.value, "label": option.label} for option in question.options],
        "examples": list(question.examples),
        "free_text": question.free_text,
    }
