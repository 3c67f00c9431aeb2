from __future__ import annotations

import pytest

from fraudkit.domain import Actor
from fraudkit.services import sourcing
from fraudkit.services.workbench import Workbench
from tests.sources.servers import PASSWORD, READER, Server

TABLE = """
DROP TABLE IF EXISTS movements;
CREATE TABLE movements AS SELECT 'T' || g AS transaction_id, '00' || g AS customer_id,
    (g * 1.25)::numeric AS transaction_amount, TIMESTAMP '2024-05-31 10:00:00' + g * INTERVAL '1 minute' AS
    transaction_datetime, '4111 1111 1111 1111' AS note FROM generate_series(1, 500) AS g
"""


def test_a_table_becomes_transactions_once(
    workbench: Workbench, analyst: Actor, postgresql: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    postgresql.execute(TABLE)
    monkeypatch.setenv("DB_PASSWORD", PASSWORD)
    workbench.settings.sources.write_text(
        f'[core]\nkind = "postgresql"\nhost = "127.0.0.1"\nport = {postgresql.port}\ndatabase = "postgres"\n'
        f'user = "{READER}"\npassword_env = "DB_PASSWORD"\ntable = "public.movements"\n'
    )
    first, second = (sourcing.run_source(workbench, "core", analyst).runs[0] for _ in range(2))
    assert (first.outcome, first.rows_loaded, first.rows_duplicate) == ("load", 500, 0)
    assert (second.rows_loaded, second.rows_duplicate) == (0, 500)
    with workbench.database.read() as cursor:
        found = cursor.row(
            "SELECT customer_id, transaction_amount::VARCHAR AS amount, ts_us FROM transactions "
            "WHERE transaction_id = 'T7'"
        )
    assert found == {"customer_id": "007", "amount": "8.75", "ts_us": 1_717_168_020_000_000}
    sample = sourcing.sample_source(workbench, "core")
    assert not any("4111 1111" in value for row in sample.rows for value in row)
