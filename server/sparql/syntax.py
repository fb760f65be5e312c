"""Syntax errors, told so that the reader sees what to change."""

from __future__ import annotations

from kg.store.sparql import line_and_column, undeclared
from server.errors import HttpError


def explained(error: HttpError, query: str, known: dict[str, str]) -> HttpError:
    """A syntax error as it is, or as what most often lies behind one: a prefix that is not declared.

    The engine says only which characters it would have liked better there.
    """
    found = undeclared(query, known)
    if found is None:
        return error
    prefix, at = found
    line, column = line_and_column(query, at)
    return HttpError(
        error.status,
        f"error at {line}:{column}: the prefix {prefix}: is not declared",
        remedy=f"write PREFIX {prefix}: <…> before the query",
        extra={"line": line, "column": column, "near": query[at:][:60], "parser": error.message},
    )
