"""Places by what stands around them: enumerations, titles, names cut off, names inside longer ones."""

from __future__ import annotations

import pytest

from kg.mentions.names import NameDictionary
from kg.mentions.places.finding import find_places
from kg.mentions.places.surroundings import LISTED_RULE
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
        Name("德里", Lang.ZH, "place", "city", ("Q1353",), 0.4),
        Name("德里市", Lang.ZH, "place", "city", ("Q1353",), 0.4),
        Name("英帝国", Lang.ZH, "place", "historical_country", ("Q8680",), 0.3),
        Name("洛宁", Lang.ZH, "place", "county", ("Q1200170",), 0.1),
        Name("四川", Lang.ZH, "place", "province", ("Q19770",), 0.6),
        Name("四川省", Lang.ZH, "place", "province", ("Q19770",), 0.6),
        Name("应城市", Lang.ZH, "place", "city", ("Q1200172",), 0.1),
        Name("同登", Lang.ZH, "place", "town", ("x-dong-dang",), 0.2),
        Name("禄平", Lang.ZH, "place", "county", ("x-loc-binh",), 0.1),
        Name("老街", Lang.ZH, "place", "city", ("Q33373",), 0.25),
        Name("提尔", Lang.ZH, "place", "city", ("Q82070",), 0.1),
        Name("金昌", Lang.ZH, "place", "city", ("Q532776",), 0.2),
        Name("阆中", Lang.ZH, "place", "county", ("Q1200171",), 0.1),
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
        ("苏联专家洛宁等参加了这项工作", []),
        ("守敌司令德卡斯特里被俘", []),
        ("苏联专家在洛宁等地参加了这项工作", ["洛宁"]),
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
        ("代表们住在安马托市", ["安马托市"]),
        ("杰克·德里本说，他反对战争。德里本是工人", []),
        ("他昨天在德里开会", ["德里"]),
        ("外长哈洛宁举行招待会", []),
        ("商店供应城市的居民", []),
        ("我军进抵莫坎河以东地区", ["莫坎河"]),
        ("敌人退到库玛河东岸", ["库玛河"]),
        ("他们在大桑河以西修路", ["桑河"]),
        ("工人在伊汶江北岸筑堤", ["伊汶江"]),
        ("敌人被围在古雅市郊区", ["古雅市"]),
        ("河东岸的村民，江北岸的工人", []),
        ("部队进驻四川省莫坎河", ["四川省", "莫坎河"]),
    ],
)
def test_where_a_name_begins_and_ends(text, expected):
    assert places(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("牧民来到敖姆多克草原上放牧", ["敖姆多克草原"]),
        ("我们访问了青平土家族苗族自治州", ["青平土家族苗族自治州"]),
        ("少数民族自治县的干部", []),
        ("部队在道玛附近宿营", ["道玛"]),
        ("他们在村子附近散步", []),
        ("这是黄州府的旧事", ["黄州府"]),
        ("他到德克萨斯州州府去", ["德克萨斯州"]),
        ("美国铁路客运减少", ["美国"]),
        ("最后要塞已经失守", []),
        ("他是四川阆中人", ["四川", "阆中"]),
        ("研究金昌洛宁农业和作物布局等问题", ["金昌", "洛宁"]),
        ("石油城巴尔托斯和古城库玛罗", ["巴尔托斯", "库玛罗"]),
        ("德里市民欢迎代表团", ["德里"]),
        ("英帝国主义者的阴谋", []),
    ],
)
def test_shapes_and_frames(text, expected):
    assert places(text) == expected


@pytest.mark.parametrize(
    "text", ["《中华人民共和国森林法》", "美国花旗银行", "美国第一小学", "美国族人", "他到洛宁公社去"]
)
def test_inside_a_longer_name_it_is_optional(text):
    finds = found(text)
    assert finds
    assert all(f.optional for f in finds)


@pytest.mark.parametrize("text", ["美国的银行", "美国数十所学校", "美国在大学里"])
def test_a_place_beside_an_institution_counts(text):
    assert places(text) == ["美国"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("外围的同登、禄平和老街已经解放", ["同登", "禄平", "老街"]),
        ("他喜欢老街的茶馆", []),
        ("美国东部的提尔没有消息", ["美国", "提尔"]),
        ("提尔和他的朋友", []),
        ("部长朴大中、金昌满和李正英等人到场", []),
        ("他们已经到达库玛罗。", ["库玛罗"]),
        ("战士在山区筑路", []),
        ("残敌撤往提尔。", ["提尔"]),
        ("他想起提尔来", []),
        ("他们在提尔附近作战", ["提尔"]),
        ("部队在老街、同登方向前进", ["老街", "同登"]),
        ("他在老街的茶馆里", []),
        ("占领西南群岛的平泉岛、赤金岛。", ["西南群岛", "平泉岛", "赤金岛"]),
        ("　　提尔消息：昨天没有战事", ["提尔"]),
        ("由提尔指挥", []),
        ("首都社会秩序良好，省会城市绿化很好", []),
        ("首府库玛罗和提尔两地", ["库玛罗", "提尔"]),
        ("作家蒙利马·罗萨", []),
        ("攻占平岭山、砚池山、青岭等据点", ["平岭山", "砚池山", "青岭"]),
        ("我军攻占同登、同普、觉雍，继续前进", ["同登", "同普", "觉雍"]),
        ("我军攻占同登、车站、碉堡和仓库。", ["同登"]),
        ("沙河流域的提尔没有消息", ["沙河流域", "提尔"]),
    ],
)
def test_lists_containers_and_persons(text, expected):
    assert places(text) == expected


def test_the_rule_is_told():
    assert LISTED_RULE in {f.rule for f in found("货物运到赛瓦、柳弄等县")}
