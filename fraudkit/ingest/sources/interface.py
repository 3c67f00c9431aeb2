"""An HTTP interface that gives JSON in pages: next link, page number or cursor."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from fraudkit.domain import Progress
from fraudkit.errors import InvalidInputError, SourceError
from fraudkit.ingest.json_rows import Row, flat_row, parse_json, pointed
from fraudkit.ingest.sources.base import FetchedFile, ImportOutcome, SourceSample
from fraudkit.ingest.sources.http_client import Answer, Client, require_http
from fraudkit.ingest.sources.secret import Secret
from fraudkit.ingest.sources.settings import SourceSettings, options_of
from fraudkit.words import N_

PAGE_BYTES: Final = 64 << 20
LINK_HEADER: Final = "link"


@dataclass(frozen=True, slots=True)
class InterfaceOptions:
    """What `sources.toml` says of an HTTP interface.

    Parameters
    ----------
    rows
        JSON pointer (RFC 6901) to the list of rows within a page; empty when the page is the list.
    paging
        `next`: the page names the address of the next one; `page`: pages are numbered; `cursor`: the page
        names a mark that the next request carries.
    next
        JSON pointer to the address of the next page, or `link` for the header Link (RFC 8288).
    """

    url: str
    token: Secret
    rows: str = ""
    paging: Literal["none", "next", "page", "cursor"] = "none"
    next: str = "/next"
    page_parameter: str = "page"
    first_page: int = 1
    size_parameter: str | None = None
    page_size: int | None = None
    cursor: str = "/cursor"
    cursor_parameter: str = "cursor"
    header: str = "Authorization"
    header_prefix: str = "Bearer "
    parameters: dict[str, str] = field(default_factory=dict)
    timeout_seconds: int = 30
    retries: int = 4
    max_pages: int = 10_000


@dataclass(frozen=True, slots=True)
class _Page:
    rows: list[Row]
    document: Any
    answer: Answer
    address: str


class InterfaceSource:
    """The rows of one HTTP interface, brought as JSON lines whose values are text, digit by digit."""

    def __init__(self, settings: SourceSettings) -> None:
        self._settings = settings
        self._options = options_of(InterfaceOptions, settings)
        require_http(self._options.url)
        if self._options.page_size is not None and self._options.size_parameter is None:
            raise InvalidInputError(
                N_("Source “{name}”: page_size needs size_parameter."),
                N_("Name the parameter that carries the size, such as limit."),
                name=settings.name,
            )

    def fetch(self, folder: Path, known: frozenset[str], progress: Progress) -> Iterator[FetchedFile]:  # noqa: ARG002 - an interface is read anew each time
        """Bring the rows of all pages as one file of JSON lines."""
        target = folder / "rows.jsonl"
        rows = 0
        with target.open("w", encoding="ascii") as output:
            for page in self._pages():
                rows += len(page.rows)
                output.writelines(f"{json.dumps(row)}\n" for row in page.rows)
                self._check_limits(rows, output.tell())
                progress(min(0.95, rows / self._settings.max_rows), N_("Reading the interface"))
        if rows:
            yield FetchedFile(target, f"{self._settings.name}.jsonl", rows)

    def sample(self, count: int) -> SourceSample:
        """Read the first page."""
        rows = next(self._pages()).rows[:count]
        columns = tuple(dict.fromkeys(name for row in rows for name in row))
        return SourceSample(columns, tuple(tuple(row.get(name, "") for name in columns) for row in rows))

    def settle(self, file: FetchedFile, outcome: ImportOutcome) -> None:
        """Leave the interface as it is."""

    def _pages(self) -> Iterator[_Page]:
        client = self._client()
        address: str | None = self._first_address()
        seen: set[str] = set()
        while address is not None:
            if len(seen) >= self._options.max_pages:
                raise SourceError(
                    N_("The interface has more than {limit} pages."),
                    N_("Narrow the request, or raise max_pages of this source."),
                    limit=self._options.max_pages,
                )
            page = self._read(client, address)
            mark = hashlib.sha256(page.answer.body).hexdigest()
            if page.rows and mark in seen:
                raise SourceError(
                    N_("The interface gives the same page again."),
                    N_("Check paging and the names of its parameters."),
                )
            seen.add(mark)
            yield page
            address = self._address_after(page, len(seen))

    def _read(self, client: Client, address: str) -> _Page:
        answer = client.get(address)
        document = parse_json(answer.body)
        listed = pointed(document, self._options.rows)
        if not isinstance(listed, list) or not all(isinstance(row, dict) for row in listed):
            raise SourceError(
                N_("The interface's answer holds no list of rows at “{pointer}”."),
                N_("Set `rows` to the JSON pointer of the list, such as /data/items."),
                pointer=self._options.rows,
            )
        return _Page([flat_row(row) for row in listed], document, answer, address)

    def _address_after(self, page: _Page, pages: int) -> str | None:
        options = self._options
        if options.paging == "page":
            full = options.page_size is None or len(page.rows) >= options.page_size
            number = options.first_page + pages
            return self._with(options.page_parameter, str(number)) if page.rows and full else None
        if options.paging == "cursor":
            cursor = pointed(page.document, options.cursor)
            return self._with(options.cursor_parameter, str(cursor)) if cursor not in (None, "") else None
        if options.paging == "next":
            following = (
                _link(page.answer) if options.next == LINK_HEADER else pointed(page.document, options.next)
            )
            return urljoin(page.address, str(following)) if following else None
        return None

    def _first_address(self) -> str:
        if self._options.paging == "page":
            return self._with(self._options.page_parameter, str(self._options.first_page))
        return self._with()

    def _with(self, name: str | None = None, value: str = "") -> str:
        """Return the configured address with its parameters and one more."""
        options = self._options
        parts = urlsplit(options.url)
        pairs = dict(parse_qsl(parts.query, keep_blank_values=True)) | options.parameters
        if options.size_parameter is not None and options.page_size is not None:
            pairs[options.size_parameter] = str(options.page_size)
        if name is not None:
            pairs[name] = value
        return urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode(pairs), ""))

    def _client(self) -> Client:
        options = self._options
        headers = {"Accept": "application/json", "User-Agent": "fraudkit"}
        if options.token.given:
            headers[options.header] = f"{options.header_prefix}{options.token.value()}"
        return Client(options.url, headers, options.timeout_seconds, options.retries, PAGE_BYTES)

    def _check_limits(self, rows: int, size: int) -> None:
        if rows > self._settings.max_rows or size > self._settings.max_bytes:
            raise SourceError(
                N_("The interface brings more than {rows} rows or {limit} MB, which is its limit."),
                N_("Narrow the request, or raise max_rows or max_bytes of this source."),
                rows=self._settings.max_rows,
                limit=self._settings.max_bytes >> 20,
            )


def _link(answer: Answer) -> str | None:
    """Return the next page of the header Link: `<address>; rel="next"` (RFC 8288)."""
    for entry in answer.headers.get("Link", "").split(","):
        address, _, parameters = entry.partition(";")
        if 'rel="next"' in parameters or "rel=next" in parameters:
            return address.strip().strip("<>")
    return None
