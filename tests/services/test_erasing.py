from __future__ import annotations

import threading
from pathlib import Path

import pytest

from fraudkit import workflow
from fraudkit.config import Settings
from fraudkit.domain import Actor
from fraudkit.errors import (
    ConflictError,
    DatabaseError,
    InvalidInputError,
    NotFoundError,
    PermissionDeniedError,
)
from fraudkit.services import auditing, deciding, entities, erasing, exporting, notes, reviewing
from fraudkit.services.exporting import Table
from fraudkit.services.notes import Upload
from fraudkit.services.workbench import Workbench, head_path
from fraudkit.store import cases
from tests.services.ledger import add_alerts, add_transactions

ADMINISTRATOR = Actor("Rosa", "administrator")
CUSTOMER = "CL-JUANA-7788"
ACCOUNT = "CT-OWN-5544332"
SHARED = "CT-JOINT-99"
DEVICE = "DI-JUANA-PHONE"
SECRETS = (
    CUSTOMER,
    ACCOUNT,
    DEVICE,
    "Calle-Lima-123",
    "203.0.113.77",
    "Arequipa-Cayma",
    "juana@example",
    "voucher-juana",
    "ATTACHED-SECRET",
    "remark-about-her",
)


@pytest.fixture
def decided(workbench: Workbench, analyst: Actor) -> Workbench:
    """A customer with a closed case, notes, a file, an export and rejected rows; and a neighbour."""
    identifiers = add_transactions(workbench, [CUSTOMER] * 40 + ["OTHER"] * 3)
    with workbench.database.write() as cursor:
        cursor.execute(
            "UPDATE transactions SET account_id = CASE WHEN position % 2 = 0 THEN ? ELSE ? END, "
            "device_id = ?, ip_address = '203.0.113.77', customer_location = 'Arequipa-Cayma', "
            'other_columns = \'{"mail":"juana@example"}\' WHERE customer_id = ?',
            [ACCOUNT, SHARED, DEVICE, CUSTOMER],
        )
        cursor.execute(
            "UPDATE transactions SET account_id = ?, counterparty_account = ? WHERE customer_id = 'OTHER'",
            [SHARED, ACCOUNT],
        )
        cursor.execute(
            "INSERT INTO rejected_row VALUES (1, 9, 'x', 'y', ?, ?), (1, 10, 'x', 'y', 'v', 'somebody else')",
            [CUSTOMER, f"9;{CUSTOMER};100,00"],
        )
    add_alerts(workbench, identifiers[:2], [3.0, 2.0])
    version = reviewing.case_view(workbench, 1).state.version
    deciding.decide(workbench, analyst, 1, version, "genuine", "travel", note="lives at Calle-Lima-123")
    upload = Upload("voucher-juana.txt", b"ATTACHED-SECRET")
    notes.write(workbench, analyst, ("customer", CUSTOMER), "remark-about-her", case_id=1, upload=upload)
    notes.write(workbench, analyst, ("customer", "OTHER"), "stays")
    table = Table("operations", ["a"], [], f"customer {CUSTOMER}")
    exporting.make(workbench, analyst, table, "csv")
    return workbench


def erase(workbench: Workbench) -> erasing.Erased:
    return erasing.erase_customer(workbench, ADMINISTRATOR, CUSTOMER, CUSTOMER, "Request 2026-114")


def bytes_of(settings: Settings) -> bytes:
    """Return every byte of the folder that the database lies in, its log and head included."""
    return b"\n".join(path.read_bytes() for path in settings.database.parent.glob("fraudkit.duckdb*"))


def test_nothing_of_the_customer_is_left_in_the_bytes_and_the_chain_is_whole(
    decided: Workbench, settings: Settings
) -> None:
    decided.database.checkpoint()
    before = bytes_of(settings)
    assert all(secret.encode() in before for secret in SECRETS), "the search for bytes finds nothing"
    done = erase(decided)
    assert done.is_rewritten
    assert done.left_in == ()
    decided.database.checkpoint()
    after = bytes_of(settings)
    assert [secret for secret in SECRETS if secret.encode() in after] == []
    assert b"stays" in after
    report = auditing.verify(decided)
    assert report.is_whole, report.as_json()
    assert report.verification.erased >= 4


def test_the_operations_stay_under_a_name_that_leads_nowhere(decided: Workbench) -> None:
    before = entities.entity(decided, "customer", CUSTOMER)
    done = erase(decided)
    after = entities.entity(decided, "customer", done.new_name)
    assert (after.operations, after.sums[0]["amount"]) == (before.operations, before.sums[0]["amount"])
    assert [row["case_id"] for row in after.cases] == [1]
    assert {row["verdict"] for row in after.standing.values()} == {"genuine"}
    assert "juana" not in done.new_name.lower()
    with pytest.raises(NotFoundError):
        entities.entity(decided, "customer", CUSTOMER)
    other = entities.entity(decided, "customer", "OTHER")
    assert other.operations == 3
    shared = entities.operations(decided, other)
    assert {row["account_id"] for row in shared} == {SHARED}
    assert all(str(row["counterparty_account"]).startswith("erased-") for row in shared)


def test_the_cases_are_still_what_their_events_add_up_to(decided: Workbench) -> None:
    done = erase(decided)
    with decided.database.read() as cursor:
        projected = workflow.project(cases.events(cursor))
        assert projected[1] == cases.state(cursor, 1)
    assert projected[1].entity_id == done.new_name


def test_one_event_says_that_it_was_done_and_names_nobody(decided: Workbench) -> None:
    done = erase(decided)
    with decided.database.read() as cursor:
        event = cursor.row("SELECT * FROM erasure_event")
        entry = cursor.row("SELECT action, actor FROM audit_entry ORDER BY entry_id DESC LIMIT 1")
    assert event is not None
    assert (event["new_name"], event["reason"]) == (done.new_name, "Request 2026-114")
    assert CUSTOMER not in str(event)
    assert entry == {"action": "erasure.customer", "actor": "Rosa"}


def test_the_preview_says_what_goes(decided: Workbench) -> None:
    found = erasing.preview(decided, ADMINISTRATOR, CUSTOMER)
    assert (found.transactions, found.cases, found.accounts, found.devices) == (40, 1, 1, 1)
    assert (found.labels, found.notes, found.files, found.rejected) == (2, 1, 1, 1)
    assert found.open_cases == ()


def test_refusals_change_nothing(decided: Workbench, analyst: Actor) -> None:
    with pytest.raises(PermissionDeniedError):
        erasing.erase_customer(decided, Actor("Luis", "lead"), CUSTOMER, CUSTOMER, "r")
    with pytest.raises(PermissionDeniedError):
        erasing.preview(decided, analyst, CUSTOMER)
    with pytest.raises(InvalidInputError, match="not the customer's identifier"):
        erasing.erase_customer(decided, ADMINISTRATOR, CUSTOMER, "CL", "r")
    with pytest.raises(InvalidInputError, match="needs a reason"):
        erasing.erase_customer(decided, ADMINISTRATOR, CUSTOMER, CUSTOMER, " ")
    with pytest.raises(NotFoundError):
        erasing.erase_customer(decided, ADMINISTRATOR, "nobody", "nobody", "r")
    add_alerts(decided, ["T3"], [1.0], first=3)
    with pytest.raises(ConflictError, match="still open"):
        erase(decided)
    assert entities.entity(decided, "customer", CUSTOMER).operations == 40


def test_the_file_written_anew_opens_again_and_numbers_go_on(
    decided: Workbench, settings: Settings, analyst: Actor
) -> None:
    erase(decided)
    number = notes.write(decided, analyst, ("customer", "OTHER"), "after")
    assert number == 3
    decided.close()
    assert head_path(settings, settings.database).exists()
    reopened = Workbench.open(settings)
    assert auditing.verify(reopened).is_whole
    assert [note.body for note in notes.about(reopened, [("customer", "OTHER")])] == ["stays", "after"]
    reopened.close()


def test_a_reader_is_waited_for_and_never_cut_off(decided: Workbench) -> None:
    with decided.database.read() as cursor:
        with pytest.raises(DatabaseError, match="Somebody reads the database"):
            decided.database.rewrite(patience_seconds=0.05)
        assert cursor.value("SELECT count(*) FROM transactions") == 43
    decided.database.rewrite()


def test_readers_during_a_rewrite_see_the_same_rows(decided: Workbench) -> None:
    counts: list[int] = []
    stop = threading.Event()

    def read() -> None:
        while not stop.is_set():
            with decided.database.read() as cursor:
                counts.append(cursor.value("SELECT count(*) FROM transactions"))

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    try:
        for _ in range(3):
            decided.database.rewrite()
    finally:
        stop.set()
        for reader in readers:
            reader.join()
    assert set(counts) == {43}


def test_a_failed_rewrite_leaves_the_old_file(decided: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_path: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("fraudkit.store.rewriting.rewrite", fail)
    with pytest.raises(OSError, match="No space"):
        decided.database.rewrite()
    assert entities.entity(decided, "customer", CUSTOMER).operations == 40
