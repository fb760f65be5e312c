"""Syntax errors, told so that the reader sees what to change."""

from __future__ import annotations

from kg.store.sparql import line_and_column, mistake
from server.errors import HttpError


def explained(error: HttpError, query: str, known: dict[str, str]) -> HttpError:
    """A syntax error as it is, or as what most often lies behind one; see `mistake`."""
    found = mistake(query, known)
    if found is None:
        return error
    at, what, remedy = found
    line, column = line_and_column(query, at)
    return HttpError(
        error.status,
        f"error at {line}:{column}: {what}",
        remedy=remedy,
        extra={"line": line, "column": column, "near": query[at:][:60], "parser": error.message},
    )
