from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from fraudkit.domain import silent
from fraudkit.errors import FraudkitError, InvalidInputError, SourceError
from fraudkit.ingest.sources import http_client
from fraudkit.ingest.sources.interface import InterfaceSource
from fraudkit.ingest.sources.settings import SourceSettings

TOKEN = "geheim-7"  # noqa: S105
ROWS = [{"id": f"0{number}", "amount": number / 4, "customer": {"id": number}} for number in range(25)]


class Interface(BaseHTTPRequestHandler):
    """Pages of ten rows in every manner, and every way to go wrong."""

    failures: dict[str, int] = {}  # noqa: RUF012 - shared with the test on purpose
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        asked = dict(parse_qsl(parts.query))
        remaining = self.failures.get(parts.path, 0)
        if remaining:
            self.failures[parts.path] = remaining - 1
            self.answer(b"{}", 503, {"Retry-After": "0"})
            return
        if self.headers.get("Authorization") != f"Bearer {TOKEN}":
            self.answer(b"{}", 401)
            return
        getattr(self, parts.path.strip("/").replace("-", "_"))(asked)

    def numbered(self, asked: dict[str, str]) -> None:
        size, page = int(asked.get("limit", "10")), int(asked["page"])
        self.send_rows(ROWS[(page - 1) * size : page * size])

    def linked(self, asked: dict[str, str]) -> None:
        start = int(asked.get("from", "0"))
        following = f"/linked?from={start + 10}" if start + 10 < len(ROWS) else None
        self.send_rows(ROWS[start : start + 10], next=following)

    def header(self, asked: dict[str, str]) -> None:
        start = int(asked.get("from", "0"))
        link = {"Link": f'</header?from={start + 10}>; rel="next"'} if start + 10 < len(ROWS) else {}
        self.answer(json.dumps(ROWS[start : start + 10]).encode(), headers=link)

    def cursor(self, asked: dict[str, str]) -> None:
        start = int(asked.get("after", "0"))
        self.send_rows(ROWS[start : start + 10], cursor=start + 10 if start + 10 < len(ROWS) else "")

    def stuck(self, _asked: dict[str, str]) -> None:
        self.send_rows(ROWS[:10])

    def away(self, _asked: dict[str, str]) -> None:
        self.answer(b"", 302, {"Location": "http://localhost:1/elsewhere"})

    def moved(self, _asked: dict[str, str]) -> None:
        self.answer(b"", 302, {"Location": "/linked"})

    def away_link(self, _asked: dict[str, str]) -> None:
        self.send_rows(ROWS[:10], next="http://localhost:1/elsewhere")

    def file_link(self, _asked: dict[str, str]) -> None:
        self.send_rows(ROWS[:10], next="file:///etc/hostname")

    def page_of_html(self, _asked: dict[str, str]) -> None:
        self.answer(b"<html>login</html>")

    def object(self, _asked: dict[str, str]) -> None:
        self.answer(b'{"rows": {"a": 1}}')

    def cut(self, _asked: dict[str, str]) -> None:
        self.answer(b'{"rows": []}', length=1_000)
        self.close_connection = True

    def exact(self, _asked: dict[str, str]) -> None:
        self.answer(
            b'{"rows": [{"id": 12345678901234567890, "amount": 10.50, "none": null, "bad": "\\ud800"}]}'
        )

    def send_rows(self, rows: list[dict[str, Any]], **more: Any) -> None:
        self.answer(json.dumps({"rows": rows, **more}).encode())

    def answer(
        self, body: bytes, status: int = 200, headers: dict[str, str] | None = None, length: int | None = None
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(length or len(body)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""


@pytest.fixture
def address(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setattr(http_client, "FIRST_PAUSE_SECONDS", 0.0)
    monkeypatch.setattr(Interface, "failures", {})
    with ThreadingHTTPServer(("127.0.0.1", 0), Interface) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@pytest.fixture
def source(
    address: str, configure: Callable[..., SourceSettings], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., InterfaceSource]:
    monkeypatch.setenv("TOKEN", TOKEN)

    def make(path: str, **keys: Any) -> InterfaceSource:
        base = {"url": f"{address}{path}", "token_env": "TOKEN", "rows": "/rows"}
        return InterfaceSource(configure(kind="http", **(base | keys)))

    return make


def fetched(source: InterfaceSource, folder: Path) -> list[dict[str, str]]:
    files = list(source.fetch(folder, frozenset(), silent))
    if not files:
        return []
    assert files[0].path is not None
    rows = [json.loads(line) for line in files[0].path.read_text().splitlines()]
    assert files[0].rows == len(rows)
    return rows


@pytest.mark.parametrize(
    ("path", "keys"),
    [
        ("/numbered", {"paging": "page"}),
        ("/numbered", {"paging": "page", "size_parameter": "limit", "page_size": 5}),
        ("/numbered", {"paging": "page", "size_parameter": "limit", "page_size": 7}),
        ("/linked", {"paging": "next"}),
        ("/moved", {"paging": "next"}),
        ("/header", {"paging": "next", "next": "link", "rows": ""}),
        ("/cursor", {"paging": "cursor", "cursor_parameter": "after"}),
    ],
)
def test_all_pages_come_once(
    source: Callable[..., InterfaceSource], tmp_path: Path, path: str, keys: dict[str, Any]
) -> None:
    rows = fetched(source(path, **keys), tmp_path)
    assert [row["id"] for row in rows] == [row["id"] for row in ROWS]
    assert rows[3] == {"id": "03", "amount": "0.75", "customer.id": "3"}


def test_numbers_keep_their_digits(source: Callable[..., InterfaceSource], tmp_path: Path) -> None:
    assert fetched(source("/exact"), tmp_path) == [
        {"id": "12345678901234567890", "amount": "10.50", "bad": "\ud800"}
    ]


def test_temporary_failures_are_waited_out(source: Callable[..., InterfaceSource], tmp_path: Path) -> None:
    Interface.failures["/linked"] = 3
    assert len(fetched(source("/linked", paging="next"), tmp_path)) == len(ROWS)
    Interface.failures["/linked"] = 3
    with pytest.raises(SourceError, match="HTTP status 503"):
        fetched(source("/linked", paging="next", retries=2), tmp_path)


@pytest.mark.parametrize(
    ("path", "keys", "sentence"),
    [
        ("/away", {}, "another host, localhost"),
        ("/away-link", {"paging": "next"}, "another host, localhost"),
        ("/file-link", {"paging": "next"}, "another host"),
        ("/stuck", {"paging": "page"}, "same page again"),
        ("/linked", {"paging": "next", "max_pages": 2}, "more than 2 pages"),
        ("/linked", {"paging": "next", "max_rows": 12}, "more than 12 rows"),
        ("/page_of_html", {}, "not JSON"),
        ("/object", {}, "no list of rows"),
        ("/linked", {"rows": "/absent"}, "no list of rows"),
        ("/linked", {"token_env": "WRONG"}, "HTTP status 401"),
        ("/cut", {"retries": 1, "timeout_seconds": 1}, "cannot be reached"),
    ],
)
def test_what_goes_wrong_is_one_sentence(
    source: Callable[..., InterfaceSource],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    path: str,
    keys: dict[str, Any],
    sentence: str,
) -> None:
    monkeypatch.setenv("WRONG", "other")
    with pytest.raises(FraudkitError, match=sentence) as caught:
        fetched(source(path, **keys), tmp_path)
    assert "\n" not in caught.value.message
    assert TOKEN not in caught.value.message


def test_a_page_that_is_too_large_is_refused(
    source: Callable[..., InterfaceSource], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("fraudkit.ingest.sources.interface.PAGE_BYTES", 100)
    with pytest.raises(SourceError, match="One page"):
        fetched(source("/linked"), tmp_path)


def test_a_test_reads_one_page(source: Callable[..., InterfaceSource]) -> None:
    sample = source("/linked", paging="next").sample(2)
    assert sample.columns == ("id", "amount", "customer.id")
    assert sample.rows == (("00", "0.0", "0"), ("01", "0.25", "1"))


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://host/x", "host/x", "http://"])
def test_only_http_addresses_are_taken(configure: Callable[..., SourceSettings], url: str) -> None:
    with pytest.raises(InvalidInputError, match="not an http or https address"):
        InterfaceSource(configure(kind="http", url=url))
