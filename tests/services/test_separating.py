"""Matches across files: listed as already known, and declared transactions of their own by a person."""

from __future__ import annotations

from pathlib import Path

import pytest

from fraudkit.domain import Actor
from fraudkit.errors import ConflictError, InvalidInputError, NotFoundError
from fraudkit.services import auditing, importing, separating, withdrawing
from fraudkit.services.workbench import Workbench
from tests.ingest.helpers import amounts, load, stored

EVA = Actor("Eva")
MORNING = "fecha,monto,cliente\n2024-02-01 08:00,5,c1\n2024-02-01 08:00,5,c1\n2024-02-01 09:00,7,c2\n"
EVENING = "fecha,monto,cliente\n2024-02-01 08:00,5,c1\n2024-02-01 19:00,9,c3\n2024-02-01 09:00,7,c2\n"


def listed(workbench: Workbench, batch_id: int) -> list[tuple[int, int, int]]:
    rows = separating.repeated(workbench, batch_id).rows
    return [(row["source_row"], row["known_batch"], row["known_row"]) for row in rows]


def test_known_rows_are_listed_with_what_they_repeat(workbench: Workbench, tmp_path: Path) -> None:
    load(workbench, tmp_path, MORNING)
    second = load(workbench, tmp_path, EVENING)
    assert (second.rows_loaded, second.rows_duplicate) == (1, 2)
    assert listed(workbench, 2) == [(2, 1, 2), (4, 1, 4)]
    assert separating.repeated(workbench, 1).rows == ()


def test_a_row_is_declared_separate_as_a_batch_of_its_own(workbench: Workbench, tmp_path: Path) -> None:
    load(workbench, tmp_path, MORNING)
    load(workbench, tmp_path, EVENING)
    done = separating.separate(workbench, 2, [2], EVA)
    assert (done.outcome, done.rows_loaded, done.batch_id) == ("load", 1, 3)
    assert amounts(workbench) == ["5.00", "5.00", "7.00", "9.00", "5.00"]
    rows = stored(workbench)
    content = rows[0]["transaction_id"][:33]
    assert [row["transaction_id"] for row in rows if row["transaction_id"].startswith(content)] == [
        f"{content}-1", f"{content}-2", f"{content}-3",
    ]  # fmt: skip
    assert len({row["position"] for row in rows}) == 5
    assert listed(workbench, 2) == [(4, 1, 4)]
    newest = importing.batches(workbench)[0]
    assert (newest["separates"], newest["actor"], newest["rows_read"]) == ("2", "Eva", 1)
    with pytest.raises(InvalidInputError):
        separating.separate(workbench, 2, [2], EVA)
    assert not auditing.verify(workbench).verification.findings


def test_what_was_declared_can_be_withdrawn_and_declared_again(workbench: Workbench, tmp_path: Path) -> None:
    load(workbench, tmp_path, MORNING)
    load(workbench, tmp_path, EVENING)
    first = separating.separate(workbench, 2, [2, 4], EVA)
    assert first.rows_loaded == 2
    withdrawing.withdraw(workbench, 3, EVA)
    assert listed(workbench, 2) == [(2, 1, 2), (4, 1, 4)]
    again = separating.separate(workbench, 2, [4], EVA)
    identifiers = [row["transaction_id"] for row in stored(workbench)]
    assert again.rows_loaded == 1
    assert len(set(identifiers)) == len(identifiers)
    assert identifiers[-1].endswith("-3"), "a number that was once given is not given again"


def test_the_same_identifier_is_the_same_transaction(workbench: Workbench, tmp_path: Path) -> None:
    header = "transaction_id,fecha,monto\n"
    load(workbench, tmp_path, f"{header}a,2024-02-01,5\n")
    load(workbench, tmp_path, f"{header}a,2024-02-01,5\nb,2024-02-01,6\n")
    (row,) = separating.repeated(workbench, 2).rows
    assert row["has_identifier"]
    with pytest.raises(InvalidInputError):
        separating.separate(workbench, 2, [2], EVA)


def test_only_what_is_there_can_be_declared(workbench: Workbench, tmp_path: Path) -> None:
    load(workbench, tmp_path, MORNING)
    load(workbench, tmp_path, EVENING)
    with pytest.raises(NotFoundError):
        separating.separate(workbench, 9, [2], EVA)
    with pytest.raises(InvalidInputError):
        separating.separate(workbench, 2, [], EVA)
    with pytest.raises(InvalidInputError):
        separating.separate(workbench, 2, [3], EVA)
    withdrawing.withdraw(workbench, 2, EVA)
    with pytest.raises(ConflictError):
        separating.separate(workbench, 2, [2], EVA)


def test_a_later_file_with_the_same_row_meets_what_was_declared(workbench: Workbench, tmp_path: Path) -> None:
    load(workbench, tmp_path, MORNING)
    load(workbench, tmp_path, EVENING)
    separating.separate(workbench, 2, [2], EVA)
    again = load(workbench, tmp_path, EVENING + "2024-02-02 10:00,1,c1\n")
    assert (again.rows_loaded, again.rows_duplicate) == (1, 3)
