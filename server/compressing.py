"""Pages, data and scripts go out compressed to whoever takes that: a tenth to a third of their bytes.

Only what everybody may see is compressed, so that the length of an answer tells nobody a secret.  A
compressed answer is another representation, with an ETag of its own (RFC 9110, section 8.8.3).  Exports are
compressed as they go out.  Query results see to themselves (`server.sparql`), downloads are compressed files
already.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterable, Iterator

import zstandard
from flask import Flask, Response, g, request

from server.assets import STATIC
from server.site import Site
from server.sparql.answering import choose_encoding, compress, compressor
from server.sparql.cache import Stored

_TEXT = re.compile(r"text/.*|.*[+/](?:json|xml)|application/(?:javascript|n-triples|n-quads)|image/svg\+xml")


def compressing(app: Flask, site: Site) -> None:
    """Let `app` compress what it answers."""

    @app.before_request
    def choose() -> None:
        g.encoding = choose_encoding(request.headers.get("Accept-Encoding", ""))

    @app.after_request
    def press(response: Response) -> Response:
        if _flows(response):
            response.vary.add("Accept-Encoding")
            if g.get("encoding") and request.method == "GET":
                response.headers["Content-Encoding"] = g.encoding
                response.response = _pressing(response.iter_encoded(), g.encoding)
            return response
        if not _fit(response):
            return response
        response.vary.add("Accept-Encoding")
        if g.get("encoding") and response.status_code == 200:
            _press(response, g.encoding, site)
            response.make_conditional(request)
        return response


def _fit(response: Response) -> bool:
    """Whether it is text that everybody may see, whole, and not compressed yet."""
    public = response.cache_control.public is True or request.endpoint in STATIC
    return (
        public
        and response.status_code in (200, 304)
        and response.get_etag()[0] is not None
        and (response.is_sequence or request.endpoint in STATIC)
        and "Content-Encoding" not in response.headers
        and (response.status_code == 304 or _TEXT.fullmatch(response.mimetype or "") is not None)
    )


def _flows(response: Response) -> bool:
    """Whether it is text that everybody may see, made while it is sent."""
    return (
        response.cache_control.public is True
        and response.status_code == 200
        and response.is_streamed
        and not response.direct_passthrough
        and "Content-Encoding" not in response.headers
        and _TEXT.fullmatch(response.mimetype or "") is not None
    )


def _pressing(parts: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    """The parts, compressed; where they break off the end is missing, and with it the checksum."""
    press = compressor(encoding)
    try:
        for part in parts:
            if packed := press.compress(part):
                yield packed
        yield press.flush()
    finally:
        if hasattr(parts, "close"):
            parts.close()


def _press(response: Response, encoding: str, site: Site) -> None:
    """Put the compressed body in place of the plain one; small ones stay."""
    tag = response.get_etag()[0]
    body: bytes | None
    if request.endpoint in STATIC:
        body = _pressed_once(response, f"{request.path} {tag} {encoding}", encoding, site)
    else:
        body = compress(response.get_data(), encoding)
    if body is not None:
        response.set_data(body)
        response.headers["Content-Encoding"] = encoding
        response.set_etag(f"{tag}-{encoding}")


def _pressed_once(response: Response, key: str, encoding: str, site: Site) -> bytes:
    """The compressed form of a file, hard, for it is kept."""
    known = site.pages.find(key)
    response.direct_passthrough = False
    if known is not None:
        response.close()
        return known.body
    body = response.get_data()
    if encoding == "zstd":
        pressed = zstandard.ZstdCompressor(level=15).compress(body)
    else:
        pressed = gzip.compress(body, mtime=0)
    site.pages.put(key, Stored(response.mimetype or "", pressed, 0, encoding))
    return pressed
