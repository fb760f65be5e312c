"""Which endpoints SERVICE may name: an allow-list, and never an address inside the house.

A refused `SERVICE SILENT` is not an error, for that is what the word asks for: it fails like an endpoint
that does not answer, and the response tells so in a header.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

from kg.store.sparql import Service, might_call_service, services, unescape
from server.errors import HttpError
from server.outward.addresses import NotPublic, public_addresses
from server.workers.calls import Call

_MOST = 100  # clauses: each may ask the index of words, or who an endpoint's name belongs to
_LONGEST = 1 << 20  # characters of a query that is read for them, in half a second
NOWHERE = "about:invalid"
"""What stands for a refused endpoint: no scheme that the engine could ask anybody by."""


def called(query: str, known: dict[str, str]) -> list[Service]:
    """The SERVICE clauses of a query; `known` are prefixes that go unsaid.

    HttpError 403 where escapes hide one, 400 or 413 where there is more than one could want to read.
    """
    plain = unescape(query)
    if not might_call_service(plain):
        return []
    if len(query) > _LONGEST:
        remedy = f"at most {_LONGEST} characters, or a query without SERVICE"
        raise HttpError(413, f"a query of {len(query)} characters with SERVICE is too long", remedy=remedy)
    clauses = services(query, known)
    if len(clauses) > _MOST:
        raise HttpError(400, f"SERVICE stands {len(clauses)} times", remedy=f"at most {_MOST} times a query")
    if plain != query and _named(services(plain, known)) != _named(clauses):
        raise HttpError(403, "SERVICE stands in escapes", remedy="write it in plain letters")
    return clauses


def _named(clauses: list[Service]) -> list[tuple[str | None, bool]]:
    return [(clause.endpoint, clause.silent) for clause in clauses]


class Whereabouts:
    """Where endpoints lead; each is looked up once, for its refusal and for its request."""

    def __init__(self) -> None:
        self._found: dict[str, tuple[str, ...] | NotPublic] = {}

    def of(self, endpoint: str) -> tuple[str, ...]:
        """The addresses of an endpoint, which are public; `NotPublic` where one is not, or there is none."""
        if endpoint not in self._found:
            try:
                self._found[endpoint] = tuple(public_addresses(urlsplit(endpoint).hostname or ""))
            except NotPublic as e:
                self._found[endpoint] = e
        found = self._found[endpoint]
        if isinstance(found, NotPublic):
            raise found
        return found


def check(
    clauses: list[Service], allowed: tuple[str, ...], whereabouts: Whereabouts
) -> list[tuple[Service, HttpError]]:
    """The clauses that are refused and `SILENT`, each with why.

    HttpError 403, which names the endpoint and the remedy, for a refused one that is not.
    """
    refused = [(c, error) for c in clauses if (error := _refusal(c, allowed, whereabouts))]
    for clause, error in refused:
        if not clause.silent or clause.body[1] <= clause.name[1]:
            raise error
    return refused


def silence(query: str, refused: list[Service]) -> str:
    """The query with `refused` SERVICE SILENT clauses leading nowhere.

    So the engine does what the specification says of an endpoint that fails (SPARQL 1.1 Federated Query,
    section 2.2): a single solution without bindings, with the clause's variables in scope.

    >>> from kg.store.sparql import services
    >>> text = "SELECT * { SERVICE SILENT <http://e/> { ?s ?p ?o } }"
    >>> silence(text, services(text))
    'SELECT * { SERVICE SILENT <about:invalid> { ?s ?p ?o } }'
    """
    for clause in sorted(refused, key=lambda c: c.name, reverse=True):
        start, end = clause.name
        query = f"{query[:start]}<{NOWHERE}>{query[end:]}"
    return query


def _refusal(clause: Service, allowed: tuple[str, ...], whereabouts: Whereabouts) -> HttpError | None:
    """Why a clause is refused, if it is."""
    if clause.endpoint == NOWHERE and clause.silent:
        return None
    if clause.endpoint is None:
        return HttpError(
            403,
            "SERVICE is refused where its endpoint cannot be read: a variable, an undeclared prefix, a word"
            " that runs on, a query with the letters of SERVICE and a relative IRI with # in it",
            remedy="write SERVICE, a space, and the whole IRI of the endpoint",
        )
    if clause.endpoint not in allowed:
        listed = ", ".join(f"<{a}>" for a in allowed) or "none"
        return HttpError(
            403, f"SERVICE <{clause.endpoint}> is not allowed", remedy=f"allowed endpoints: {listed}"
        )
    try:
        whereabouts.of(clause.endpoint)
    except NotPublic as e:
        return HttpError(403, f"SERVICE <{clause.endpoint}>: {e.message}", remedy=e.remedy)
    return None


def calls(
    clauses: list[Service], whereabouts: Whereabouts, address: Callable[[str, Sequence[str]], str]
) -> list[Call]:
    """Where the engine is to ask an address of ours instead of an endpoint; see `Forwarding.address`.

    A clause inside another is a matter of that one's endpoint.
    """
    found: list[Call] = []
    outside = 0  # begins behind the body of the last one
    for clause in clauses:
        if clause.endpoint is None or clause.endpoint == NOWHERE or clause.start < outside:
            continue
        stands_for = address(clause.endpoint, whereabouts.of(clause.endpoint))
        found.append((*clause.name, stands_for, clause.endpoint))
        outside = clause.body[1]
    return found
