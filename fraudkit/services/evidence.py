"""The evidence of one case as plain values: facts, reasons, verdicts, course, hashes; the JSON of the pack.

Nothing in it depends on the moment at which it is made: the same state gives the same bytes.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from dataclasses import asdict
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

import numpy as np

from fraudkit.domain import MICROSECONDS_PER_DAY
from fraudkit.errors import FraudkitError
from fraudkit.explain.formats import EPOCH, Formats
from fraudkit.explain.past import HISTORY_DAYS, Past
from fraudkit.explain.reasons import Subject, reasons
from fraudkit.features.catalog import FEATURE_BY_NAME
from fraudkit.services import context, history, notes, reviewing, scoring
from fraudkit.services.reviewing import AlertRow, CaseView
from fraudkit.services.scoring import TransactionExplanation
from fraudkit.services.workbench import Workbench
from fraudkit.store import Row
from fraudkit.store.statements import query

FORMAT: Final = "fraudkit-evidence"
VERSION: Final = 1
DETAILED: Final = 20
"""So many transactions of a case are explained one by one; the others are listed with their row."""

_ROW_PARTS: Final = (
    "transaction_id",
    "transaction_amount",
    "currency",
    "transaction_type",
    "channel",
    "customer_id",
    "customer_age",
    "customer_location",
    "customer_risk_score",
    "account_id",
    "account_type",
    "account_age",
    "card_id",
    "account_balance_before",
    "account_balance_after",
    "merchant_id",
    "merchant_name",
    "merchant_mcc",
    "merchant_location",
    "terminal_id",
    "counterparty_account",
    "device_id",
    "ip_address",
)
_MOMENTS: Final = frozenset(
    {
        "opened_at",
        "changed_at",
        "closed_at",
        "due_at",
        "lease_until",
        "waiting_until",
        "woken_at",
        "created_at",
        "happened_at",
        "raised_at",
        "imported_at",
        "label_known_at",
        "incident_start",
        "incident_end",
        "struck_at",
    }
)


def collect(workbench: Workbench, case_id: int, formats: Formats) -> dict[str, Any]:
    """Return everything that is known of a case, as plain values.

    Parameters
    ----------
    workbench
        The open workbench.
    case_id
        The case.
    formats
        The reader's: sentences are written in this language, keys and codes are not.

    Raises
    ------
    NotFoundError
        When there is no such case.
    """
    view = reviewing.case_view(workbench, case_id)
    written = notes.about(workbench, notes.subjects_of_case(view))
    ordered = sorted(view.alerts, key=lambda alert: (alert.ts_us, alert.alert_id))
    transactions = [
        _transaction(workbench, view, alert, formats, explained=place < DETAILED)
        for place, alert in enumerate(ordered)
    ]
    labels = [_label(row) for row in view.labels]
    models = {found["alert"]["model_id"] for found in transactions}
    models |= {label["evidence"]["model_id"] for label in labels if label.get("evidence", {}).get("model_id")}
    models |= {found["explanation"]["model_id"] for found in transactions if found["explanation"]}
    with workbench.database.read() as cursor:
        audit = cursor.rows(
            query("case_audit"), {"case_id": case_id, "notes": [note.note_id for note in written]}
        )
        batches = sorted({found["source"]["batch_id"] for found in transactions})
        files = cursor.rows(query("files_of_batches"), [batches])
    document: dict[str, Any] = _plain(
        {
            "format": FORMAT,
            "version": VERSION,
            "language": formats.language,
            "base_currency": workbench.settings.base_currency,
            "as_of": max([view.state.changed_at, *(note.struck_at or note.happened_at for note in written)]),
            "case": _without_none(asdict(view.state)),
            "transactions": transactions,
            "labels": labels,
            "events": [_event(event) for event in view.events],
            "notes": [_note(note) for note in written],
            "models": _models(workbench, models),
            "files": files,
            "audit": audit,
        }
    )
    return document


def as_bytes(document: dict[str, Any]) -> bytes:
    """Return the document as JSON: sorted keys, two spaces, UTF-8, a line end."""
    text = json.dumps(document, ensure_ascii=False, indent=2, sort_keys=True, allow_nan=False)
    return (text + "\n").encode("utf-8", "backslashreplace")


def _transaction(
    workbench: Workbench, view: CaseView, alert: AlertRow, formats: Formats, *, explained: bool
) -> dict[str, Any]:
    row = history.transaction(workbench, alert.transaction_id)
    found: dict[str, Any] = {
        "row": _without_none({name: row[name] for name in _ROW_PARTS}),
        "other_columns": json.loads(row["other_columns"]) if row["other_columns"] else {},
        "moment": row["ts_us"],
        "utc_offset_minutes": row["utc_offset_minutes"],
        "time_precision": row["time_precision"],
        "verdict": alert.verdict,
        "source": {"batch_id": row["batch_id"], "file_name": row["file_name"], "row": row["source_row"]},
        "alert": _alert(workbench, alert),
        "explanation": None,
        "reasons": [],
        "history": None,
        "payments": [],
    }
    if explained:
        past = history.history(workbench, alert.transaction_id, view.state.entity_kind)
        found["history"] = _without_none(asdict(past.facts))
        found["payments"] = _payments(past.past)
        explanation = _explained(workbench, alert.transaction_id)
        if explanation is not None:
            found["explanation"] = explanation.as_json()
            about = Subject(
                transaction=row,
                facts=past.facts,
                gaps=scoring.reason_values(workbench, alert.transaction_id),
                base_currency=workbench.settings.base_currency,
                typical=context.typical_values(workbench),
            )
            found["reasons"] = [
                asdict(reason)
                for reason in reasons(explanation.contributions, FEATURE_BY_NAME, about, formats)
            ]
    return found


def _payments(past: Past) -> list[dict[str, Any]]:
    """Return the payments of the days around the one under review, in the order of time."""
    near = np.abs(past.ts_us - past.ts_us[past.place]) <= HISTORY_DAYS * MICROSECONDS_PER_DAY
    return [
        {
            "transaction_id": str(past.transaction_ids[place]),
            "moment": int(past.ts_us[place]),
            "utc_offset_minutes": int(past.utc_offset_minutes[place]),
            "amount": float(past.amount[place]),
            "currency": past.texts["currency"].at(place),
            "partner": past.texts["payee_name"].at(place),
        }
        for place in np.flatnonzero(near).tolist()
    ]


def _alert(workbench: Workbench, alert: AlertRow) -> dict[str, Any]:
    """Return what was known when the alert was raised."""
    with workbench.database.read() as cursor:
        raised = cursor.row(
            "SELECT model_id, score, severity FROM alert WHERE alert_id = ?", [alert.alert_id]
        )
    return {
        "alert_id": alert.alert_id,
        "origin": alert.origin,
        "raised_at": alert.raised_at,
        **(raised or {}),
    }


def _explained(workbench: Workbench, transaction_id: str) -> TransactionExplanation | None:
    """Return the present explanation; None where no model can give one."""
    try:
        return scoring.explain(workbench, transaction_id)
    except FraudkitError:
        return None


def _label(row: Row) -> dict[str, Any]:
    label = _without_none(row)
    for name in ("evidence", "actions", "reason_feedback"):
        if name in label:
            label[name] = json.loads(label[name])
    return label


def _event(event: Any) -> dict[str, Any]:
    return _without_none(
        {
            "version": event.version,
            "kind": event.kind,
            "actor": event.actor.name,
            "role": event.actor.role,
            "happened_at": event.happened_at,
            "payload": event.payload,
            "remark": event.remark,
        }
    )


def _note(note: notes.Note) -> dict[str, Any]:
    plain = asdict(note)
    plain["subject"] = {"kind": note.subject[0], "identifier": note.subject[1]}
    plain["erased"] = note.is_erased
    return _without_none(plain)


def _models(workbench: Workbench, named: Iterable[str]) -> list[dict[str, Any]]:
    """Return the digests of the models that the pack names; one whose artifact is gone has none."""
    known = {manifest.model_id: manifest for _, manifest in workbench.registry.manifests()}
    return [
        {
            "model_id": model_id,
            "sha256": known[model_id].sha256 if model_id in known else None,
            "features": list(known[model_id].features) if model_id in known else [],
            "rows": known[model_id].rows if model_id in known else None,
            "libraries": known[model_id].libraries if model_id in known else {},
        }
        for model_id in sorted(named)
    ]


def _without_none(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if value is not None}


def _plain(value: Any, name: str = "") -> Any:
    """Return values that JSON has: moments as ISO 8601 in UTC, amounts as text, NaN as null."""
    if isinstance(value, dict):
        return {str(key): _plain(item, str(key)) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, int) and not isinstance(value, bool) and (name in _MOMENTS or _is_moment(name)):
        return (EPOCH + timedelta(microseconds=value)).isoformat().replace("+00:00", "Z")
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value


def _is_moment(name: str) -> bool:
    return name in ("as_of", "moment") or name.endswith("ts_us")
