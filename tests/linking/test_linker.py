"""Linking whole articles with the embedded authority."""

from __future__ import annotations

import pytest

from kg.linking.judgements import Decision, Judgements, judge
from kg.model import Kind, Verdict
from tests.linking.conftest import link_of

VIETNAM = (
    "【新华社河内三日电】越南人民军昨日在莱州以南同法军激战。河内消息说，奠边府守军没有出动，山萝已无战事。"
)
SHANDONG = "本报讯　山东省莱州今年粮食丰收。烟台、青岛和济南的客商到莱州订货。"


def test_a_name_means_what_lies_near_it_on_the_map(link):
    vietnam = link_of(link("莱州战事", "1953-11-05", VIETNAM), "莱州")
    shandong = link_of(link("莱州丰收", "1990-10-05", SHANDONG), "莱州")
    assert vietnam.item != shandong.item
    assert shandong.item == "x-laizhou" or shandong.item.startswith("Q")
    assert {e.feature for e in vietnam.evidence} & {"near_on_the_map", "country_in_focus", "kind_fits"}


def test_no_link_to_a_state_before_its_founding(link, authority):
    linked = link("越南", "1953-11-05", VIETNAM)
    day = "1953-11-05"
    for one in linked.links:
        item = authority.item(one.item) if one.item else None
        if item is not None and item.subkind in ("country", "historical_country") and item.start:
            assert item.start[:10] <= day


def test_a_state_is_the_country_unless_it_is_called_by_its_full_name(link):
    bare = link("贸易代表团到京", "1963-01-18", "新华社讯　波兰和匈牙利、蒙古的贸易代表团今天到达北京。")
    assert [link_of(bare, name).item for name in ("波兰", "匈牙利", "蒙古")] == ["Q36", "Q28", "Q711"]
    text = "新华社十七日讯　波兰人民共和国政府代表团今天到达北京。波兰客人在机场受到欢迎。"
    assert link_of(link("代表团到京", "1963-01-18", text), "波兰").item == "Q211274"


def test_a_state_that_took_over_a_name_has_it_from_its_first_day(link):
    days = {
        "1955-02-03": "x-mutawakkilite-kingdom-of-yemen",
        "1963-02-03": "Q267584",
        "1979-03-03": "Q267584",
        "1990-10-03": "Q805",
    }
    for day, item in days.items():
        assert link_of(link("也门", day, "新华社讯　也门外长今天到达开罗。"), "也门").item == item


def test_a_state_or_the_part_of_the_continent_that_it_is_named_after(link):
    state = link("总统", "1963-02-03", "新华社巴黎电　中非总统今天到达巴黎。")
    region = link("会议", "1963-02-03", "新华社开罗电　西非、中非和东非各国的代表今天到达开罗。")
    before = link("矿山", "1957-02-03", "新华社布鲁塞尔电　比利时人在中非的矿山停工。")
    assert [link_of(x, "中非").item for x in (state, region, before)] == ["Q929", "Q27433", "Q27433"]


def test_whose_army_goes_by_the_number(link):
    ours = link("渡江", "1949-04-26", "新华社电　人民解放军三十五军二十三日夜渡过长江，进入南京。")
    theirs = link("围歼", "1948-12-20", "新华社电　傅作义部三十五军在新保安被我军包围，战士们勇敢杀敌。")
    korea = link("阵地", "1951-02-20", "新华社电　志愿军一二〇师的战士们攻占敌军阵地。")
    assert link_of(ours, "人民解放军三十五军").item == "x-pla-35th-army"
    assert link_of(theirs, "三十五军").item == "x-kmt-thirty-fifth-army"
    assert link_of(korea, "志愿军一二〇师").item is None


def test_no_link_to_an_army_that_is_raised_years_later(link):
    text = "新华社电　我军战士说，四十六集团军和华东野战军的部队都在城外，敌军退走了。"
    linked = link("城外", "1946-07-20", text)
    assert link_of(linked, "华东野战军").item == "x-east-china-field-army"  # of January 1947
    early = link("城外", "1942-07-20", text)
    assert [link_of(early, n).item for n in ("四十六集团军", "华东野战军")] == [None, None]


def test_our_army_is_the_one_of_that_day(link):
    text = "新华社电　我军炮兵昨日射击，战士们击退了敌军。"
    assert link_of(link("射击", "1958-09-02", text), "我军").item == "Q200106"
    assert link_of(link("射击", "1952-09-02", text), "我军").item is None
    volunteers = "新华社电　志愿军的战士们击退了敌军，我军炮兵昨日射击。"
    assert link_of(link("射击", "1952-09-02", volunteers), "我军").item == "x-chinese-peoples-volunteers"


def test_our_army_is_chinas_where_the_text_names_it_and_another(link):
    text = "新华社电　朝鲜人民军和志愿军的战士们击退了敌军，我军炮兵昨日射击。"
    assert link_of(link("射击", "1952-09-02", text), "我军").item == "x-chinese-peoples-volunteers"


def test_chinas_army_was_the_kuomintangs_before_the_republic(link):
    text = "新华社电　据报道，中国军队在边境的阵地遭到炮击，部队退走。"
    days = {"1947-06-20": "x-kuomintang-army", "1959-06-20": "Q200106"}
    for day, item in days.items():
        assert link_of(link("边境", day, text), "中国军队").item == item


def test_arms_that_are_named_alone_are_ours_where_no_other_state_is_named(link):
    ours = "本报讯　空军领导机关最近表扬了一批连队，空军部队的战士们很高兴。"
    linked = link("表扬", "1990-10-05", ours)
    assert [link_of(linked, n).item for n in ("空军", "空军部队")] == ["Q607832"] * 2
    theirs = "新华社电　美国陆军、海军和空军今天举行演习，美国的空军部队也参加。"
    linked = link("演习", "1990-10-05", theirs)
    assert [link_of(linked, n).item for n in ("美国陆军", "海军")] == ["Q9212", None]


def test_a_states_forces_are_its_own_where_they_are_sent(link):
    text = "新华社电　美国侵朝空军昨天轰炸平壤，苏联驻波兰军队没有出动。"
    linked = link("轰炸", "1951-09-02", text)
    assert [link_of(linked, n).item for n in ("美国侵朝空军", "苏联驻波兰军队")] == ["Q11223", "Q7915590"]


def test_a_states_forces_may_be_called_by_what_they_do(link):
    text = "新华社电　以色列占领军同印度的武装部队、约旦正规部队交战，越南部队没有出动。"
    linked = link("交战", "1963-01-12", text)
    names = ("以色列占领军", "印度的武装部队", "约旦正规部队", "越南部队")
    assert [link_of(linked, n).item for n in names] == ["Q58967", "Q320919", "Q1075753", None]


def test_the_united_nations_force_is_that_of_the_land_spoken_of(link):
    congo = "新华社利奥波德维尔电　联合国军昨天在刚果的加丹加向伊丽莎白维尔开火，刚果人民谴责联合国军。"
    assert link_of(link("刚果", "1961-09-15", congo), "联合国军").item == "x-onuc"
    korea = "新华社开城电　联合国军今天在板门店附近破坏朝鲜停战协定，朝鲜方面提出抗议。"
    assert link_of(link("朝鲜", "1961-09-15", korea), "联合国军").item == "x-united-nations-command"


def test_the_number_of_a_division_may_be_written_in_any_way(link):
    for name in ("第一百零一空降师", "第一〇一空降师", "第一零一空降师", "第１０１空降师"):
        linked = link("演习", "1990-10-05", f"新华社电　美军{name}的部队昨天到达沙特阿拉伯。")
        assert link_of(linked, f"美军{name}").item == "Q165256"


def test_a_state_that_is_no_more_is_still_told_of(link):
    text = "新华社柏林电　民主德国和联邦德国的工厂订立了合同，这份合同现在由德国的法院审理。"
    linked = link("合同", "1991-03-05", text)
    assert [link_of(linked, n).item for n in ("民主德国", "联邦德国", "德国")] == [
        "Q16957",
        "Q713750",
        "Q183",
    ]
    assert (
        link_of(link("海滩", "1990-10-05", "本报讯　大连的黄金海岸游人很多。"), "黄金海岸").item != "Q503623"
    )


def test_a_state_of_old_is_told_of_where_none_that_lives_is_called_so(link):
    told = link("历史", "1983-05-05", "本报讯　沙俄和奥斯曼帝国多次交战，纳粹德国侵占波兰。")
    of_old = {"沙俄": "Q34266", "奥斯曼帝国": "Q12560", "纳粹德国": "Q7318"}
    assert {n: link_of(told, n).item for n in of_old} == of_old
    found = [
        link_of(link("俄国", day, "本报讯　俄国的工人和农民生活很苦。"), "俄国").item
        for day in ("1957-11-05", "1992-11-05")
    ]
    assert found == ["Q34266", "Q159"]


def test_a_province_is_no_river_although_its_name_is(link):
    text = "本报讯　黑龙江省今年丰收。黑龙江的大豆运到北京，牡丹江的木材运到天津。"
    linked = link("丰收", "1990-10-05", text)
    assert [link_of(linked, n).item for n in ("黑龙江省", "牡丹江")] == ["Q19206", "Q217646"]
    flood = link("洪水", "1998-08-15", "本报讯　嫩江和松花江的洪水已经退去，哈尔滨的大堤安全。")
    assert link_of(flood, "嫩江").item == "Q866875"
    alone = link("丰收", "1990-10-05", "本报讯　山东、辽宁、黑龙江、吉林、河南等五个省的统计已经公布。")
    assert [link_of(alone, n).item for n in ("黑龙江", "吉林")] == ["Q19206", "Q45208"]


def test_a_name_means_the_state_that_bore_it_on_that_day(link):
    text = "新华社讯　刚果政府和非洲其他国家的代表到会。"
    assert link_of(link("会议", "1963-01-16", text), "刚果").item == "Q618399"
    assert link_of(link("会议", "1980-01-16", text), "刚果").item == "Q971"


def test_every_mention_has_a_verdict_a_confidence_and_reasons(link):
    linked = link("莱州战事", "1953-11-05", VIETNAM)
    assert [one.key for one in linked.links] == [m.key for m in linked.understanding.mentions]
    for one in linked.links:
        assert 0 <= one.confidence <= 1
        assert one.evidence
        assert (one.verdict is Verdict.LINKED) == (one.item is not None)
        assert one.entity


def test_the_same_article_links_the_same_way_twice(link):
    assert link("莱州战事", "1953-11-05", VIETNAM) == link("莱州战事", "1953-11-05", VIETNAM)


class TestJudgements:
    def test_it_is_another_item(self, link):
        said = Judgements.of([judge(Kind.PLACE, "莱州", Decision.ITEM, who="li", item="Q36409")])
        one = link_of(link("莱州战事", "1953-11-05", VIETNAM, said), "莱州")
        assert (one.verdict, one.item, one.confidence, one.judged) == (Verdict.LINKED, "Q36409", 1.0, True)

    def test_rejecting_an_item_leaves_the_next_best(self, link):
        before = link_of(link("河内", "1953-11-05", VIETNAM), "河内")
        said = Judgements.of([judge(Kind.PLACE, "河内", Decision.REJECT, who="li", item=before.item)])
        after = link_of(link("河内", "1953-11-05", VIETNAM, said), "河内")
        assert after.item != before.item
        assert after.judged

    def test_nil_is_obeyed(self, link):
        said = Judgements.of([judge(Kind.PLACE, "河内", Decision.NIL, who="li")])
        one = link_of(link("河内", "1953-11-05", VIETNAM, said), "河内")
        assert (one.verdict, one.item) == (Verdict.NIL, None)

    def test_one_article_only(self, link):
        said = Judgements.of(
            [judge(Kind.PLACE, "河内", Decision.NIL, who="li", article="1999-01-01/1/00000000")]
        )
        assert link_of(link("河内", "1953-11-05", VIETNAM, said), "河内").item == "Q1858"


@pytest.mark.parametrize(
    "body", ["新华社北京十日电　某团三营昨日出动。", "【新华社北京十日电】四个连到达前线。"]
)
def test_formations_that_are_only_described_are_nil(link, body):
    linked = link("部队出动", "1953-11-11", body)
    units = [m for m in linked.understanding.mentions if m.kind is Kind.UNIT]
    for unit in units:
        assert linked.link(unit.key).item is None


def test_nil_entities_are_shared_by_articles_that_name_them_in_one_country(link):
    body = "【新华社沈阳十日电】辽宁省石嘴子村今年丰收。"
    one = link_of(link("丰收", "1963-01-11", body), "石嘴子村")
    two = link_of(link("又丰收", "1963-02-11", body), "石嘴子村")
    assert one.verdict is not Verdict.LINKED
    assert one.entity == two.entity
    assert one.entity.startswith("place-")
