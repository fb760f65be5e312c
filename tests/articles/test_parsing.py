"""The forms of an article and what becomes of their parts."""

from __future__ import annotations

import datetime as dt
import pickle

import pytest

from kg.articles import parse
from kg.articles.names import pairs
from kg.articles.parsing import parse_date, parse_page
from kg.model import Article, Form, RawArticle, Reject

from .conftest import BILINGUAL, CHINESE, ENGLISH


def article(text: str) -> Article:
    got = parse(RawArticle("test", "0" * 64, text=text))
    assert isinstance(got, Article), got
    return got


def record(**fields: str) -> Article:
    got = parse(RawArticle("test.jsonl:1", "0" * 64, fields=tuple(fields.items())))
    assert isinstance(got, Article), got
    return got


def paragraphs(body: object) -> list[str]:
    return [body.text[a:b] for a, b in body.paragraphs]  # type: ignore[attr-defined]


def codes(got: Article) -> list[str]:
    return [n.code for n in got.notes]


def test_bilingual() -> None:
    got = article(BILINGUAL)
    assert got.form is Form.BILINGUAL
    assert (got.date, got.page, got.section, got.column, got.author) == (
        dt.date(1953, 12, 14),
        4,
        None,
        None,
        None,
    )
    assert got.title_zh == "海河铁桥今日通车"
    assert got.title_en == "Iron Bridge Over the Hai River Opened Today"
    assert paragraphs(got.zh) == [
        "海河铁桥今日通车",
        "【新华社天津十三日电】横跨海河的铁桥十三日举行通车典礼。铁桥长二百公尺。",
        "据塔斯社讯：苏联专家三人参加了典礼。",
    ]
    assert paragraphs(got.en)[0] == "Iron Bridge Over the Hai River Opened Today"
    assert paragraphs(got.en)[-1] == "According to TASS: Three Soviet experts attended the ceremony."
    assert got.names == (("海河", "Hai River"), ("天津", "Tianjin"), ("塔斯社", "TASS"))
    assert got.witness_en
    assert "Named Entities" not in got.en.text  # type: ignore[union-attr]
    assert pickle.loads(pickle.dumps(got)) == got


def test_chinese_only() -> None:
    got = article(CHINESE)
    assert got.form is Form.CHINESE
    assert got.en is None
    assert not got.witness_en
    assert got.alignment == ()
    assert codes(got) == ["headline-repeated"]


def test_english_only() -> None:
    got = article(ENGLISH)
    assert got.form is Form.ENGLISH
    assert got.zh is None
    assert got.title_zh is None
    assert got.witness_en
    assert (got.page, got.author) == (4, "Li Ming")
    assert len(got.en.paragraphs) == 3  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "header",
    [
        "### 通车\n\n1953-12-14\n第4版()\n专栏：\n\n",
        "### 通车\n1953-12-14\n第4版()\n专栏：\n",
        "### 通车\n\n1953-12-14\n第4版()\n",
        "### 通车\n\n1953年12月14日\n第四版\n专栏:\n\n",
        "\n\n## 通车\n\n1953.12.14\n\n第 4 版（）\n\n专栏：\n\n",
        "标题：通车\n日期：1953-12-14\n版次：第4版\n专栏：\n\n",
        "Title: 通车\nDate: 1953-12-14\nPage: 4\n\n",
        "**Title:** 通车\n\n**Date:** 1953-12-14\n\n**Page:** 4\n\n",
        "title: 通车\nAUTHOR:\nDate: December 14, 1953\nEdition: Page 4\n\n",
    ],
)
def test_headers(header: str) -> None:
    got = article(header + "    铁桥通车了。\n")
    assert (got.date, got.page, got.column, got.author) == (dt.date(1953, 12, 14), 4, None, None)
    assert (got.title_zh, got.title_en, got.en, got.form) == ("通车", None, None, Form.CHINESE)
    assert got.zh is not None
    assert got.zh.text == "通车\n铁桥通车了。"


def test_header_fields() -> None:
    got = article(
        "### 通车  举行典礼\n江南　何平\n1990-10-14\n第3版(政治·法律·社会)\n专栏：大地\n\n　　通车了。\n"
    )
    assert got.title_zh == "通车  举行典礼"
    assert got.author == "江南　何平"
    assert got.section == "政治·法律·社会"
    assert got.column == "大地"


def test_authors_on_several_lines() -> None:
    got = article("### 通车\n江南\n何平\n1990-10-14\n第3版()\n专栏：\n\n　　通车了。\n")
    assert got.author == "江南　何平"


def test_subheadings_with_marks_are_no_chinese_part() -> None:
    got = article(
        ENGLISH + "\n### Construction\n\nIt took two years.\n\n### Outlook\n\nMore bridges follow.\n"
    )
    assert got.form is Form.ENGLISH
    assert len(got.en.paragraphs) == 7  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "divider", ["<hr />\n\nOriginal:\n\n", "<hr>\nOriginal: \n", "---\n\n**Original:**\n\n", "\n原文：\n", ""]
)
def test_dividers(divider: str) -> None:
    got = article(ENGLISH + "\n" + divider + CHINESE)
    assert got.form is Form.BILINGUAL
    assert paragraphs(got.en)[-1] == "Three Soviet experts attended."
    assert got.title_zh == "海河铁桥今日通车"


def test_chinese_part_that_lost_its_mark() -> None:
    got = article(ENGLISH + "\n<hr />\n\nOriginal:\n\n" + CHINESE.replace("### ", ""))
    assert got.form is Form.BILINGUAL
    assert got.title_zh == "海河铁桥今日通车"
    assert "header-incomplete" in codes(got)


def test_title_of_the_body_when_the_header_has_none() -> None:
    got = article("###\n\n1953-12-14\n第4版()\n专栏：\n\n    铁桥通车\n    通车了。\n")
    assert got.title_zh == "铁桥通车"
    assert paragraphs(got.zh) == ["铁桥通车", "通车了。"]


def test_original_without_text() -> None:
    got = article(ENGLISH + "\nOriginal:\n\n### 海河铁桥\n\n1953-12-14\n第4版()\n专栏：\n")
    assert "original-missing" in codes(got)
    assert not got.witness_en
    assert got.en is not None


def test_translation_without_text() -> None:
    got = article("Title: Bridge\nAuthor:\nDate: 1953-12-14\nPage: 4\n\n<hr />\n\nOriginal:\n\n" + CHINESE)
    assert "translation-missing" in codes(got)
    assert got.form is Form.BILINGUAL


def test_several_dispatches_are_one_article() -> None:
    got = article(CHINESE + "    【新华社上海十三日电】上海另有一桥动工。\n")
    assert len(got.zh.paragraphs) == 4  # type: ignore[union-attr]


def test_no_header_is_rejected_with_a_hint() -> None:
    got = parse(RawArticle("x.txt", "0", text="新华社天津十三日电　通车。"))
    assert isinstance(got, Reject)
    assert (got.origin, got.line) == ("x.txt", 1)
    assert "### title" in got.remedy


RECORDS = [
    {"title": "铁桥通车", "date": "1953-12-14", "page": "4", "text": "通车了。"},
    {"title_zh": "铁桥通车", "date": "19531214", "edition": "4", "text_zh": "    铁桥通车\n    通车了。"},
    {"title_zh": "铁桥通车", "date": "1953-12-14 00:00:00", "page": "第4版", "original": "通车了。"},
    {"title": "铁桥通车", "date": "1953/12/14", "page": "4", "body": "通车了。"},
    {"text": "### 铁桥通车\n\n1953-12-14\n第4版()\n专栏：\n\n    通车了。\n"},
    {"text": "### 铁桥通车\n\n第4版()\n专栏：\n\n    通车了。\n", "date": "1953-12-14"},
]


@pytest.mark.parametrize("fields", RECORDS)
def test_records(fields: dict[str, str]) -> None:
    got = record(**fields)
    assert got.form is Form.RECORD
    assert (got.date, got.page, got.title_zh) == (dt.date(1953, 12, 14), 4, "铁桥通车")
    assert paragraphs(got.zh) == ["铁桥通车", "通车了。"]
    assert got.id == article("### 铁桥通车\n\n1953-12-14\n第4版()\n专栏：\n\n    通车了。\n").id


def test_bilingual_record() -> None:
    got = record(
        title_zh="铁桥通车",
        title_en="Bridge Opened",
        date="1953-12-14",
        page="4",
        section="要闻",
        column="简讯",
        author="何平",
        text_zh="新华社天津十三日电　通车了。",
        text_en="Xinhua, Tianjin, December 13th: It opened.",
        names="天津\tTianjin\n新华社\tXinhua",
    )
    assert (got.title_en, got.section, got.column, got.author) == ("Bridge Opened", "要闻", "简讯", "何平")
    assert got.names == (("天津", "Tianjin"), ("新华社", "Xinhua"))
    assert [(a, b) for a, b, _ in got.alignment] == [(0, 0), (1, 1)]


def test_english_record() -> None:
    got = record(title="Bridge Opened", date="1953-12-14", text="It opened.")
    assert (got.title_zh, got.title_en, got.zh) == (None, "Bridge Opened", None)
    assert got.witness_en
    assert codes(got) == ["page-missing"]


DATES = {
    dt.date(1953, 12, 14): [
        "1953-12-14",
        "1953/12/14",
        "1953.12.14",
        "1953年12月14日",
        "19531214",
        "Dec 14, 1953",
        "December 14th, 1953",
        "14 December 1953",
        "1953-12-14T00:00:00",
    ],
    None: ["1953-13-14", "1953-02-29", "0000-01-01", "9999-01-01", "14", "soon", "Smarch 1, 1953", "1953-12"],
}


@pytest.mark.parametrize(("text", "date"), [(t, d) for d, texts in DATES.items() for t in texts])
def test_dates(text: str, date: dt.date | None) -> None:
    assert parse_date(text) == date


PAGES = {"4": 4, "第12版": 12, "十二": 12, "Page 3": 3, "0": None, "999": None, "A": None}


@pytest.mark.parametrize(("text", "page"), PAGES.items())
def test_pages(text: str, page: int | None) -> None:
    assert parse_page(text) == page


NAME_LINES = {
    "荷泽  Heze": ("荷泽", "Heze"),
    "荷泽\tHeze": ("荷泽", "Heze"),
    "荷泽 Heze": ("荷泽", "Heze"),
    "- 荷泽: Heze": ("荷泽", "Heze"),
    "1. 荷泽 - Heze": ("荷泽", "Heze"),
    "荷泽：Heze": ("荷泽", "Heze"),
    "Heze  荷泽": ("荷泽", "Heze"),
    "**荷泽**  Heze": ("荷泽", "Heze"),
    "六十八军  68th Army": ("六十八军", "68th Army"),
    "２８军  28th Army": ("２８军", "28th Army"),
    "no pair": None,
    "荷泽": None,
    "荷" * 400 + "  Heze": None,
}


@pytest.mark.parametrize("line", NAME_LINES)
def test_lines_of_the_list_of_names(line: str) -> None:
    found, bad = pairs([line])
    expected = NAME_LINES[line]
    assert (found, bad) == (((expected,), 0) if expected else ((), 1))


def test_named_entities_given_as_an_object() -> None:
    from kg.articles.records import from_json

    line = '{"title": "铁桥", "date": "1953-12-14", "text": "通车。", "names": {"荷泽": "Heze"}}'
    raw = from_json("a.jsonl", 1, line.encode())
    assert isinstance(raw, RawArticle)
    got = parse(raw)
    assert isinstance(got, Article)
    assert got.names == (("荷泽", "Heze"),)


@pytest.mark.parametrize(
    "header",
    [
        "# Title: T\nDate: 1953-12-14\nPage: 4",
        "- **Title:** T\n- **Date:** 1953-12-14\n- **Page:** 4",
        "---\ntitle: T\ndate: 1953-12-14\npage: 4\n---",
        "Headline: T\nDate: 14.12.1953\nPage: 4",
        "Title: T\nSource: The paper\n\nTranslator: L. M.\nDate: 1953-12-14\nPage: 4",
    ],
)
def test_english_headers_of_other_hands(header: str) -> None:
    got = article(f"{header}\n\nTokyo: The bridge was opened.\nPage: the first.\n")
    assert (got.title_en, got.date, got.page) == ("T", dt.date(1953, 12, 14), 4)
    assert paragraphs(got.en) == ["T", "Tokyo: The bridge was opened.", "Page: the first."]


@pytest.mark.parametrize(
    "header",
    [
        "###海河铁桥\n一九五三年十二月十四日\n第四版\n专栏：国际",
        "### 海河铁桥\n1953年12月14日 星期一\n第4版\n专栏：国际",
        "### 海河铁桥\n１９５３－１２－１４\n第４版\n专栏：国际",
        "### 海河铁桥\n1953-12-14　第4版(要闻)\n专栏：国际",
        "### 海河铁桥\n1953-12-14\n第4版\n專欄：国际",
        "標題：海河铁桥\n日期：1953-12-14\n版次：4\n專欄：国际",
    ],
)
def test_chinese_headers_of_other_hands(header: str) -> None:
    got = article(f"{header}\n\n    铁桥通车了。\n")
    assert (got.title_zh, got.date, got.page, got.column) == ("海河铁桥", dt.date(1953, 12, 14), 4, "国际")
    assert paragraphs(got.zh) == ["海河铁桥", "铁桥通车了。"]


@pytest.mark.parametrize("divider", ["<hr />\n\nTranslation:", "---", "译文："])
def test_the_translation_may_stand_behind_the_original(divider: str) -> None:
    english = BILINGUAL.partition("<hr />")[0]
    got, usual = article(f"{CHINESE}\n{divider}\n\n{english}"), article(BILINGUAL)
    assert (got.form, got.zh, got.en, got.names, got.id) == (
        Form.BILINGUAL, usual.zh, usual.en, usual.names, usual.id,
    )  # fmt: skip


def test_an_english_title_in_a_chinese_body_begins_no_translation() -> None:
    got = article(f"{CHINESE}\n    书名如下：\nTitle: The Iron Bridge\n    完。\n")
    assert got.form is Form.CHINESE
    assert "Title: The Iron Bridge" in paragraphs(got.zh)


def test_a_date_that_may_be_either_of_two_days_is_no_date() -> None:
    got = parse(RawArticle("test", "0" * 64, text="Title: T\nDate: 03/04/1953\nPage: 4\n\nText.\n"))
    assert isinstance(got, Reject)
    assert (got.line, got.reason) == (2, "the date '03/04/1953' cannot be read")


def test_english_below_a_chinese_header_is_english() -> None:
    got = article("### Bridge Opened\n\n1953-12-14\n第4版()\n专栏：\n\nThe bridge was opened on the 13th.\n")
    assert (got.form, got.title_en, got.title_zh, got.zh) == (Form.ENGLISH, "Bridge Opened", None, None)


def test_a_translation_that_is_the_original_again_is_none() -> None:
    english = "Title: Bridge\nDate: 1953-12-14\nPage: 4\n\n    铁桥十三日通车了。\n\n<hr />\n\nOriginal:\n\n"
    got = article(english + CHINESE)
    assert (got.form, got.en, got.title_en) == (Form.CHINESE, None, None)
    assert ("translation-missing", "it is in Chinese") in [(n.code, n.detail) for n in got.notes]
