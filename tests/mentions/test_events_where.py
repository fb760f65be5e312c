"""Where a happening was and who is meant: places of what kind, of which clause, and 他 (all invented)."""

from __future__ import annotations

import pytest

from kg.mentions import Understander
from kg.model import EventReport, EventType
from tests.mentions.test_events import chinese, found, only, understander

__all__ = ["understander"]  # the fixture
T = EventType


def places(report: EventReport) -> list[str]:
    return [p.text for p in report.places]


def actors(report: EventReport) -> list[str]:
    return [p.text for p in report.actors]


def test_what_kind_of_place_it_is_may_stand_between(understander: Understander):
    article = chinese("守军投降", "新华社河内十日电　守军司令九日在他的最后据点莱州宣布投降。", "1953-12-11")
    assert places(only(understander, article, T.CEASEFIRE))[0] == "莱州"
    article = chinese("会议开幕", "新华社十日讯　木材工业会议昨天在江苏省省会南京开幕。", "1953-12-11")
    assert places(only(understander, article, T.CONFERENCE))[0] == "南京"


def test_the_place_of_the_next_clause_is_that_of_something_else(understander: Understander):
    article = chinese(
        "总统举行记者招待会",
        "新华社巴黎十日电　总统今天举行记者招待会，就去年在柏林发生的事件答复了问题。",
        "1963-01-11",
    )
    assert places(only(understander, article, T.TALKS))[0] == "巴黎"


def test_a_continent_is_a_place_only_where_something_leads_there(understander: Understander):
    article = chinese(
        "总理会见亚洲客人",
        "新华社北京十日电　周恩来总理今天会见了亚洲和非洲各国的代表团。",
        "1963-01-11",
    )
    assert places(only(understander, article, T.TALKS)) == ["北京"]
    article = chinese(
        "歌舞团去欧洲", "新华社北京十日电　中央歌舞团今天离开北京，前往欧洲访问演出。", "1963-01-11"
    )
    assert "欧洲" in places(only(understander, article, T.VISIT))


def test_he_is_the_person_told_before_unless_he_only_speaks(understander: Understander):
    article = chinese(
        "县长王志刚",
        "本报讯　王志刚县长是贫农出身。一九五八年乡里建立农业社，他被群众选为社长。",
        "1963-01-11",
    )
    assert actors(only(understander, article, T.APPOINTMENT))[0].startswith("王志刚")
    article = chinese(
        "外长谈局势",
        "新华社十日讯　法国外长德姆维尔回到巴黎。他说，军队今天占领了河内。",
        "1963-01-11",
    )
    assert not any("德姆维尔" in a for e in found(understander, article, T.CAPTURE) for a in actors(e))


def test_no_day_is_a_part_of_a_name(understander: Understander):
    article = chinese(
        "外事简讯", "本报讯　国务院副总理田志明十月十日下午在北京会见了美国客人。", "1990-10-12"
    )
    assert "田志明" in actors(only(understander, article, T.TALKS))


def test_ordinary_words_that_begin_like_a_name_act_in_nothing(understander: Understander):
    article = chinese(
        "外事简讯",
        "新华社北京三日电　外交部顾问田志明今天经过周密安排，同马克思列宁主义研究会的代表举行了会谈。",
        "1963-01-04",
    )
    told = actors(only(understander, article, T.TALKS))
    assert "田志明" in told
    assert not {"周密", "顾问", "马克思", "列宁"} & set(told)


@pytest.mark.parametrize(
    ("text", "actor"),
    [
        ("新华社十日讯　前不久国务院在北京召开会议。", "国务院"),
        ("新华社十日讯　哈里·米奥是今天同外交部长会谈的。", "哈里·米奥"),
    ],
)
def test_a_name_takes_no_other_word_in(understander: Understander, text: str, actor: str):
    told = [
        a for e in understander.understand(chinese("外事简讯", text, "1963-01-11")).events for a in actors(e)
    ]
    assert actor in told


def test_the_place_in_the_name_of_a_body_comes_last(understander: Understander):
    article = chinese("乐团出访", "新华社二十日讯　上海交响乐团昨天启程访问美国。", "1963-01-21")
    assert places(only(understander, article, T.VISIT)) == ["美国"]


def test_of_two_states_in_a_name_the_first_is_where_it_is(understander: Understander):
    article = chinese(
        "友协举行晚会", "新华社二十日讯　中国尼泊尔友好协会今天晚上举行晚会，欢迎客人。", "1963-01-21"
    )
    assert places(only(understander, article, T.CONFERENCE)) == ["中国"]


def test_he_who_begins_a_sentence_acts_whoever_is_named_behind(understander: Understander):
    article = chinese(
        "省长到莫坎博",
        "新华社十日讯　总统冲伯答应了条件。今天，他在“联合国军”队伍之前，已经乘车到达莫坎博。",
        "1963-01-11",
    )
    assert "冲伯" in actors(only(understander, article, T.VISIT))


def test_what_another_agency_says_from_elsewhere_is_from_there(understander: Understander):
    article = chinese(
        "举办和平周",
        "【新华社北京三十日电】塔斯社布拉格讯：和平委员会今天举行集会。",
        "1949-10-02",
    )
    assert places(only(understander, article, T.CONFERENCE))[0] == "布拉格"


def test_who_acts_may_be_named_by_no_name(understander: Understander):
    article = chinese(
        "约旦工人罢工",
        "新华社安曼六日电　扎尔卡的约旦工人四日举行罢工。警察逮捕了三十二人。",
        "1958-08-08",
    )
    assert "约旦工人" in actors(only(understander, article, T.PROTEST))
    assert actors(only(understander, article, T.ARREST)) == ["警察"]


def test_a_named_party_nearer_than_a_crowd_acts(understander: Understander):
    article = chinese(
        "周恩来接见青年",
        "新华社北京六日电　在青年的掌声中，周恩来总理今天接见了工人的代表团。",
        "1958-08-08",
    )
    assert "青年" not in actors(only(understander, article, T.TALKS))


def test_forces_that_arrive_are_moved_not_on_a_visit(understander: Understander):
    article = chinese(
        "人民军前进", "新华社河内三十日电　越南人民军二十七日到达莱州附近的据点。", "1953-12-31"
    )
    assert found(understander, article, T.VISIT) == []
    assert places(only(understander, article, T.DEPLOYMENT))[0] == "莱州"
    article = chinese("部长到达河内", "新华社河内三十日电　法国国防部长二十七日到达河内访问。", "1953-12-31")
    assert found(understander, article, T.DEPLOYMENT) == []


def test_guests_are_named_by_where_they_come_from(understander: Understander):
    article = chinese("会见客人", "新华社北京十日电　周恩来总理今天会见了上海客人。", "1963-01-11")
    assert places(only(understander, article, T.TALKS)) == ["北京"]


def test_who_is_elected_by_a_state_is_so_there(understander: Understander):
    article = chinese("当选", "新华社十日电　王志刚同志今天当选为越南主席。", "1963-01-11")
    assert places(only(understander, article, T.APPOINTMENT)) == ["越南"]


def test_an_office_is_no_party_beside_a_person(understander: Understander):
    article = chinese("总统接见", "新华社巴黎十日电　法国总统今天接见了大使。", "1963-01-11")
    assert "法国总统" in actors(only(understander, article, T.TALKS))
    article = chinese("会谈", "新华社巴黎十日电　法国总统今天同周恩来总理举行会谈。", "1963-01-11")
    assert "法国总统" not in actors(only(understander, article, T.TALKS))
