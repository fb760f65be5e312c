"""Places by what stands around them: enumerations, titles, names cut off, names inside longer ones."""

from __future__ import annotations

import pytest

from kg.mentions.names import NameDictionary
from kg.mentions.places import find_places
from kg.mentions.surroundings import LISTED_RULE
from kg.mentions.view import view
from kg.model import Lang, Name
from tests.mentions.test_understander import article, body

NAMES = NameDictionary.build(
    [
        Name("美国", Lang.ZH, "place", "country", ("Q30",), 0.9),
        Name("东海", Lang.ZH, "place", "sea", ("Q37660",), 0.4),
        Name("利马", Lang.ZH, "place", "city", ("Q2868",), 0.4),
        Name("南目河", Lang.ZH, "place", "river", ("x-nam-mut",), 0.3),
        Name("中华人民共和国", Lang.ZH, "place", "country", ("Q148",), 0.9),
        Name("山萝", Lang.ZH, "place", "city", ("Q33415",), 0.25),
    ]
)


def found(text):
    finds, _ = find_places(article([text]), view(body(Lang.ZH, text), NAMES), None)
    return finds


def places(text):
    return [f.span.text for f in found(text) if not f.optional]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("货物运到赛瓦、柳弄、库尔门等县", ["赛瓦", "柳弄", "库尔门"]),
        ("英美等国和同英、法等国的代表", []),
        ("总理、部长等国家领导人", []),
        ("省会马洛查的成千上万市民", ["马洛查"]),
        ("首都体育馆举行大会", []),
    ],
)
def test_enumerations_and_titles(text, expected):
    assert places(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("部队在大窝棚村附近宿营", ["大窝棚村"]),
        ("货物运到罗斯塔克镇", ["罗斯塔克镇"]),
        ("美国东海岸的港口", ["美国"]),
        ("船在东海航行", ["东海"]),
        ("人民军在南目河边开火", ["南目河"]),
        ("利马同志也来了", []),
        ("他在利马开会", ["利马"]),
        ("我军解放了山萝", ["山萝"]),
    ],
)
def test_where_a_name_begins_and_ends(text, expected):
    assert places(text) == expected


@pytest.mark.parametrize("text", ["《中华人民共和国森林法》", "美国花旗银行", "美国第一小学", "美国族人"])
def test_inside_a_longer_name_it_is_optional(text):
    finds = found(text)
    assert finds
    assert all(f.optional for f in finds)


@pytest.mark.parametrize("text", ["美国的银行", "美国数十所学校", "美国在大学里"])
def test_a_place_beside_an_institution_counts(text):
    assert places(text) == ["美国"]


def test_the_rule_is_told():
    assert LISTED_RULE in {f.rule for f in found("货物运到赛瓦、柳弄等县")}
