"""The errors that fraudkit raises: one clear sentence and a hint on what to do."""

from __future__ import annotations


class FraudkitError(Exception):
    """Something a person can act on.

    Parameters
    ----------
    message
        One sentence that says what is wrong.
    hint
        What to do about it; shown below the message.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


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
