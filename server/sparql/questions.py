"""What a worker is asked: the query with its text searches answered, and its SERVICE clauses checked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol
from urllib.parse import quote

from kg.errors import QueryError
from kg.store import textsearch
from kg.store.sparql import Service, services
from server.errors import HttpError
from server.outward.forwarding import Forwarding
from server.sparql import federation
from server.sparql.asked import Asked
from server.sparql.elsewhere import declared, only_a_query
from server.workers.calls import Call


class Served(Protocol):
    """What a query may lean on."""

    @property
    def prefixes(self) -> dict[str, str]:
        """Prefixes that queries may use without saying so."""
        ...

    def search(self, text: str, limit: int, snippets: bool) -> Sequence[textsearch.Hit]:
        """Full-text search, for ``SERVICE dl:search``."""
        ...

    @property
    def forwarding(self) -> Forwarding | None:
        """What asks other endpoints for the engine; none where a store elsewhere asks them itself."""
        ...


def question(asked: Asked, served: Served, allowed: tuple[str, ...]) -> dict[str, Any]:
    """The question as `server.workers` takes it; `allowed` are the endpoints that SERVICE may name.

    HttpError 400, 403 or 413 for a query that is not to be put.
    """
    request, wanted = asked.request, asked.wanted
    query, calls = _prepared(asked, served, allowed)
    found: dict[str, Any] = {
        "query": query,
        "result_format": wanted.results.name if wanted.results else None,
        "graph_format": wanted.graph.name if wanted.graph else None,
    }
    if calls:
        found["calls"] = calls
    if request.default_graphs or request.named_graphs:
        found["default_graphs"] = request.default_graphs
        found["named_graphs"] = request.named_graphs
    return found


def _prepared(asked: Asked, served: Served, allowed: tuple[str, ...]) -> tuple[str, list[Call]]:
    """The query with its text searches answered, and its other SERVICE clauses, which are checked."""
    query, known = asked.request.query or "", served.prefixes
    forwarding = served.forwarding
    if forwarding is None:
        only_a_query(query)
    clauses = federation.called(query, known)
    others = _others(clauses)
    whereabouts = federation.Whereabouts()
    if refused := federation.check(others, allowed, whereabouts):
        query = federation.silence(query, [clause for clause, _ in refused])
        clauses = services(query, known)
        others = _others(clauses)
        federation.check(others, allowed, whereabouts)
        why = "; ".join(dict.fromkeys(error.message for _, error in refused))
        asked.headers.append(("X-Silenced", quote(why, safe=" ;:/<>?&=#,")))
    if len(others) < len(clauses):
        try:
            query = textsearch.rewrite(query, clauses, served.search, known)
        except QueryError as e:
            raise HttpError(400, e.message, remedy=e.remedy) from e
        others = services(query, known) if others else []
    if forwarding is None:
        return declared(query, known), []
    if not others:
        return query, []
    return query, federation.calls(others, whereabouts, forwarding.address)


def _others(clauses: list[Service]) -> list[Service]:
    """The clauses that are no text search, which is answered here."""
    return [clause for clause in clauses if clause.endpoint != textsearch.SEARCH]
