"""Places: dictionary, heads, new names, nesting; in Chinese, English and both."""

from __future__ import annotations

import pytest

from kg.mentions.names import NameDictionary
from kg.mentions.places.finding import find_places
from kg.mentions.view import view, views
from kg.model import Lang, Name
from tests.mentions.test_understander import article, body


def n(text, lang, subkind, item, prior=0.5, kind="place"):
    return Name(text, lang, kind, subkind, (item,), prior)


Z, E = Lang.ZH, Lang.EN
DICTIONARY = NameDictionary.build(
    [
        n("上海", Z, "city", "Q8686", 0.9),
        n("上海中学", Z, "school", "x-s", kind="organisation"),
        n("加丹加", Z, "region", "Q1", 0.4),
        n("朝鲜", Z, "country", "Q423", 0.9),
        n("朝鲜国", Z, "historical_country", "Q28179", 0.1),
        n("中国", Z, "country", "Q148", 0.9),
        n("人民中国", Z, "country", "Q148", 0.5),
        n("堪培拉", Z, "city", "Q3114", 0.4),
        n("秋田", Z, "city", "Q81863", 0.2),
        n("新泰县", Z, "county", "Q5", 0.12),
        n("一江山岛", Z, "islands", "Q6", 0.2),
        n("克尔巴贾尔", Z, "town", "Q9", 0.05),
        n("圣地亚哥—德尔苏尔", Z, "city", "Q7", 0.1),
        n("Shanghai", E, "city", "Q8686", 0.9),
        n("Lai Chau", E, "city", "Q2", 0.4),
        n("Song", E, "town", "Q3", 0.1),
        n("French", E, "town", "Q4", 0.3),
        n("France", E, "country", "Q142", 0.9),
    ]
)


def chinese(text):
    finds, _ = find_places(article([text]), view(body(Z, text), DICTIONARY), None)
    return [f.span.text for f in finds if not f.optional]


def english(text):
    finds, _ = find_places(article([], [text]), None, view(body(E, text), DICTIONARY))
    return [f.span.text for f in finds if not f.optional]


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("他在上海中学读书，家住上海。", ["上海"]),
        ("加丹加省首府昨天平静。", ["加丹加省"]),
        ("切断了上海—秋田公路。", ["上海—秋田公路"]),
        ("朝鲜国家主席在朝鲜。", ["朝鲜", "朝鲜"]),
        ("美国敌视人民中国。", ["中国"]),
        ("一架“堪培拉”式轰炸机", []),
        ("做好三秋田间管理工作", []),
        ("敌人向我四分区进犯", ["四分区"]),
        ("青（山）平（河）铁路铺轨", ["青（山）平（河）铁路"]),
        ("各县都来人祝贺，全省丰收。", []),
        ("长达３００公里的战线", []),
        ("我军攻克平赞县。", ["平赞县"]),
        ("新泰县今年丰收，一江山岛也有渔船到达。", ["新泰县", "一江山岛"]),
        ("敌军攻占克尔巴贾尔后撤走。", ["克尔巴贾尔"]),
        ("敌军切断新泰县、加丹加公路", ["新泰县", "加丹加"]),
        ("在圣地亚哥—德尔苏尔发生示威", ["圣地亚哥—德尔苏尔"]),
    ],
)
def test_chinese(text, places):
    assert chinese(text) == places


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("in Lai Châu province and Lai Châu", ["Lai Châu province", "Lai Châu"]),
        ("the banks of the Nam Sa River", ["Nam Sa River"]),
        ("Song Zhesheng told French soldiers in France", ["France"]),
        ("They climbed Mount Kailan.", ["Mount Kailan"]),
        ("our Sixth Sub-district", ["Sixth Sub-district"]),
        ("On Monday the President met Nehru", []),
        ("Shanghai-e Gharb and Shanghai", ["Shanghai"]),
    ],
)
def test_english(text, places):
    assert english(text) == places


def both(zh, en, names=()):
    a = article(["题", zh], ["Title", en], names)
    zh_view, en_view = views(a, DICTIONARY)
    finds, pairs = find_places(a, zh_view, en_view)
    return [f.span.text for f in finds if not f.optional], [(p.zh, p.en) for p in pairs]


def test_the_english_finds_a_chinese_name_by_its_pinyin():
    finds, pairs = both("由内曷、野基岗下车。", "They left the train at Neihe and Yejigang.")
    assert {"内曷", "Neihe", "野基岗", "Yejigang"} <= set(finds)
    assert ("内曷", "Neihe") in pairs


NEAR = NameDictionary.build(
    [
        n("佩奇", Z, "city", "Q45779", 0.4),
        n("Pecs", E, "city", "Q45779", 0.0),
        n("Hit", E, "town", "Q5", 0.0),
        n("托尔哈姆", Z, "town", "x-torkham", 0.1),
        n("Torkham", E, "town", "x-torkham", 0.1),
        n("Chaman", E, "town", "Q1017644", 0.1),
        n("Nehru", E, "town", "Q6", 0.1),
    ]
)


@pytest.mark.parametrize(
    ("zh", "en", "expected"),
    [
        ("佩奇秩序恢复。", "Order in Pecs is restored. Hit by shells, it is quiet.", ["佩奇", "Pecs"]),
        ("在托尔哈姆。", "At Chaman and Torkham it is closed.", ["托尔哈姆", "Chaman", "Torkham"]),
        ("他到了托尔哈姆。", "Nehru went to Torkham.", ["托尔哈姆", "Torkham"]),
    ],
)
def test_what_is_known_little_is_confirmed_by_the_original_or_its_neighbour(zh, en, expected):
    a = article(["题", zh], ["Title", en])
    finds, _ = find_places(a, *views(a, NEAR))
    assert [f.span.text for f in finds if not f.optional] == expected


def test_two_words_of_pinyin_are_a_person():
    finds, _ = both("丁树本说今天很好。", "Ding Shuben said today was fine.")
    assert finds == []


def test_a_dateline_names_a_place():
    from kg.mentions.datelines import find_datelines

    text = "【新华社柯里木十二日电】今天大雨。"
    seen = view(body(Z, text), DICTIONARY)
    finds, _ = find_places(article([text]), seen, None, {Z: find_datelines(seen)})
    assert [f.span.text for f in finds] == ["柯里木"]


def test_a_nested_place_is_optional():
    text = "上海中学"
    finds, _ = find_places(article([text]), view(body(Z, text), DICTIONARY), None)
    assert [(f.span.text, f.optional) for f in finds] == [("上海", True)]


def test_a_place_inside_a_known_person_is_none():
    names = NameDictionary.build(
        [
            n("德里", Z, "city", "Q1353", 0.5),
            Name("苏班德里约", Z, "person", "diplomat", ("x-subandrio",), 0.5),
        ]
    )
    text = "苏班德里约离开德里"
    finds, _ = find_places(article([text]), view(body(Z, text), names), None)
    assert [(f.span.text, f.span.start) for f in finds] == [("德里", 7)]


@pytest.mark.parametrize("text", ["the cruiser Canberra sailed", 'two "Canberra" jet bombers'])
def test_a_ship_or_an_aircraft_named_after_a_town_is_none(text):
    names = NameDictionary.build([n("Canberra", E, "city", "Q3114", 0.45)])
    finds, _ = find_places(article([], [text]), None, view(body(E, text), names))
    assert not finds


def test_a_name_that_goes_on_is_another():
    names = NameDictionary.build([n("Rio", E, "city", "Q8678", 0.45)])
    text = "troops left Rio Gallegos, and others Rio."
    finds, _ = find_places(article([], [text]), None, view(body(E, text), names))
    assert [(f.span.text, f.span.start) for f in finds if f.items] == [("Rio", 37)]
