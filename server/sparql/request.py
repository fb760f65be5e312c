"""Reading a SPARQL protocol request (SPARQL 1.1 Protocol, section 2.1) from a WSGI environment.

At this level and not Flask's, since a tiny query is answered in less time than a framework needs to begin.
"""

from __future__ import annotations

import binascii
import functools
import ipaddress
import re
from typing import Any, NamedTuple
from urllib.parse import unquote

from kg.rdf.formats import Format, media_types
from kg.rdf.ntriples import NOT_IN_IRI
from server.errors import HttpError
from server.limiter import LOCAL
from server.negotiation import best

Environ = dict[str, Any]

_FORMAT = re.compile(r"(?:^|&)format=([^&]+)")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")
LARGEST_BODY = 10 << 20
FIELDS = 1000
_ADDRESS = "the query string"
_FORM = "application/x-www-form-urlencoded"
_QUERY = "application/sparql-query"
_UPDATE = "application/sparql-update"
_LOOPBACK = ("", "127.0.0.1", "::1", "::ffff:127.0.0.1")  # a Unix socket has no address
ALLOW = "GET, HEAD, POST, OPTIONS"


class SparqlRequest(NamedTuple):
    """What the client asks; ``query`` is None where it asked for the endpoint's description."""

    query: str | None
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    format: str | None = None
    timeout: float | None = None


def client_address(environ: Environ) -> str:
    """Who asks: the peer, or whom a proxy on this machine speaks for; `LOCAL` for this machine.

    Of ``X-Forwarded-For`` only the last address counts, which the proxy itself wrote; others can be forged.
    """
    peer = str(environ.get("REMOTE_ADDR", ""))
    if peer in _LOOPBACK:
        peer = environ.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip()
        if peer in _LOOPBACK:
            return LOCAL
    return _subscriber(peer) if ":" in peer else peer


@functools.lru_cache(maxsize=4096)
def _subscriber(address: str) -> str:
    """Of an IPv6 address the network: a subscriber has all the addresses of one (RFC 6177).

    >>> _subscriber("2001:db8:1:2:3::4"), _subscriber("::ffff:192.0.2.1"), _subscriber("unknown:1")
    ('2001:db8:1:2::/64', '192.0.2.1', 'unknown:1')
    """
    try:
        known = ipaddress.IPv6Address(address.partition("%")[0])
    except ValueError:
        return address
    return str(known.ipv4_mapped or ipaddress.IPv6Network((known, 64), strict=False))


_ANSWERS = (*media_types(Format), "text/html")


def is_query(environ: Environ) -> bool:
    """Whether a request to the endpoint is a query, and not a reader who opens the editor or a program that
    asks for the description.

    A browser that follows a link to a query gets the editor with the query in it.
    """
    method = environ["REQUEST_METHOD"]
    if method == "OPTIONS":
        return False
    if method not in ("GET", "HEAD"):
        return True
    asked = environ.get("QUERY_STRING", "")
    if "query=" not in asked and "update=" not in asked:
        return False
    if "format=" in asked and (format := _FORMAT.search(asked)) is not None:
        return format[1].lower() != "html"
    if "text/html" not in environ.get("HTTP_ACCEPT", ""):
        return True
    return best(environ["HTTP_ACCEPT"], _ANSWERS) != "text/html"


def read_request(environ: Environ) -> SparqlRequest:
    """The request; HttpError 400, 403, 405, 413 or 415 where it breaks the protocol."""
    method, address = environ["REQUEST_METHOD"], environ.get("QUERY_STRING", "")
    if method == "GET" and address.startswith("query=") and "&" not in address:  # as nearly all are
        return SparqlRequest(_decoded_in(address[6:], _ADDRESS))
    pairs = _pairs(address, _ADDRESS)
    if method in ("GET", "HEAD"):
        return _of(pairs)
    if method != "POST":
        raise HttpError(405, f"{method} is not allowed here", remedy=f"use {ALLOW}", headers={"Allow": ALLOW})
    kind, _, parameters = environ.get("CONTENT_TYPE", "").partition(";")
    kind = kind.strip().lower()
    if kind == _FORM:
        return _of(pairs + _pairs(_body(environ, parameters), "the form"))
    if kind == _QUERY:
        if any(name == "query" for name, _ in pairs):
            raise HttpError(400, "the query stands in the address and in the body", remedy="send it once")
        return _of([*pairs, ("query", _body(environ, parameters))])
    if kind == _UPDATE:
        raise refused_update()
    raise HttpError(
        415, f"a body of type {kind or 'none'} is not understood", remedy=f"send {_QUERY} or {_FORM}"
    )


def refused_update() -> HttpError:
    """403: this endpoint only reads."""
    return HttpError(403, "updates are refused: this endpoint only reads", remedy="write through kg update")


def _pairs(text: str, where: str) -> list[tuple[str, str]]:
    if text.count("&") >= FIELDS:  # before five million of them take a gigabyte
        raise HttpError(400, f"{where} has more than {FIELDS} fields", remedy="ask for less at once")
    fields = [field.partition("=") for field in text.split("&") if field]
    return [(_decoded_in(name, where), _decoded_in(value, where)) for name, _, value in fields]


def _decoded_in(text: str, where: str) -> str:
    try:
        return _decoded(text)
    except UnicodeDecodeError as e:
        raise HttpError(400, f"{where} is not valid: {e}", remedy="send UTF-8, percent-encoded") from e


def _decoded(text: str) -> str:
    """A part of a form without its percent-encoding; UnicodeDecodeError where it is not UTF-8.

    Quoted-printable is the same with another sign, and is decoded in C: a query has an escape in every other
    place, which cost `urllib.parse.unquote` a tenth of all that the web worker does for it.
    """
    text = text.replace("+", " ")
    escapes = text.count("%")
    if escapes and text.isascii() and "\n" not in text and "\r" not in text:
        data = binascii.a2b_qp(text.replace("=", "=3D").replace("%", "="))
        if len(data) == len(text) - 2 * escapes:  # each is a whole one
            return data.decode()
    return unquote(text, errors="strict")


def _body(environ: Environ, parameters: str) -> str:
    packed = environ.get("HTTP_CONTENT_ENCODING", "").strip().lower()
    if packed not in ("", "identity"):
        raise HttpError(415, f"a body in the encoding {packed} is not understood", remedy="send it unpacked")
    charset = "utf-8"
    for parameter in parameters.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            charset = value.strip().strip('"').lower()
    if charset not in ("utf-8", "utf8", "us-ascii"):
        raise HttpError(415, f"charset {charset} is not understood", remedy="send UTF-8")
    stream = environ["wsgi.input"]
    length = environ.get("CONTENT_LENGTH") or ""
    if length and (not length.isdigit() or int(length) > LARGEST_BODY):
        raise HttpError(413, f"a body of {length} bytes is too large", remedy=f"at most {LARGEST_BODY} bytes")
    # gunicorn ends the stream of a chunked body itself, so reading without a length is safe there.
    data = stream.read(int(length)) if length else stream.read(LARGEST_BODY + 1)
    if length and len(data) < int(length):
        raise HttpError(400, f"the body ends after {len(data)} of {length} bytes", remedy="send all of it")
    if len(data) > LARGEST_BODY:
        raise HttpError(413, "the body is too large", remedy=f"at most {LARGEST_BODY} bytes")
    try:
        return str(data.decode("utf-8"))
    except UnicodeDecodeError as e:
        raise HttpError(400, f"the body is not UTF-8: {e}", remedy="send UTF-8") from e


def _of(pairs: list[tuple[str, str]]) -> SparqlRequest:
    queries = [v for k, v in pairs if k == "query"]
    if any(k == "update" for k, _ in pairs):
        raise refused_update()
    if len(queries) > 1:
        raise HttpError(400, "there is more than one query", remedy="send one query a request")
    return SparqlRequest(
        query=queries[0] if queries else None,
        default_graphs=tuple(absolute_iri(v) for k, v in pairs if k == "default-graph-uri"),
        named_graphs=tuple(absolute_iri(v) for k, v in pairs if k == "named-graph-uri"),
        format=next((v for k, v in pairs if k == "format" and v), None),
        timeout=_timeout(next((v for k, v in pairs if k == "timeout"), None)),
    )


@functools.lru_cache(maxsize=256)
def absolute_iri(text: str) -> str:
    """`text`, where it is an absolute IRI; else HttpError 400."""
    if not _SCHEME.match(text) or NOT_IN_IRI.search(text):
        raise HttpError(400, f"graph {text!r} is not an absolute IRI", remedy="name graphs by their IRIs")
    return text


def _timeout(text: str | None) -> float | None:
    if text is None or text == "":
        return None
    try:
        seconds = float(text)
    except ValueError as e:
        raise HttpError(400, f"timeout={text!r} is not a number", remedy="give seconds") from e
    if not seconds > 0:
        raise HttpError(400, f"timeout={text!r} is not a time", remedy="give seconds above 0")
    return seconds
