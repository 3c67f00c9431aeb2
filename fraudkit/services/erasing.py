"""Erasure of a customer's personal data: what goes, what stays, and one event that says that it was done.

The operations stay for the figures, under a new name that is drawn at random and leads nowhere; what people
wrote and attached goes. The audit chain stays whole.
"""

from __future__ import annotations

import secrets
from dataclasses import asdict, dataclass
from typing import Final

from fraudkit import workflow
from fraudkit.domain import Actor, Progress, Role, silent
from fraudkit.errors import (
    ConflictError,
    DatabaseError,
    InvalidInputError,
    NotFoundError,
    PermissionDeniedError,
)
from fraudkit.ingest.card_key import load_key
from fraudkit.ingest.card_numbers import mask_text
from fraudkit.services.workbench import Workbench
from fraudkit.store import Cursor, erasing
from fraudkit.words import N_

MAY_ERASE: Final[tuple[Role, ...]] = ("administrator",)
LONGEST_REASON: Final = 200
_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz"
_LENGTH: Final = 14


@dataclass(frozen=True, slots=True)
class Preview:
    """What an erasure would change.

    Parameters
    ----------
    customer_id
        Whose data.
    transactions, cases
        Operations that get a new name, and cases that hold them; both stay.
    accounts, cards, devices
        Things that nobody else uses; they get new names.
    labels, notes, files, rejected
        Notes and screens of verdicts, notes, attached files and rejected rows that are emptied.
    open_cases
        Cases that are not closed yet: while there is one, nothing is erased.
    """

    customer_id: str
    transactions: int
    cases: int
    accounts: int
    cards: int
    devices: int
    labels: int
    notes: int
    files: int
    rejected: int
    open_cases: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Erased:
    """What an erasure did.

    Parameters
    ----------
    new_name
        The name under which the operations stay.
    counts
        How many rows of each kind were changed.
    left_in
        Columns in which the customer's names still stand, such as a setting that names them.
    is_rewritten
        Whether the file was written anew, so that no byte of the old values is left in it.
    """

    new_name: str
    counts: dict[str, int]
    left_in: tuple[str, ...]
    is_rewritten: bool


def preview(workbench: Workbench, actor: Actor, customer_id: str) -> Preview:
    """Return what the erasure of a customer would change.

    Raises
    ------
    PermissionDeniedError
        When the actor is no administrator.
    NotFoundError
        When no operation names the customer.
    """
    _require(actor)
    with workbench.database.read() as cursor:
        return _preview(cursor, customer_id)


def erase_customer(
    workbench: Workbench,
    actor: Actor,
    customer_id: str,
    confirmation: str,
    reason: str,
    progress: Progress = silent,
) -> Erased:
    """Erase a customer's personal data.

    Parameters
    ----------
    workbench
        The open workbench.
    actor
        An administrator.
    customer_id
        Whose data.
    confirmation
        The customer's identifier once more, as a person typed it.
    reason
        The request or rule behind it; it stays, so it names nobody.
    progress
        Told how far it is.

    Raises
    ------
    PermissionDeniedError
        When the actor is no administrator.
    InvalidInputError
        When the confirmation differs, or there is no reason.
    NotFoundError
        When no operation names the customer.
    ConflictError
        When a case of the customer is still open.
    """
    _require(actor)
    reason = mask_text(reason.strip(), load_key(workbench.settings.card_key))[:LONGEST_REASON]
    _require_confirmed(customer_id, confirmation, reason)
    progress(0.1, N_("Erasing"))
    with workbench.database.write() as cursor:
        found = _preview(cursor, customer_id)
        if found.open_cases:
            raise ConflictError(
                N_("Case {case_id} of this customer is still open; nothing was erased."),
                N_("Close the customer's cases first."),
                case_id=found.open_cases[0],
            )
        renamed = {named: _new_name() for named in erasing.names(cursor, customer_id)}
        counts = _erase(cursor, actor, customer_id, renamed, found)
        known = [name for _, name in renamed]
        left = erasing.left_in(cursor, known)
        new_name = renamed["customer", customer_id]
        erasing.append(cursor, new_name, counts, reason.replace(customer_id, new_name), actor)
    progress(0.5, N_("Writing the file anew"))
    return Erased(new_name, counts, tuple(left), _rewritten(workbench))


def compact(workbench: Workbench, actor: Actor) -> None:
    """Write the database's file anew, so that nothing that was erased stays in it.

    Raises
    ------
    PermissionDeniedError
        When the actor is no administrator.
    DatabaseError
        When somebody reads all the time.
    """
    _require(actor)
    workbench.database.rewrite()


def _preview(cursor: Cursor, customer_id: str) -> Preview:
    transactions = erasing.transactions(cursor, customer_id)
    if not transactions:
        raise NotFoundError(
            N_("No operation names “{identifier}”."),
            N_("Search for a part of it; the field stands at the top of every screen."),
            identifier=customer_id,
        )
    named = erasing.names(cursor, customer_id)
    cases = erasing.cases(cursor, transactions)
    kinds = [kind for kind, _ in named]
    with cursor.registered("erased_name", erasing.as_frame(dict.fromkeys(named, ""))):
        notes = erasing.notes(cursor, [row["case_id"] for row in cases], transactions)
    return Preview(
        customer_id,
        len(transactions),
        len(cases),
        kinds.count("account"),
        kinds.count("card"),
        kinds.count("device"),
        len(erasing.labels(cursor, transactions)),
        len(notes),
        sum(row["file_kind"] is not None for row in notes),
        erasing.rejected(cursor, [name for _, name in named]),
        tuple(row["case_id"] for row in cases if row["status"] in workflow.OPEN_STATUSES),
    )


def _erase(
    cursor: Cursor, actor: Actor, customer_id: str, renamed: erasing.Names, found: Preview
) -> dict[str, int]:
    transactions = erasing.transactions(cursor, customer_id)
    known = [name for _, name in renamed]
    case_ids = [row["case_id"] for row in erasing.cases(cursor, transactions)]
    with cursor.registered("erased_name", erasing.as_frame(renamed)):
        erasing.empty_labels(cursor, erasing.labels(cursor, transactions), actor)
        erasing.empty_proposals(cursor, transactions)
        erasing.empty_notes(cursor, erasing.notes(cursor, case_ids, transactions), renamed, actor)
        erasing.empty_rejected(cursor, known)
        exports = erasing.empty_exports(cursor, known, actor)
        events = erasing.rename_cases(cursor, case_ids, renamed, actor)
        erasing.rename_rows(cursor)
        erasing.rename_reports(cursor, renamed)
    counts = {name: value for name, value in asdict(found).items() if isinstance(value, int)}
    return {**counts, "exports": exports, "case_events": events}


def _rewritten(workbench: Workbench) -> bool:
    try:
        workbench.database.rewrite()
    except DatabaseError:
        return False
    return True


def _require_confirmed(customer_id: str, confirmation: str, reason: str) -> None:
    if confirmation.strip() != customer_id:
        raise InvalidInputError(
            N_("What was typed is not the customer's identifier; nothing was erased."),
            N_("Type the identifier exactly as it stands there."),
        )
    if not reason:
        raise InvalidInputError(
            N_("An erasure needs a reason; nothing was erased."),
            N_("Name the request or the rule behind it."),
        )


def _new_name() -> str:
    return "erased-" + "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))


def _require(actor: Actor) -> None:
    if actor.role not in MAY_ERASE:
        raise PermissionDeniedError(
            N_("Only an administrator may erase personal data."), N_("Ask an administrator.")
        )
