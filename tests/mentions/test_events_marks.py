"""What stands beside a trigger tells several happenings of one type apart (all invented)."""

from __future__ import annotations

import pytest

from kg.mentions import Understander
from kg.model import EventType
from tests.mentions.test_events import chinese, found, only, start, understander

__all__ = ["understander"]  # the fixture
T = EventType

SEVERAL = [  # text, type, how many
    (
        "新华社江城十日电　全国男子足球联赛举行两场。江城队以二比一战胜河港队。山城队以三比零战胜海港队。",
        T.SPORT,
        2,
    ),
    (
        "新华社江城十日电　江城警方八日逮捕了五名工会领袖。警方还在九日逮捕了十二名学生。",
        T.ARREST,
        2,
    ),
    (
        "新华社江城十日电　外长今天上午会见了来访的加纳客人。今天下午，外长会见了来访的几内亚客人。",
        T.TALKS,
        2,
    ),
    (
        "新华社江城十日电　总理今天会见了来访的代表团。今晚，总理设宴招待代表团全体成员。",
        T.TALKS,
        2,
    ),
    (
        "新华社江城十日电　江城纺织厂三千名工人七日举行罢工。与此同时，河港码头工人举行了罢工。",
        T.PROTEST,
        2,
    ),
    (
        "新华社江城十日电　总理今晚举行宴会，欢迎代表团。总理和团长在宴会上讲了话。出席宴会的还有各界人士。",
        T.TALKS,
        1,
    ),
]


@pytest.mark.parametrize(("text", "kind", "number"), SEVERAL)
def test_marks_beside_a_trigger(understander: Understander, text: str, kind: EventType, number: int):
    events = found(understander, chinese("简讯", text, "1963-05-11"), kind)
    assert len(events) == number, [[t.text for t in e.triggers] for e in events]


def test_a_strike_that_lasts_began_when_it_is_said_to(understander: Understander):
    article = chinese(
        "罢工",
        "新华社江城二十八日电　江城码头工人的大罢工坚持一个多月以后今天结束。"
        "这次大罢工是从去年十二月二十三日开始的。",
        "1963-01-29",
    )
    strike = only(understander, article, T.PROTEST).interval
    assert strike is not None
    assert (strike.start, strike.end) == ("1962-12-23", "1963-01-28")


def test_a_word_that_begins_with_a_place_is_a_trigger(understander: Understander):
    article = chinese(
        "历史", "新华社江城十日电　一九三六年十二月十二日，在西安发生了西安事变。", "1963-05-11"
    )
    assert "1936-12-12" in [start(e) for e in found(understander, article, T.COUP)]


def test_who_is_against_somebody_does_not_deny_what_happened(understander: Understander):
    article = chinese(
        "战斗", "新华社江城十日电　政府军九日在江城郊外对反对派军队发动了突然袭击，击毙二十人。", "1963-05-11"
    )
    assert found(understander, article, T.BATTLE)


def test_the_communique_of_an_army_only_reports(understander: Understander):
    article = chinese(
        "战报", "新华社江城十日电　人民军总部今天发表公报说，守军一个团九日在江城投降。", "1953-05-11"
    )
    assert found(understander, article, T.CEASEFIRE)
    assert not found(understander, article, T.DIPLOMATIC_NOTE)
