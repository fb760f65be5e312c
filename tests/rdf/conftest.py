"""Hand-built records of three articles in the archive's manner, and what the authority says of them."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

import pytest

from kg.model import (
    Agreement,
    Alternative,
    Article,
    Body,
    Conflict,
    Dispatch,
    Echelon,
    EventLink,
    EventReport,
    EventType,
    Evidence,
    Find,
    Form,
    Grain,
    Interval,
    Item,
    Kind,
    Lang,
    Link,
    LinkedArticle,
    Mention,
    Note,
    Party,
    Quantity,
    Role,
    Span,
    Understanding,
    Verdict,
)
from kg.rdf import Minter, Writer

BASE = "http://127.0.0.1:8000/"

ZH = """老挝寮国战斗部队攻克孟赛
【新华社河内五日电】据越南通讯社讯：寮国战斗部队四日攻克老挝北部的孟赛，歼敌三个多连，俘敌二百多人。
守军一个营沿一百二十公里长的公路向琅勃拉邦撤退。合众社三日说，法军已向该地空投援兵。"""
EN = """Lao Fighters Take Muang Xay
Xinhua, Hanoi, 5th: According to the Vietnam News Agency, the Lao fighters took Muang Xay in northern Laos \
on the 4th, wiped out more than three companies and captured more than 200 enemy soldiers.
A battalion of the garrison retreated along the 120-kilometre road to Luang Prabang. The Associated Press \
said on the 3rd that the French army had dropped reinforcements there."""


def body(lang: Lang, text: str) -> Body:
    paragraphs, start = [], 0
    for line in text.split("\n"):
        paragraphs.append((start, start + len(line)))
        start += len(line) + 1
    return Body(lang, text, tuple(paragraphs))


def span(lang: Lang, surface: str, text: str, nth: int = 0) -> Span:
    start = -1
    for _ in range(nth + 1):
        start = text.index(surface, start + 1)
    return Span(lang, start, start + len(surface), surface)


def zh(surface: str, nth: int = 0) -> Span:
    return span(Lang.ZH, surface, ZH, nth)


def en(surface: str, nth: int = 0) -> Span:
    return span(Lang.EN, surface, EN, nth)


def mention(key: str, spans: list[Span], *, rule: str = "name-dictionary", **said: object) -> Mention:
    kind = Kind(key.partition("-")[0])
    optional = bool(said.pop("optional", False))
    finds = tuple(Find(kind, s, rule, optional=optional) for s in spans)
    return Mention(key, kind, finds, **{"agreement": Agreement.AGREE, **said})  # type: ignore[arg-type]


def linked(key: str, item: str, confidence: float = 0.97, **said: object) -> Link:
    evidence = (
        Evidence("name_match", 1.0, "the name is the item's label"),
        Evidence("both_languages", 1.0, "both languages lead to it"),
    )
    return Link(key, Verdict.LINKED, item, item, confidence, evidence, **said)  # type: ignore[arg-type]


def nil(key: str, entity: str, confidence: float = 0.9) -> Link:
    return Link(key, Verdict.NIL, None, entity, confidence, (Evidence("described", 1.0),))


def war_article() -> LinkedArticle:
    """Bilingual: a dateline, a chain, a conflict between the languages, units, a quantity, two events."""
    article = Article(
        id="1953-02-06/4/0a1b2c3d",
        origin="war.txt",
        sha256="0" * 63 + "1",
        form=Form.BILINGUAL,
        date=dt.date(1953, 2, 6),
        page=4,
        title_zh="老挝寮国战斗部队攻克孟赛",
        title_en="Lao Fighters Take Muang Xay",
        zh=body(Lang.ZH, ZH),
        en=body(Lang.EN, EN),
        witness_en=True,
        section="国际",
        alignment=((0, 0, 1.0), (1, 1, 0.9), (2, 2, 0.9)),
        notes=(Note("headline-repeated", "twice"), Note("broken-lines", "")),
    )
    mentions = (
        mention("source-1", [zh("新华社"), en("Xinhua")], role=Role.DATELINE),
        mention("source-2", [zh("越南通讯社"), en("Vietnam News Agency")], role=Role.CITED),
        mention(
            "source-3",
            [zh("合众社"), en("Associated Press")],
            role=Role.CITED,
            agreement=Agreement.CONFLICT,
            conflicts=(Conflict(zh("合众社"), en("Associated Press"), "two agencies; the original wins"),),
        ),
        mention("place-1", [zh("河内"), en("Hanoi")]),
        mention("place-2", [zh("老挝"), zh("老挝", 1), en("Laos")]),
        mention("place-3", [zh("孟赛"), zh("孟赛", 1), en("Muang Xay"), en("Muang Xay", 1)]),
        mention("place-4", [zh("琅勃拉邦"), en("Luang Prabang")]),
        mention(
            "unit-1",
            [zh("寮国战斗部队"), zh("寮国战斗部队", 1), en("Lao fighters")],
            echelon=Echelon.FORCE,
        ),
        mention(
            "unit-2",
            [zh("三个多连"), en("three companies")],
            rule="formation-count",
            subkind="formation",
            echelon=Echelon.COMPANY,
            count=Fraction(3),
            count_min=True,
        ),
        mention(
            "unit-3",
            [zh("一个营"), en("battalion")],
            rule="formation-count",
            echelon=Echelon.BATTALION,
            count=Fraction(1),
            confidence=0.9,
        ),
        mention(
            "unit-4", [zh("法军"), en("French army")], echelon=Echelon.FORCE, strength=200, strength_min=True
        ),
        mention(
            "measure-1",
            [zh("一百二十公里"), en("120-kilometre")],
            rule="quantity",
            quantity=Quantity(Fraction(120), None, None, "kilometre", "Q828224", "公路"),
        ),
    )
    events = (
        EventReport(
            key="event-1",
            type=EventType.CAPTURE,
            triggers=(zh("攻克"), zh("攻克", 1), en("took")),
            interval=Interval("1953-02-04", "1953-02-04", Grain.DAY),
            places=(Party("孟赛", "place-3"),),
            actors=(Party("寮国战斗部队", "unit-1"),),
            rule="capture",
            source="source-2",
            dispatch="dispatch-1",
            confidence=0.93,
        ),
        EventReport(
            key="event-2",
            type=EventType.RETREAT,
            triggers=(zh("撤退"), en("retreated")),
            interval=Interval("1953-02", None, Grain.MONTH),
            places=(Party("琅勃拉邦", "place-4"), Party("公路")),
            actors=(Party("一个营", "unit-3"), Party("the garrison")),
            rule="retreat",
            source="source-1",
            dispatch="dispatch-1",
            confidence=0.8,
        ),
    )
    dispatch = Dispatch(
        key="dispatch-1",
        spans=(Span(Lang.ZH, 13, len(ZH), ZH[13:]), Span(Lang.EN, 28, len(EN), EN[28:])),
        dateline=(zh("【新华社河内五日电】"), en("Xinhua, Hanoi, 5th:")),
        rule="zh-bracketed",
        source="source-1",
        place="place-1",
        date=dt.date(1953, 2, 5),
        chain=("source-2", "source-3"),
    )
    links = (
        linked("source-1", "Q204839"),
        linked("source-2", "x-vietnam-news-agency", 0.9),
        linked("source-3", "Q493845", 0.95, alternatives=(Alternative("Q40469", "Associated Press", 0.04),)),
        linked("place-1", "Q1858"),
        linked("place-2", "Q819"),
        linked("place-3", "Q651089", judged=True),
        linked("place-4", "Q188749"),
        nil("unit-1", "unit-8d7b6c5a4f3e"),
        nil("unit-2", "unit-1f2e3d4c5b6a"),
        nil("unit-3", "unit-a1b2c3d4e5f6"),
        linked("unit-4", "Q477986"),
        linked("measure-1", "Q828224", 1.0),
    )
    event_links = (
        EventLink(
            "event-1", None, ("Q748780",), "capture-1953-02-04-0123456789ab", 0.93, (Evidence("x", 1.0),)
        ),
        EventLink("event-2", None, ("Q748780",), "retreat-1953-02-ba9876543210", 0.8),
    )
    understanding = Understanding(mentions, events, (dispatch,), ())
    return LinkedArticle(article, understanding, links, event_links, "2026-11-01")


def note_article() -> LinkedArticle:
    """Chinese only, a day early, quotation marks and a known event; no page."""
    text = '海湾局势\n本报讯：外长"紧急"会晤；\\ 会议于2日在开罗开幕。'
    article = Article(
        id="1990-08-03/0/ffeeddcc",
        origin="gulf.txt",
        sha256="a" * 64,
        form=Form.CHINESE,
        date=dt.date(1990, 8, 3),
        page=None,
        title_zh="海湾局势",
        title_en=None,
        zh=body(Lang.ZH, text),
        en=None,
        witness_en=False,
        column="国际简讯",
        author="本报记者",
        day_shift=1,
        notes=(Note("day-early", "datelined the 4th"), Note("page-missing", "")),
    )
    spot = lambda s: span(Lang.ZH, s, text)  # noqa: E731
    mentions = (
        mention("source-1", [spot("本报")], role=Role.DATELINE, agreement=Agreement.SINGLE),
        mention("place-1", [spot("开罗")], agreement=Agreement.SINGLE, optional=True),
    )
    report = EventReport(
        key="event-1",
        type=EventType.CONFERENCE,
        triggers=(spot("开幕"),),
        interval=None,
        places=(Party("开罗", "place-1"),),
        actors=(),
        rule="conference",
    )
    return LinkedArticle(
        article,
        Understanding(mentions, (report,), (), ()),
        (
            linked("source-1", "Q54340"),
            Link(
                "place-1", Verdict.UNDECIDED, None, "place-000000000000", 0.4, (Evidence("undecided", 0.4),)
            ),
        ),
        (EventLink("event-1", "Q37643", (), "Q37643", 0.9, (Evidence("named", 1.0, "“海湾” is its name"),)),),
        "2026-11-01",
    )


def bare_article() -> LinkedArticle:
    """Nothing was found in it."""
    article = Article(
        id="1963-01-05/2/00000000",
        origin="bare.txt",
        sha256="b" * 64,
        form=Form.CHINESE,
        date=dt.date(1963, 1, 5),
        page=2,
        title_zh="图片",
        title_en=None,
        zh=body(Lang.ZH, "图片\n秋收。"),
        en=None,
        witness_en=False,
    )
    return LinkedArticle(article, Understanding((), (), (), ()), (), (), "2026-11-01")


ITEMS = (
    Item(
        "Q204839",
        "source",
        "agency",
        (("zh", "新华社"), ("en", "Xinhua News Agency")),
        (("zh", "新华通讯社"),),
    ),
    Item(
        "x-vietnam-news-agency",
        "source",
        "agency",
        (("zh", "越南通讯社"), ("en", "Vietnam News Agency")),
        verified=False,
    ),
    Item(
        "Q493845",
        "source",
        "agency",
        (("en", "United Press"), ("zh", "合众社")),
        start="1907",
        end="1958-05-24",
    ),
    Item("Q54340", "source", "newspaper", (("zh", "人民日报"), ("en", "People's Daily"))),
    Item(
        "Q1858", "place", "city", (("zh", "河内"), ("en", "Hanoi")), lat=21.0285, lon=105.8542, country="Q881"
    ),
    Item("Q881", "place", "country", (("zh", "越南"), ("en", "Vietnam")), p31=("Q6256",)),
    Item(
        "Q819", "place", "country", (("zh", "老挝"), ("en", "Laos")), lat=18.2, lon=103.9, start="1949-07-19"
    ),
    Item(
        "Q651089", "place", "town", (("zh", "孟赛"), ("en", "Muang Xay")), country="Q819", part_of=("Q819",)
    ),
    Item("Q188749", "place", "city", (("zh", "琅勃拉邦"), ("en", "Luang Prabang")), country="Q819"),
    Item("Q477986", "unit", "force", (("zh", "法军"), ("en", "French Armed Forces")), echelon=Echelon.FORCE),
    Item(
        "Q828224",
        "measure",
        "length",
        (("zh", "公里"), ("en", "kilometre")),
        unit_name="kilometre",
        factor=1000.0,
    ),
    Item(
        "Q748780",
        "event",
        "war",
        (("zh", "印度支那战争"), ("en", "First Indochina War")),
        start="1946-12-19",
        end="1954-08",
        event_type=EventType.BATTLE,
        places=("Q881", "Q819"),
        parties=("Q477986",),
    ),
    Item("Q37643", "event", "war", (("zh", "海湾战争"), ("en", "Gulf War")), start="1990", part_of=()),
)


@pytest.fixture(scope="session")
def minter() -> Minter:
    return Minter(BASE)


@pytest.fixture(scope="session")
def writer(minter: Minter) -> Writer:
    return Writer(minter)


@pytest.fixture(scope="session")
def articles() -> tuple[LinkedArticle, ...]:
    return war_article(), note_article(), bare_article()


@pytest.fixture(scope="session")
def items() -> dict[str, Item]:
    return {item.id: item for item in ITEMS}


@pytest.fixture(scope="session")
def graph(writer: Writer, articles: tuple[LinkedArticle, ...], items: dict[str, Item]) -> bytes:
    """The whole graph of the three articles with all the items that they lead to."""
    lines: set[bytes] = set()
    wanted: list[str] = []
    for linked_article in articles:
        written = writer.article(linked_article)
        lines.update(written.own.splitlines(keepends=True), written.shared)
        wanted += written.items
    done: set[str] = set()
    while wanted:
        id = wanted.pop()
        if id not in done:
            done.add(id)
            lines.update(writer.entity(items[id]).splitlines(keepends=True))
            wanted += writer.references(items[id])
    return b"".join(sorted(lines))
