"""Why a case stands where it stands in the order of work, in words."""

from __future__ import annotations

from typing import Final

from fraudkit.evaluate.calibration import Calibration
from fraudkit.evaluate.service_level import ServiceLevel
from fraudkit.services.calibrating import LEAST_VERDICTS, Progress
from fraudkit.services.queueing import QueuePage, QueueRow
from fraudkit.ui import text
from fraudkit.ui.shell import Page
from fraudkit.words import N_

SERVICE_LABELS: Final[dict[ServiceLevel, str]] = {
    "on_track": N_("On track"),
    "at_risk": N_("At risk"),
    "due_soon": N_("Due soon"),
    "breached": N_("Overdue"),
}
SERVICE_COLOURS: Final[dict[ServiceLevel, str]] = {
    "on_track": "gray",
    "at_risk": "yellow",
    "due_soon": "orange",
    "breached": "red",
}


def because(page: Page, row: QueueRow) -> str:
    """Return in a few words what the place of a row rests on."""
    words, formats = page.words, page.formats
    currency = page.workbench.settings.base_currency
    alerts = formats.plural(N_("{count} alert"), N_("{count} alerts"), row.undecided)
    if row.is_unpriced:
        return words(N_("no rate for {currency}"), currency=row.currency or "?")
    if row.probability is not None:
        return f"{share(page, row.probability)} × {formats.amount(row.open_amount, currency)}"
    if row.undecided:
        return f"{alerts}, {formats.amount(row.open_amount, currency)}"
    return text.EMPTY


def jumped(page: Page, row: QueueRow) -> str:
    """Return why a case goes before the others; an empty text for one that does not."""
    if row.standing != 0:
        return ""
    return page.words(N_("Back from waiting") if row.woken_at is not None else N_("Returned"))


def sentence(page: Page, row: QueueRow, found: QueuePage, progress: Progress | None) -> str:
    """Return the whole of it for one row: who jumped the queue, the reckoning, what it was counted from."""
    parts = [_first(page, row), _reckoned(page, row)]
    if row.probability is not None and found.calibration is not None:
        parts.append(_counted(page, row, found.calibration))
    elif progress is not None and row.undecided and found.calibration is None:
        parts.append(not_calibrated(page, progress))
    return " ".join(part for part in parts if part)


def not_calibrated(page: Page, progress: Progress) -> str:
    """Say how many verdicts are still wanting before a probability is shown."""
    return page.words(
        N_("Not yet calibrated: {frauds} of {least} verdicts of fraud and {genuine} of {least} of genuine."),
        frauds=page.formats.number(min(progress.frauds, LEAST_VERDICTS)),
        genuine=page.formats.number(min(progress.genuine, LEAST_VERDICTS)),
        least=page.formats.number(LEAST_VERDICTS),
    )


def share(page: Page, probability: float) -> str:
    """Return a probability as a percentage; one below one per cent keeps a decimal."""
    return page.formats.percent(probability, 0 if probability >= 0.0995 else 1)  # noqa: PLR2004 - ten per cent


def _first(page: Page, row: QueueRow) -> str:
    """Return the place, and what of the case's course decides it."""
    if row.place is None:
        return ""
    place = page.formats.number(row.place)
    if row.standing == 0:
        told = (
            N_("Place {place}: it woke and goes before the others.")
            if row.woken_at is not None
            else N_("Place {place}: {who} returned it, and it goes before the others.")
        )
    else:
        told = {
            "waiting": N_("Waits until {moment} and is not served before."),
            "escalated": N_("Stands with a team lead and is not served."),
            "pending_approval": N_("Its verdict awaits a second person."),
        }.get(row.status, N_("Place {place}."))
    moment = page.moment(row.waiting_until) if row.waiting_until is not None else ""
    return page.words(told, place=place, who=row.returned_by, moment=moment)


def _reckoned(page: Page, row: QueueRow) -> str:
    words, formats = page.words, page.formats
    currency = page.workbench.settings.base_currency
    if row.is_unpriced:
        return words(
            N_("{currency} has no rate, so its loss cannot be reckoned; it goes first until there is one."),
            currency=row.currency or "?",
        )
    if row.expected_loss is not None and row.probability is not None:
        return words(
            N_("Expected loss {loss} = {share} × {amount} open."),
            loss=formats.amount(row.expected_loss, currency),
            share=share(page, row.probability),
            amount=formats.amount(row.open_amount, currency),
        )
    if not row.undecided:
        return ""
    return words(
        N_("Severity {severity}, {alerts}, {amount} open."),
        severity=formats.severity(row.severity),
        alerts=formats.plural(N_("{count} alert"), N_("{count} alerts"), row.undecided),
        amount=formats.amount(row.open_amount, currency),
    )


def _counted(page: Page, row: QueueRow, calibration: Calibration) -> str:
    words, formats = page.words, page.formats
    band = calibration.band(row.score)
    counted = words(
        N_("At such scores {frauds} of {verdicts} verdicts were fraud: between {low} and {high}."),
        frauds=formats.number(band.frauds),
        verdicts=formats.number(band.verdicts),
        low=share(page, band.low),
        high=share(page, band.high),
    )
    if row.score < calibration.observed_from:
        counted += " " + words(N_("Nothing was decided at so low a score: the share is at most that."))
    return counted
