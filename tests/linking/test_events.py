"""Which known events reports are, and belong to."""

from __future__ import annotations

import datetime as dt

import pytest

from kg.articles import parse
from kg.linking.context import Context
from kg.linking.events import EventLinker
from kg.linking.knowledge import Knowledge
from kg.model import (
    Article,
    EventReport,
    EventType,
    Form,
    Grain,
    Interval,
    Lang,
    Link,
    Party,
    RawArticle,
    Span,
    Understanding,
    Verdict,
)


def article(id: str, date: str = "1953-12-14") -> Article:
    return Article(
        id, "x", "0", Form.CHINESE, dt.date.fromisoformat(date), 4, "题", None, None, None, witness_en=False
    )


def link(key: str, item: str) -> Link:
    return Link(key, Verdict.LINKED, item, item, 0.9)


def report(kind: EventType, start: str | None, places=(), actors=(), trigger: str = "解放") -> EventReport:
    interval = Interval(start, start, Grain.DAY) if start else None
    parties = [tuple(Party(x, x) for x in side) for side in (places, actors)]
    return EventReport("event-1", kind, (Span(Lang.ZH, 0, 2, trigger),), interval, *parties, rule="test")


@pytest.fixture(scope="module")
def events(authority):
    return EventLinker(Knowledge(authority))


def linked(events, authority, one: EventReport, day: str, links):
    context = Context(day=day, knowledge=Knowledge(authority))
    understanding = Understanding((), (one,), (), ())
    return events.link(article("a", day), understanding, links, context)[0]


def test_fighting_in_the_valley_is_part_of_the_war(events, authority):
    one = report(EventType.BATTLE, "1953-12-11", ["dbp"], ["vpa"], trigger="激战")
    links = {"dbp": link("dbp", "Q36027"), "vpa": link("vpa", "x-vietnam-peoples-army")}
    assert "Q748780" in linked(events, authority, one, "1953-12-14", links).part_of


def test_the_airborne_attack_is_operation_castor(events, authority):
    one = report(EventType.DEPLOYMENT, "1953-11-20", ["dbp"], ["french"], trigger="空降")
    links = {"dbp": link("dbp", "Q36027"), "french": link("french", "Q477986")}
    found = linked(events, authority, one, "1953-12-14", links)
    named = authority.item(found.item) if found.item else None
    assert named is not None
    assert "Castor" in (named.label("en") or "")


def test_fighting_elsewhere_at_that_time_is_not(events, authority):
    one = report(EventType.BATTLE, "1953-12-11", ["nairobi"], trigger="激战")
    links = {"nairobi": link("nairobi", "Q3870")}
    assert "Q748780" not in linked(events, authority, one, "1953-12-14", links).part_of


def test_a_conference_is_known_by_its_name(events, authority):
    one = report(EventType.CONFERENCE, None, trigger="日内瓦会议")
    assert linked(events, authority, one, "1954-05-03", {}).item == "Q482407"


@pytest.mark.parametrize(
    ("day", "year"), [("1954-05-03", "1954"), ("1962-06-30", "196"), ("1955-11-02", "1955")]
)
def test_of_events_of_one_name_the_nearest_in_time_is_meant(events, authority, day, year):
    one = report(EventType.CONFERENCE, None, trigger="日内瓦会议")
    item = linked(events, authority, one, day, {}).item
    assert item is not None
    assert authority.item(item).start.startswith(year)


@pytest.mark.parametrize(("start", "known"), [("1953-07-27", None), ("1946-01-10", "x-january-truce")])
def test_the_truce_of_another_war_is_another(events, authority, start, known):
    one = report(EventType.AGREEMENT, start, ["here"], trigger="停战协定")
    links = {"here": link("here", "x-panmunjom" if known is None else "Q11725")}
    assert linked(events, authority, one, start, links).item == known


@pytest.mark.parametrize(
    ("date", "text", "item"),
    [
        ("1954-05-03", "新华社二日讯　印度总理谈到正在日内瓦举行的日内瓦会议。", "Q482407"),
        (
            "1963-01-12",
            "新华社十一日讯　锡兰总理一九六二年十二月主持了科伦坡会议。",
            "x-colombo-six-conference-1962",
        ),
    ],
)
def test_what_stands_before_a_trigger_is_part_of_the_name(understander, linker, date, text, item):
    parsed = parse(
        RawArticle("a.txt", "0" * 64, f"### 会议\n\n{date}\n第4版()\n专栏：\n\n    会议\n    {text}\n")
    )
    assert isinstance(parsed, Article)
    found = linker.link(parsed, understander.understand(parsed)).event_links
    assert item in [e.item for e in found]
