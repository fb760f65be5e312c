"""The limit of each client for all that Flask answers: pages, data, interfaces, feeds, downloads.

A request counts for as many pages as it costs about: a page is some 10 ms of a processor.  Graphs count as
queries do; probes, metrics, scripts and styles are free.
"""

from __future__ import annotations

from flask import Flask, Response, current_app, g, request

from server.assets import STATIC
from server.limiter import Limiter
from server.sparql.request import client_address

_FREE = frozenset((*STATIC, "health.healthz", "health.readyz", "health.metrics", "crawlers.icon"))
_QUERIES = "sparql.graphs"
_COSTS = {
    "browse.map_of_places": 2,
    "browse.map_data": 2,
    "browse.search": 2,
    "api.search": 2,
    "browse.search_map": 5,
    "browse.search_map_data": 5,
    "browse.search_tops": 10,
    "browse.search_tops_data": 10,
    "crawlers.articles": 10,
    "crawlers.entities": 20,
    "browse.events_data": 20,
    "browse.search_data": 20,
    "browse.timeline_data": 20,
    "dumps.export": 20,
    "dumps.change_file": 20,
    "dumps.changes": 20,
}
"""What costs more than a page, by its endpoint: exports, which stream all they find, and what counts much."""
_EXPOSED = "ETag, RateLimit, RateLimit-Policy, Retry-After"  # to scripts of other sites
NAMES = 25
"""Names that are reconciled, or rows that are extended, for the cost of a page."""


def limit_requests(app: Flask, pages: Limiter, queries: Limiter) -> None:
    """Let `app` answer no client more than these allow; `charge` counts what is known only later."""
    app.extensions["dateline.pages"] = pages

    @app.before_request
    def check() -> None:
        if request.endpoint in _FREE or request.method == "OPTIONS":
            return
        if request.endpoint == _QUERIES:
            g.limits = queries.check(client_address(request.environ))
        else:
            charge(_COSTS.get(request.endpoint or "", 1))

    @app.after_request
    def tell(response: Response) -> Response:
        headers = response.headers
        for name, value in g.get("limits", ()):
            headers[name] = value
        if "Access-Control-Allow-Origin" in headers:
            headers.setdefault("Access-Control-Expose-Headers", _EXPOSED)
        return response


def charge(cost: int) -> None:
    """Count the present request for `cost` pages more; HttpError 429 where its client must wait for them."""
    if cost > 0:
        limiter: Limiter = current_app.extensions["dateline.pages"]
        g.limits = limiter.check(client_address(request.environ), cost)
