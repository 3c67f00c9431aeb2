"""The errors that fraudkit raises: one clear sentence and a hint on what to do, in the reader's language."""

from __future__ import annotations

from fraudkit.words import DEFAULT_LANGUAGE, Language, translate


class FraudkitError(Exception):
    """Something a person can act on.

    Parameters
    ----------
    message
        One marked sentence that says what is wrong; `{name}` is filled from `values`.
    hint
        What to do about it, a marked sentence as well; shown below the message.
    **values
        What fills the gaps of both sentences.

    Examples
    --------
    >>> error = FraudkitError("There is no case {case_id}.", "Open the queue.", case_id=7)
    >>> str(error)
    'There is no case 7.'
    """

    def __init__(self, message: str, hint: str = "", **values: object) -> None:
        self.template = message
        self.hint_template = hint
        self.values = values
        super().__init__(self.message)

    @property
    def message(self) -> str:
        """The sentence in English, as logs and commands write it."""
        return _fill(self.template, self.values)

    @property
    def hint(self) -> str:
        """The hint in English."""
        return _fill(self.hint_template, self.values)

    def localised(self, language: Language = DEFAULT_LANGUAGE) -> tuple[str, str]:
        """Return message and hint in the reader's language."""
        return (
            _fill(translate(self.template, language), self.values),
            _fill(translate(self.hint_template, language), self.values),
        )


def _fill(template: str, values: dict[str, object]) -> str:
    return template.format(**values) if values else template


class InvalidInputError(FraudkitError):
    """A value handed in by a person, a file or a caller cannot be used."""


class NotFoundError(FraudkitError):
    """What was asked for does not exist."""


class ConflictError(FraudkitError):
    """Somebody else changed the same thing first; nothing was written."""


class PermissionDeniedError(FraudkitError):
    """The actor's role does not allow this."""


class DatabaseError(FraudkitError):
    """The database cannot be opened or written."""


class ModelError(FraudkitError):
    """A model artifact cannot be trusted or does not fit the data."""


class SourceError(FraudkitError):
    """A configured source cannot be reached, read or understood."""
