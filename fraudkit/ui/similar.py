"""The most alike labelled cases with their outcomes, or that this is a new pattern."""

from __future__ import annotations

from fraudkit.domain import Verdict
from fraudkit.services import similar
from fraudkit.services.scoring import TransactionExplanation
from fraudkit.services.similar import NEAR, Neighbour, Neighbourhood
from fraudkit.taxonomy import VERDICT_LABELS, reason_of
from fraudkit.ui import html, state, text, url
from fraudkit.ui.html import Cell
from fraudkit.ui.shell import Page
from fraudkit.words import N_


def panel(page: Page, case_id: int, explanation: TransactionExplanation) -> None:
    """Draw the outcomes in one sentence, and the cases behind it."""
    found = similar.neighbourhood(page.workbench, case_id, explanation)
    html.show(html.line(_said(page, found)))
    if found.near:
        heads = [N_("Alike"), N_("Case"), N_("Outcome"), N_("Operation"), N_("Amount"), N_("Decided")]
        rows = [_row(page, neighbour) for neighbour in found.near]
        html.show(html.table([page.words(head) for head in heads], rows, numbers=[0, 4], kind="fk-dense"))
    html.show(
        html.quiet(
            page.words(
                N_(
                    "Alike is what the model tells apart with difficulty: the share of its trees and paths "
                    "that two operations have in common. From {near} % on the nearest verdict was right more "
                    "often than the commoner one."
                ),
                near=page.formats.number(100 * NEAR),
            )
        )
    )


def _said(page: Page, found: Neighbourhood) -> str:
    formats = page.formats
    if not found.labelled or found.closest is None:
        return page.words(N_("Nothing to compare with: no case with a verdict is known to this model."))
    if not found.near:
        return formats.plural(
            N_("New pattern: the {count} decided operation is only {closest} % alike."),
            N_("New pattern: the nearest of {count} decided operations is only {closest} % alike."),
            found.labelled,
            closest=formats.number(100 * found.closest),
        )
    outcomes = ", ".join(
        f"{formats.number(count)} {_outcome(page, verdict, reason)}"
        for (verdict, reason), count in found.outcomes
    )
    return formats.plural(
        N_("Of the {count} most alike decided operation: {outcomes}."),
        N_("Of the {count} most alike decided operations: {outcomes}."),
        len(found.near),
        outcomes=outcomes,
    )


def _outcome(page: Page, verdict: Verdict, reason: str | None) -> str:
    label = page.words(VERDICT_LABELS[verdict]).lower()
    return f"{label} ({page.words(reason_of(verdict, reason).label).lower()})" if reason else label


def _row(page: Page, found: Neighbour) -> list[str | Cell]:
    formats = page.formats
    what = " · ".join(text.code(part, formats) for part in (found.transaction_type, found.channel) if part)
    outcome = page.words(VERDICT_LABELS[found.verdict])
    why = page.words(reason_of(found.verdict, found.reason).label) if found.reason else ""
    return [
        f"{formats.number(100 * found.similarity)} %",
        Cell(
            formats.number(found.case_id),
            text.entity(found.entity_kind, found.entity_id, formats),
            url.case_address(found.case_id, state.address_language()),
        ),
        Cell(outcome, why, is_marked=found.verdict == "fraud"),
        Cell(what or text.EMPTY, found.merchant or ""),
        Cell(
            formats.amount(found.amount, found.currency), formats.date(found.ts_us, found.utc_offset_minutes)
        ),
        Cell(found.actor, page.moment(found.created_at)),
    ]
