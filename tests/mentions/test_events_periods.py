"""Reports as each period writes them: what is told once, when, and where (all texts are invented)."""

from __future__ import annotations

import pytest

from kg.mentions import Understander
from kg.model import EventType
from tests.mentions.test_events import LINE, bilingual, chinese, found, only, start, understander

__all__ = ["understander"]  # the fixture
T = EventType

PERIODS = [  # date of the issue, text, type, word, start, place
    (
        "1951-02-20",
        "【新华社朝鲜前线十九日电】朝鲜人民军十七日夜间攻克原州。",
        *(T.CAPTURE, "攻克", "1951-02-17", "原州"),
    ),
    (
        "1954-05-12",
        "新华社河内十一日电　越南人民军七日在奠边府全歼守敌。",
        *(T.BATTLE, "全歼", "1954-05-07", "奠边府"),
    ),
    (
        "1963-01-20",
        "新华社十九日讯　墨西哥城消息：墨西哥总统十八日接见中国代表团。",
        *(T.TALKS, "接见", "1963-01-18", "墨西哥城"),
    ),
    (
        "1966-07-02",
        "新华社河内一日电　美国飞机六月二十九日轰炸海防。",
        *(T.AIR_RAID, "轰炸", "1966-06-29", "海防"),
    ),
    (
        "1972-09-26",
        "新华社二十五日讯　日本首相昨天到达北京进行访问。",
        *(T.VISIT, "到达", "1972-09-24", "北京"),
    ),
    (
        "1979-02-21",
        "新华社南宁二十日电　我边防部队十九日攻占谅山。",
        *(T.CAPTURE, "攻占", "1979-02-19", "谅山"),
    ),
    (
        "1991-01-19",
        "新华社巴格达１月１８日电　多国部队的飞机１７日轰炸巴格达。",
        *(T.AIR_RAID, "轰炸", "1991-01-17", "巴格达"),
    ),
    (
        "1999-03-26",
        "新华社贝尔格莱德３月２５日电　北约飞机２４日空袭贝尔格莱德。",
        *(T.AIR_RAID, "空袭", "1999-03-24", "贝尔格莱德"),
    ),
    (
        "2001-11-14",
        "新华社伊斯兰堡１１月１３日电　北方联盟的军队１２日占领喀布尔。",
        *(T.CAPTURE, "占领", "2001-11-12", "喀布尔"),
    ),
]


@pytest.mark.parametrize(("date", "text", "kind", "word", "day", "place"), PERIODS)
def test_each_period_is_read(
    understander: Understander, date: str, text: str, kind: EventType, word: str, day: str, place: str
) -> None:
    report = only(understander, chinese("最新消息", text, date), kind)
    assert word in report.triggers[0].text
    assert start(report) == day
    assert place in [p.text for p in report.places]


DAYS = [  # text, type, start
    ("加纳总统十一日在北京举行的大会上被授予勋章。", T.AWARD, "1953-12-11"),
    ("科学院十一日宣布将一九五二年金质奖章授予王大明。", T.AWARD, "1953-12-11"),
    ("人民军十一日攻克海防。同日，守军撤出河内。", T.RETREAT, "1953-12-11"),
    ("自一九五○年两国建交以来，缅甸总理第一次访问北京。", T.VISIT, None),
]


@pytest.mark.parametrize(("text", "kind", "day"), DAYS)
def test_which_time_governs(understander: Understander, text: str, kind: EventType, day: str | None) -> None:
    assert start(only(understander, chinese("要闻", LINE + text), kind)) == day


def test_a_press_conference_after_the_talks_is_another_happening(understander: Understander) -> None:
    body = LINE + "缅甸总理十二日在仰光同尼泊尔首相举行会谈。缅甸总理十二日在仰光举行记者招待会。"
    assert len(found(understander, chinese("缅甸总理和尼泊尔首相会谈", body), T.TALKS)) == 2


def test_who_attended_does_not_make_it_a_second_one(understander: Understander) -> None:
    body = LINE + "缅甸大使十二日在北京举行招待会。昨天刚到这里的尼泊尔客人也出席了招待会。"
    assert len(found(understander, chinese("缅甸大使举行招待会", body), T.TALKS)) == 1


def test_the_verb_that_holds_a_match_is_no_conference(understander: Understander) -> None:
    article = chinese("乒乓球锦标赛", LINE + "全国乒乓球锦标赛十二日在武汉举行。十一日在武汉举行足球邀请赛。")
    assert not found(understander, article, T.CONFERENCE)


def test_a_written_protest_is_a_note_and_a_crowd_a_protest(understander: Understander) -> None:
    note = chinese("外交部照会", LINE + "外交部十二日致函缅甸大使馆，抗议侵犯我国领空。")
    assert not found(understander, note, T.PROTEST)
    assert only(understander, note, T.DIPLOMATIC_NOTE)
    assert only(
        understander, chinese("工人示威", LINE + "仰光三千工人十二日上街示威，抗议降低工资。"), T.PROTEST
    )


def test_a_retreat_told_by_two_dispatches_is_one(understander: Understander) -> None:
    body = "【新华社十三日讯】守军十一日撤出海防。\n【新华社十三日讯】路透社消息：守军撤出海防是在十一日。"
    assert len(found(understander, chinese("守军撤出海防", body), T.RETREAT)) == 1


def test_an_ambassador_to_a_country_is_not_there(understander: Understander) -> None:
    article = chinese("缅甸总理接见", LINE + "缅甸总理十二日在仰光接见美国驻印度大使。")
    assert [p.text for p in only(understander, article, T.TALKS).places] == ["仰光"]


@pytest.mark.parametrize(
    ("zh", "en", "kind"),
    [
        ("多国部队飞机十一日轰炸巴格达。", "Allied planes bombed Baghdad on the 11th.", T.AIR_RAID),
        ("缅甸代表团十一日到达北京。", "A Burmese delegation arrived in Beijing on the 11th.", T.VISIT),
        ("两国十一日在仰光签订协定。", "The two countries signed an agreement in Rangoon.", T.AGREEMENT),
    ],
)
def test_both_languages_tell_one_report(
    understander: Understander, zh: str, en: str, kind: EventType
) -> None:
    report = only(understander, bilingual(["要闻", LINE + zh], ["News", en]), kind)
    assert {t.lang.value for t in report.triggers} == {"zh", "en"}


@pytest.mark.parametrize(
    ("body", "day"),
    [
        ("江城的居民十月五日在广场上谈论亚运会。", None),
        ("亚运会十月五日在江城举行。", "1990-10-05"),
        ("江城的居民谈论一九九○年的亚运会。", "1990"),
    ],
)
def test_games_that_are_only_named_are_not_of_that_day(
    understander: Understander, body: str, day: str | None
):
    article = chinese("江城夜谈", f"新华社江城十月六日电　{body}", "1990-10-07")
    assert [start(e) for e in found(understander, article, T.SPORT)] == [day]


def test_a_past_of_many_years_is_the_day_of_nothing(understander: Understander):
    article = chinese("战争", "新华社十日讯　过去五十年中，美国军队在南越进行了侵略战争。", "1963-01-11")
    assert start(only(understander, article, T.BATTLE)) is None
