"""Syntax errors, told so that the reader sees what to change."""

from __future__ import annotations

from kg.store.sparql import beginning, line_and_column, undeclared
from server.errors import HttpError

_FORMS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
_UPDATES = ("INSERT", "DELETE", "WITH", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY")


def explained(error: HttpError, query: str, known: dict[str, str]) -> HttpError:
    """A syntax error as it is, or as what most often lies behind one: an update, a first word that no query
    has, a prefix that is not declared.

    The engine says only which characters it would have liked better there.
    """
    first = beginning(query)
    keyword = first.text if first is not None and first.kind == "word" else ""
    if first is not None and keyword.upper() in _UPDATES:
        what = f"{keyword} is an update, not a query, and updates are refused here"
        return _at(first.start, what, query, error, "write through kg update")
    if first is not None and keyword and keyword.upper() not in _FORMS:
        what, remedy = f"no query begins with {keyword}", f"begin with {', '.join(_FORMS)}"
        return _at(first.start, what, query, error, remedy)
    found = undeclared(query, known)
    if found is None:
        return error
    prefix, at = found
    remedy = f"write PREFIX {prefix}: <…> before the query"
    return _at(at, f"the prefix {prefix}: is not declared", query, error, remedy)


def _at(at: int, what: str, query: str, error: HttpError, remedy: str) -> HttpError:
    line, column = line_and_column(query, at)
    return HttpError(
        error.status,
        f"error at {line}:{column}: {what}",
        remedy=remedy,
        extra={"line": line, "column": column, "near": query[at:][:60], "parser": error.message},
    )
