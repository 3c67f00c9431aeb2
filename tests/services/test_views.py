"""Saved views: one's own, shared ones, and every change taken back."""

from __future__ import annotations

import pytest

from fraudkit.domain import Actor
from fraudkit.errors import InvalidInputError, NotFoundError, PermissionDeniedError
from fraudkit.services import views
from fraudkit.services.workbench import Workbench

ANA, LUIS, ROSA = Actor("Ana"), Actor("Luis"), Actor("Rosa", "lead")


def names(workbench: Workbench, actor: Actor) -> list[str]:
    return [view.name for view in views.visible(workbench, actor)]


def test_a_view_is_its_owners_until_a_lead_shares_it(workbench: Workbench) -> None:
    views.save(workbench, ANA, "  Night   transfers ", {"channel": "wallet"})
    large = views.save(workbench, ROSA, "Large", {"from": "5000"})
    assert (names(workbench, ANA), names(workbench, LUIS)) == (["Night transfers"], [])
    views.share(workbench, ROSA, large.view_id, shared=True)
    assert names(workbench, ANA) == ["Large", "Night transfers"]
    assert views.visible(workbench, LUIS)[0].chosen == {"from": "5000"}
    views.share(workbench, ROSA, large.view_id, shared=False)
    assert names(workbench, LUIS) == []


def test_the_same_name_replaces_ones_own_view_only(workbench: Workbench) -> None:
    first = views.save(workbench, ANA, "Mine", {"status": "open"})
    again = views.save(workbench, ANA, "mine", {"status": "all"})
    other = views.save(workbench, LUIS, "Mine", {"status": "closed"})
    assert first.view_id == again.view_id != other.view_id
    assert [view.chosen for view in views.visible(workbench, ANA)] == [{"status": "all"}]


def test_deleting_and_renaming_are_taken_back(workbench: Workbench) -> None:
    view = views.save(workbench, ANA, "Mine", {"status": "open"})
    views.rename(workbench, ANA, view.view_id, "Other")
    views.undo(workbench, ANA, view.view_id)
    assert names(workbench, ANA) == ["Mine"]
    views.delete(workbench, ANA, view.view_id)
    assert names(workbench, ANA) == []
    assert views.undo(workbench, ANA, view.view_id) == view
    assert names(workbench, ANA) == ["Mine"]
    with pytest.raises(NotFoundError):
        views.undo(workbench, ANA, view.view_id)


def test_what_is_not_ones_own_is_not_changed(workbench: Workbench) -> None:
    view = views.save(workbench, ROSA, "Large", {})
    with pytest.raises(NotFoundError):
        views.delete(workbench, ANA, view.view_id)
    views.share(workbench, ROSA, view.view_id, shared=True)
    with pytest.raises(PermissionDeniedError, match="Rosa"):
        views.rename(workbench, ANA, view.view_id, "Hers")
    with pytest.raises(PermissionDeniedError):
        views.share(workbench, ANA, view.view_id, shared=False)
    with pytest.raises(NotFoundError):
        views.undo(workbench, ANA, view.view_id)
    assert names(workbench, ANA) == ["Large"]


@pytest.mark.parametrize("name", ["", "   ", "x" * 61])
def test_a_view_needs_a_name(workbench: Workbench, name: str) -> None:
    with pytest.raises(InvalidInputError):
        views.save(workbench, ANA, name, {})
    assert names(workbench, ANA) == []


def test_a_card_number_in_a_name_is_masked(workbench: Workbench) -> None:
    view = views.save(workbench, ANA, "card 4111 1111 1111 1111", {})
    assert "4111 1111 1111 1111" not in view.name


def test_every_change_is_an_audited_event(workbench: Workbench) -> None:
    view = views.save(workbench, ROSA, "Large", {})
    views.share(workbench, ROSA, view.view_id, shared=True)
    views.delete(workbench, ROSA, view.view_id)
    views.undo(workbench, ROSA, view.view_id)
    with workbench.database.read() as cursor:
        actions = cursor.rows("SELECT action, actor FROM audit_entry ORDER BY entry_id")
    assert [row["action"] for row in actions] == [
        "view.saved",
        "view.shared",
        "view.deleted",
        "view.restored",
    ]
    assert {row["actor"] for row in actions} == {"Rosa"}
