"""Errors as HTML, JSON or plain text, as the client asked."""

from __future__ import annotations

from flask import Request, Response, jsonify, render_template

from server.errors import HttpError
from server.negotiation import best


def render(error: HttpError, request: Request) -> Response:
    """The response that tells `error`."""
    kind = best(request.headers.get("Accept", ""), ("application/json", "text/html", "text/plain"))
    if kind == "text/html":
        response = Response(render_template("problem.html", error=error), mimetype="text/html")
    elif kind == "text/plain":
        response = Response(f"{error}\n", mimetype="text/plain")
    else:
        response = jsonify(error.document())
        response.mimetype = "application/problem+json" if kind is None else "application/json"
    response.status_code = error.status
    response.headers["Vary"] = "Accept"
    response.headers["Cache-Control"] = "no-store"
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response
