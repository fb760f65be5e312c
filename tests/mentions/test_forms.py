"""The forms that the archive is known to use, each read by what the authority travels with."""

from __future__ import annotations

import datetime as dt

import pytest

from kg.authority import open_authority
from kg.mentions import Understander
from kg.mentions.numerals import parse_number
from kg.mentions.times.finding import find_times
from kg.model import Kind, Lang
from tests.mentions.test_understander import article, body


@pytest.fixture(scope="module")
def understander():
    authority = open_authority()
    return Understander(authority.names(), measures=authority.items("measure"), units=authority.items("unit"))


def found(understander, text, kind, lang=Lang.ZH):
    a = article(["题", text]) if lang is Lang.ZH else article((), ["Title", text])
    return {
        f.span.text: m.items
        for m in understander.understand(a).mentions
        for f in m.finds
        if m.kind is kind and not f.optional
    }


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("廿", "20"), ("卅", "30"), ("廿五", "25"), ("两千多", "min 2000"), ("万五千余", "min 15000"),
        ("百分之三", "3/100"), ("３００", "300"), ("三至五", "3..5"), ("二百余", "min 200"),
        ("近三百", "max 300"),
        ("约五百", "500"), ("三百以上", "min 300"), ("十余万", "min 100000"), ("二万五千", "25000"),
    ],
)  # fmt: skip
def test_numerals(text, amount):
    assert str(parse_number(text, Lang.ZH)) == amount


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("本月五日", "1953-12-05", "1953-12-05"),
        ("上月二十日", "1953-11-20", "1953-11-20"),
        ("去年", "1952", "1952"),
        ("今晨", "1953-12-14", "1953-12-14"),
        ("十月下旬", "1953-10-21", "1953-10-31"),
        ("本月上旬", "1953-12-01", "1953-12-10"),
        ("民国三十五年", "1946", "1946"),
    ],
)
def test_times(text, start, end):
    (time,) = find_times(body(Lang.ZH, text), dt.date(1953, 12, 14), ())
    assert time.interval is not None
    assert (time.interval.start, time.interval.end) == (start, end)


def test_the_lunar_calendar_stays_unresolved():
    (time,) = find_times(body(Lang.ZH, "农历正月初五"), dt.date(1953, 12, 14), ())
    assert time.interval is None


@pytest.mark.parametrize(
    ("text", "item"),
    [
        ("寮国", "Q819"), ("莫三鼻给", "Q1029"), ("奠边府", "Q36027"), ("怯尼亚", "Q114"), ("锡兰", "Q854"),
        ("瓜地马拉", "Q774"), ("臺灣", "Q865"), ("遼寧省", "Q43934"),
    ],
)  # fmt: skip
def test_names_of_the_period_and_traditional_forms(understander, text, item):
    places = found(understander, f"代表从{text}来到这里。", Kind.PLACE)
    assert text in places
    assert item in places[text]


def test_son_la_is_found_where_it_is_taken(understander):
    assert "山萝" in found(understander, "我军解放了山萝。", Kind.PLACE)


def test_the_short_name_after_the_full_one(understander):
    places = found(understander, "越南民主共和国的代表来了。越南宣布停火。", Kind.PLACE)
    assert set(places) == {"越南民主共和国", "越南"}


def test_our_army_is_the_army_named_before(understander):
    units = found(understander, "中国人民解放军渡江。我军前进。", Kind.UNIT)
    assert units["我军"] == units["中国人民解放军"] != ()


@pytest.mark.parametrize("text", ["他在上海中学读书。", "中苏两国发表公报。", "美方的建议", "英美等国的代表"])
def test_what_is_no_place(understander, text):
    assert not found(understander, text, Kind.PLACE)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("The delegates left Peking", "Peking"),
        ("The train passed Chungking", "Chungking"),
        ("The train passed Tsinan", "Tsinan"),
        ("peasants of Szechwan", "Szechwan"),
        ("They took Dien Bien Phu", "Dien Bien Phu"),
        ("They took Điện Biên Phủ", "Điện Biên Phủ"),
        ("They went to Hanoi", "Hanoi"),
        ("boats on the Nam Sa River", "Nam Sa River"),
        ("peasants of Lungtai Province", "Lungtai Province"),
        ("the town of Mokuba", "Mokuba"),
    ],
)
def test_english_spellings(understander, text, name):
    assert name in found(understander, text, Kind.PLACE, Lang.EN)


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("边防部队进驻山口。", "边防部队"),
        ("反政府武装袭击了首都。", "反政府武装"),
        ("驻南朝鲜美军举行演习。", "驻南朝鲜美军"),
        ("武警北京总队的官兵", "武警北京总队"),
        ("第三军区的官兵", "第三军区"),
        ("摩托化步兵第二〇一师", "摩托化步兵第二〇一师"),
        ("部队里，战士们和民兵守卫阵地。", "民兵"),
    ],
)
def test_forces(understander, text, unit):
    assert unit in found(understander, text, Kind.UNIT)


@pytest.mark.parametrize("text", ["各部门、各人民团体的代表", "一个英军据点", "这支部队", "民兵同社员割麦"])
def test_no_forces(understander, text):
    assert not {"民团", "一个英军", "这支部队", "民兵"} & set(found(understander, text, Kind.UNIT))


@pytest.mark.parametrize("name", ["the 49th Division", "U.N. force", "border defence troops", "Viet Minh"])
def test_english_forces(understander, name):
    units = found(understander, f"They met {name} near Hanoi", Kind.UNIT, Lang.EN)
    assert name.removeprefix("the ") in units
