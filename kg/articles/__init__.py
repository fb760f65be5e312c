"""Reading: every form an archive hands over becomes `kg.model.Article` records.

::

    for raw in read_inputs(["archive/", "more.jsonl.zst"]):     # RawArticle | Reject
        article = raw if isinstance(raw, Reject) else parse(raw)  # Article | Reject

:func:`read_articles` is the two in one.  :func:`settle` decides between articles that claim one identity.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator

from kg.articles.identity import Claim, article_id, claim, renamed, settle
from kg.articles.inputs import list_inputs, read_inputs, read_stream
from kg.articles.notes import CODES
from kg.articles.parsing import parse
from kg.model import Article, Reject

__all__ = [
    "CODES",
    "Claim",
    "article_id",
    "claim",
    "list_inputs",
    "parse",
    "read_articles",
    "read_inputs",
    "read_stream",
    "renamed",
    "settle",
]


def read_articles(
    paths: Iterable[str | os.PathLike[str]], *, max_article: int = 16
) -> Iterator[Article | Reject]:
    """Every article in `paths`, parsed; what cannot be read as a `Reject` in its place."""
    for raw in read_inputs(paths, max_article=max_article):
        yield raw if isinstance(raw, Reject) else parse(raw)
