"""The values of an evidence pack in the reader's words."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from fraudkit.domain import MICROSECONDS_PER_SECOND, EntityKind
from fraudkit.explain.action_words import action, case_event
from fraudkit.explain.comparisons import OWNER
from fraudkit.explain.formats import Formats
from fraudkit.explain.past import HISTORY_DAYS
from fraudkit.explain.values import feature_value
from fraudkit.features.catalog import FEATURE_BY_NAME
from fraudkit.schema import COLUMN_BY_NAME
from fraudkit.taxonomy import PRIORITY_LABELS, STATUS_LABELS, VERDICT_LABELS, reason_of
from fraudkit.words import N_

EMPTY: Final = "–"
_AMOUNTS: Final = (
    ("gross_amount", N_("gross")),
    ("prevented_amount", N_("prevented")),
    ("recovered_amount", N_("recovered")),
)
ROLE_LABELS: Final[dict[str, str]] = {
    "analyst": N_("Analyst"),
    "lead": N_("Team lead"),
    "manager": N_("Manager"),
    "administrator": N_("Administrator"),
}
_ENTITIES: Final[dict[EntityKind, str]] = {
    "customer": N_("Customer"),
    "account": N_("Account"),
    "card": N_("Card"),
    "terminal": N_("Terminal"),
    "transaction": N_("Transaction"),
}


class EvidenceWords:
    """Reads one pack in one language.

    Parameters
    ----------
    pack
        The JSON of the pack.
    formats
        How the reader writes.
    offset_minutes
        The bank's own clock.
    """

    def __init__(self, pack: dict[str, Any], formats: Formats, offset_minutes: int) -> None:
        self.pack = pack
        self.formats = formats
        self.words = formats.words
        self._offset = offset_minutes

    def clock(self, moment: str, offset_minutes: int | None = None) -> str:
        """Return a moment on the bank's clock, or on a transaction's own."""
        return self.formats.moment(_us(moment), self._offset if offset_minutes is None else offset_minutes)

    def case_facts(self) -> Iterator[tuple[str, str]]:
        """Yield what the case is and where it stands."""
        case, words = self.pack["case"], self.words
        yield words(_ENTITIES[case["entity_kind"]]), case["entity_id"]
        yield words(N_("Status")), words(STATUS_LABELS[case["status"]])
        verdict = case.get("verdict")
        yield (
            words(N_("Verdict")),
            words(VERDICT_LABELS[verdict]) if verdict else words(N_("No verdict yet.")),
        )
        yield words(N_("Priority")), words(PRIORITY_LABELS[case["priority"]])
        yield words(N_("Opened")), self.clock(case["opened_at"])
        if case.get("closed_at"):
            yield words(N_("Closed")), self.clock(case["closed_at"])
        if case.get("assignee"):
            yield words(N_("Assigned to")), case["assignee"]
        counts = self.formats.plural(N_("{count} alert"), N_("{count} alerts"), case["alerts"])
        undecided = self.formats.plural(N_("{count} undecided"), N_("{count} undecided"), case["undecided"])
        yield words(N_("Alerts")), f"{counts}, {undecided}"

    def _who(self, event: dict[str, Any]) -> str:
        role = ROLE_LABELS.get(event["role"], event["role"])
        return f"{event['actor']} ({self.words(role).lower()})"

    def label_rows(self) -> list[tuple[str, ...]]:
        """Return the verdicts: when, who, on what, what, and what was on the screen."""
        return [
            (
                self.clock(label["created_at"]),
                self._who(label),
                label["transaction_id"],
                self._said(label),
                self._frozen(label.get("evidence") or {}),
            )
            for label in self.pack["labels"]
        ]

    def _said(self, label: dict[str, Any]) -> str:
        if label["verdict"] == "withdrawn":
            return self.words(N_("Withdrawn"))
        parts = [self.words(VERDICT_LABELS[label["verdict"]])]
        parts += [
            self.words(reason_of(label["verdict"], code).label)
            for name in ("fraud_type", "fraud_subtype", "reason")
            if (code := label.get(name))
        ]
        parts.append(self.words(N_("confirmed") if label["certainty"] == "confirmed" else N_("assumed")))
        currency = self.pack["base_currency"]
        parts += [
            f"{self.words(word)} {self.formats.amount(float(label[name]), currency)}"
            for name, word in _AMOUNTS
            if name in label
        ]
        if label.get("approved_by"):
            parts.append(self.words(N_("approved by {actor}"), actor=label["approved_by"]))
        if label.get("note"):
            parts.append(f"«{label['note']}»")
        return " · ".join(parts)

    def _frozen(self, evidence: dict[str, Any]) -> str:
        """Return what was frozen with a verdict: model, severity, line, strongest features."""
        if evidence.get("severity") is None:
            return EMPTY
        parts = [
            self.words(N_("severity {severity}"), severity=self.formats.severity(evidence["severity"])),
            self.words(N_("score {score}"), score=self.formats.fixed(evidence["score"], 2)),
        ]
        if evidence.get("line_score") is not None:
            parts.append(self.words(N_("line {score}"), score=self.formats.fixed(evidence["line_score"], 2)))
        parts += [self.feature(name) for name in (evidence.get("reasons") or [])]
        return " · ".join([*parts, str(evidence.get("model_id") or EMPTY)])

    def how_unusual(self, explanation: dict[str, Any]) -> str:
        """Return how unusual a transaction is, as a percentile."""
        severity = explanation["severity"]
        if severity is None:
            return EMPTY
        against = N_("More unusual than {severity} % of the transactions that the model was trained on.")
        if explanation["is_fallback"]:
            against = N_(
                "Ranked within this portfolio only: more unusual than {severity} % of its transactions."
            )
        return self.words(against, severity=self.formats.severity(severity))

    def habit_rows(self, found: dict[str, Any]) -> list[tuple[str, str, str]]:
        """Return what is habitual beside what this transaction is, fact by fact."""
        facts, words, formats = found["history"], self.words, self.formats
        currency = facts.get("currency")
        earlier = formats.number(facts["payments"])
        rows = []
        if facts.get("median_amount") is not None:
            usual = words(
                N_("median {median}, largest {largest}, {payments} payments in {days} days"),
                median=formats.amount(facts["median_amount"], currency),
                largest=formats.amount(facts["largest_amount"], currency),
                payments=formats.number(facts["comparable_payments"]),
                days=HISTORY_DAYS,
            )
            rows.append((words(N_("Amount")), usual, formats.amount(facts["amount"], currency)))
            share = words(
                N_("{smaller} of {payments} were smaller"),
                smaller=formats.number(facts["smaller_payments"]),
                payments=formats.number(facts["comparable_payments"]),
            )
            rows.append((words(N_("Place among earlier amounts")), share, ""))
        else:
            none = words(N_("{payments} payments in {days} days"), payments=earlier, days=HISTORY_DAYS)
            rows.append((words(N_("Amount")), none, formats.amount(facts["amount"], currency)))
        if facts["knows_time_of_day"]:
            near = words(
                N_("{near} of {payments} within two hours of this time of day"),
                near=formats.number(facts["near_hour"]),
                payments=earlier,
            )
            rows.append(
                (words(N_("Time of day")), near, self.clock(found["moment"], found["utc_offset_minutes"]))
            )
        rows += self._counted(facts, found["row"])
        recent = words(
            N_("{count} payments, {amount}"),
            count=formats.number(facts["payments_last_day"]),
            amount=formats.amount(facts["amount_last_day"], currency),
        )
        rows.append((words(N_("The day before it")), "", recent))
        if facts.get("first_ts_us"):
            owner = words(OWNER[facts["entity_kind"]])
            rows.append(
                (words(N_("Seen since")), formats.date(_us(facts["first_ts_us"]), self._offset), owner)
            )
        return rows

    def _counted(self, facts: dict[str, Any], row: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
        """Yield how often merchant, receiver and device occurred before."""
        names = {
            "same_merchant": (N_("Merchant"), ("merchant_name", "merchant_id", "terminal_id")),
            "same_counterparty": (N_("Counterparty"), ("counterparty_account",)),
            "same_device": (N_("Device"), ("device_id",)),
        }
        for name, (label, columns) in names.items():
            if facts.get(name) is not None:
                value = next((str(row[column]) for column in columns if row.get(column)), EMPTY)
                count = self.formats.plural(
                    N_("{count} earlier payment"), N_("{count} earlier payments"), facts[name]
                )
                yield self.words(label), count, value

    def transaction_facts(self, found: dict[str, Any]) -> Iterator[tuple[str, str]]:
        """Yield what the file says about a transaction."""
        row = found["row"]
        yield self.words(N_("When")), self.clock(found["moment"], found["utc_offset_minutes"])
        for name, value in row.items():
            column = COLUMN_BY_NAME[name]
            shown = str(value)
            if column.kind == "amount":
                shown = self.formats.amount(float(value), row.get("currency"))
            elif column.kind == "number":
                shown = self.formats.number(value, 2)
            yield self.words(column.label), shown
        yield from ((str(name), str(value)) for name, value in found["other_columns"].items())
        source = found["source"]
        line = self.formats.number(source["row"])
        yield (
            self.words(N_("Source")),
            self.words(N_("{file}, line {line}"), file=source["file_name"], line=line),
        )

    def event_rows(self) -> list[tuple[str, ...]]:
        """Return the course of the case."""
        return [
            (
                str(event["version"]),
                self.clock(event["happened_at"]),
                self._who(event),
                case_event(event["kind"], self.formats),
                event.get("remark") or "",
            )
            for event in self.pack["events"]
        ]

    def notes(self) -> Iterator[tuple[str, str]]:
        """Yield who wrote when, and what."""
        for note in self.pack["notes"]:
            signature = f"{note['actor']} · {self.clock(note['happened_at'])}"
            if note.get("struck_by"):
                struck = N_("struck by {actor}, {moment}")
                moment = self.clock(note["struck_at"])
                signature += " · " + self.words(struck, actor=note["struck_by"], moment=moment)
            file = note.get("file")
            if file and file["name"]:
                signature += f" · {file['name']} · SHA-256 {file['sha256']}"
            erased = self.words(N_("Its personal data were erased."))
            yield signature, erased if note["erased"] else note.get("body", "")

    def file_facts(self) -> Iterator[tuple[str, str]]:
        """Yield the source files with their digests."""
        for file in self.pack["files"]:
            rows = self.formats.number(file["rows_loaded"])
            said = N_("{file}, {rows} rows, imported {moment} by {actor}; SHA-256 {digest}")
            moment = self.clock(file["imported_at"])
            values = {"file": file["file_name"], "rows": rows, "moment": moment, "actor": file["actor"]}
            yield self.words(N_("Source file")), self.words(said, digest=file["sha256"], **values)

    def model_facts(self) -> Iterator[tuple[str, str]]:
        """Yield the models with their digests."""
        for model in self.pack["models"]:
            digest = model["sha256"] or EMPTY
            yield self.words(N_("Model {model_id}, SHA-256"), model_id=model["model_id"]), digest

    def audit_rows(self) -> list[tuple[str, ...]]:
        """Return the entries of the audit chain."""
        return [
            (
                str(entry["entry_id"]),
                action(entry["action"], self.formats),
                entry["subject"],
                entry["content_digest"],
                entry["hash"],
            )
            for entry in self.pack["audit"]
        ]

    def feature(self, name: str) -> str:
        """Return a feature in the reader's words."""
        known = FEATURE_BY_NAME.get(name)
        return self.words(known.label) if known else name

    def feature_value(self, part: dict[str, Any]) -> str:
        """Return a feature's value as the reader writes it."""
        known = FEATURE_BY_NAME.get(part["feature"])
        value = math.nan if part["value"] is None else part["value"]
        return feature_value(known.unit if known else None, value, self.pack["base_currency"], self.formats)


def _us(moment: str) -> int:
    found = datetime.fromisoformat(moment)
    return round(found.timestamp() * MICROSECONDS_PER_SECOND)
