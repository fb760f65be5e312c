"""Special districts, regions and seats go by the place they are called after; datelines name towns."""

from __future__ import annotations

import pytest

from tests.linking.conftest import link_of


@pytest.mark.parametrize(
    ("date", "body", "surface", "item"),
    [
        ("1963-01-08", "安徽省安庆专区各县正在修建水库。", "安庆专区", "Q360374"),
        ("1963-01-08", "福建省晋江专区各县正在修建水库。", "晋江专区", "Q68695"),
        ("1990-10-08", "广东地区的企业很多，广州和佛山也有不少。", "广东地区", "Q15175"),
        ("1990-10-08", "双方共同维护亚洲地区的和平。", "亚洲地区", "Q48"),
        ("1963-01-08", "哥斯达黎加农民在卡塔戈城集会。", "卡塔戈城", "Q30617"),
        ("1957-05-08", "湖北安陆县农民今年又获丰收。", "安陆县", "Q557934"),
    ],
)
def test_an_area_is_called_after_the_place_that_it_is(link, date, body, surface, item):
    assert link_of(link("消息", date, f"本报讯　{body}"), surface).item == item


def test_autonomous_areas_go_without_their_peoples(link):
    linked = link("文艺", "1963-01-08", "本报讯　云南省德宏自治州和四川凉山自治州的演员到北京演出。")
    for surface, item in (
        ("德宏自治州", "x-dehong-dai-and-jingpo-autonomous-prefecture"),
        ("凉山自治州", "x-liangshan-yi-autonomous-prefecture"),
    ):
        assert link_of(linked, surface).item == item


def test_a_region_is_no_county_of_china_and_no_river(link):
    linked = link("报告", "1975-03-08", "本报讯　四川省江津地区和黑龙江省松花江地区的干部到会。")
    assert [link_of(linked, name).item for name in ("江津地区", "松花江地区")] == [None, None]


def test_a_dateline_names_the_town_and_not_the_state(link):
    filed = link("会议", "1990-10-20", "新华社突尼斯１０月１８日电　阿拉伯联盟特别会议今天结束。")
    told = link("访问", "1990-10-20", "新华社开罗１０月１８日电　突尼斯总统今天到达这里。")
    both = link("访问", "1990-10-20", "新华社突尼斯１０月１８日电　突尼斯总统今天回国，突尼斯各界表示欢迎。")
    assert [link_of(x, "突尼斯").item for x in (filed, told, both)] == ["Q3572", "Q948", "Q948"]


def test_the_french_sudan_is_mali_while_it_was_called_so(link):
    body = "新华社巴黎电　法国在西非的塞内加尔、苏丹、毛里塔尼亚和几内亚等地驻有军队。"
    assert link_of(link("西非", "1958-09-20", body), "苏丹").item == "Q912"
    nile = "新华社开罗电　苏丹和埃及今天就尼罗河水的分配签订协定，苏丹代表团从喀土穆来。"
    assert link_of(link("尼罗河", "1959-11-10", nile), "苏丹").item == "Q1049"
    assert link_of(link("西非", "1963-09-20", body), "苏丹").item == "Q1049"


def test_a_paper_right_after_a_state_is_of_that_state(link):
    found = [
        link_of(
            link("社论", "1963-01-15", f"新华社{town}十四日电　{land}《人民报》今天发表社论。"), "人民报"
        ).item
        for town, land in (("加德满都", "尼泊尔"), ("金边", "柬埔寨"), ("河内", "越南"))
    ]
    assert found == [None, "x-pracheachon", "x-nhan-dan"]
    tunisian = link("报道", "1983-01-15", "新华社开罗十四日电　突尼斯《新闻报》和《晨报》报道了这一消息。")
    assert [link_of(tunisian, x).item for x in ("新闻报", "晨报")] == [
        "x-la-presse-de-tunisie",
        "x-assabah-tunisia",
    ]


def test_no_paper_is_quoted_years_before_its_first_issue(link):
    body = "新华社开罗十六日电　据《阿拉伯新闻报》报道，沙特阿拉伯国王发表谈话。"
    found = [link_of(link("报道", day, body), "阿拉伯新闻报").item for day in ("1963-01-17", "1983-01-17")]
    assert found == [None, "Q623659"]


def test_a_river_is_meant_where_its_water_is(link):
    river = link("洪水", "1962-08-20", "新华社哈尔滨电　黑龙江的水位上涨，船队沿黑龙江下驶，黑河受灾。")
    province = link("丰收", "1962-08-20", "新华社哈尔滨电　黑龙江各县丰收，黑龙江的农民正在收割。")
    assert [link_of(x, "黑龙江").item for x in (river, province)] == ["Q6862", "Q19206"]


def test_a_paper_right_after_a_province_is_no_foreign_one(link):
    ours = "本报讯　陕西《共产党人》发表文章。另讯，中共山西省委主办的《先锋报》也登了这篇文章。"
    linked = link("文章", "1963-01-15", ours)
    assert [link_of(linked, x).item for x in ("共产党人", "先锋报")] == [None, None]
    theirs = link("社论", "1959-03-12", "新华社莫斯科十一日电　《共产党人》杂志第四期发表社论。")
    assert link_of(theirs, "共产党人").item == "x-kommunist"


def test_a_place_right_after_a_county_is_none_far_from_it(link):
    linked = link("水利", "1963-01-15", "本报讯　四川省江津县白沙修了一座水库，白沙的社员都参加了。")
    assert link_of(linked, "白沙").item is None
    island = link("水利", "1963-01-15", "本报讯　海南岛白沙修了一座水库，琼中和保亭也在修。")
    assert link_of(island, "白沙").item == "x-baisha-county"


def test_the_province_before_a_name_outweighs_a_renowned_namesake(link):
    text = "新华社北京五日电　我边防部队在越南高平省的重庆、茶灵打击了入侵者。"
    assert link_of(link("边境", "1979-03-06", text), "重庆").item == "x-trung-khanh"


def test_names_of_two_lands_are_of_the_one_where_they_lie_together(link):
    delta = "越南通讯社消息：越南人民军解放永安、福安两市，在太原、北江、北宁、海阳一带歼灭法军。"
    north = link("越南", "1951-01-20", f"新华社十九日讯　{delta}")
    found = {n: link_of(north, n).item for n in ("永安", "福安", "太原", "海阳")}
    assert found == {"永安": "Q36088", "福安": "Q7188288", "太原": "Q26581", "海阳": "Q36354"}
    border = "新华社南宁十九日电　我边防部队在谅山、同登、高平、东溪、复和、重庆、广渊歼敌。"
    assert link_of(link("边境", "1979-02-20", border), "重庆").item == "x-trung-khanh"
    home = link("会议", "1979-02-20", "新华社成都十九日电　成都、重庆、泸州、自贡的工厂增产。")
    assert link_of(home, "重庆").item == "Q11725"
