"""Verification: the chain is followed from its first entry and compared with the rows that it speaks of."""

from __future__ import annotations

import hmac
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from fraudkit.domain import Progress, silent
from fraudkit.store import audited
from fraudkit.store.audit import ACCEPTANCE, COLUMNS, Audit, difference, entry_hash
from fraudkit.store.audit_head import EMPTY, Head
from fraudkit.store.database import Cursor
from fraudkit.words import N_

_BLOCK: Final = 20_000
_SHARE_OF_CHAIN: Final = 0.7


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it was written.

    Parameters
    ----------
    entry_id
        The entry at which it shows; None for a row that no entry speaks of.
    subject
        The row, or the entry itself.
    reason
        A marked sentence.
    values
        What fills its gaps.
    """

    entry_id: int | None
    subject: str
    reason: str
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Verification:
    """What following the chain has shown.

    Parameters
    ----------
    entries
        How many entries there are.
    rows
        How many rows were compared with their digest.
    erased
        How many rows were erased, with an entry that says so.
    findings
        What is broken, by entry; rows without an entry come last.
    """

    entries: int
    rows: int
    erased: int
    findings: tuple[Finding, ...]

    @property
    def is_whole(self) -> bool:
        """Whether nothing is broken."""
        return not self.findings


class _Expected:
    """What the entries say that the rows must hold: digest and number of the last entry on each."""

    def __init__(self) -> None:
        self.digests: dict[str, list[tuple[str, int]]] = defaultdict(list)
        self.erased: set[str] = set()

    def note(self, number: int, action: str, subject: str, digest: str) -> None:
        if action == audited.ERASURE:
            self.digests[subject] = [(digest, number)] if digest else []
            self.erased.add(subject)
        else:
            self.digests[subject].append((digest, number))


def verify(cursor: Cursor, audit: Audit, progress: Progress = silent) -> Verification:
    """Follow the whole chain and compare every row with its digest.

    Parameters
    ----------
    cursor
        For reading.
    audit
        Whose key and head count.
    progress
        Told how far the chain was followed; may stop it.
    """
    expected = _Expected()
    findings: list[Finding] = []
    last = _follow(cursor, audit.key, expected, findings, progress)
    progress(_SHARE_OF_CHAIN, N_("Comparing the events"))
    rows = _compare(cursor, audit, expected, findings)
    problem = difference(audit.head_file.read(), last)
    if problem is not None:
        findings.append(Finding(last.entries + 1, "audit_entry", problem.template, problem.values))
    ordered = sorted(findings, key=lambda each: (each.entry_id is None, each.entry_id or 0))
    return Verification(last.entries, rows, len(expected.erased), tuple(ordered))


def _follow(
    cursor: Cursor, key: bytes, expected: _Expected, findings: list[Finding], progress: Progress
) -> Head:
    """Recompute every hash; the first broken link names its entry, later ones start from what is there."""
    place, previous = 0, ""
    total = int(cursor.value("SELECT count(*) FROM audit_entry")) or 1
    sql = f"SELECT {', '.join(COLUMNS)} FROM audit_entry ORDER BY entry_id, happened_at, hash"
    for entry in _values(cursor, sql):
        place += 1
        number, action, subject, digest, _, own_hash = entry[0], *entry[4:]
        reason = _broken_link(key, entry, place, previous)
        if reason is not None:
            findings.append(Finding(number, "audit_entry", reason, {"number": number, "place": place}))
        if action != ACCEPTANCE:
            expected.note(number, action, subject, digest)
        place, previous = number, own_hash
        if number % _BLOCK == 0:
            progress(_SHARE_OF_CHAIN * min(number / total, 1.0), N_("Following the chain"))
    return Head(place, previous) if place else EMPTY


def _broken_link(key: bytes, entry: tuple[Any, ...], place: int, previous: str) -> str | None:
    if entry[0] != place:
        return N_("Entry {place} should stand here; {number} does: entries were removed, added or moved.")
    if entry[7] != previous:
        return N_("Entry {number} does not follow the entry before it.")
    if not hmac.compare_digest(entry_hash(key, entry[:-1]).encode(), entry[8].encode()):
        return N_("Entry {number} was changed after it was written, or the key is another one.")
    return None


def _compare(cursor: Cursor, audit: Audit, expected: _Expected, findings: list[Finding]) -> int:
    rows = 0
    for table in audited.TABLES.values():
        names = [row["column_name"] for row in cursor.rows(f"DESCRIBE {table.name}")]
        for values in _values(cursor, f"SELECT * FROM {table.name} ORDER BY rowid"):
            rows += 1
            row = dict(zip(names, values, strict=True))
            subject = table.subject(row)
            known = expected.digests.get(subject, [])
            digest = audit.digest(audited.content(table.name, row))
            match = next((place for place, (each, _) in enumerate(known) if each == digest), None)
            if match is not None:
                known.pop(match)
            elif known:
                _, number = known.pop(0)
                findings.append(_changed(number, subject))
            else:
                reason = N_("{subject} has no entry: it was not written through fraudkit.")
                findings.append(Finding(None, subject, reason, {"subject": subject}))
    for subject, left in expected.digests.items():
        findings.extend(_missing(number, subject) for _, number in left)
    return rows


def _changed(number: int, subject: str) -> Finding:
    reason = N_("{subject}, of which entry {number} speaks, was changed after it was written.")
    return Finding(number, subject, reason, {"subject": subject, "number": number})


def _missing(number: int, subject: str) -> Finding:
    reason = N_("{subject}, of which entry {number} speaks, is gone, and no entry says that it was erased.")
    return Finding(number, subject, reason, {"subject": subject, "number": number})


def _values(cursor: Cursor, sql: str) -> Iterator[tuple[Any, ...]]:
    """Yield rows as tuples, block by block, so that a long chain needs little memory."""
    for batch in cursor.batches(sql, None, _BLOCK):
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)
