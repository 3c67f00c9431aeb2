"""The one table of canonical columns: from it come SQL, mapping, words, documentation and forms."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final, Literal

from fraudkit.words import N_

ColumnKind = Literal["text", "amount", "number", "datetime", "flag"]
SQL_TYPES: Final[dict[ColumnKind, str]] = {
    "text": "VARCHAR",
    "amount": "DECIMAL(18,2)",
    "number": "DOUBLE",
    "datetime": "BIGINT",
    "flag": "BOOLEAN",
}


@dataclass(frozen=True, slots=True)
class Column:
    """One canonical column of a transaction.

    Parameters
    ----------
    name
        Canonical name, as stored.
    kind
        What its values are; decides parsing and SQL type.
    label
        English words for people, marked for translation.
    aliases
        Other names, English and Spanish, under which extracts bring it; compared without case, accents
        and punctuation.
    unit
        Unit of the values, where there is one.
    personal
        Whether the value can identify a person.
    required
        Whether an extract without it is refused.
    """

    name: str
    kind: ColumnKind
    label: str
    aliases: tuple[str, ...] = ()
    unit: str | None = None
    personal: bool = False
    required: bool = False

    @property
    def sql_type(self) -> str:
        """The type that DuckDB stores."""
        return SQL_TYPES[self.kind]


COLUMNS: Final[tuple[Column, ...]] = (
    Column(
        "transaction_datetime",
        "datetime",
        N_("Date and time"),
        required=True,
        unit="µs UTC",
        aliases=(
            "transaction_date",
            "transaction_time",
            "transaction_timestamp",
            "TX_DATETIME",
            "datetime",
            "timestamp",
            "date",
            "trans_date_trans_time",
            "posting_date",
            "booking_date",
            "value_date_time",
            "event_time",
            "fecha",
            "fecha_hora",
            "fecha_y_hora",
            "fecha_transaccion",
            "fecha_operacion",
            "fecha_movimiento",
            "fecha_proceso",
            "fecha_contable",
            "step",
        ),
    ),
    Column(
        "transaction_amount",
        "amount",
        N_("Amount"),
        required=True,
        unit="currency",
        aliases=(
            "amount",
            "TX_AMOUNT",
            "amt",
            "transaction_value",
            "value",
            "monto",
            "importe",
            "valor",
            "monto_transaccion",
            "importe_transaccion",
            "monto_operacion",
            "importe_operacion",
            "cantidad",
        ),
    ),
    Column(
        "transaction_id",
        "text",
        N_("Transaction"),
        aliases=(
            "TransactionID",
            "TX_ID",
            "trans_num",
            "txn_id",
            "id_transaccion",
            "operation_number",
            "operacion_numero",
            "numero_operacion",
            "nro_operacion",
            "num_operacion",
            "id_operacion",
            "codigo_operacion",
        ),
    ),
    Column(
        "transaction_type",
        "text",
        N_("Type"),
        aliases=(
            "type",
            "TransactionType",
            "txn_type",
            "category",
            "tipo",
            "tipo_transaccion",
            "tipo_operacion",
            "tipo_movimiento",
            "categoria",
            "operacion",
            "concepto",
            "glosa",
            "descripcion",
            "descripcion_operacion",
        ),
    ),
    Column("channel", "text", N_("Channel"), aliases=("canal", "canal_operacion", "entry_mode")),
    Column("currency", "text", N_("Currency"), aliases=("currency_code", "moneda", "divisa", "ccy")),
    Column(
        "customer_id",
        "text",
        N_("Customer"),
        personal=True,
        aliases=(
            "customer",
            "CUSTOMER_ID",
            "client_id",
            "client",
            "nameOrig",
            "cliente",
            "id_cliente",
            "codigo_cliente",
        ),
    ),
    Column(
        "customer_age",
        "number",
        N_("Customer's age"),
        unit="years",
        personal=True,
        aliases=("age", "CustomerAge", "edad", "edad_cliente"),
    ),
    Column(
        "customer_location",
        "text",
        N_("Customer's place"),
        personal=True,
        aliases=(
            "location",
            "city",
            "customer_city",
            "ubicacion_cliente",
            "ubicacion",
            "ciudad",
            "ciudad_cliente",
        ),
    ),
    Column(
        "customer_risk_score",
        "number",
        N_("Customer's risk score"),
        aliases=("risk_score", "puntaje_riesgo", "score_riesgo", "riesgo_cliente"),
    ),
    Column(
        "account_id",
        "text",
        N_("Account"),
        personal=True,
        aliases=(
            "AccountID",
            "account",
            "account_number",
            "cuenta",
            "id_cuenta",
            "numero_cuenta",
            "nro_cuenta",
        ),
    ),
    Column("account_type", "text", N_("Account type"), aliases=("tipo_cuenta", "tipo_de_cuenta")),
    Column(
        "account_age",
        "number",
        N_("Account's age"),
        unit="days",
        aliases=("account_age_days", "antiguedad_cuenta", "antiguedad"),
    ),
    Column(
        "card_id",
        "text",
        N_("Card"),
        personal=True,
        aliases=(
            "cc_num",
            "card",
            "card_number",
            "pan",
            "tarjeta",
            "numero_tarjeta",
            "nro_tarjeta",
            "id_tarjeta",
        ),
    ),
    Column(
        "account_balance_before",
        "amount",
        N_("Balance before"),
        unit="currency",
        aliases=(
            "oldbalanceOrg",
            "balance_before",
            "opening_balance",
            "saldo_antes",
            "saldo_anterior",
            "saldo_previo",
        ),
    ),
    Column(
        "account_balance_after",
        "amount",
        N_("Balance after"),
        unit="currency",
        aliases=(
            "newbalanceOrig",
            "balance_after",
            "AccountBalance",
            "balance",
            "closing_balance",
            "saldo",
            "saldo_despues",
            "saldo_posterior",
            "saldo_final",
        ),
    ),
    Column(
        "merchant_id",
        "text",
        N_("Merchant"),
        aliases=("MerchantID", "merchant", "comercio", "id_comercio", "codigo_comercio"),
    ),
    Column("merchant_name", "text", N_("Merchant's name"), aliases=("nombre_comercio", "establecimiento")),
    Column(
        "merchant_mcc",
        "text",
        N_("Merchant category code"),
        aliases=("mcc", "category_code", "rubro", "codigo_mcc"),
    ),
    Column(
        "merchant_location",
        "text",
        N_("Merchant's place"),
        aliases=("merchant_city", "ciudad_comercio", "ubicacion_comercio"),
    ),
    Column(
        "terminal_id", "text", N_("Terminal"), aliases=("TERMINAL_ID", "terminal", "id_terminal", "pos_id")
    ),
    Column(
        "counterparty_account",
        "text",
        N_("Counterparty"),
        personal=True,
        aliases=(
            "nameDest",
            "beneficiary",
            "beneficiary_account",
            "destination_account",
            "cuenta_destino",
            "beneficiario",
            "cuenta_beneficiario",
            "contraparte",
        ),
    ),
    Column(
        "device_id",
        "text",
        N_("Device"),
        personal=True,
        aliases=("DeviceID", "device", "dispositivo", "id_dispositivo"),
    ),
    Column(
        "ip_address",
        "text",
        N_("Internet address"),
        personal=True,
        aliases=("ip", "IP Address", "direccion_ip"),
    ),
    Column(
        "fraud_label",
        "flag",
        N_("Fraud known later"),
        aliases=(
            "is_fraud",
            "isFraud",
            "fraud",
            "TX_FRAUD",
            "class",
            "fraude",
            "es_fraude",
            "contracargo",
            "chargeback",
        ),
    ),
)

COLUMN_BY_NAME: Final[dict[str, Column]] = {column.name: column for column in COLUMNS}
REQUIRED: Final[tuple[str, ...]] = tuple(column.name for column in COLUMNS if column.required)


def normalised_name(name: str) -> str:
    """Return a column's name without case, accents, spaces and punctuation.

    Examples
    --------
    >>> normalised_name(" Fecha y Hora de Transacción ")
    'fechayhoradetransaccion'
    """
    plain = unicodedata.normalize("NFKD", name)
    letters = "".join(character for character in plain if not unicodedata.combining(character))
    return re.sub(r"[^0-9a-z]+", "", letters.casefold())


ALIASES: Final[dict[str, str]] = {
    normalised_name(alias): column.name for column in COLUMNS for alias in (column.name, *column.aliases)
}
"""Canonical column by the normalised form of every name it is known under."""
