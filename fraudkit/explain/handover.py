"""The handover note: what one did, what waits on whom, what falls due before ten the next morning."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fraudkit.domain import Verdict
from fraudkit.explain.formats import Formats
from fraudkit.words import N_


@dataclass(frozen=True, slots=True)
class Decided:
    """Cases decided with one verdict today; only frauds carry money."""

    verdict: Verdict
    cases: int
    amount: float


@dataclass(frozen=True, slots=True)
class Fraud:
    """One case that was decided as fraud."""

    case_id: int
    who: str
    amount: float


@dataclass(frozen=True, slots=True)
class Left:
    """One case that is left, and on whom or what it waits.

    Parameters
    ----------
    case_id, who
        The case and whose it is.
    amount
        Open, in base currency.
    what
        Why it is not done, in the reader's words.
    until
        The moment that matters, as the reader writes it; empty when there is none.
    """

    case_id: int
    who: str
    amount: float
    what: str
    until: str = ""


@dataclass(frozen=True, slots=True)
class Handover:
    """Everything that the note says.

    Parameters
    ----------
    actor, day, before
        Who hands over, on which day, and the next morning's ten o'clock; as the reader writes them.
    currency
        Of all sums.
    decided, frauds
        What was done.
    minutes
        Median for one case; None when none was measured.
    left
        What waits on whom, and what is still in hand.
    due
        What falls due before `before`.
    due_more
        How many more than those named.
    """

    actor: str
    day: str
    before: str
    currency: str
    decided: Sequence[Decided]
    frauds: Sequence[Fraud]
    minutes: float | None
    left: Sequence[Left]
    due: Sequence[Left]
    due_more: int = 0


_DECIDED = {
    "fraud": (N_("{count} case of fraud, {amount}"), N_("{count} cases of fraud, {amount}")),
    "genuine": (N_("{count} genuine case"), N_("{count} genuine cases")),
    "undetermined": (N_("{count} undetermined case"), N_("{count} undetermined cases")),
}


def note(told: Handover, formats: Formats) -> str:
    """Return the note as plain text, which a person may change before it is sent."""
    words = formats.words
    blocks = [
        words(N_("Handover of {actor}, {day}"), actor=told.actor, day=told.day),
        _block(words(N_("What I did")), _done(told, formats)),
        _block(
            words(N_("What waits, and on whom")),
            [_left(item, told, formats) for item in told.left]
            or [words(N_("Nothing: I leave no case behind."))],
        ),
        _block(
            words(N_("What falls due before {moment}"), moment=told.before),
            _due(told, formats) or [words(N_("Nothing."))],
        ),
    ]
    return "\n\n".join(blocks) + "\n"


def _done(told: Handover, formats: Formats) -> list[str]:
    words = formats.words
    if not told.decided:
        return [words(N_("I decided no case today."))]
    lines = [
        formats.plural(
            *_DECIDED[found.verdict], found.cases, amount=formats.amount(found.amount, told.currency)
        )
        for found in told.decided
    ]
    lines += [
        words(
            N_("Case {case_id}, {who}: fraud, {amount}"),
            case_id=fraud.case_id,
            who=fraud.who,
            amount=formats.amount(fraud.amount, told.currency),
        )
        for fraud in told.frauds
    ]
    if told.minutes is not None:
        lines.append(
            words(N_("Median time for one case: {minutes} min"), minutes=formats.fixed(told.minutes, 1))
        )
    return lines


def _due(told: Handover, formats: Formats) -> list[str]:
    lines = [_left(item, told, formats) for item in told.due]
    if told.due_more:
        lines.append(formats.plural(N_("and {count} more case"), N_("and {count} more cases"), told.due_more))
    return lines


def _left(item: Left, told: Handover, formats: Formats) -> str:
    line = formats.words(
        N_("Case {case_id}, {who}, {amount}: {what}"),
        case_id=item.case_id,
        who=item.who,
        amount=formats.amount(item.amount, told.currency),
        what=item.what,
    )
    return f"{line}, {item.until}" if item.until else line


def _block(title: str, lines: Sequence[str]) -> str:
    return "\n".join([title, *(f"- {line}" for line in lines)])
