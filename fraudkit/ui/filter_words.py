"""The queue's filter in words: what each choice is called, and the sentence that all of them make."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from fraudkit.explain.formats import Formats
from fraudkit.services.queueing import NOBODY, QueueFilter
from fraudkit.store.queue import Course, QueueSort, QueueStatus
from fraudkit.taxonomy import PRIORITY_LABELS
from fraudkit.ui import text
from fraudkit.ui.shell import Page
from fraudkit.ui.standing import SERVICE_LABELS
from fraudkit.words import N_

STATUS_LABELS: Final[dict[QueueStatus, str]] = {
    "open": N_("Open"),
    "new": N_("New"),
    "in_review": N_("In review"),
    "waiting": N_("Waiting"),
    "escalated": N_("Escalated"),
    "pending_approval": N_("Awaiting approval"),
    "closed": N_("Decided"),
    "all": N_("All"),
}
SORT_LABELS: Final[dict[QueueSort, str]] = {
    "order": N_("Order of work"),
    "risk": N_("Riskiest first"),
    "amount": N_("Largest first"),
    "newest": N_("Newest first"),
    "due": N_("Next due first"),
}
COURSE_LABELS: Final[dict[Course, str]] = {
    "due_today": N_("Due today"),
    "returned": N_("Returned"),
    "woken": N_("Back from waiting"),
    "decided_today": N_("Decided today"),
    "reopened": N_("Contradicted by a late label"),
    "new_alerts": N_("New alerts"),
    "new_transactions": N_("New transactions"),
}
_STATUS_WORDS: Final[dict[QueueStatus, str]] = {
    "open": N_("Open cases"),
    "new": N_("New cases"),
    "in_review": N_("Cases in review"),
    "waiting": N_("Waiting cases"),
    "escalated": N_("Escalated cases"),
    "pending_approval": N_("Cases that await approval"),
    "closed": N_("Decided cases"),
    "all": N_("All cases"),
}
_COURSE_WORDS: Final[dict[Course, str]] = {
    "due_today": N_("that are due today"),
    "returned": N_("that were returned with a verdict"),
    "woken": N_("that are back from waiting"),
    "decided_today": N_("that were decided today"),
    "reopened": N_("whose verdict a late label has contradicted since {moment}"),
    "new_alerts": N_("with new alerts since {moment}"),
    "new_transactions": N_("with new transactions since {moment}"),
}
_SORT_WORDS: Final[dict[QueueSort, str]] = {
    "order": N_("in the order of work"),
    "risk": N_("riskiest first"),
    "amount": N_("largest open amount first"),
    "newest": N_("newest first"),
    "due": N_("next due first"),
}


def sentence(chosen: QueueFilter, page: Page) -> str:
    """Return the filter in words, as one sentence."""
    parts = [
        page.words(_STATUS_WORDS[chosen.status]),
        *_about_work(chosen, page),
        *_about_alert(chosen, page),
    ]
    return " ".join(parts) + ", " + page.words(_SORT_WORDS[chosen.sort]) + "."


def pair(features: Sequence[str], formats: Formats) -> str:
    """Return reasons that stand together in words."""
    return " + ".join(text.feature_label(name, formats) for name in features)


def _about_work(chosen: QueueFilter, page: Page) -> list[str]:
    words, parts = page.words, []
    if chosen.assignee == NOBODY:
        parts.append(words(N_("that nobody has")))
    elif chosen.assignee == page.actor.name:
        parts.append(words(N_("that are mine")))
    elif chosen.assignee:
        parts.append(words(N_("of {who}"), who=chosen.assignee))
    if chosen.priority:
        level = words(PRIORITY_LABELS[chosen.priority]).lower()
        parts.append(words(N_("of priority {priority}"), priority=level))
    if chosen.service:
        parts.append(words(N_("that are “{service}”"), service=words(SERVICE_LABELS[chosen.service]).lower()))
    if chosen.course:
        moment = "" if chosen.since is None else page.moment(chosen.since)
        parts.append(words(_COURSE_WORDS[chosen.course], moment=moment))
    return parts


def _about_alert(chosen: QueueFilter, page: Page) -> list[str]:
    words, formats, parts = page.words, page.formats, []
    if chosen.transaction_type:
        parts.append(words(N_("of type {type}"), type=text.code(chosen.transaction_type, formats).lower()))
    if chosen.channel:
        parts.append(words(N_("through {channel}"), channel=text.code(chosen.channel, formats).lower()))
    if chosen.minimum_amount:
        parts.append(words(N_("of {amount} or more"), amount=formats.number(chosen.minimum_amount, 2)))
    if chosen.reason:
        label = text.feature_label(chosen.reason, formats)
        parts.append(words(N_("that stand out by “{reason}”"), reason=label))
    if chosen.together:
        parts.append(words(N_("that stand out most by “{reason}”"), reason=pair(chosen.together, formats)))
    if chosen.search:
        parts.append(words(N_("that contain “{search}”"), search=chosen.search))
    return parts
