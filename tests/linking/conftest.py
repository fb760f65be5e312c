from __future__ import annotations

import datetime as dt

import pytest

from kg.articles import parse
from kg.authority import open_authority
from kg.linking.judgements import Judgements
from kg.linking.linker import Linker
from kg.mentions import Understander
from kg.model import RawArticle, Reject


@pytest.fixture(scope="session")
def authority():
    return open_authority()


@pytest.fixture(scope="session")
def understander(authority):
    return Understander(authority.names(), units=authority.items("unit"))


@pytest.fixture(scope="session")
def linker(authority):
    return Linker(authority)


def chinese(title: str, date: str, body: str, page: int = 4) -> RawArticle:
    """An article in the archive's Chinese form."""
    text = f"### {title}\n\n{date}\n第{page}版()\n专栏：\n\n    {title}\n    {body}\n"
    return RawArticle("test.txt", "0" * 64, text)


@pytest.fixture(scope="session")
def link(authority, understander):
    """Understand and link an article given by title, date and body."""

    def run(title: str, date: str, body: str, judgements: Judgements | None = None):
        article = parse(chinese(title, date, body))
        assert not isinstance(article, Reject)
        assert article.date == dt.date.fromisoformat(date)
        return Linker(authority, judgements or Judgements()).link(article, understander.understand(article))

    return run


def link_of(linked, surface: str):
    """The link of the mention that has `surface`."""
    for mention in linked.understanding.mentions:
        if any(f.span.text == surface for f in mention.finds):
            return linked.link(mention.key)
    raise AssertionError(f"{surface} is no mention: {[m.name for m in linked.understanding.mentions]}")
