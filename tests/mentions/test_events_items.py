"""Several news items in one article: their headings, their signs; and who wrote it (all invented)."""

from __future__ import annotations

from kg.articles import parse
from kg.mentions import Understander
from kg.model import Article, EventType, RawArticle, Reject
from tests.mentions.test_events import chinese, found, only, start, understander

__all__ = ["understander"]  # the fixture
T = EventType


def signed(author: str, title: str, body: str, date: str) -> Article:
    text = f"### {title}\n{author}\n{date}\n第4版()\n专栏：\n\n    {title}\n    {body}\n"
    article = parse(RawArticle("test.txt", "0" * 64, text))
    assert not isinstance(article, Reject)
    return article


def test_the_heading_of_an_item_belongs_to_what_follows(understander: Understander):
    article = chinese(
        "庆祝国庆",
        "新华社东京十月二日电　日中友好协会九月二十八日在东京举行集会，庆祝中华人民共和国成立十四周年。\n"
        "突尼斯举行摄影展览\n"
        "新华社突尼斯十月二日电　《今日中国》摄影展览九月二十九日在突尼斯开幕。",
        "1963-10-04",
    )
    reports = found(understander, article, T.CONFERENCE)
    assert [start(e) for e in reports] == ["1963-09-28", "1963-09-29"]
    assert sum(t.text.endswith("展览") for t in reports[1].triggers) == 2


def test_each_sign_begins_an_item(understander: Understander):
    article = chinese(
        "外事简讯",
        "▲国务院副总理田志明十月十日在人民大会堂会见了法国客人。\n"
        "▲最高人民法院院长王建国十月十日在人民大会堂会见了泰国客人。",
        "1990-10-12",
    )
    assert len(found(understander, article, T.TALKS)) == 2


def test_the_name_of_who_wrote_it_tells_nothing(understander: Understander):
    article = signed("金建立", "公司", "新华社十日讯（通讯员金建立）煤炭公司的产品很好。", "1990-10-11")
    assert not found(understander, article, T.FOUNDING)


def test_a_day_in_the_title_of_a_paper_is_none(understander: Understander):
    article = chinese(
        "摄影展览", "新华社突尼斯电　《今日中国》摄影展览九月二十八日在突尼斯开幕。", "1990-10-14"
    )
    assert start(only(understander, article, T.CONFERENCE)) == "1990-09-28"
