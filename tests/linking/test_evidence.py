"""What the text says, states of the day, and the features that rest on them."""

from __future__ import annotations

import pytest

from kg.linking.candidates import candidates
from kg.linking.context import build_context
from kg.linking.features import nil_common_name
from kg.linking.knowledge import Knowledge, earlier_states, lives
from kg.linking.saying import FITTING, said
from kg.mentions.places.geography import geography
from kg.model import Find, Item, Kind, Lang, Mention, Span

from .conftest import link_of


def mention(*surfaces: str, kind: Kind = Kind.PLACE) -> Mention:
    finds = []
    for text in surfaces:
        lang = Lang.EN if text.isascii() else Lang.ZH
        finds.append(Find(kind, Span(lang, 0, len(text), text), "place-dictionary", "airport", ()))
    return Mention("m-1", kind, tuple(finds), subkind="airport")


@pytest.mark.parametrize(
    ("surfaces", "told"),
    [
        (["江阴县"], "county"),
        (["滑县"], "county"),
        (["Jiangyin County"], "county"),
        (["澜沧江", "Mekong"], "river"),
        (["Mount Tai"], "mountain"),
        (["拿骚"], ""),  # the dictionary's airport is not what the text says
        (["青海"], ""),  # one character and a head may be anything
        (["Republic of Cuba"], "country"),
        (["北京", "Beijing"], ""),
    ],
)
def test_what_a_name_says(surfaces, told):
    assert said(mention(*surfaces)) == told


def test_only_places_say_what_they_are():
    assert said(mention("第七师", kind=Kind.UNIT)) == ""


def test_every_head_that_speaks_is_known():
    types = {t.type for t in (*geography().heads.values(), *geography().english_heads.values())}
    assert set(FITTING) - {"country", "region", "waterway"} <= types


def test_states_of_the_day(authority):
    knowledge = Knowledge(authority)
    kyiv = authority.item("Q1899")
    assert knowledge.countries(kyiv, "1963-01-01") == {"Q212", "Q15180", "Q133356"}
    assert knowledge.countries(kyiv, "1995-01-01") == {"Q212"}
    assert knowledge.countries(authority.item("Q15180"), "1963-01-01") == {"Q15180"}


def test_every_state_of_the_table_is_one_of_ours(authority):
    for state, earlier in earlier_states().items():
        for id in (state, *earlier):
            assert authority.item(id) is not None, id


def test_lifetimes_with_slack():
    paper = Item("Q1", "source", "newspaper", (), start="1937", end="1953")
    assert not lives(paper, "1960-01-01")
    assert lives(paper, "1960-01-01", echo_years=15)
    assert not lives(paper, "1990-10-21", echo_years=15)
    assert lives(paper, "1930-01-01", slack_years=15)


def test_a_state_is_meant_rather_than_the_region_of_its_name(link):
    linked = link("会谈", "1963-03-02", "新华社北京一日电  中国政府代表团今天前往朝鲜。朝鲜政府表示欢迎。")
    assert link_of(linked, "中国").item == "Q148"
    assert link_of(linked, "朝鲜").item == "Q423"


def test_before_its_founding_the_state_is_no_candidate(link):
    linked = link("会谈", "1948-03-02", "新华社一日电  中国人民支持这个要求。中国各地举行集会。")
    assert link_of(linked, "中国").item != "Q148"


def test_every_town_has_an_eastern_suburb():
    assert nil_common_name(mention("东关")) == 1
    assert nil_common_name(mention("安阳")) == 0
    assert nil_common_name(mention("东关", kind=Kind.UNIT)) == 0


def test_a_rule_that_resolves_a_name_does_not_make_it_bilingual(authority):
    knowledge = Knowledge(authority)
    one = mention("河内")
    one = Mention("m-1", Kind.PLACE, one.finds, items=("Q1858",))
    (hanoi,) = [c for c in candidates(one, knowledge, "1953-12-14") if c.item.id == "Q1858"]
    assert hanoi.langs == {Lang.ZH}


def test_a_very_long_article_has_a_bounded_number_of_anchors(authority):
    """Each candidate is held against each anchor: without a bound a long article costs its square."""
    knowledge = Knowledge(authority)
    cities = [i for i in authority.items("place") if i.subkind == "city" and i.lat and i.prior >= 0.25][:400]
    named = {}
    for number, city in enumerate(cities):
        text = next(label for lang, label in city.labels if lang == "zh")
        spans = (Span(Lang.ZH, number, number + len(text), text),) * (1 + number % 3)
        finds = tuple(Find(Kind.PLACE, s, "place-dictionary", "city", (city.id,)) for s in spans)
        named[f"m-{number}"] = Mention(f"m-{number}", Kind.PLACE, finds, items=(city.id,), subkind="city")
    found = {key: candidates(m, knowledge, "1953-12-14") for key, m in named.items()}
    context = build_context("1953-12-14", knowledge, named.values(), found, ())
    assert len(named) == 400
    assert len(context.anchors) == 64
    assert min(weight for _, weight in context.anchors) > 1.2  # the ones named once are left out


def test_a_town_and_its_province_of_one_name_do_not_make_each_other_doubtful(link):
    """谅山 is a town and a province: either says that the fighting is in Vietnam, not in 高平 of Shanxi."""
    text = "新华社北京二月二十八日电　我边防部队在高平、谅山、同登一带打退了敌人的进攻。"
    assert link_of(link("边境战况", "1979-03-01", text), "高平").item == "Q1034096"


def test_a_state_is_still_itself_the_week_after_it_was_renamed(link):
    """The river that bears its name does not take its place at once."""
    text = "新华社金沙萨十九日电  扎伊尔改了国名。扎伊尔的新政府今天成立。"
    assert link_of(link("改国名", "1997-05-20", text), "扎伊尔").item == "Q6500954"
    assert link_of(link("中部战事", "1996-05-20", text), "扎伊尔").item == "Q6500954"


def test_a_name_of_a_state_and_of_its_land_alike_says_where_the_report_plays(link):
    """朝鲜 is the republic or Korea: in either case 海州 is not the one of Jiangsu."""
    text = "【新华社朝鲜前线八日电】敌机昨天在海州、沙里院一带投弹。"
    assert link_of(link("敌机暴行", "1952-03-10", text), "海州").item == "Q714865"
    text = "新华社南京八日电　连云港、海州两地的码头工人超额完成任务。"
    assert link_of(link("码头", "1960-03-10", text), "海州").item == "Q57756"


def test_a_name_made_by_rule_weighs_less_than_a_given_one(authority):
    """怒江 is the river; its prefecture is called so only for short."""
    knowledge = Knowledge(authority)
    span = Span(Lang.ZH, 0, 2, "怒江")
    items = ("Q26422", "x-nujiang-lisu-autonomous-prefecture")
    one = Mention(
        "m-1", Kind.PLACE, (Find(Kind.PLACE, span, "place-dictionary", "river", items),), items=items
    )
    matches = {c.item.id: c.match for c in candidates(one, knowledge, "1990-10-11")}
    assert matches[items[0]] > matches[items[1]]


def test_a_town_and_its_province_together_outweigh_a_namesake_elsewhere(link):
    """西宁 is a province and a town of Vietnam; neither alone is likelier than the capital of Qinghai."""
    text = "新华社巴黎一日电  关于越南的协定签字后，南越的广治、昆嵩、波莱古、西宁、美荻等地停火。"
    linked = link_of(link("停火", "1973-02-02", text), "西宁")
    assert linked.item in {"Q36608", "Q130391"}


def test_counties_that_alone_bear_their_names_are_anchors(link):
    """麻栗坡 and 文山 say that 马关 is in Yunnan, not the Chinese name of Shimonoseki."""
    text = "新华社昆明一日电  文山州麻栗坡、马关两县群众踊跃支前。"
    assert link_of(link("支前", "1984-04-30", text), "马关").item == "x-maguan-county"


@pytest.mark.parametrize(
    ("name", "item", "match"), [("马关", "x-maguan-county", 0.9), ("沙河", "x-shahe-county", 0.6)]
)
def test_a_county_goes_by_its_name_without_the_word_unless_that_is_a_rivers(authority, name, item, match):
    found = candidates(mention(name), Knowledge(authority), "1984-04-30")
    assert {c.item.id: c.match for c in found}[item] == match


def test_the_congo_of_a_dispatch_from_brazzaville(link):
    text = "新华社布拉柴维尔电  刚果总统今天接见了我国大使。"
    assert link_of(link("接见", "1965-05-20", text), "刚果").item == "Q971"
