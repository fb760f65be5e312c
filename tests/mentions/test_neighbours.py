"""Places by what stands beside them: enumerations in both languages, areas, directions, segmentation."""

from __future__ import annotations

import pytest

from kg.mentions.names import NameDictionary
from kg.mentions.places.finding import find_places
from kg.mentions.places.neighbours import WITHIN_RULE
from kg.mentions.sounds import likeness
from kg.mentions.view import view
from kg.mentions.words import segment
from kg.model import Lang, Name
from tests.mentions.test_understander import article, body


def _place(text, lang, subkind, item, prior=0.3):
    return Name(text, lang, "place", subkind, (item,), prior)


NAMES = NameDictionary.build(
    [
        _place("安卡", Lang.ZH, "city", "x-anka"),
        _place("贝洛", Lang.ZH, "city", "x-belo"),
        _place("四川", Lang.ZH, "province", "Q19770", 0.6),
        _place("丰安县", Lang.ZH, "county", "x-feng-an"),
        _place("西南", Lang.ZH, "region", "x-southwest-china", 0.4),
        _place("中国", Lang.ZH, "country", "Q148", 0.95),
        Name("安卡报", Lang.ZH, "source", "newspaper", ("x-anka-paper",), 0.3),
        Name("中国社", Lang.ZH, "source", "agency", ("x-agency",), 0.3),
        _place("Anka", Lang.EN, "city", "x-anka"),
        _place("Belo", Lang.EN, "city", "x-belo"),
        Name("Tesco Union", Lang.EN, "organisation", "union", ("x-tesco-union",), 0.3),
    ]
)


def chinese(text):
    finds, _ = find_places(article([text]), view(body(Lang.ZH, text), NAMES), None)
    return [f for f in finds if not f.optional]


def english(text):
    finds, _ = find_places(article([], [text]), None, view(body(Lang.EN, text), NAMES))
    return [f.span.text for f in finds if not f.optional]


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("在安卡、贝洛、莫坎罗和库玛里，战斗仍在进行", ["安卡", "贝洛", "莫坎罗", "库玛里"]),
        ("敌机轰炸安卡、芒拉、贝洛和四川", ["安卡", "芒拉", "贝洛", "四川"]),
        ("战斗在安卡、贝洛基塔、四川进行", ["安卡", "贝洛基塔", "四川"]),
        ("部队撤出安卡和莫坎罗。", ["安卡", "莫坎罗"]),
        ("战斗在莫坎罗、帕莱罗和库玛里一带进行，安卡平静", ["莫坎罗", "帕莱罗", "库玛里", "安卡"]),
        ("他们到达安卡和莫坎罗举行会谈", ["安卡"]),
        ("消息说，安卡、贝洛、莫坎罗、库玛里被淹", ["安卡", "贝洛", "莫坎罗", "库玛里"]),
        ("安卡市长和莫坎罗先生说", ["安卡"]),
        ("在中国社会主义建设中", ["中国"]),
        ("记者在安卡报道了这次会议", ["安卡"]),
    ],
)
def test_what_stands_among_places_is_one(text, places):
    assert [f.span.text for f in chinese(text)] == places


def test_a_known_name_that_is_a_place_once_is_one_wherever_it_stands():
    assert [f.span.text for f in chinese("部队开进丰安县。过了丰安县人都欢喜。")] == ["丰安县", "丰安县"]


def test_an_area_is_one_name_and_a_county_seat_names_its_county():
    assert [f.span.text for f in chinese("战斗在安卡地区进行")] == ["安卡地区"]
    assert {(f.span.text, f.rule == WITHIN_RULE) for f in chinese("他们到达丰安县城附近")} == {
        ("丰安县城", False),
        ("丰安县", True),
    }


@pytest.mark.parametrize(
    ("text", "is_region"),
    [("部队在安卡西南集结", False), ("敌人向西南逃走", False), ("中国西南各省", True), ("西南的铁路", True)],
)
def test_a_direction_is_no_region(text, is_region):
    assert ("西南" in [f.span.text for f in chinese(text)]) is is_region


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("fighting went on in Anka, Watora, Mokuba and Belo", ["Anka", "Watora", "Mokuba", "Belo"]),
        ("the Tesco Union, Watora and Mokuba sent greetings", []),
        ("the Bureau of Culture and Education in Anka", ["Anka"]),
        ("trucks on Highway 41 and Route No. 7", ["Highway 41", "Route No. 7"]),
        ("a battle at Samdan-ri and a Follow-up", ["Samdan-ri"]),
        ("Along the coast, planes bombed Anka de los Moros and Belo", ["Belo"]),
    ],
)
def test_english(text, places):
    assert english(text) == places


def test_a_consonant_that_returns_after_a_vowel_is_heard_twice():
    assert likeness("菲洛拉", "Filora") == likeness("菲洛拉", "Fillora") == 0.9


@pytest.mark.parametrize(("text", "word"), [("何寨乡史庄村的农民", "乡"), ("占领了菲洛拉和查温达。", "和")])
def test_words_that_run_across_names_are_cut(text, word):
    assert word in segment(text).words


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("敌军攻占安卡、奥布罗瓦茨和格利纳", ["安卡", "奥布罗瓦茨", "格利纳"]),
        ("安卡、奥布罗瓦茨和格利纳出席了宴会", ["安卡"]),
        ("他在安卡和葛罗米柯举行会谈", ["安卡"]),
        ("民兵来自安卡、贝洛、青屿和角屿", ["安卡", "贝洛", "青屿", "角屿"]),
    ],
)
def test_one_place_is_enough_where_a_word_leads_to_a_list(text, places):
    assert [f.span.text for f in chinese(text)] == places


FAINT = NameDictionary.build(
    [
        _place("安卡", Lang.ZH, "city", "x-anka"),
        _place("贝洛", Lang.ZH, "city", "x-belo"),
        _place("达勒姆", Lang.ZH, "city", "x-durham", 0.0),
        _place("和睦", Lang.ZH, "county", "x-hemu-county", -1.0),
    ]
)


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("达勒姆", "军队在安卡、达勒姆、贝洛集结", True),
        ("达勒姆", "达勒姆说，他不同意这个意见", False),
        ("达勒姆", "会见时，达勒姆和其他客人在座", False),
        ("和睦", "洪水冲毁了安卡、和睦、贝洛的公路", True),
        ("和睦", "在和睦的气氛中举行会谈", False),
        ("和睦", "双方主张友好、和睦、合作", False),
    ],
)
def test_a_faint_name_or_a_common_word_is_a_place_where_its_neighbours_say_so(name, text, found):
    finds, _ = find_places(article([text]), view(body(Lang.ZH, text), FAINT), None)
    assert (name in [f.span.text for f in finds if not f.optional]) == found


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("Troops intruded from Ruavana in Anka Province.", ["Ruavana"]),
        ("They spoke of Ruavana in Anka Province.", []),
    ],
)
def test_what_lies_in_a_land_told_after_it(text, places):
    names = NameDictionary.build([_place("Anka", Lang.EN, "province", "x-anka")])
    finds, _ = find_places(article([], [text]), None, view(body(Lang.EN, text), names))
    assert [f.span.text for f in finds if not f.optional and f.span.text != "Anka Province"] == places
