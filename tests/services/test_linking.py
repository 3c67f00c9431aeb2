"""Who shares a device, address, receiver or terminal with a case, counted by hand."""

from __future__ import annotations

import pytest

from fraudkit.domain import Actor
from fraudkit.services import importing, linking
from fraudkit.services.workbench import Workbench

ROWS = """transaction_id,fecha,monto,moneda,cliente,terminal,dispositivo,ip,cuenta_destino,fraud_label
A1,2026-01-10 09:00:00,100.00,PEN,C1,T1,D1,10.0.0.1,,0
A2,2026-01-11 09:00:00,200.00,PEN,C1,,D2,,X9,0
B1,2026-01-12 09:00:00,300.00,PEN,C2,T1,D1,,,1
B2,2026-01-12 10:00:00,50.00,PEN,C2,T1,,,,0
E1,2026-01-13 09:00:00,70.00,PEN,C3,T1,,,,0
F1,2026-01-14 09:00:00,80.00,USD,C4,,,,X9,0
G1,2026-01-14 09:00:00,80.00,PEN,C5,T7,D7,10.0.0.7,X7,0
"""


@pytest.fixture
def filled(workbench: Workbench) -> Workbench:
    folder = workbench.settings.upload_folder
    folder.mkdir(parents=True)
    path = folder / "links.csv"
    path.write_text(ROWS, encoding="utf-8")
    assert importing.import_file(workbench, path, Actor("Ana")).rows_loaded == 7
    return workbench


def test_parties_and_what_they_share(filled: Workbench) -> None:
    found = linking.links(filled, ["A1", "A2"])
    assert {(bridge.kind, bridge.value): bridge.parties for bridge in found.bridges} == {
        ("device_id", "D1"): 1,
        ("counterparty_account", "X9"): 1,
        ("terminal_id", "T1"): 2,
    }
    assert [party.party for party in found.parties] == ["C2", "C4", "C3"]  # shares two; then the latest
    first = found.parties[0]
    assert len(first.bridges) == 2
    assert first.kind == "customer"
    assert (first.frauds, first.case_id) == (2, None)  # the fraud lies at the device and at the terminal
    assert found.parties[1].amount == 0.0  # dollars without a rate are never added
    assert (found.all_parties, found.all_bridges, found.unshared) == (3, 3, 2)


def test_the_own_customer_is_no_party(filled: Workbench) -> None:
    assert "C1" not in [party.party for party in linking.links(filled, ["A1"]).parties]


def test_nobody_shares(filled: Workbench) -> None:
    found = linking.links(filled, ["G1"])
    assert (found.parties, found.bridges, found.unshared) == ((), (), 4)
    assert linking.links(filled, []).unshared == 0


def test_what_is_left_out_is_counted(filled: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(linking, "MOST_PARTIES", 1)
    monkeypatch.setattr(linking, "MOST_VALUES", 2)
    found = linking.links(filled, ["A1", "A2"])
    assert len(found.parties) == 1
    assert len(found.bridges) == 2
    assert (found.all_parties, found.all_bridges) == (3, 3)
