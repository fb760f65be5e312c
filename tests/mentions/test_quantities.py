"""Quantities: one value, many ways of writing it; what is no measure; the bars on the gold."""

from __future__ import annotations

import functools
import json
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.articles import read_articles
from kg.authority.embedded import embedded_items
from kg.mentions.quantities.finding import find_quantities
from kg.mentions.quantities.measures import Measures
from kg.model import Article, Body, Find, Item, Kind, Lang
from tests.growth import assert_grows_with_size_only

ZH, EN = Lang.ZH, Lang.EN
EVAL = Path(__file__).parents[3] / "shared/eval"


@functools.cache
def _measures() -> Measures:
    return Measures(i for i in embedded_items() if i.kind == "measure")


@pytest.fixture(scope="module")
def measures() -> Measures:
    return _measures()


def found(text: str, measures: Measures) -> list[Find]:
    lang = ZH if any("\u3400" < c < "\ua000" for c in text) else EN
    finds = find_quantities(Body(lang, text, ((0, len(text)),)), measures)
    assert all(text[f.span.start : f.span.end] == f.span.text and f.kind is Kind.MEASURE for f in finds)
    return list(finds)


def said(find: Find) -> str:
    q = find.quantity
    assert q is not None
    if q.min is not None and q.max is not None:
        return f"{q.min}..{q.max} {q.unit}"
    sign = "≥" if q.min is not None else "≤" if q.max is not None else ""
    return f"{sign}{q.value} {q.unit}"


# What the text says, and texts with the surface in 【】 that say it.
CORPUS: dict[str, list[str]] = {
    "200 kilometre": [
        "行军【二百公里】",
        "长【２００公里】",
        "全长约【200公里】",
        "a 【200-kilometer】 front",
        "【200 kilometers】 long",
        "【two hundred kilometers】",
    ],
    "≥500 metre": [
        "高【五百多米】",
        "【５００多米】处",
        "超过【五百米】",
        "【五百米】以上",
        "more than 【500 meters】",
        "at least 【five hundred metres】",
    ],
    "≤300 tonne": [
        "近【三百吨】",
        "不到【三百吨】",
        "【三百吨】以下",
        "nearly 【300 tons】",
        "up to 【300 tons】",
    ],
    "30000..40000 yuan": [
        "【三、四万元】",
        "【三四万元】",
        "【三万至四万元】",
        "【３—４万元】",
        "【30,000 to 40,000 yuan】",
    ],
    "100000 yuan": ["【十万元】", "【１０万元】", "【10万元】左右", "【100,000 yuan】"],
    "1000000 United States dollar": [
        "【一百万美元】",
        "【１００万美元】",
        "【$1 million】",
        "【US$1,000,000】",
        "【one million dollars】",
        "【一百万美金】",
    ],
    "3000 pound sterling": ["【三千英镑】", "【£3,000】", "【三千镑】"],
    "-5 degree Celsius": [
        "【零下五度】",
        "【摄氏零下五度】",
        "【零下５℃】",
        "the temperature fell to 【minus 5 degrees】",
        "【5 degrees below zero】 in the cold",
    ],
    "24 degree Celsius": [
        "最高气温【二十四度】",
        "【摄氏二十四度】",
        "【２４摄氏度】",
        "the highest temperature was 【24 degrees】",
        "【24 degrees Celsius】",
    ],
    "105 degree": ["东经【一百零五度】", "longitude 【105 degrees】 east"],
    "30000 kilowatt hour": [
        "用电【三万度】",
        "【三万千瓦小时】",
        "【３万千瓦时】",
        "【30,000 kilowatt-hours】",
    ],
    "200000 kilowatt": ["【二十万千瓦】", "【２０万千瓦】", "【二十万瓩】", "【200,000 kilowatts】"],
    "7/2 zhang": ["深【三丈五尺】", "【三丈半】", "【三丈五】深"],
    "53/10 yuan": ["单价【五元三角】", "【五元三】，", "【５．３元】"],
    "9/4 hour": ["【2 hours and 15 minutes】", "【2 hours 15 minutes】", "【两小时十五分钟】"],
    "11/2 foot": ["【5 feet 6 inches】 tall", "【五英尺六英寸】"],
    "4/3 hour": ["飞行【1小时20分】", "【一小时二十分钟】"],
    "3/2 hour": [
        "【一个半小时】",
        "【一小时半】",
        "【1.5小时】",
        "【one and a half hours】",
        "【1.5 hours】",
    ],
    "≥3 hour": ["【三个多小时】", "【三小时多】", "more than 【three hours】"],
    "1/2 hour": ["【半小时】", "【半个小时】", "【half an hour】"],
    "1151/50 second": ["跑出【２３秒０２】的成绩", "【23.02秒】", "【23.02 seconds】"],
    "50 hour": ["【五十个小时】", "【５０小时】", "【50 hours】", "a 【50-hour】 siege"],
    "40 minute": ["【四十分钟】", "【40 minutes】"],
    "500 jin": ["每亩【五百斤】", "亩产【500斤】", "【500 jin】 per mu"],
    "1500 mu": ["【一千五百亩】", "【１，５００亩】", "【1,500 mu】 of land"],
    "15000 cubic metre": [
        "土方【一万五千立方米】",
        "【一万五千方】土",
        "【一万五千立方】石头",
        "【15,000 cubic meters】",
    ],
    "300 square kilometre": ["【三百平方公里】", "【３００平方公里】", "【300 square kilometers】"],
    "≥100 li": ["【百余里】", "【一百多里】", "more than 【100 li】"],
    "10000 tonne": ["【一万吨】", "【１万吨】", "【10,000 tons】"],
    "2..3 li": ["【二、三里】", "【两三里】", "【2 to 3 li】"],
    "500 pound": ["炸弹重【五百磅】", "a 【500-pound】 bomb"],
    "20 knot": ["航速【二十节】", "a speed of 【20 knots】"],
    "3000000 barrel": ["原油【三百万桶】", "【three million barrels】 of oil"],
    "400 New Taiwan dollar": ["【四百元台币】", "【四百元新台币】", "台币【四百元】"],
}

NEGATIVE = [
    "三里河",
    "八里桥",
    "在哪里",
    "屋里",
    "三八度线",
    "北纬三十八度线",
    "一度",
    "再度",
    "两个",
    "中越两国",
    "两党",
    "三方代表会谈",
    "四面八方",
    "一方面",
    "一元论",
    "元旦",
    "二元方程",
    "三角形",
    "得了二十分",
    "十分重要",
    "三分之二",
    "百分之三十",
    "五点意见",
    "三点钟",
    "一九五三年十二月",
    "十二月十一日",
    "十周年",
    "五十人",
    "三百辆坦克",
    "二十五岁",
    "第三百米",
    "第一五三师",
    "马克思主义",
    "三匹马",
    "三桶水",
    "一块石头",
    "三节车厢",
    "队伍里",
    "一毛病",
    "千里马",
    "万里长城",
    "五丈原",
    "丈夫",
    "米饭",
    "一石油公司",
    "三担任",
    "带动一方",
    "three companies",
    "50 men",
    "35 percent",
    "the 38th Parallel",
    "5 points",
    "a second-hand truck",
    "the second army",
    "he won 5 games",
    "a 35-year-old man",
    "two marks on the wall",
    "1,953 are here",
    "five stone houses",
    "foot soldiers",
    "December 11",
]

OPTIONAL = [
    "女子２００米冠军",
    "男子四百米",
    "三年",
    "四十多天",
    "两个月",
    "三星期",
    "a 35-year loan",
    "20 years",
    "万吨巨轮",
    "偏北风三级",
]


@pytest.mark.parametrize(("meant", "text"), [(m, t) for m, texts in CORPUS.items() for t in texts])
def test_value_and_surface(meant: str, text: str, measures: Measures) -> None:
    before, _, rest = text.partition("【")
    surface, _, after = rest.partition("】")
    finds = found(before + surface + after, measures)
    assert [(said(f), f.span.text, f.optional) for f in finds] == [(meant, surface, False)]


@pytest.mark.parametrize("text", NEGATIVE)
def test_no_measure(text: str, measures: Measures) -> None:
    assert [f.span.text for f in found(text, measures) if not f.optional] == []


@pytest.mark.parametrize("text", OPTIONAL)
def test_arguable_ones_are_optional(text: str, measures: Measures) -> None:
    assert [f.optional for f in found(text, measures)] == [True]


def test_unit_carries_its_item(measures: Measures) -> None:
    (find,) = found("二百公里", measures)
    assert (find.items, find.subkind, find.quantity and find.quantity.unit_item) == (
        ("Q828224",),
        "length",
        "Q828224",
    )


def test_common_words_of_imported_tables_are_no_units() -> None:
    items = [
        Item("Q1", "measure", "length", (("en", "hand"),), prior=0.9),
        Item("Q2", "measure", "speed", (("en", "metre per day"),), prior=0.9),
    ]
    body = Body(EN, "five hands at 3 metres per day and 3 metre per day", ((0, 10),))
    assert [f.span.text for f in find_quantities(body, Measures(items))] == ["3 metre per day"]


def test_several_in_a_sentence(measures: Measures) -> None:
    finds = found("They lost 5 tons, 3 kilograms of it found, and 2 km", measures)
    assert [said(f) for f in finds] == ["5 tonne", "3 kilogram", "2 kilometre"]
    finds = found("全县种棉五千亩，亩产一百二十斤，共收六十万斤，值３万元。", measures)
    assert [said(f) for f in finds] == ["5000 mu", "120 jin", "600000 jin", "30000 yuan"]


@given(
    st.text(alphabet="一二三十百千万半两0１2.多余个里米元度分秒斤 丈尺摄氏零下第的，kmt$-a hour", max_size=50)
)
@settings(max_examples=300)
def test_any_text_is_survived(text: str) -> None:
    measures = _measures()
    for lang in Lang:
        at = 0
        for f in find_quantities(Body(lang, text, ((0, len(text)),)), measures):
            assert at <= f.span.start < f.span.end <= len(text)
            assert text[f.span.start : f.span.end] == f.span.text
            at = f.span.end


@pytest.mark.parametrize(
    "piece", ["十", "9", "三米", "三丈五尺", "5 km and ", "摄氏零下五度", "一、", "个半", "$1 "]
)
def test_time_is_linear(piece: str, measures: Measures) -> None:
    def find(size: int) -> None:
        text = piece * (size // len(piece))
        for lang in Lang:
            find_quantities(Body(lang, text, ((0, len(text)),)), measures)

    assert_grows_with_size_only(find, 20_000, 200_000)


@pytest.mark.shared
@pytest.mark.skipif(not EVAL.is_dir(), reason=f"no evaluation material at {EVAL}")
def test_bars_on_the_gold(measures: Measures) -> None:
    """Strict F1 of measures at least 0.92, right values at least 0.95 of those found."""
    hits = misses = spurious = right = 0
    for file in sorted((EVAL / "articles").glob("*.txt")):
        gold = json.loads((EVAL / "gold" / f"{file.stem}.json").read_text(encoding="utf-8"))
        entities = [e for e in gold["entities"] if e["kind"] == "measure"]
        must = {(lang, s): e for e in entities for lang in Lang for s in e[lang] if not e.get("optional")}
        free = {(lang, s) for e in entities for lang in Lang for s in e[lang] if e.get("optional")}
        got = {
            (f.span.lang, f.span.text): f
            for article in read_articles([file])
            if isinstance(article, Article)
            for lang in Lang
            if (body := article.body(lang)) is not None
            for f in find_quantities(body, measures)
            if not f.optional
        }
        hits += len(must.keys() & got.keys())
        misses += len(must.keys() - got.keys())
        spurious += len(got.keys() - must.keys() - free)
        right += sum(_same(must[k], got[k]) for k in must.keys() & got.keys())
    assert 2 * hits / (2 * hits + misses + spurious) >= 0.92
    assert right / hits >= 0.95


def _same(entity: dict, find: Find) -> bool:
    q = find.quantity
    return q is not None and all(
        entity.get(k) is None or Fraction(str(entity[k])) == getattr(q, k) for k in ("value", "min", "max")
    )
