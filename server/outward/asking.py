"""One request to an endpoint, to an address that was checked, and on through redirects that are."""

from __future__ import annotations

import contextlib
import socket
import ssl
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from http.client import HTTPException
from urllib.parse import urljoin

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, LocationParseError
from urllib3.response import BaseHTTPResponse
from urllib3.util import Url, parse_url

from kg.errors import DatelineError
from server.outward.addresses import NotPublic, is_public, public_addresses

_CONNECT = 10.0  # seconds that an address has to answer before the next is tried
_REDIRECTS = 5
_SEE_OTHER = 303


class Unanswered(DatelineError):
    """An endpoint that cannot be asked, or does not answer as it must."""


@dataclass(frozen=True, slots=True)
class Question:
    """What the engine wants to ask."""

    headers: Mapping[str, str]
    body: bytes


@lru_cache(maxsize=1)
def _trust() -> ssl.SSLContext:
    """Certificates by the authorities that this machine trusts (``SSL_CERT_FILE`` names others)."""
    return ssl.create_default_context()


class Asking:
    """A request on its way: `ask`, read the response, `close`.

    Redirects may lead to the `hosts`, to no other port, and not from HTTPS to HTTP.  All of it ends at
    `until`, by the monotonic clock, if somebody calls `shut` then: an endpoint that sends a byte now and
    then never runs into the time limit of a socket.
    """

    def __init__(self, hosts: frozenset[str], until: float) -> None:
        self.until = until
        self._hosts = hosts
        self._connection: HTTPConnection | None = None
        self._socket: socket.socket | None = None  # which the connection lets go of when it has read the head
        self.ended = False  # from outside: what was read since may be a part

    def ask(self, endpoint: str, addresses: Sequence[str], question: Question) -> BaseHTTPResponse:
        """The response, whose body is still to be read: `read1`.

        The endpoint's name is not looked up: who asks knows its `addresses`.  `NotPublic` where the way leads
        into the house, `Unanswered` where nobody answers.
        """
        url, method, body, headers = _url(endpoint), "POST", question.body, dict(question.headers)
        for _ in range(_REDIRECTS + 1):
            try:
                response = self._send(url, addresses, method, body, headers)
            except (OSError, HTTPError, HTTPException) as e:
                raise Unanswered(f"{url.netloc} cannot be asked: {e}") from e
            if self.ended:
                raise Unanswered(f"{url.netloc} was asked for too long")
            target = response.get_redirect_location()
            if not target:
                return response
            self.close()
            url = self._led(url, target)
            addresses = public_addresses(_host(url))
            if response.status == _SEE_OTHER:
                method, body = "GET", b""
                headers.pop("Content-Type", None)
        raise Unanswered(f"more than {_REDIRECTS} redirects, the last to {url.url}")

    def _led(self, url: Url, target: str) -> Url:
        """Where a redirect leads, if it may."""
        to = _url(urljoin(url.url, target))
        lowered = url.scheme == "https" and to.scheme != "https"
        if lowered or to.host not in self._hosts or to.port not in (None, url.port):
            raise Unanswered(
                f"{url.netloc} redirects to {to.url}, which service_allow does not have",
                remedy="tell who runs this server",
            )
        return to

    def _send(
        self, url: Url, addresses: Sequence[str], method: str, body: bytes, headers: Mapping[str, str]
    ) -> BaseHTTPResponse:
        connection = self._connect(url, addresses)
        connection.request(
            method,
            url.request_uri,
            body or None,
            {**headers, "Host": url.netloc or "", "Accept-Encoding": "gzip, deflate"},
            preload_content=False,
        )
        return connection.getresponse()

    def _connect(self, url: Url, addresses: Sequence[str]) -> HTTPConnection:
        """A connection to the first of the host's addresses that takes one."""
        host = _host(url)
        trouble: Exception = OSError("too late")
        for address in addresses:
            if not is_public(address):
                raise NotPublic(f"{host} leads to an address that is not public")
            left = self.until - time.monotonic()
            if left <= 0 or self.ended:
                break
            connection = _connection(url, address, host, min(_CONNECT, left))
            self._connection = connection
            try:
                connection.connect()
            except (OSError, HTTPError, HTTPException) as e:
                trouble = e
                connection.close()
                continue
            self._socket = connection.sock
            connection.timeout = left
            return connection
        raise trouble

    def shut(self) -> None:
        """End it, whatever a thread of it is waiting for; from another thread."""
        self.ended = True
        for sock in (self._socket, self._connection and self._connection.sock):
            with contextlib.suppress(OSError):  # it is closed already
                sock and sock.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()


def _connection(url: Url, address: str, host: str, timeout: float) -> HTTPConnection:
    """To an address, where it is to prove that it is the host's."""
    if url.scheme == "http":
        return HTTPConnection(address, url.port, timeout=timeout)
    return HTTPSConnection(address, url.port, timeout=timeout, ssl_context=_trust(), server_hostname=host)


def _host(url: Url) -> str:
    return (url.host or "").strip("[]")


def _url(text: str) -> Url:
    try:
        url = parse_url(text)
    except LocationParseError as e:
        raise Unanswered(f"{text} is no address: {e}") from e
    if url.scheme not in ("http", "https") or not url.host or url.auth is not None:
        raise Unanswered(f"{text} is no address of HTTP")
    return url
