"""The names of people: where an extract brings one, lists show it instead of an identifier."""

from __future__ import annotations

import json
import re
import unicodedata
from typing import Final

NAME_COLUMNS: Final = (
    "customer_name",
    "client_name",
    "cardholder_name",
    "account_holder",
    "nombre_cliente",
    "nombre_del_cliente",
    "cliente_nombre",
    "nombre_completo",
    "nombres_y_apellidos",
    "apellidos_y_nombres",
    "nombre_titular",
    "titular",
    "razon_social",
    "full_name",
    "nombre",
)
"""Columns that hold a customer's name, as they are called in extracts; the first that is filled counts."""


def person(other_columns: str | None) -> str | None:
    """Return the customer's name from the columns that the schema does not know.

    Parameters
    ----------
    other_columns
        A JSON object, as it is stored with the transaction.
    """
    if not other_columns:
        return None
    values = {_plain(name): value for name, value in json.loads(other_columns).items()}
    found = (str(values.get(name) or "").strip() for name in NAME_COLUMNS)
    return next((name for name in found if name), None)


def _plain(column: str) -> str:
    """Return a column's name in small letters without accents, words joined by underscores."""
    bare = unicodedata.normalize("NFKD", column).encode("ascii", "ignore").decode().casefold()
    return re.sub(r"[^a-z0-9]+", "_", bare).strip("_")
