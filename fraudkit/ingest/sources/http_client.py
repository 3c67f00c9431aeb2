"""Careful HTTP: only http and https, only the configured host, bounded answers, repeated with patience."""

from __future__ import annotations

import http.client
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.message import Message
from typing import IO, Final
from urllib.parse import urljoin, urlsplit

from fraudkit.errors import InvalidInputError, SourceError
from fraudkit.words import N_

BLOCK_BYTES: Final = 1 << 20
FIRST_PAUSE_SECONDS: Final = 0.5
LONGEST_PAUSE_SECONDS: Final = 60.0
TEMPORARY: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}

Pause = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server said."""

    body: bytes
    headers: Message


@dataclass(frozen=True, slots=True)
class Client:
    """Reads addresses of one host.

    Parameters
    ----------
    origin
        The configured address; scheme, host and port of every request must be its own.
    headers
        Sent with every request, the secret among them.
    timeout
        Seconds without a byte after which a request is given up.
    retries
        How often a request is repeated after a temporary failure.
    page_bytes
        Largest answer.
    """

    origin: str
    headers: Mapping[str, str] = field(repr=False)
    timeout: float
    retries: int
    page_bytes: int
    pause: Pause = time.sleep

    def get(self, address: str) -> Answer:
        """Return the answer of one address; temporary failures are waited out.

        Raises
        ------
        SourceError
            When the server refuses, cannot be reached, or says more than allowed.
        """
        require_same_origin(self.origin, address)
        for attempt in range(self.retries + 1):
            waiting = min(FIRST_PAUSE_SECONDS * 2**attempt, LONGEST_PAUSE_SECONDS)
            try:
                return self._get_once(address)
            except urllib.error.HTTPError as error:
                with error:
                    if error.code not in TEMPORARY or attempt == self.retries:
                        raise _refused(error.code) from error
                    waiting = _asked_pause(error.headers, waiting)
            except (OSError, http.client.HTTPException) as error:
                if attempt == self.retries:
                    raise _unreachable(error) from error
            self.pause(waiting)
        raise AssertionError(address)

    def _get_once(self, address: str) -> Answer:
        request = urllib.request.Request(address, headers=dict(self.headers))  # noqa: S310 - checked above
        opener = urllib.request.build_opener(_SameOrigin(self.origin), urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=self.timeout) as answer:
            return Answer(_bounded(answer, self.page_bytes), answer.headers)


class _SameOrigin(urllib.request.HTTPRedirectHandler):
    """Follows redirects within the configured host only: elsewhere the secret must not go."""

    def __init__(self, origin: str) -> None:
        self._origin = origin

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        try:
            require_same_origin(self._origin, urljoin(req.full_url, newurl))
        except SourceError:
            fp.close()
            raise
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def require_same_origin(origin: str, address: str) -> None:
    """Refuse an address of another scheme, host or port.

    Raises
    ------
    SourceError
        When the address lies elsewhere.
    """
    if _origin(origin) != _origin(address):
        raise SourceError(
            N_("The server points to another host, {host}; it is not followed."),
            N_("If that host is right, configure it as the address of the source."),
            host=urlsplit(address).hostname or "?",
        )


def require_http(address: str) -> None:
    """Refuse an address that is not http or https.

    Raises
    ------
    InvalidInputError
        When it is another scheme, or has no host.
    """
    parts = urlsplit(address)
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname:
        raise InvalidInputError(
            N_("“{address}” is not an http or https address."),
            N_("Write it as https://host/path."),
            address=address,
        )


def _origin(address: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(address)
    return parts.scheme, parts.hostname, parts.port or _DEFAULT_PORTS.get(parts.scheme)


def _bounded(answer: http.client.HTTPResponse, limit: int) -> bytes:
    blocks, size = [], 0
    while block := answer.read(BLOCK_BYTES):
        blocks.append(block)
        size += len(block)
        if size > limit:
            raise SourceError(
                N_("One page of the interface has more than {limit} MB."),
                N_("Ask for smaller pages (page_size)."),
                limit=limit >> 20,
            )
    expected = answer.headers.get("Content-Length")
    if expected is not None and expected.isdigit() and int(expected) != size:
        raise http.client.IncompleteRead(blocks[-1] if blocks else b"", int(expected) - size)
    return b"".join(blocks)


def _asked_pause(headers: Message | None, otherwise: float) -> float:
    asked = headers.get("Retry-After", "") if headers else ""
    return min(float(asked), LONGEST_PAUSE_SECONDS) if asked.isdigit() else otherwise


def _refused(code: int) -> SourceError:
    return SourceError(
        N_("The interface refuses the request (HTTP status {code})."),
        N_("Check address, parameters and token of the source (401 and 403: the token)."),
        code=code,
    )


def _unreachable(error: Exception) -> SourceError:
    reason = error.reason if isinstance(error, urllib.error.URLError) else error
    return SourceError(
        N_("The interface cannot be reached: {reason}"),
        N_("Check the address, the network and the server's certificate."),
        reason=str(reason) or type(error).__name__,
    )
