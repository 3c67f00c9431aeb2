"""Who may do what, declared once; services ask before they write, whatever a page shows."""

from __future__ import annotations

from typing import Final, Literal, get_args

from fraudkit.domain import Actor, Role
from fraudkit.errors import PermissionDeniedError
from fraudkit.words import N_

Permission = Literal[
    "review",
    "approve",
    "take_escalated",
    "wait_beyond_due",
    "assign",
    "prioritise",
    "undo_of_others",
    "reopen",
    "set_policies",
]
PERMISSIONS: Final[tuple[Permission, ...]] = get_args(Permission)

_REVIEWING: Final[tuple[Role, ...]] = ("analyst", "lead", "administrator")
_LEADING: Final[tuple[Role, ...]] = ("lead", "manager")
ALLOWED: Final[dict[Permission, tuple[Role, ...]]] = {
    "review": _REVIEWING,
    "approve": _LEADING,
    "take_escalated": ("lead",),
    "wait_beyond_due": ("lead",),
    "assign": _LEADING,
    "prioritise": _LEADING,
    "undo_of_others": _LEADING,
    "reopen": _LEADING,
    "set_policies": ("lead", "administrator"),
}
"""Which roles hold which permission."""


def holds(actor: Actor, permission: Permission) -> bool:
    """Return whether the actor's role holds a permission."""
    return actor.role in ALLOWED[permission]


def require(actor: Actor, permission: Permission) -> None:
    """Refuse what the actor's role does not allow.

    Raises
    ------
    PermissionDeniedError
        When the role does not hold the permission.
    """
    if not holds(actor, permission):
        raise PermissionDeniedError(
            N_("Your role does not allow this; nothing was written."),
            N_("Ask a team lead to do it."),
        )
