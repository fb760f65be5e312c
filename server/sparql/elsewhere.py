"""Queries for a store elsewhere (setting ``store``), of which only the text is in our hands.

It parses and evaluates as it likes, and is asked by us, whom it may trust: so nothing but a query goes to it.
"""

from __future__ import annotations

from kg.store.sparql import beginning, line_and_column, prefixes, tokens, unescape
from server.errors import HttpError

_LONGEST = 1 << 16  # characters of a query that is read for its prefixes, in some 30 ms
_FORMS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")


def only_a_query(query: str) -> None:
    """HttpError 400 for an update, or an instruction to the store (``DEFINE`` of Virtuoso).

    Stores differ in when they resolve escapes: read either way it must be a query.
    """
    for text in (unescape(query), query):
        first = beginning(text)
        if first is not None and first.text.upper() in _FORMS:
            continue
        line, column = line_and_column(text, first.start) if first is not None else (1, 1)
        near = text[first.start :][:60] if first is not None else ""
        raise HttpError(
            400,
            f"error at {line}:{column}: this is no query",
            remedy=f"begin with {', '.join(_FORMS[:-1])} or {_FORMS[-1]}",
            extra={"line": line, "column": column, "near": near},
        )


def declared(query: str, known: dict[str, str]) -> str:
    """The query with declarations of the prefixes that go unsaid in it.

    >>> declared("ASK { ?a schema:name 'dl:' }", {"schema": "https://schema.org/", "dl": "https://e/"})
    "PREFIX schema: <https://schema.org/> ASK { ?a schema:name 'dl:' }"
    """
    if len(query) > _LONGEST:
        return query
    found = list(tokens(query))
    said = prefixes(found)
    used = dict.fromkeys(token.text.partition(":")[0] for token in found if token.kind == "pname")
    unsaid = [name for name in used if name in known and name not in said]
    return "".join(f"PREFIX {name}: <{known[name]}> " for name in unsaid) + query
