"""The store: the only importer of duckdb."""

from fraudkit.store.database import Cursor, Database, Row, now_us

__all__ = ["Cursor", "Database", "Row", "now_us"]
