"""Words for what was done, by the codes that events and entries of the audit chain carry."""

from __future__ import annotations

from typing import Final

from fraudkit.explain.formats import Formats
from fraudkit.words import N_

CASE_EVENT_LABELS: Final = {
    "opened": N_("Case opened"),
    "alert_raised": N_("Alert raised"),
    "alert_withdrawn": N_("Alert withdrawn"),
    "claimed": N_("Claimed"),
    "renewed": N_("Kept for longer"),
    "released": N_("Released"),
    "lapsed": N_("Lease ran out"),
    "waited": N_("Put on hold"),
    "woken": N_("Woken"),
    "escalated": N_("Escalated"),
    "assigned": N_("Assigned"),
    "submitted": N_("Sent for approval"),
    "approved": N_("Approved"),
    "returned": N_("Returned"),
    "decided": N_("Decided"),
    "undone": N_("Verdict undone"),
    "reopened": N_("Reopened"),
    "merged": N_("Merged"),
    "prioritised": N_("Priority changed"),
}
ACTION_LABELS: Final = {
    "label.fraud": N_("Label: fraud"),
    "label.genuine": N_("Label: genuine"),
    "label.undetermined": N_("Label: undetermined"),
    "label.withdrawn": N_("Label withdrawn"),
    "note.written": N_("Note written"),
    "note.struck": N_("Note struck"),
    "import": N_("Extract imported"),
    "model.trained": N_("Model trained"),
    "model.activated": N_("Model activated"),
    "export.queue": N_("Queue exported"),
    "export.labels": N_("Labels exported"),
    "export.search": N_("Search results exported"),
    "export.operations": N_("Operations exported"),
    "export.audit": N_("Audit exported"),
    "export.evidence": N_("Evidence pack made"),
    "erasure": N_("Personal data erased"),
    "erasure.customer": N_("Customer's personal data erased"),
    "batch.withdrawn": N_("Batch withdrawn"),
    "batch.corrects": N_("Batch corrected"),
    "layout.confirmed": N_("Layout confirmed"),
    "layout.renamed": N_("Layout renamed"),
    "layout.forgotten": N_("Layout forgotten"),
    "quality.drawn": N_("Random sample drawn"),
    "quality.leaned": N_("Lean before the score"),
    "quality.served": N_("Second reading served"),
    "quality.second": N_("Second reading"),
    "quality.second_withdrawn": N_("Second reading withdrawn"),
    "quality.settled": N_("Second reading settled"),
    "sweep.swept": N_("Siblings decided together"),
    "sweep.undone": N_("Sweep undone"),
    "view.saved": N_("View saved"),
    "view.renamed": N_("View renamed"),
    "view.shared": N_("View shared"),
    "view.unshared": N_("View no longer shared"),
    "view.deleted": N_("View deleted"),
    "view.restored": N_("View restored"),
    "adoption": N_("Adopted from before the audit"),
    "acceptance": N_("Chain accepted by an administrator"),
}
AREA_LABELS: Final = {
    "label": N_("Labels"),
    "case": N_("Cases"),
    "note": N_("Notes"),
    "import": N_("Imports"),
    "model": N_("Models"),
    "setting": N_("Settings"),
    "export": N_("Exports"),
    "erasure": N_("Erasures"),
    "batch": N_("Batches"),
    "layout": N_("Layouts"),
    "quality": N_("Quality"),
    "sweep": N_("Sweeps"),
    "view": N_("Saved views"),
    "adoption": N_("Adoptions"),
    "acceptance": N_("Acceptances"),
}
"""What an action begins with."""


def action(code: str, formats: Formats) -> str:
    """Return what was done in the reader's words; a code without words stays as it is."""
    known = ACTION_LABELS.get(code)
    if known:
        return formats.words(known)
    area, _, kind = code.partition(".")
    if area == "case" and kind in CASE_EVENT_LABELS:
        return formats.words(CASE_EVENT_LABELS[kind])
    if area == "setting":
        return formats.words(N_("Setting changed: {name}"), name=kind)
    return code


def case_event(kind: str, formats: Formats) -> str:
    """Return what happened to a case in the reader's words."""
    return formats.words(CASE_EVENT_LABELS[kind]) if kind in CASE_EVENT_LABELS else kind
