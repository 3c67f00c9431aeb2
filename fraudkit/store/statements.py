"""SQL text lives in files: this module finds it."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

SQL_FOLDER: Final = Path(__file__).parent.parent / "sql"


@cache
def query(name: str) -> str:
    """Return the text of `sql/queries/<name>.sql`."""
    return (SQL_FOLDER / "queries" / f"{name}.sql").read_text(encoding="utf-8")


@cache
def migrations() -> dict[str, str]:
    """Return the text of all migrations by name, in their order."""
    files = sorted((SQL_FOLDER / "migrations").glob("*.sql"))
    return {file.stem: file.read_text(encoding="utf-8") for file in files}


@cache
def parser_macros() -> str:
    """Return the definitions that the parser instance starts with."""
    return (SQL_FOLDER / "parser" / "macros.sql").read_text(encoding="utf-8")
