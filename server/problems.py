"""Errors as HTML, JSON (RFC 9457) or plain text, as the client asked."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flask import Request, Response, current_app, jsonify, render_template
from werkzeug.http import HTTP_STATUS_CODES

from server.errors import HttpError
from server.negotiation import best

PROBLEM = "application/problem+json"
_PATH = re.compile(r"(?<![^\s(])(/[a-z][^\s,;]*|/(?=\s|$)|https?://[^\s,;]+)")


def render(error: HttpError, request: Request) -> Response:
    """The response that tells `error`."""
    kind = best(request.headers.get("Accept", ""), (PROBLEM, "application/json", "text/html", "text/plain"))
    title = HTTP_STATUS_CODES.get(error.status, "")
    if kind == "text/html":
        # Plain RDF is served without the pages, which have words of their own.
        template = "problem.html" if "browse" in current_app.blueprints else "problem_plain.html"
        text = render_template(template, error=error, reason=title, with_paths=with_paths)
        response = Response(text, mimetype="text/html")
    elif kind == "text/plain":
        response = Response(f"{error}\n", mimetype="text/plain")
    else:
        response = jsonify(type="about:blank", title=title, detail=error.message, **error.document())
        response.mimetype = kind or PROBLEM
    response.status_code = error.status
    response.headers["Vary"] = "Accept"
    response.headers["Cache-Control"] = "no-store"
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def with_paths(text: str) -> Iterator[tuple[str, bool]]:
    """The pieces of a remedy, each with whether it is an address, which a page leads to.

    >>> list(with_paths("see / or /api/, not and/or"))
    [('see ', False), ('/', True), (' or ', False), ('/api/', True), (', not and/or', False)]
    """
    for n, piece in enumerate(_PATH.split(text)):
        if piece:
            yield piece, n % 2 == 1
