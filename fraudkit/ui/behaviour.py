"""How the customer behaves, in two tables: the pace right before, and the habitual pattern."""

from __future__ import annotations

from typing import Final

from fraudkit.explain.habits import habits, is_thin
from fraudkit.explain.past import HISTORY_DAYS
from fraudkit.explain.velocity import Figure, Measure, Span
from fraudkit.services.history import History
from fraudkit.ui import html
from fraudkit.ui.html import Cell
from fraudkit.ui.shell import Page
from fraudkit.words import N_

_MEASURES: Final[dict[Measure, str]] = {
    "count": N_("Operations"),
    "sent": N_("Out"),
    "received": N_("In"),
    "payees": N_("Payees"),
    "places": N_("Places"),
}
_SPANS: Final[dict[Span, str]] = {
    "hour": N_("Hour"),
    "day": N_("Day"),
    "week": N_("Week"),
    "ever": N_("Ever"),
}
_MONEY: Final = ("sent", "received")


def pace(page: Page, past: History) -> None:
    """Draw the velocity table; each cell with what is usual below it."""
    if past.past.entity_kind == "transaction":
        return
    table = past.pace
    rows: list[html.Line] = [
        [
            Cell(page.words(_SPANS[span]), _since(page, past) if span == "ever" else ""),
            *(_cell(page, name, figures[name]) for name in table.measures),
        ]
        for span, figures in table.rows.items()
    ]
    heads = [page.words(N_("Before it")), *(page.words(_MEASURES[name]) for name in table.measures)]
    numbers = range(1, len(heads))
    html.show(html.table(heads, rows, numbers=numbers, kind="fk-dense") + html.quiet(_compared(page, past)))


def habitual(page: Page, past: History) -> None:
    """Draw what was habitual against this transaction."""
    rows = habits(past.past, past.facts, past.pace, page.formats)
    if not rows:
        return
    payments = page.formats.plural(
        N_("{count} earlier payment in {days} days"),
        N_("{count} earlier payments in {days} days"),
        past.facts.payments,
        days=page.formats.number(HISTORY_DAYS),
    )
    heads = [page.words(N_("Habit")), payments, page.words(N_("This transaction"))]
    cells: list[html.Line] = [
        [row.factor, row.habitual, Cell(row.current, is_marked=row.is_outside)] for row in rows
    ]
    thin = (
        html.quiet(page.words(N_("Too little history to speak of a habit."))) if is_thin(past.facts) else ""
    )
    html.show(html.table(heads, cells, kind="fk-dense fk-habits") + thin)


def _cell(page: Page, name: Measure, figure: Figure) -> Cell:
    below = ""
    if figure.usual is not None and figure.most is not None:
        below = f"{_number(page, name, figure.usual)} … {_number(page, name, figure.most)}"
    return Cell(_number(page, name, figure.now), below, is_marked=figure.is_new_high)


def _since(page: Page, past: History) -> str:
    facts = past.facts
    if facts.first_ts_us is None:
        return page.words(N_("the first one seen"))
    date = page.formats.date(facts.first_ts_us, facts.utc_offset_minutes)
    return page.words(N_("since {date}"), date=date)


def _number(page: Page, name: Measure, value: float) -> str:
    if name in _MONEY:
        return page.formats.number(value)
    return page.formats.number(value, 1)


def _compared(page: Page, past: History) -> str:
    formats, table = page.formats, past.pace
    currency = formats.symbol(page.workbench.settings.base_currency)
    if table.compared:
        line = page.words(
            N_(
                "Below: usual … most, before {count} operations of {days} days. Marked: more than ever. "
                "Money in {currency}."
            ),
            count=formats.number(table.compared),
            days=formats.number(HISTORY_DAYS),
            currency=currency,
        )
    else:
        line = page.words(N_("Too little history for what is usual. Money in {currency}."), currency=currency)
    if table.without_rate:
        line += " " + formats.plural(
            N_("{count} operation in a currency without a rate is not in the money."),
            N_("{count} operations in a currency without a rate are not in the money."),
            table.without_rate,
        )
    if table.is_cut:
        line += " " + formats.words(
            N_("“Ever” covers the {count} operations nearest in time."), count=formats.number(len(past.past))
        )
    return line
