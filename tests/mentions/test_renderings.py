"""Which English name renders which Chinese one, where neither has another partner."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.authority import open_authority
from kg.mentions import Understander
from kg.mentions.joining.renderings import NEVER, likeness
from kg.mentions.rules import load_section
from kg.model import Agreement, Kind, Lang, Name
from tests.growth import assert_grows_with_size_only
from tests.mentions.test_understander import article


@pytest.mark.parametrize(
    ("zh", "en"),
    [
        ("守敌", "defending enemy"),
        ("两千伪军", "2,000 puppet troops"),
        ("第四机动团", "Fourth Mobile Group"),
        ("七分区", "Seventh Sub-district"),
        ("四一二点五高地", "Hill 412.5"),
        ("宋希濂兵团", "Song Xilian Army Group"),
        ("马步芳匪部", "Ma Bufang bandits"),
        ("哥伦比亚营", "Colombian Battalion"),
        ("第二缅甸步枪团", "Second Burma Rifles"),
        ("国民党军空军联络组", "Kuomintang Air Force Liaison Group"),
        ("喀土穆电台", "Khartoum Radio"),
        ("长沙日报", "Changsha Gazette"),
        ("北莫坎", "North Mokan"),
        ("锦荔", "Cam Le"),
        ("莫坎反政府武装", "Mokan anti-government armed forces"),
        ("三个装甲纵队", "three armored columns"),
        ("伪军第二师三十二团", "32nd Regiment"),
    ],
)
def test_what_says_the_same_is_a_rendering(zh, en):
    assert likeness(zh, en) > 1


@pytest.mark.parametrize(
    ("zh", "en"),
    [
        ("第四旅", "Third Brigade"),
        ("三三一高地", "Hill 331.5"),
        ("埃及空军", "Syrian Air Force"),
        ("x" * 200, "army"),
        ("第四旅", "Fourth Brigade " * 20),
    ],
)
def test_what_says_something_else_never_is(zh, en):
    assert likeness(zh, en) == NEVER


@pytest.mark.parametrize(
    ("zh", "en"),
    [
        ("守敌", "reinforcements"),
        ("第二师三十二团", "2nd Division"),
        ("李英部", "British units"),
        ("李弥兵团", "Sun Yuanliang Army Group"),
        ("某部", "a battalion"),
    ],
)
def test_what_has_little_in_common_hardly_is(zh, en):
    assert likeness(zh, en) < 1


@given(st.text(max_size=90), st.text(max_size=90))
@settings(max_examples=200, deadline=None)
def test_any_two_texts_are_compared(zh, en):
    assert likeness(zh, en) < 100


def test_each_sense_has_words_in_both_languages():
    assert load_section("renderings", "zh").keys() == load_section("renderings", "en").keys()


@pytest.fixture(scope="module")
def understander():
    return Understander([], measures=open_authority(None).items("measure"))


def joined(understander, zh, en, kind=Kind.UNIT):
    found = understander.understand(article(["题目", zh], ["Title", en])).mentions
    return {
        frozenset(f.span.text for f in m.finds)
        for m in found
        if m.kind is kind and m.agreement is Agreement.AGREE
    }


def test_units_alone_on_both_sides_are_joined_by_what_they_say(understander):
    zh = "我军歼灭李弥兵团一部，守敌南逃，第四机动团和民兵两个连追击。"
    en = (
        "The militia and the Fourth Mobile Group pursued; part of the Li Mi Army Group was annihilated,"
        " the defending enemy fled."
    )
    found = joined(understander, zh, en)
    assert {"李弥兵团", "Li Mi Army Group"} in found
    assert {"守敌", "defending enemy"} in found
    assert {"第四机动团", "Fourth Mobile Group"} in found


def test_places_are_joined_by_the_sort_of_their_head_words_and_the_names_before_them(understander):
    zh = "斯科比特水电站正在安装机器，敌军退到耶伊镇和锦荔桥。"
    en = (
        "The Skopit Hydropower Station is installing machines; the enemy fell back to the town of Yei"
        " and Cam Le Bridge."
    )
    found = joined(understander, zh, en, Kind.PLACE)
    assert {"斯科比特水电站", "Skopit Hydropower Station"} in found
    assert {"锦荔桥", "Cam Le Bridge"} in found


def test_a_number_that_differs_keeps_units_apart(understander):
    found = joined(understander, "敌人的第三步兵团溃退。", "The enemy's Fifth Infantry Regiment fell back.")
    assert not any("第三步兵团" in names for names in found)


def test_a_bound_and_a_number_are_one_quantity(understander):
    found = joined(understander, "该地距城百余里。", "The place lies 100 li from the city.", Kind.MEASURE)
    assert found == {frozenset(("百余里", "100 li"))}


@pytest.mark.parametrize(
    ("zh", "en", "told"),
    [
        ("该厂年产一千八百万吨钢。", "The mill makes 1.8 million tons of steel a year.", "18,000,000"),
        ("水位上涨三点五米。", "The water rose by 5.3 metres.", "3.5"),
    ],
)
def test_quantities_that_differ_are_a_conflict_in_which_the_original_wins(understander, zh, en, told):
    (m,) = (
        m
        for m in understander.understand(article(["题目", zh], ["Title", en])).mentions
        if m.kind is Kind.MEASURE
    )
    assert m.agreement is Agreement.CONFLICT
    assert m.quantity.unit in ("tonne", "ton", "metre")
    assert told in m.conflicts[0].detail


def test_two_quantities_a_side_are_not_guessed_at(understander):
    zh, en = "水涨三米，又涨四米。", "The water rose by 5 metres, then by 6 metres."
    found = understander.understand(article(["题目", zh], ["Title", en])).mentions
    assert not any(m.agreement is Agreement.CONFLICT for m in found)


def test_strengths_that_differ_are_a_conflict(understander):
    zh, en = "第四旅共三千人到达。", "The Fourth Brigade of 2,000 men arrived."
    (m,) = (
        m
        for m in understander.understand(article(["题目", zh], ["Title", en])).mentions
        if m.kind is Kind.UNIT
    )
    assert (m.agreement, m.strength) == (Agreement.CONFLICT, 3000)
    assert "2,000" in m.conflicts[0].detail


def test_a_bound_does_not_conflict_with_what_it_allows(understander):
    zh, en = "第四旅共三千余人到达。", "The Fourth Brigade of 3,200 men arrived."
    (m,) = (
        m
        for m in understander.understand(article(["题目", zh], ["Title", en])).mentions
        if m.kind is Kind.UNIT
    )
    assert m.agreement is Agreement.AGREE


def test_names_without_a_partner_are_not_compared_without_end(understander):
    def understand(size: int) -> None:
        zh = "".join(f"第{n}团已经到达，" for n in range(2000, 2000 + size))
        en = " ".join(f"{n}th Battalion," for n in range(100, 100 + size))
        found = understander.understand(article(["题", zh], ["Title", en])).mentions
        assert len(found) == 2 * size

    assert_grows_with_size_only(understand, 200, 800)


DATELINES = [
    Name("临高", Lang.ZH, "place", "county", ("x-lingao",), 0.5),
    Name("Lingao", Lang.EN, "place", "county", ("x-lingao",), 0.5),
    Name("陵水", Lang.ZH, "place", "county", ("x-lingshui",), 0.5),
    Name("单县", Lang.ZH, "place", "county", ("x-shanxian",), 0.5),
    Name("西贡", Lang.ZH, "place", "city", ("Q1854",), 0.5),
]


@pytest.mark.parametrize(
    "names", [DATELINES, DATELINES[2:], DATELINES[:2], []], ids=["both", "zh", "en", "none"]
)
def test_a_dateline_that_names_another_place_is_a_conflict_in_which_the_original_wins(names):
    zh, en = (
        "【新华社陵水五日电】渔船丰收归来。",
        "Xinhua News Agency, Lingao, 5th. The boats came back with a good catch.",
    )
    found = Understander(names).understand(article(["题目", zh], ["Title", en])).mentions
    (place,) = (m for m in found if m.kind is Kind.PLACE)
    assert place.agreement is Agreement.CONFLICT
    assert place.items == tuple(i for n in names if n.text == "陵水" for i in n.items)


@pytest.mark.parametrize(
    ("zh", "en"), [("单县", "Shanxian"), ("陵水县", "Lingshui"), ("西贡", "Saigon"), ("陵水", "Lingshwei")]
)
def test_a_dateline_spelt_otherwise_is_none(zh, en):
    texts = f"【新华社{zh}五日电】丰收。", f"Xinhua News Agency, {en}, 5th. A good harvest."
    found = Understander(DATELINES).understand(article(["题目", texts[0]], ["Title", texts[1]])).mentions
    assert [m.agreement for m in found if m.kind is Kind.PLACE] == [Agreement.AGREE]
