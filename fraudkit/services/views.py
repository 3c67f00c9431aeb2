"""Saved views: a filter of the queue under a name, for oneself or, by a lead, for everybody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from fraudkit.domain import Actor
from fraudkit.errors import InvalidInputError, NotFoundError, PermissionDeniedError
from fraudkit.ingest.card_key import load_key
from fraudkit.ingest.card_numbers import mask_text
from fraudkit.services.workbench import Workbench
from fraudkit.store import Cursor, views
from fraudkit.store.views import View
from fraudkit.words import N_

LONGEST_NAME: Final = 60
_UNDOABLE: Final = ("saved", "renamed", "shared", "unshared", "deleted")

__all__ = ["LONGEST_NAME", "View", "delete", "may_change", "rename", "save", "share", "undo", "visible"]


def visible(workbench: Workbench, actor: Actor) -> list[View]:
    """Return the actor's own views and the shared ones, by name."""
    with workbench.database.read() as cursor:
        return [view for view in views.standing(cursor) if view.is_shared or view.owner == actor.name]


def save(workbench: Workbench, actor: Actor, name: str, chosen: Mapping[str, str]) -> View:
    """Keep filters under a name; the actor's own view of that name is replaced.

    Raises
    ------
    InvalidInputError
        When the name is empty or too long.
    """
    called = _name(workbench, name)
    with workbench.database.write() as cursor:
        own = (view for view in views.standing(cursor) if view.owner == actor.name)
        former = next((view for view in own if view.name.casefold() == called.casefold()), None)
        number = former.view_id if former else views.new_number(cursor)
        shared = former.is_shared if former else False
        view = View(number, called, actor.name, shared, dict(chosen))
        views.append(cursor, "saved", view, actor)
    return view


def rename(workbench: Workbench, actor: Actor, view_id: int, name: str) -> View:
    """Call a view otherwise.

    Raises
    ------
    InvalidInputError
        When the name is empty or too long.
    NotFoundError, PermissionDeniedError
        When there is no such view, or it is not the actor's to change.
    """
    called = _name(workbench, name)
    with workbench.database.write() as cursor:
        view = replace(_changeable(cursor, actor, view_id), name=called)
        views.append(cursor, "renamed", view, actor)
    return view


def share(workbench: Workbench, actor: Actor, view_id: int, *, shared: bool) -> View:
    """Show a view to everybody, or to its owner only.

    Raises
    ------
    NotFoundError, PermissionDeniedError
        When there is no such view, or the actor is no lead.
    """
    if actor.role == "analyst":
        raise PermissionDeniedError(
            N_("Only a team lead shares views with everybody."), N_("Ask your lead to share it.")
        )
    with workbench.database.write() as cursor:
        view = replace(_changeable(cursor, actor, view_id), is_shared=shared)
        views.append(cursor, "shared" if shared else "unshared", view, actor)
    return view


def delete(workbench: Workbench, actor: Actor, view_id: int) -> View:
    """Take a view away; `undo` brings it back.

    Raises
    ------
    NotFoundError, PermissionDeniedError
        When there is no such view, or it is not the actor's to change.
    """
    with workbench.database.write() as cursor:
        view = _changeable(cursor, actor, view_id)
        views.append(cursor, "deleted", view, actor)
    return view


def undo(workbench: Workbench, actor: Actor, view_id: int) -> View:
    """Take the actor's last change of a view back.

    Raises
    ------
    NotFoundError
        When there is nothing of the actor's to take back.
    """
    with workbench.database.write() as cursor:
        course = views.course(cursor, view_id)
        undoable = course and course[-1][0] in _UNDOABLE and course[-1][1] == actor.name
        before = course[-1][2] if undoable and course[-1][0] == "deleted" else None
        if before is None and undoable and len(course) > 1:
            before = course[-2][2]
        if before is None:
            raise NotFoundError(
                N_("There is no change of this view to take back."), N_("Change the view itself.")
            )
        views.append(cursor, "restored", before, actor)
    return before


def may_change(view: View, actor: Actor) -> bool:
    """Return whether a view is the actor's to change: one's own, or a shared one for a lead."""
    return view.owner == actor.name or (view.is_shared and actor.role != "analyst")


def _changeable(cursor: Cursor, actor: Actor, view_id: int) -> View:
    view = next((view for view in views.standing(cursor) if view.view_id == view_id), None)
    if view is None or not (view.is_shared or view.owner == actor.name):
        raise NotFoundError(N_("There is no such view any more."), N_("Choose another one."))
    if not may_change(view, actor):
        raise PermissionDeniedError(
            N_("The view “{name}” is shared by {owner}."),
            N_("Save your own view under another name."),
            name=view.name,
            owner=view.owner,
        )
    return view


def _name(workbench: Workbench, name: str) -> str:
    called = mask_text(" ".join(name.split()), load_key(workbench.settings.card_key))
    if not called or len(called) > LONGEST_NAME:
        raise InvalidInputError(
            N_("A view needs a name of at most {longest} characters."),
            N_("Say what it shows, such as “Large night transfers”."),
            longest=LONGEST_NAME,
        )
    return called
