"""Syntax errors, told so that the reader sees what to change."""

from __future__ import annotations

from kg.store.mistakes import mistake, readable
from kg.store.sparql import line_and_column
from server.errors import HttpError


def explained(error: HttpError, query: str, known: dict[str, str]) -> HttpError:
    """A syntax error as what most likely lies behind it, else without the parser's lists of characters.

    ``parser`` keeps what the engine said.
    """
    found = mistake(query, known)
    extra = {**error.extra, "parser": error.message}
    if found is None:
        return HttpError(error.status, readable(error.message), remedy=error.remedy, extra=extra)
    line, column = line_and_column(query, found.at)
    place = {"line": line, "column": column, "near": query[found.at :][:60]}
    return HttpError(
        error.status, f"error at {line}:{column}: {found.what}", remedy=found.remedy, extra={**extra, **place}
    )
