"""Which reports share an event node: the same happening told differently does, another happening does not."""

from __future__ import annotations

import datetime as dt

import pytest

from kg.linking.happenings import Happenings, acts
from kg.linking.knowledge import Knowledge
from kg.model import Article, EventReport, EventType, Form, Grain, Interval, Lang, Link, Party, Span, Verdict

ITEMS = {
    "莱州省": "Q36409", "莱州": "x-lai-chau-old-town-muong-lay", "海防": "Q72818", "河内": "Q1858",
    "越南": "Q881", "巴格达": "Q1530", "伊拉克": "Q796", "苏联": "Q15180", "莫斯科": "Q649", "基辅": "Q1899",
    "北京": "Q956", "中国": "Q148", "尼泊尔": "Q837", "加纳": "Q117", "美国": "Q30", "日内瓦": "Q71",
}  # fmt: skip
LINKS = {k: Link(k, Verdict.LINKED, i, i, 0.9) for k, i in ITEMS.items()}
T = EventType
DAY = "1961-10-05"


@pytest.fixture(scope="module")
def happenings(authority):
    return Happenings(Knowledge(authority), filter(acts, authority.items()))


def report(kind: EventType, start: str | None, places: str = "", actors: str = "", trigger: str = "解放"):
    """A report; places and actors are names in one string, those of `ITEMS` are linked mentions."""
    interval = Interval(start, start, Grain.DAY) if start else None
    sides = [tuple(Party(n, n if n in ITEMS else None) for n in side.split()) for side in (places, actors)]
    return EventReport("event-1", kind, (Span(Lang.ZH, 0, 2, trigger),), interval, *sides, rule="test")


def name(happenings, one: EventReport, of: str, part_of=()) -> str:
    article = Article(
        of,
        "x",
        "0",
        Form.CHINESE,
        dt.date.fromisoformat(of[:10]),
        4,
        "题",
        None,
        None,
        None,
        witness_en=False,
    )
    return happenings.name(article, one, LINKS, part_of)


def same(happenings, one: EventReport, other: EventReport) -> bool:
    here, there = name(happenings, one, "1961-10-06/1/aaaaaaaa"), name(happenings, other, "1961-10-07/4/bbbb")
    return here == there


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(
            report(T.CAPTURE, DAY, "莱州"), report(T.CAPTURE, DAY, "莱州", "越南人民军"), id="actors"
        ),
        pytest.param(report(T.CAPTURE, DAY, "莱州省"), report(T.CAPTURE, DAY, "莱州"), id="town, province"),
        pytest.param(report(T.CAPTURE, DAY, "越南 海防"), report(T.CAPTURE, DAY, "海防"), id="state first"),
        pytest.param(report(T.BATTLE, DAY, "大李家庄"), report(T.BATTLE, DAY, "大李家庄村"), id="village"),
        pytest.param(report(T.COUP, DAY, "巴格达"), report(T.COUP, DAY, "伊拉克", "军官"), id="coup"),
        pytest.param(
            report(T.AIR_RAID, DAY, "越南", "美国"),
            report(T.AIR_RAID, DAY, "越南", "美国空军 美国"),
            id="raid on a state",
        ),
        pytest.param(
            report(T.TALKS, DAY, "北京", "周恩来总理 陈毅 尼泊尔"),
            report(T.TALKS, DAY, "北京", "尼泊尔 周恩来"),
            id="other list of guests",
        ),
        pytest.param(
            report(T.VISIT, DAY, "北京", "加纳政府友好代表团"),
            report(T.VISIT, DAY, "中国", "加纳"),
            id="visit: state of the delegation",
        ),
        pytest.param(
            report(T.VISIT, DAY, "北京", "加纳贸易代表团"),
            report(T.VISIT, DAY, "北京", "加纳政府经济贸易代表团 外贸部"),
            id="visit: what the delegation is for",
        ),
        pytest.param(
            report(T.AGREEMENT, DAY, "北京", "中国 尼泊尔"),
            report(T.AGREEMENT, DAY, "", "尼泊尔政府代表团 中国政府"),
            id="agreement without place",
        ),
        pytest.param(
            report(T.AGREEMENT, DAY, "北京", "中国 加纳", "建交"),
            report(T.AGREEMENT, DAY, "", "加纳政府 中国政府", "建立外交关系"),
            id="relations taken up",
        ),
        pytest.param(
            report(T.PROTEST, DAY, "河内", "学生"), report(T.PROTEST, DAY, "河内", "群众"), id="crowd"
        ),
    ],
)
def test_what_two_papers_tell_differently_is_one_happening(happenings, one, other):
    assert same(happenings, one, other)


CAPTURE = report(T.CAPTURE, DAY, "莱州", "越南人民军")
TALKS = report(T.TALKS, DAY, "北京", "周恩来 尼泊尔")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(CAPTURE, report(T.CAPTURE, "1961-10-06", "莱州"), id="day"),
        pytest.param(CAPTURE, report(T.CAPTURE, DAY, "海防"), id="place"),
        pytest.param(CAPTURE, report(T.RETREAT, DAY, "莱州"), id="type"),
        pytest.param(report(T.BATTLE, DAY, "大李家庄"), report(T.BATTLE, DAY, "小李家庄"), id="village"),
        pytest.param(
            report(T.AIR_RAID, DAY, "越南", "美国"), report(T.AIR_RAID, DAY, "越南", "苏联"), id="whose raid"
        ),
        pytest.param(TALKS, report(T.TALKS, DAY, "北京", "周恩来 加纳"), id="guests of another state"),
        pytest.param(TALKS, report(T.TALKS, DAY, "北京", "刘少奇 尼泊尔"), id="another host"),
        pytest.param(TALKS, report(T.TALKS, DAY, "河内", "周恩来 尼泊尔"), id="another town"),
        pytest.param(
            report(T.VISIT, DAY, "北京", "加纳贸易代表团"),
            report(T.VISIT, DAY, "北京", "加纳青年代表团"),
            id="another delegation of one state",
        ),
        pytest.param(
            report(T.AGREEMENT, DAY, "", "中国 尼泊尔"),
            report(T.AGREEMENT, DAY, "", "中国 加纳"),
            id="parties",
        ),
        pytest.param(
            report(T.AGREEMENT, DAY, "", "中国 尼泊尔", "建交"),
            report(T.AGREEMENT, DAY, "", "中国 加纳", "建交"),
            id="relations with another state",
        ),
        pytest.param(
            report(T.DIPLOMATIC_NOTE, DAY, "", "刘少奇 印度 加纳"),
            report(T.DIPLOMATIC_NOTE, DAY, "", "周恩来 印度 加纳"),
            id="who wrote",
        ),
        pytest.param(
            report(T.PROTEST, DAY, "河内", trigger="罢工"), report(T.PROTEST, DAY, "河内", trigger="示威"),
            id="a strike is no demonstration",
        ),
        pytest.param(
            report(T.CONFERENCE, DAY, "北京", "周恩来", "座谈会"),
            report(T.CONFERENCE, DAY, "北京", "周恩来", "展览会"),
            id="another gathering",
        ),
        pytest.param(
            report(T.SPORT, DAY, "北京", "中国队 日本队"), report(T.SPORT, DAY, "北京", "中国队 朝鲜队"),
            id="another match",
        ),
    ],
)  # fmt: skip
def test_what_differs_in_what_matters_is_another_happening(happenings, one, other):
    assert not same(happenings, one, other)


@pytest.mark.parametrize(
    "one",
    [
        pytest.param(report(T.CAPTURE, None, "莱州"), id="no time"),
        pytest.param(report(T.CAPTURE, "1961-10", "莱州"), id="a month"),
        pytest.param(report(T.CAPTURE, "1961", "莱州"), id="a year"),
        pytest.param(report(T.BATTLE, DAY), id="no place"),
        pytest.param(report(T.BATTLE, DAY, "越南"), id="a state, and nobody who acts"),
        pytest.param(report(T.TALKS, DAY, "北京"), id="talks of nobody"),
        pytest.param(report(T.AGREEMENT, DAY, "北京"), id="agreement of one side"),
    ],
)
def test_a_report_that_tells_too_little_shares_with_nobody(happenings, one):
    assert not same(happenings, one, one)


def test_a_session_of_a_known_conference_is_told_by_it(happenings):
    one = report(T.CONFERENCE, "1954-05-08", "日内瓦", "尼泊尔", "会议")
    other = report(T.CONFERENCE, "1954-05-08", "", "周恩来", "全体会议")
    part_of = ("Q482407", "Q8663")
    assert name(happenings, one, "1954-05-09/1/a", part_of) == name(
        happenings, other, "1954-05-10/1/b", part_of
    )
    assert name(happenings, one, "1954-05-09/1/a") != name(happenings, other, "1954-05-10/1/b")


def test_a_state_counts_as_what_it_was_at_the_time(happenings):
    """Kyiv lay in the Soviet Union."""
    assert same(happenings, report(T.CEASEFIRE, DAY, "基辅"), report(T.CEASEFIRE, DAY, "莫斯科"))
    assert not same(
        happenings, report(T.CEASEFIRE, "1999-10-05", "基辅"), report(T.CEASEFIRE, "1999-10-05", "莫斯科")
    )


def test_the_name_reads_as_type_and_day(happenings):
    assert name(happenings, report(T.AIR_RAID, DAY, "莱州"), "1961-10-06/1/a").startswith(
        "air-raid-1961-10-05-"
    )
