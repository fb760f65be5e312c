"""The query page."""

from __future__ import annotations

from flask import Response, render_template, request

from server.app import current_site


def editor() -> Response:
    """The page, with the query that the address holds."""
    return Response(render_template("sparql.html", site=current_site(), query=request.args.get("query", "")))
