"""What is read ahead is found again, until data come or go."""

from __future__ import annotations

from fraudkit.services.keeping import MOST, kept_while_data_last
from fraudkit.services.workbench import Workbench

CALLS: list[tuple[str, int]] = []


@kept_while_data_last
def reading(_workbench: Workbench, name: str, days: int = 1) -> str:
    CALLS.append((name, days))
    return f"{name} {days}"


def test_a_result_is_read_once_for_its_arguments(workbench: Workbench) -> None:
    CALLS.clear()
    assert [reading(workbench, "a"), reading(workbench, "a"), reading(workbench, "a", days=2)] == [
        "a 1",
        "a 1",
        "a 2",
    ]
    assert CALLS == [("a", 1), ("a", 2)]


def test_new_data_make_it_read_anew(workbench: Workbench) -> None:
    CALLS.clear()
    reading(workbench, "a")
    with workbench.database.write() as cursor:
        cursor.execute("INSERT INTO batch_event VALUES (1, 'withdrawn', '{}', 'Ana', 'lead', 1)")
    reading(workbench, "a")
    assert len(CALLS) == 2


def test_only_so_much_is_kept_and_the_oldest_goes_first(workbench: Workbench) -> None:
    CALLS.clear()
    for place in range(MOST + 1):
        reading(workbench, str(place))
    reading(workbench, "0")
    reading(workbench, str(MOST))
    assert len(CALLS) == MOST + 2
