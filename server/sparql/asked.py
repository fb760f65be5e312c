"""A query as it was asked: for which answer, in which form, under which ETag."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from werkzeug.http import parse_etags

from kg.store.sparql import might_call_service, unescape
from server.errors import HttpError
from server.sparql.answering import COMMON, Outcome, choose_encoding, not_acceptable
from server.sparql.cache import digest
from server.sparql.request import Environ, SparqlRequest
from server.sparql.wanted import Wanted, wanted_formats

# Functions whose value differs from one asking to the next, and clauses that may ask others.
_MAYBE_VOLATILE = ("rand", "now", "uuid", "service")  # whether it is worth while to look for them
_VOLATILE = re.compile(r"\b(?:RAND|NOW|UUID|STRUUID|SERVICE(?!\s+dl:search\b))\b", re.IGNORECASE)


class Caller(NamedTuple):
    """Who asks: a name of the limiter's, the headers that tell where it stands, and since when it waits."""

    name: str
    limits: list[tuple[str, str]]
    began: float


@dataclass(slots=True)
class Asked:
    """A request on its way to its answer.

    ``key`` stands for the answer in whatever encoding, ``tag`` is its ETag; both are empty where asking
    again may give another.  ``headers`` grow on the way.
    """

    request: SparqlRequest
    wanted: Wanted
    encoding: str
    key: str
    tag: str
    head: bool
    client: str
    headers: list[tuple[str, str]]
    outcome: Outcome
    began: float

    @property
    def calls_service(self) -> bool:
        """Whether the query may have a ``SERVICE``: then what to ask a worker is not said at once."""
        return might_call_service(unescape(self.request.query or ""))

    @property
    def timeout(self) -> float | None:
        """Seconds that the client allows."""
        return self.request.timeout


def understand(environ: Environ, request: SparqlRequest, release: str, caller: Caller) -> Asked:
    """What is asked of a release; HttpError 400 where there is no query, 406 where no format will do."""
    query = request.query or ""
    if not query.strip():
        raise HttpError(400, "there is no query", remedy="send query=SELECT…")
    wanted = wanted_formats(environ.get("HTTP_ACCEPT", ""), request.format)
    if wanted.results is None and wanted.graph is None:
        raise not_acceptable("set of solutions or a graph")
    encoding = choose_encoding(environ.get("HTTP_ACCEPT_ENCODING", ""))
    headers = [("Vary", "Accept, Accept-Encoding"), ("X-Release", release), *COMMON, *caller.limits]
    key = tag = ""
    if is_repeatable(query):
        key = _key(release, request, wanted)
        tag = f'"{key}{"-" + encoding if encoding else ""}"'
        headers += [("ETag", tag), ("Cache-Control", "public, no-cache")]
    else:
        headers.append(("Cache-Control", "no-store"))
    head = environ["REQUEST_METHOD"] == "HEAD"
    outcome = Outcome("query", 200, query=query)
    return Asked(request, wanted, encoding, key, tag, head, caller.name, headers, outcome, caller.began)


def is_repeatable(query: str) -> bool:
    r"""Whether asking again gives the same; errs on the side of asking.

    >>> [is_repeatable(q) for q in ("ASK {}", "SELECT (NOW() AS ?n) {}", r"ASK { \u003Fs ?p ?o }")]
    [True, False, False]
    >>> is_repeatable("SELECT * { SERVICE dl:search { ?a dl:text '上甘岭' } }")
    True
    """
    if "\\" in query:
        return False
    lower = query.lower()
    return not any(word in lower for word in _MAYBE_VOLATILE) or _VOLATILE.search(query) is None


def _key(release: str, request: SparqlRequest, wanted: Wanted) -> str:
    # The query stands last: it may have lines that read like what would follow, as names of graphs have not.
    return digest(
        release,
        wanted.results.name if wanted.results else "",
        wanted.graph.name if wanted.graph else "",
        *request.default_graphs,
        "\0",
        *request.named_graphs,
        "\0",
        request.query or "",
    )


def has_already(if_none_match: str | None, tag: str) -> bool:
    """Whether a client has the answer; with ``*`` it asks whether there is one, which is to be seen.

    >>> [has_already(header, '"a1"') for header in ('"b2", W/"a1"', '"b2"', "*", None)]
    [True, False, False, False]
    """
    if if_none_match is None or if_none_match == "*":
        return False
    return parse_etags(if_none_match).contains_weak(tag.strip('"'))
