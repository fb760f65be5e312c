"""The columns of ``SELECT *`` in the order in which the query names its variables.

The standard leaves the order open, and the engine sorts them by name.  A reader expects ``?article ?date
?title`` as he wrote them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyoxigraph as ox

from kg.store.sparql import Token, beginning, might_call_service, tokens

_NOTHING = ox.Store()


def columns_in_order(query: str, **options: Any) -> str:
    """The query with the variables that ``*`` stands for, in order; as it is where that is not to be had.

    The engine is asked over no data which columns there are, with the `options` that the query itself will
    be asked with: it sorts and counts before it answers.
    """
    if "*" not in query or _star(query) is None or might_call_service(query):
        return query
    try:
        found = _NOTHING.query(query, **options)
    except (SyntaxError, ValueError, OSError, RuntimeError):
        return query  # what is wrong with it is told when it is asked
    if not isinstance(found, ox.QuerySolutions):
        return query
    return in_order(query, [column.value for column in found.variables]) or query


def in_order(query: str, names: Sequence[str]) -> str | None:
    """The query with its variables instead of ``*``; None where that changes nothing.

    `names` are the columns that the engine gives it: it alone knows which variables are in scope.

    >>> in_order("SELECT DISTINCT * { ?c ?b ?a FILTER(?d > 1) }", ["a", "b", "c"])
    'SELECT DISTINCT ?c ?b ?a { ?c ?b ?a FILTER(?d > 1) }'
    >>> in_order("SELECT ?b { ?a ?b ?c }", ["b"]), in_order("SELECT * { ?a ?b ?c }", ["a", "b", "c"])
    (None, None)
    """
    star = _star(query) if len(names) > 1 and "*" in query else None
    if star is None:
        return None
    named = dict.fromkeys(token.text[1:] for token in tokens(query[star.end :]) if token.kind == "var")
    ordered = [name for name in named if name in names]
    if len(ordered) != len(names) or ordered == list(names):
        return None
    return query[: star.start] + " ".join(f"?{name}" for name in ordered) + query[star.end :]


def _star(query: str) -> Token | None:
    """The ``*`` that stands for the columns of the whole query."""
    select = beginning(query)
    if select is None or select.text.upper() != "SELECT":
        return None
    for token in tokens(query[select.end :]):
        if token.kind != "word" or token.text.upper() not in ("DISTINCT", "REDUCED"):
            if token.text != "*":
                return None
            return Token("mark", "*", select.end + token.start, select.end + token.end)
    return None
