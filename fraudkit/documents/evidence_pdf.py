"""The evidence pack as a printed document, made from its JSON alone, so that both say the same."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from reportlab.platypus import Flowable, KeepTogether, PageBreak

from fraudkit.documents import drawings, layout
from fraudkit.documents.drawings import Bar, Dot
from fraudkit.documents.evidence_words import EvidenceWords
from fraudkit.explain.formats import Formats
from fraudkit.words import N_

MOST_BARS: Final = 12
_MICROSECOND: Final = timedelta(microseconds=1)


def render(pack: dict[str, Any], json_sha256: str, formats: Formats, offset_minutes: int = 0) -> bytes:
    """Return the document.

    Parameters
    ----------
    pack
        The JSON of the evidence pack.
    json_sha256
        Digest of its bytes; printed on every page.
    formats
        How the reader writes.
    offset_minutes
        Clock on which the bank's own actions are written; transactions have their own.
    """
    said = EvidenceWords(pack, formats, offset_minutes)
    name = formats.words(N_("Evidence of case {case_id}"), case_id=pack["case"]["case_id"])
    parts = [*_summary(said, name), *_labels(said)]
    for place, found in enumerate(pack["transactions"]):
        if place:
            parts.append(PageBreak() if found["explanation"] else layout.gap(8))
        parts += _transaction(said, found)
    parts += [*_course(said), *_notes(said), *_integrity(said, json_sha256)]
    footer = f"fraudkit · {name} · JSON SHA-256 {json_sha256}"
    return layout.build(parts, name, footer, formats.words(N_("page {page} of {pages}")))


def _summary(said: EvidenceWords, name: str) -> Iterator[Flowable]:
    yield layout.title(name)
    yield layout.quiet(
        said.words(
            N_(
                "State of {moment}. Unusual is not fraud: the bars say what made a transaction "
                "unusual, not who made it."
            ),
            moment=said.clock(said.pack["as_of"]),
        )
    )
    yield layout.gap()
    yield layout.facts(said.case_facts())


def _labels(said: EvidenceWords) -> Iterator[Flowable]:
    yield layout.head(said.words(N_("Verdicts: who and when")))
    rows = said.label_rows()
    if not rows:
        yield layout.line(said.words(N_("No verdict yet.")))
        return
    heads = [N_("When"), N_("Who"), N_("Transaction"), N_("Verdict"), N_("What was on the screen")]
    yield layout.table([said.words(each) for each in heads], rows, [17, 15, 20, 24, 34])


def _transaction(said: EvidenceWords, found: dict[str, Any]) -> Iterator[Flowable]:
    row, formats = found["row"], said.formats
    amount = formats.amount(float(row["transaction_amount"]), row.get("currency"))
    yield layout.head(f"{said.words(N_('Transaction'))} {row['transaction_id']} · {amount}")
    explanation = found["explanation"]
    if explanation:
        yield layout.line(said.how_unusual(explanation))
        reasons = found["reasons"]
        if reasons:
            yield layout.subhead(said.words(N_("Why it stands out")))
            for number, reason in enumerate(reasons, start=1):
                yield layout.line(f"{number}. {reason['sentence']}")
                if reason["comparison"]:
                    yield layout.quiet(f"     {reason['comparison']}")
    if found["history"]:
        yield KeepTogether(
            [
                layout.subhead(said.words(N_("Habitual and this transaction"))),
                layout.table(
                    [said.words(each) for each in (N_("Fact"), N_("Habitual"), N_("This transaction"))],
                    said.habit_rows(found),
                    [34, 38, 28],
                ),
            ]
        )
    if explanation:
        yield KeepTogether(list(_evidence(said, explanation)))
    if found["payments"]:
        yield KeepTogether(list(_timeline(said, found)))
    yield layout.subhead(said.words(N_("What the file says")))
    yield layout.facts(said.transaction_facts(found))


def _evidence(said: EvidenceWords, explanation: dict[str, Any]) -> Iterator[Flowable]:
    yield layout.subhead(said.words(N_("Evidence")))
    yield drawings.evidence_bars(bars(said, explanation), said.formats)
    total = math.fsum(part["evidence"] for part in explanation["contributions"])
    fixed = said.formats.fixed
    yield layout.line(
        said.words(
            N_("Start {base} + evidence {total} = score {score} evidence points"),
            base=fixed(explanation["base"], 2),
            total=fixed(total, 2, signed=True),
            score=fixed(explanation["score"], 2),
        )
    )
    yield layout.quiet(
        said.words(
            N_("Model {model_id}, with what it had learned from the ledger up to label {label}."),
            model_id=explanation["model_id"],
            label=explanation["ledger_position"],
        )
    )


def bars(said: EvidenceWords, explanation: dict[str, Any]) -> list[Bar]:
    """Return the bars, strongest first; the weakest are summed up in a last one, so that all add up."""
    parts = explanation["contributions"]
    shown = [
        Bar(said.feature(part["feature"]), said.feature_value(part), part["evidence"])
        for part in parts[:MOST_BARS]
    ]
    rest = parts[MOST_BARS:]
    if rest:
        others = said.words(N_("Others ({count})"), count=len(rest))
        shown.append(Bar(others, "", math.fsum(part["evidence"] for part in rest)))
    return shown


def _timeline(said: EvidenceWords, found: dict[str, Any]) -> Iterator[Flowable]:
    yield layout.subhead(said.words(N_("Amounts over time, this transaction marked")))
    yield drawings.timeline(dots(found), said.formats)


def dots(found: dict[str, Any]) -> list[Dot]:
    """Return the payments around a transaction, each on its own clock."""
    own = found["row"]["transaction_id"]
    return [
        Dot(
            _local(point["moment"], point["utc_offset_minutes"]),
            point["amount"],
            point["transaction_id"] == own,
        )
        for point in found["payments"]
    ]


def _course(said: EvidenceWords) -> Iterator[Flowable]:
    yield layout.head(said.words(N_("Course of the case")))
    heads = [N_("Version"), N_("When"), N_("Who"), N_("What"), N_("Remark")]
    yield layout.table(
        [said.words(each) for each in heads], said.event_rows(), [8, 18, 18, 26, 30], numbers=[0]
    )


def _notes(said: EvidenceWords) -> Iterator[Flowable]:
    if not said.pack["notes"]:
        return
    yield layout.head(said.words(N_("Notes")))
    for signature, body in said.notes():
        yield layout.quiet(signature)
        for part in _paragraphs(body):
            yield layout.line(part)
        yield layout.gap()


def _paragraphs(text: str) -> Sequence[str]:
    return text.split("\n") if text else []


def _integrity(said: EvidenceWords, json_sha256: str) -> Iterator[Flowable]:
    yield layout.head(said.words(N_("Where it comes from")))
    yield layout.facts(
        [
            (said.words(N_("JSON of this pack, SHA-256")), json_sha256),
            *said.file_facts(),
            *said.model_facts(),
        ]
    )
    rows = said.audit_rows()
    if rows:
        yield layout.subhead(said.words(N_("Entries of the audit chain")))
        heads = [N_("Entry"), N_("What"), N_("Row"), N_("Digest of its content"), N_("Hash")]
        yield layout.table([said.words(each) for each in heads], rows, [8, 22, 22, 29, 29], numbers=[0])


def _local(moment: str, offset_minutes: int) -> datetime:
    return datetime.fromisoformat(moment).replace(tzinfo=None) + timedelta(minutes=offset_minutes)
