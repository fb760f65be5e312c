"""The real archive: all of it parses; titles, pages and prose are what people found in it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kg.articles import read_articles
from kg.model import Article, Body

pytestmark = pytest.mark.shared


@pytest.fixture
def articles(shared: Path) -> dict[str, Article]:
    got = list(read_articles([shared / "articles"]))
    assert all(isinstance(a, Article) for a in got), [a for a in got if not isinstance(a, Article)]
    return {Path(a.origin).stem: a for a in got if isinstance(a, Article)}


@pytest.fixture
def gold(shared: Path) -> dict[str, dict]:
    return {
        p.stem: json.loads(p.read_text(encoding="utf-8")) for p in sorted((shared / "gold").glob("*.json"))
    }


def test_headers_are_the_golds(articles: dict[str, Article], gold: dict[str, dict]) -> None:
    assert articles.keys() == gold.keys()
    for name, a in articles.items():
        g = gold[name]
        assert (str(a.date), a.page, a.title_zh, a.title_en) == (
            g["date"],
            g["page"],
            g["title_zh"],
            g["title_en"],
        )


def test_gold_surfaces_are_in_the_prose(articles: dict[str, Article], gold: dict[str, dict]) -> None:
    for name, a in articles.items():
        for entity in gold[name]["entities"]:
            for lang, body in (("zh", a.zh), ("en", a.en)):
                for surface in entity.get(lang) or ():
                    assert surface.casefold() in _text(body), (name, surface)


def _text(body: Body | None) -> str:
    return "" if body is None else body.text.casefold()


def test_header_lines_are_not_in_the_prose(articles: dict[str, Article]) -> None:
    for a in articles.values():
        for body in (a.zh, a.en):
            if body:
                first = body.text[: body.paragraphs[0][1]]
                assert body.text.count("\n" + first + "\n") == 0
                assert not any(w in body.text for w in ("专栏：", "Named Entities", "Original:", "<hr"))
                assert "\n" + str(a.date) not in body.text


def test_known_faults(articles: dict[str, Article]) -> None:
    def having(code: str) -> set[str]:
        return {name for name, a in articles.items() if code in [n.code for n in a.notes]}

    assert having("invented-translation") == {"dev-17"}
    assert having("day-early") == {"dev-19", "dev-20", "dev-22"}
    assert having("broken-lines") == {"dev-seed"}
    assert having("translation-drops-dateline") == {"dev-15", "dev-16"}
    assert "dev-19" in having("several-items")


def test_every_bilingual_article_is_aligned(articles: dict[str, Article]) -> None:
    for name, a in articles.items():
        if a.zh and a.en and a.witness_en:
            zh = {i for i, _, _ in a.alignment}
            assert len(zh) >= 0.8 * len(a.zh.paragraphs), name


def test_785_more_parse_without_a_reject(shared: Path) -> None:
    got = list(read_articles([shared / "articles-zh.tar.xz"]))
    assert len(got) == 785
    assert [a for a in got if not isinstance(a, Article)] == []
    assert len({a.origin for a in got}) == 785
    # One title a day and page, but for pictures, whose captions tell them apart.
    assert len({a.id for a in got if isinstance(a, Article)}) == 785
