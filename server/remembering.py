"""Whole pages remembered while a release is served: the same address has the same answer until the next one.

What is kept is what caches of others may keep too: answers to ``GET`` with a strong ETag that are
``Cache-Control: public`` and depend on nothing but the address, the reader's language and the encoding.
"""

from __future__ import annotations

from flask import Flask, Response, g, request

from server.browse.i18n import chosen_lang
from server.site import Site
from server.sparql.answering import choose_encoding
from server.sparql.cache import Stored

_FACES = ("browse", "api")
_VARIES = {"accept-language", "cookie", "accept-encoding"}
_OWN = {"content-type", "content-length"}  # said anew


def remember(app: Flask, site: Site) -> None:
    """Let `app` answer what it has answered before."""

    @app.before_request
    def known() -> Response | None:
        if request.method not in ("GET", "HEAD") or request.blueprint not in _FACES:
            return None
        address = f"{request.environ['PATH_INFO']}?{request.environ['QUERY_STRING']}"  # as it was sent
        encoding = choose_encoding(request.headers.get("Accept-Encoding", ""))
        g.page_key = f"{site.release} {chosen_lang()} {encoding} {address}"
        found = site.pages.get(g.page_key)
        if found is None:
            return None
        g.page_key = None
        response = Response(found.body, headers=list(found.headers), content_type=found.media_type)
        return response.make_conditional(request)  # type: ignore[return-value]

    @app.after_request
    def keep(response: Response) -> Response:
        key = g.get("page_key")
        if key is not None and _keepable(response):
            headers = tuple((n, v) for n, v in response.headers if n.lower() not in _OWN)
            site.pages.put(key, Stored(response.content_type or "", response.get_data(), 0, headers=headers))
        return response


def _keepable(response: Response) -> bool:
    return (
        request.method == "GET"
        and response.status_code == 200
        and response.is_sequence
        and not response.direct_passthrough
        and response.cache_control.public is True
        and response.get_etag()[0] is not None
        and "Set-Cookie" not in response.headers
        and {name.lower() for name in response.vary} <= _VARIES
    )
