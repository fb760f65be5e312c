"""Derived names: what the rules give, and what they must not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kg.authority.aliases import names_of
from kg.model import Item


def derived(kind: str, subkind: str, *labels: tuple[str, str], country: str | None = None) -> set[str]:
    item = Item("Q1", kind, subkind, labels, country=country, prior=0.3)
    return {n.text for n in names_of(item) if n.how == "generated"}


@pytest.mark.parametrize(
    ("subkind", "label", "gives"),
    [
        ("province", "莱州省", "莱州"),
        ("province", "广西壮族自治区", "广西"),
        ("province", "内蒙古自治区", "内蒙古"),
        ("prefecture", "延边朝鲜族自治州", "延边"),
        ("city", "青岛市", "青岛"),
        ("city", "河内", "河内市"),
        ("county", "莱阳县", "莱阳"),
        ("district", "海淀区", "海淀"),
        ("river", "密西西比河", "密西西比"),
        ("islands", "马里亚纳群岛", "马里亚纳"),
        ("mountains", "喜马拉雅山脉", "喜马拉雅山"),
        ("country", "乌克兰共和国", "乌克兰"),
    ],
)
def test_chinese_places(subkind, label, gives):
    assert gives in derived("place", subkind, ("zh", label))


@pytest.mark.parametrize(
    ("subkind", "label", "never"),
    [
        ("river", "红河", "红"),
        ("country", "保加利亚人民共和国", "保加利亚人民"),
        ("county", "陵县", "陵"),
        ("river", "长江", "长"),
        ("village", "李村", "李"),
        ("city", "河内市", "河内市市"),
        ("river", "湄公河", "湄公河河"),
        ("province", "加利福尼亚州", "加利福尼亚州省"),
    ],
)
def test_what_is_not_derived(subkind, label, never):
    assert never not in derived("place", subkind, ("zh", label))


@pytest.mark.parametrize(
    ("subkind", "label", "gives"),
    [
        ("province", "Lai Châu Province", "Lai Châu"),
        ("province", "Shandong", "Shandong Province"),
        ("province", "Shandong", "Province of Shandong"),
        ("county", "Laiyang", "Laiyang County"),
        ("city", "Hanoi", "City of Hanoi"),
        ("river", "Yalu River", "Yalu"),
        ("river", "Mekong", "Mekong River"),
        ("country", "Iraq", "Republic of Iraq"),
        ("country", "Republic of Iraq", "Iraq"),
        ("city", "Springfield, Illinois", "Springfield"),
        ("mountain", "Mount Elbrus", "Elbrus"),
    ],
)
def test_english_places(subkind, label, gives):
    assert gives in derived("place", subkind, ("en", label))


def test_vietnamese_names_as_the_wires_wrote_them():
    assert {"Dienbienphu", "Điện-Biên-Phủ"} <= derived(
        "place", "city", ("en", "Điện Biên Phủ"), country="Q881"
    )


def test_a_city_keeps_its_city():
    assert "Ho Chi Minh" not in derived("place", "city", ("en", "Ho Chi Minh City"))


def test_articles_of_newspapers():
    assert derived("source", "newspaper", ("en", "The Morning Post")) == {"Morning Post"}


def test_numbers_of_units_are_written_in_several_ways():
    assert derived("unit", "division", ("zh", "第二十六师")) == {"第26师"}
    names = {"第126师", "第一百二十六师", "第一二六师"}
    for name in names:
        assert derived("unit", "division", ("zh", name)) == names - {name}
    assert derived("unit", "fleet", ("zh", "第七舰队")) == set()


def test_units_of_a_state():
    assert derived("unit", "fleet", ("zh", "美国第九舰队")) == {"美第九舰队", "美军第九舰队"}


def test_nothing_is_derived_of_persons_and_measures():
    assert derived("person", "leader", ("en", "John City"), ("zh", "约翰市")) == set()
    assert derived("measure", "length", ("zh", "市里"), ("en", "li")) == set()


def test_derived_names_never_repeat_given_ones():
    item = Item("Q1", "place", "province", (("zh", "莱州省"),), (("zh", "莱州"),))
    assert [(n.text, n.how) for n in names_of(item)] == [("莱州省", "label"), ("莱州", "alias")]


def test_names_in_cyrillic_give_no_more():
    assert derived("place", "city", ("ru", "Ханой")) == set()


def test_only_the_renowned_are_called_by_less_or_more_than_their_name():
    assert [
        n.text for n in names_of(Item("Q1", "place", "mountain", (("en", "Mount Wilson"),), prior=0.05))
    ] == ["Mount Wilson"]
    near = Item("Q1", "place", "county", (("zh", "莱阳县"),), country="Q148", prior=0.05)
    assert [n.text for n in names_of(near)] == ["莱阳县", "莱阳"]


def test_names_in_languages_of_elsewhere_are_foreign():
    england = Item(
        "Q1", "place", "country", (("en", "England"), ("vi", "Anh"), ("fr", "Angleterre")), prior=0.9
    )
    assert {n.text for n in names_of(england) if n.foreign} == {"Anh", "Angleterre"}
    hue = Item("Q2", "place", "city", (("en", "Hue"), ("vi", "Huế"), ("fr", "Hué")), country="Q881")
    assert not any(n.foreign for n in names_of(hue))


def test_names_that_a_table_derived_weigh_as_derived():
    item = Item("Q1", "place", "county", (("zh", "科马斯区"),), (("zh-x-short", "科马斯"),))
    assert ("科马斯", "generated", True) in {(n.text, n.how, n.exclusive) for n in names_of(item)}


def test_a_name_with_a_dash_is_found_with_the_paper_s_dash():
    item = Item(
        "Q1196", "place", "province", (("zh", "梅克伦堡-前波美拉尼亚州"),), country="Q183", prior=0.05
    )
    assert "梅克伦堡—前波美拉尼亚州" in [n.text for n in names_of(item)]


def test_korean_counties_go_by_their_full_name():
    item = Item("Q50331", "place", "county", (("zh", "青松郡"),), country="Q884", prior=0.2)
    assert [n.text for n in names_of(item)] == ["青松郡"]


def test_a_lesser_province_may_go_without_its_generic_where_places_are_looked_for():
    item = Item("Q1", "place", "province", (("zh", "巴里尚省"),), country="Q889", prior=0.1)
    assert [(n.text, n.exclusive, n.unsought) for n in names_of(item)][1:] == [("巴里尚", True, True)]
    short = replace(item, labels=(("zh", "内湖省"),))
    assert [n.text for n in names_of(short)] == ["内湖省"]
