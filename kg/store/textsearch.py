"""Full text inside SPARQL.

``SERVICE dl:search { ?article dl:text "奠边府 空降" ; dl:score ?s ; dl:limit 50 }`` is answered from the
release's full-text index and put into the query as a VALUES block, so that the engine joins it with the
rest.  Terms:

``dl:text``     the search, a string (required)
``dl:score``    a variable: how well the article fits, higher is better
``dl:snippet``  a variable: where the words were found
``dl:limit``    at most so many articles (100 unless told; 10,000 at most)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.errors import QueryError
from kg.rdf import ntriples
from kg.rdf.iris import Minter
from kg.store.sparql import Service, Token, expand, prefixes, tokens, unescape
from kg.vocab import DL

if TYPE_CHECKING:
    from kg.store.archive import Archive

SEARCH = DL + "search"
_MOST = 10_000
_USUAL = 100
LONGEST = 500
"""Characters of a search."""
_LIMIT = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class Hit:
    """An article that the search found."""

    article: str
    score: float
    snippet: str


Search = Callable[[str, int, bool], Sequence[Hit]]  # words, how many at most, with snippets or not


def searching(archive: Archive, minter: Minter) -> Search:
    """A search of a release's full-text index, best first."""
    from kg.store.rows import Filters  # known to whoever opened an archive

    def search(text: str, limit: int, snippets: bool) -> list[Hit]:
        found = archive.search(text, Filters(), limit=limit, facets=False, snippets=snippets)
        return [
            Hit(minter.article(a.id), a.score or 0.0, " … ".join(text for _, text, _ in a.snippets))
            for a in found.page.articles
        ]

    return search


def rewrite(query: str, clauses: list[Service], search: Search, known: dict[str, str]) -> str:
    """The query with every ``dl:search`` clause replaced by the articles it finds.

    Raises `QueryError` where a clause is not of the form that is documented.
    """
    declared = prefixes(list(tokens(query)), known)
    for clause in reversed(clauses):
        if clause.endpoint == SEARCH:
            values = _values(_read(clause, declared), search)
            query = query[: clause.start] + values + query[clause.body[1] :]
    return query


def _bad(message: str) -> QueryError:
    usage = 'SERVICE dl:search { ?article dl:text "words" ; dl:score ?score ; dl:limit 50 }'
    return QueryError(f"SERVICE dl:search: {message}", remedy=f"write it as {usage}")


def _read(clause: Service, declared: dict[str, str]) -> dict[str, Token]:
    """The subject and the objects of the clause by term."""
    found = list(clause.tokens)
    if not found or found[0].kind != "var":
        raise _bad("the subject must be a variable")
    parts = {"article": found[0]}
    rest = [t for t in found[1:] if t.text not in (";", ".") and t.kind != "lang"]
    if len(rest) % 2:
        raise _bad("every term needs one value")
    for predicate, value in zip(rest[::2], rest[1::2], strict=True):
        iri = expand(predicate, declared)
        term = iri.removeprefix(DL) if iri else ""
        if term not in ("text", "score", "snippet", "limit"):
            raise _bad(f"unknown term {predicate.text}")
        parts[term] = value
    if "text" not in parts or parts["text"].kind != "string":
        raise _bad("dl:text needs a string")
    for term in ("score", "snippet"):
        if term in parts and parts[term].kind != "var":
            raise _bad(f"dl:{term} needs a variable")
    if "limit" in parts and not _LIMIT.fullmatch(parts["limit"].text):
        raise _bad("dl:limit needs a whole number")
    return parts


def _values(parts: dict[str, Token], search: Search) -> str:
    limit = min(int(parts["limit"].text) if "limit" in parts else _USUAL, _MOST)
    text = _string(parts["text"].text)
    if len(text) > LONGEST:
        raise _bad(f"dl:text has {len(text)} characters, at most {LONGEST} are looked for")
    hits = search(text, limit, "snippet" in parts)
    terms = [t for t in ("article", "score", "snippet") if t in parts]
    rows = []
    for hit in hits:
        cells = {
            "article": ntriples.iri(hit.article),
            "score": f"{hit.score:.4f}",
            "snippet": ntriples.string(hit.snippet),
        }
        rows.append("(" + " ".join(cells[t] for t in terms) + ")")
    head = " ".join(parts[t].text for t in terms)
    return f" VALUES ({head}) {{ {' '.join(rows)} }} "


_UNESCAPE = re.compile(r"\\(.)", re.DOTALL)
_CONTROL = {"t": "\t", "n": "\n", "r": "\r", "b": "\b", "f": "\f"}


def _string(literal: str) -> str:
    """The value of a string token."""
    inner = literal[3:-3] if literal[:3] in ('"""', "'''") and len(literal) >= 6 else literal[1:-1]
    return _UNESCAPE.sub(lambda m: _CONTROL.get(m[1], m[1]), unescape(inner))
