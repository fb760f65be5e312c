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
        "▲全国人大常委会副委员长荣毅仁十月十日在人民大会堂会见了法国经济考察团。双方交换了意见。\n"
        "▲最高人民法院院长任建新十月十日晚在人民大会堂会见由泰国法院院长率领的泰国法官团。任建新介绍了情况。",
        "1990-10-12",
    )
    assert len(found(understander, article, T.TALKS)) == 2


def test_the_name_of_who_wrote_it_tells_nothing(understander: Understander):
    text = "目前，全县粮库已满，干部、群众十分着急。\n    陕西县委宣传部　吴永国　杨晋升"
    article = signed("吴永国　杨晋升", "卖粮困难", text, "1990-10-23")
    assert not found(understander, article, T.APPOINTMENT)


def test_a_day_in_the_title_of_a_paper_is_none(understander: Understander):
    article = chinese(
        "摄影展览", "新华社突尼斯电　《今日中国》摄影展览九月二十八日在突尼斯开幕。", "1990-10-14"
    )
    assert start(only(understander, article, T.CONFERENCE)) == "1990-09-28"
