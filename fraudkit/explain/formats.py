"""Numbers, amounts and times as the reader writes them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Final

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime
from babel.numbers import (
    format_currency,
    format_decimal,
    get_currency_symbol,
    get_decimal_symbol,
    get_group_symbol,
)

from fraudkit.domain import MICROSECONDS_PER_SECOND
from fraudkit.words import DEFAULT_LANGUAGE, N_, Language, language_of, translate, translate_plural

NO_BREAK_SPACE: Final = "\u00a0"
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
DEFAULT_LOCALES: Final[dict[Language, str]] = {"es": "es_PE", "en": "en_US"}
CURRENCY_SYMBOLS: Final = {"PEN": "S/", "USD": "US$", "EUR": "€"}
"""How a bank in Peru writes them, in either language."""

_UNITS: Final = (
    (365 * 86_400, N_("{count} year"), N_("{count} years")),
    (86_400, N_("{count} day"), N_("{count} days")),
    (3_600, N_("{count} hour"), N_("{count} hours")),
    (60, N_("{count} minute"), N_("{count} minutes")),
    (1, N_("{count} second"), N_("{count} seconds")),
)


@dataclass(frozen=True, slots=True)
class Formats:
    """How one reader writes numbers, amounts and times.

    Parameters
    ----------
    language
        Language of the words around the numbers.
    locale
        Identifier that Babel knows, such as `es_PE`.
    """

    language: Language = DEFAULT_LANGUAGE
    locale: str = DEFAULT_LOCALES[DEFAULT_LANGUAGE]

    def words(self, text: str, **values: object) -> str:
        """Return a marked text in the reader's language with its gaps filled."""
        translated = translate(text, self.language)
        return translated.format(**values) if values else translated

    def plural(self, singular: str, plural: str, count: int, **values: object) -> str:
        """Return the marked form that fits the count; `{count}` is filled as the reader writes it."""
        form = translate_plural(singular, plural, count, self.language)
        return form.format(count=self.number(count), **values)

    def number(self, value: float | Decimal, digits: int = 0) -> str:
        """Return a number with at most that many decimals."""
        pattern = "#,##0" + ("." + "#" * digits if digits else "")
        return str(format_decimal(value, format=pattern, locale=self.locale))

    def fixed(self, value: float, digits: int, *, signed: bool = False) -> str:
        """Return a number with exactly that many decimals, with its sign when asked."""
        pattern = "#,##0" + ("." + "0" * digits if digits else "")
        pattern = f"+{pattern};−{pattern}" if signed else f"{pattern};−{pattern}"
        return str(format_decimal(value, format=pattern, locale=self.locale))

    def percent(self, share: float, digits: int = 0) -> str:
        """Return a share (0 to 1) as a percentage."""
        return f"{self.fixed(100 * share, digits)}{NO_BREAK_SPACE}%"

    def severity(self, value: float) -> str:
        """Return a severity (0 to 100) cut, never rounded up: nothing is more unusual than everything."""
        return self.fixed(min(int(value * 100 + 1e-9) / 100, 99.99), 2)

    def percentile(self, value: float) -> str:
        """Return a severity with its sign, which never stands on a line of its own."""
        return f"{self.severity(value)}{NO_BREAK_SPACE}%"

    def amount(self, value: float | Decimal, currency: str | None = None) -> str:
        """Return an amount with its currency's symbol; two decimals always."""
        if not currency or not re.fullmatch(r"[A-Z]{3}", currency):
            plain = self.fixed(float(value), 2)
            return f"{currency}{NO_BREAK_SPACE}{plain}" if currency else plain
        text = str(format_currency(value, currency, locale=self.locale, format_type="standard"))
        own = CURRENCY_SYMBOLS.get(currency)
        if own:
            text = text.replace(str(get_currency_symbol(currency, self.locale)), own)
        return re.sub(r"(?<=[^\d\s.,\-−])(?=\d)", NO_BREAK_SPACE, text).replace("-", "−")

    def symbol(self, currency: str | None) -> str:
        """Return how a currency is written; an empty text for none."""
        return CURRENCY_SYMBOLS.get(currency or "", currency or "")

    @property
    def separators(self) -> str:
        """The marks before decimals and between thousands, as Plotly takes them."""
        return get_decimal_symbol(self.locale) + get_group_symbol(self.locale)

    def moment(self, ts_us: int, utc_offset_minutes: int = 0) -> str:
        """Return date and time of day on the transaction's own clock, to the minute."""
        local = local_datetime(ts_us, utc_offset_minutes)
        return f"{self.date(ts_us, utc_offset_minutes)}, {local:%H:%M}"

    def date(self, ts_us: int, utc_offset_minutes: int = 0) -> str:
        """Return the day on the transaction's own clock."""
        return str(format_date(local_datetime(ts_us, utc_offset_minutes), "medium", locale=self.locale))

    def day(self, local: datetime, *, clock: bool = False) -> str:
        """Return a day without its year for an axis, with the time of day when asked."""
        pattern = "d MMM HH:mm" if clock else "d MMM"
        return str(format_datetime(local, pattern, tzinfo=UTC, locale=self.locale))

    def weekday(self, ts_us: int, utc_offset_minutes: int = 0) -> str:
        """Return the name of the day on the transaction's own clock."""
        local = local_datetime(ts_us, utc_offset_minutes)
        return str(format_datetime(local, "EEEE", tzinfo=UTC, locale=self.locale))

    def duration(self, seconds: float) -> str:
        """Return a span in its largest fitting unit, such as `3 hours`."""
        for size, singular, plural in _UNITS:
            if seconds >= 2 * size or size == 1 or (size < _UNITS[0][0] and seconds >= size):
                return self.plural(singular, plural, max(round(seconds / size), 0))
        return ""  # pragma: no cover - the last unit always fits

    def since(self, earlier_us: int, later_us: int) -> str:
        """Return the span between two moments."""
        return self.duration((later_us - earlier_us) / MICROSECONDS_PER_SECOND)


@cache
def formats_for(language: Language, browser_locale: str | None = None) -> Formats:
    """Return the reader's formats: the browser's region when its language is the one being read."""
    if browser_locale and "-" in browser_locale and language_of(browser_locale) == language:
        try:
            return Formats(language, str(Locale.parse(browser_locale, sep="-")))
        except (UnknownLocaleError, ValueError):
            pass
    return Formats(language, DEFAULT_LOCALES[language])


def local_datetime(ts_us: int, utc_offset_minutes: int = 0) -> datetime:
    """Return the moment on the transaction's own clock, without a time zone of its own."""
    return (EPOCH + timedelta(microseconds=ts_us + utc_offset_minutes * 60_000_000)).replace(tzinfo=None)
