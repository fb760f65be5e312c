"""The sample articles: in the archive's forms, all readable, and as the sample list describes them."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from kg.articles import claim, read_articles, settle
from kg.model import Article, Form

SAMPLES = Path(__file__).resolve().parents[2] / "samples"


@pytest.fixture(scope="module")
def articles() -> dict[str, Article]:
    got = list(read_articles([SAMPLES]))
    assert [a for a in got if not isinstance(a, Article)] == []
    return {Path(a.origin).name: a for a in got if isinstance(a, Article)}


def codes(article: Article) -> set[str]:
    return {n.code for n in article.notes}


def test_number_and_forms(articles: dict[str, Article]) -> None:
    forms = Counter(a.form for a in articles.values())
    assert set(forms) == {Form.BILINGUAL, Form.CHINESE}
    assert min(forms.values()) > 0.4 * len(articles)
    assert len(articles) >= 30
    listed = (SAMPLES / "README.md").read_text(encoding="utf-8")
    assert f"bilingual ({forms[Form.BILINGUAL]})" in listed
    assert f"Chinese only ({forms[Form.CHINESE]})" in listed


def test_identities_are_distinct(articles: dict[str, Article]) -> None:
    assert settle(claim(a) for a in articles.values()) == {}


def test_folders_and_file_names_have_the_date(articles: dict[str, Article]) -> None:
    for name, a in articles.items():
        assert name.startswith(f"{a.date}_")
        assert Path(a.origin).parent.name == f"{a.date:%Y.%m}"


def test_every_article_is_in_the_list(articles: dict[str, Article]) -> None:
    listed = (SAMPLES / "README.md").read_text(encoding="utf-8")
    days = set()
    for year, rest in re.findall(r"^\| (\d{4})-(.*?) \|", listed, re.M):
        days |= {f"{year}-{day}" for day in re.findall(r"\b\d\d-\d\d\b", rest)}
    assert {str(a.date) for a in articles.values()} <= days


def test_decades(articles: dict[str, Article]) -> None:
    years = sorted(a.date.year for a in articles.values())
    assert years[0] == 1946
    assert years[-1] == 2003
    assert {y // 10 for y in years} == set(range(194, 201))


DATELINES = {
    "bracketed with place and day": r"【新华社\w+?日电】",
    "urgent": r"【新华社\w+急电】",
    "bare with 讯": r"^新华社\w+日讯　",
    "bare with place": r"^新华社\w{2,}[一二三四五六七八九十]日电　",
    "agency chain": r"据塔斯社平壤\w+日讯",
    "without a day": r"^据新华社东京电",
    "at the end": r"（新华社）$",
    "own newspaper, 讯": r"^本报讯",
    "own newspaper, with place": r"^本报\w+电　",
    "own reporter": r"本报记者",
    "with a reporter": r"电　?（记者\w+）",
    "full-width numerals": r"新华社\w+[０-９]+月[０-９]+日电",
    "ASCII numerals": r"新华社\w+?\d+日电",
    "items": r"^▲",
}


@pytest.mark.parametrize("form", DATELINES)
def test_every_form_of_dateline_occurs(articles: dict[str, Article], form: str) -> None:
    pattern = re.compile(DATELINES[form], re.M)
    assert any(pattern.search(a.zh.text) for a in articles.values() if a.zh)


FAULTS = {
    "1949-04-25_美联社": {"broken-lines", "lost-characters"},
    "1956-11-07": {"translation-drops-dateline", "translation-month-differs"},
    "1957-10-17": {"photo-caption", "generic-title"},
    "1963-12-14": {"several-items"},
    "1964-01-29": {"translation-drops-dateline"},
    "1965-09-12": {"invented-translation", "photo-caption"},
    "1987-05-11": {"day-early"},
    "1990-08-02": {"day-early"},
    "1990-10-08": {"several-items"},
}


def test_faults_are_where_the_list_says(articles: dict[str, Article]) -> None:
    for name, a in articles.items():
        expected = next((v for k, v in FAULTS.items() if name.startswith(k)), set())
        assert codes(a) - {"headline-repeated"} == expected, name


def test_translations_are_faithful_in_length(articles: dict[str, Article]) -> None:
    for name, a in articles.items():
        if a.zh and a.en and a.witness_en:
            assert 3 < len(a.en.text) / len(a.zh.text) < 4.6, name
            assert [(z, e) for z, e, _ in a.alignment] == [(i, i) for i in range(len(a.zh.paragraphs))], name
