"""One happening or two, on which day and by whom: what reports tell side by side (all invented)."""

from __future__ import annotations

import pytest

from kg.mentions import Understander
from kg.model import EventReport, EventType
from tests.mentions.test_events import bilingual, chinese, found, only, start, understander

__all__ = ["understander"]  # the fixture
T = EventType

DAYS = [  # date, text, type, start: the day is that of the happening, not of the dateline
    (
        "1961-04-15",
        "新华社十四日讯　全国乒乓球赛女子决赛今晚在江城体育馆举行。",
        T.SPORT,
        "1961-04-14",
    ),
    (
        "1963-04-19",
        "新华社江城十八日电　关于结束边界争端的协定今天上午在江城正式签字。",
        T.AGREEMENT,
        "1963-04-18",
    ),
    ("1990-05-09", "本报讯　木材工业技术讨论会，五月八日上午在江城举行。", T.CONFERENCE, "1990-05-08"),
    ("1963-04-08", "新华社江城七日电　木材工业会议是四日开幕的。", T.CONFERENCE, "1963-04-04"),
    ("1979-03-03", "新华社江城三月二日电　外长将于四日前往河港访问。", T.VISIT, "1979-03-04"),
    ("1975-05-02", "新华社河内五月一日电　守军司令今天上午宣布投降。", T.CEASEFIRE, "1975-05-01"),
    (
        "1963-05-03",
        "新华社二日讯　五月一日在江城广场举行了阅兵和十万人参加的庆祝大会。",
        T.CONFERENCE,
        "1963-05-01",
    ),
]


@pytest.mark.parametrize(("date", "text", "kind", "day"), DAYS)
def test_the_day_in_its_own_clause(
    understander: Understander, date: str, text: str, kind: EventType, day: str
):
    assert day in [start(e) for e in found(understander, chinese("简讯", text, date), kind)]


def test_what_is_said_on_an_occasion_tells_its_day(understander: Understander):
    article = chinese(
        "总统谈局势",
        "新华社开罗十月二十六日电　埃及总统二十五日说，局势仍然严重。\n总统是在同法国外长会谈后说这番话的。",
        "1990-10-27",
    )
    assert start(only(understander, article, T.TALKS)) == "1990-10-25"


def test_an_invitation_is_no_visit_and_what_follows_from_it_is(understander: Understander):
    asked = chinese(
        "会谈", "新华社十日讯　周恩来总理邀请法国外长在适当的时候访问中国，外长接受了邀请。", "1973-05-11"
    )
    assert not found(understander, asked, T.VISIT)
    came = chinese(
        "外长到京", "新华社十日讯　应周恩来总理邀请来我国访问的法国外长今天到达北京。", "1973-05-11"
    )
    assert start(only(understander, came, T.VISIT)) == "1973-05-10"


def test_an_evening_meeting_is_no_evening_party(understander: Understander):
    article = chinese("会见", "新华社二十九日讯　毛主席是在二十七日晚会见法国外长的。", "1972-09-30")
    assert start(only(understander, article, T.TALKS)) == "1972-09-27"
    assert not found(understander, article, T.CONFERENCE)


def names(report: EventReport) -> list[str]:
    return [p.text for p in report.actors]


def test_two_hosts_in_two_sentences_are_two_talks(understander: Understander):
    article = chinese(
        "法国外长在京",
        "新华社十日讯　刘少奇主席今天上午会见了法国外长德姆维尔。"
        "周恩来总理今天下午同国务部长马尔罗举行了会谈。",
        "1965-05-11",
    )
    assert len(found(understander, article, T.TALKS)) == 2


def test_two_bodies_send_two_notes_and_one_body_one(understander: Understander):
    article = chinese(
        "我国提出抗议",
        "新华社二十日讯　国防部发言人今天发表声明，谴责邻国军队的挑衅。我边防部队严阵以待。"
        "外交部今天向邻国大使馆递交照会。",
        "1962-10-21",
    )
    assert len(found(understander, article, T.DIPLOMATIC_NOTE)) == 2
    article = chinese(
        "我国提出抗议",
        "新华社二十日讯　外交部今天照会邻国大使馆。外交部的照会提出严重抗议。",
        "1962-10-21",
    )
    assert len(found(understander, article, T.DIPLOMATIC_NOTE)) == 1


def test_relations_taken_up_are_told_once_over_dispatches(understander: Understander):
    article = chinese(
        "中国和新加坡建交",
        "新华社纽约十月三日电　中国和新加坡今天正式建立外交关系。\n"
        "新华社新加坡十月四日电　新加坡各报今天都报道了中国和新加坡建交的消息。",
        "1990-10-05",
    )
    assert start(only(understander, article, T.AGREEMENT)) == "1990-10-03"
    article = chinese(
        "两国同我建交",
        "新华社十月三日电　中国和新加坡今天建交。\n新华社十月三日电　文莱和以色列今天建交。",
        "1990-10-04",
    )
    assert len(found(understander, article, T.AGREEMENT)) == 2


def test_names_of_parts_and_names_told_before_with_an_office(understander: Understander):
    article = chinese(
        "参谋长到西贡",
        "新华社河内十日电　美国陆军参谋长惠勒今天到达西贡。惠勒将在十二日举行记者招待会。\n"
        "国务卿卡尔·李卜克内西今天离开西贡回国。",
        "1963-01-11",
    )
    told = [n for e in understander.understand(article).events for n in names(e)]
    assert "卡尔·李卜克内西" in told
    assert "惠勒" in names(only(understander, article, T.TALKS))


def test_a_crowd_without_a_name_is_no_party(understander: Understander):
    article = chinese(
        "视察", "新华社江城十日电　省长今天视察了水库工地，受到广大人民群众的欢迎。", "1963-01-11"
    )
    assert not any("群众" in n for n in names(only(understander, article, T.VISIT)))


def test_another_match_is_another(understander: Understander):
    article = chinese(
        "女排获胜",
        "新华社江城六月二十日电　中国队今晚以三比一击败古巴队。"
        "在今天的另一场比赛中，苏联队以三比零战胜日本队。",
        "1985-06-21",
    )
    assert len(found(understander, article, T.SPORT)) == 2


def test_after_a_meeting_is_its_day(understander: Understander):
    article = chinese(
        "部长会见客人",
        "新华社江城十月十七日电　部长姬鹏飞今天晚上会见了尼泊尔贸易代表团。代表团于十月十六日抵京。\n"
        "会见后姬鹏飞设宴款待了客人。",
        "1990-10-18",
    )
    assert {start(e) for e in found(understander, article, T.TALKS)} == {"1990-10-17"}


def test_one_more_is_another(understander: Understander):
    article = chinese(
        "警察逮捕学生",
        "新华社十日讯　警察八日在德里逮捕了六名学生。警察又逮捕了四名工人。",
        "1963-01-11",
    )
    assert len(found(understander, article, T.ARREST)) == 2


def test_what_is_begun_renamed_or_ended_is_not_what_was_founded(understander: Understander):
    article = chinese(
        "江城女子中学改名为五一中学",
        "新华社五月一日讯　江城女子中学是一个商人在一九二〇年创办的。学校四月三十日改名为五一中学。",
        "1951-05-03",
    )
    assert {start(e) for e in found(understander, article, T.FOUNDING)} == {"1920", "1951-04-30"}
    article = bilingual(
        ["改名", "新华社五月一日讯　学校是商人在一九二〇年创办的，四月三十日改名为五一中学。"],
        ["Renamed", "The school was founded by a merchant in 1920 and renamed on April 30."],
    )
    words = [[t.text for t in e.triggers] for e in found(understander, article, T.FOUNDING)]
    assert [("founded" in w, "renamed" in w) for w in words] == [(True, False), (False, True)]


def test_meetings_at_two_places_are_two_even_where_something_was_said_there(understander: Understander):
    article = chinese(
        "尼赫鲁等发表演说",
        "新华社三十日讯　尼赫鲁二十九日在新德里的一次公众集会上发表演说。"
        "国防部长二十九日在孟买的退役军人集会上也发表了演说。",
        "1963-01-31",
    )
    assert len(found(understander, article, T.CONFERENCE)) == 2


def test_what_exists_since_a_year_was_founded_in_it(understander: Understander):
    article = chinese(
        "紧急部队", "新华社三十日讯　联合国紧急部队从一九五六年建立以来一直驻扎在加沙。", "1967-06-01"
    )
    assert start(only(understander, article, T.FOUNDING)) == "1956"


def test_who_goes_is_not_who_comes(understander: Understander):
    article = chinese(
        "总统更换司令",
        "新华社巴黎十日电　戴高乐总统今天解除了两名将军的职务，并任命了新的司令。",
        "1963-01-11",
    )
    assert len(found(understander, article, T.APPOINTMENT)) == 2
