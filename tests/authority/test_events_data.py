"""The hand-kept events hold together: wholes and parts, times, places, parties, and names to be trusted."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from kg.authority.embedded import embedded_items
from kg.mentions.events.finding import demonstrate
from kg.model import Item, Lang

# What begins so is a clause (解放济南), which holds a mention of the place, and no name of an event.
_CLAUSE = re.compile("^(?:解放|收复|攻克|占领|进军|挺进|保卫|袭击|轰炸|攻打|接管|围困|夺取)")
# Types by which a report is known to be an episode of one that lasts.
_LASTING = ("war", "campaign", "operation", "revolution")
# No type of report tells these (a test of a bomb, a cold war), or all types do.
_NO_TYPE = {"programme", "crisis", "campaign"}


@pytest.fixture(scope="module")
def items() -> dict[str, Item]:
    return {i.id: i for i in embedded_items()}


@pytest.fixture(scope="module")
def events(items: dict[str, Item]) -> list[Item]:
    return [i for i in items.values() if i.kind == "event"]


def test_all_sorts_of_events_are_there(events: list[Item]) -> None:
    counts = Counter(e.subkind for e in events)
    assert len(events) >= 350
    for subkind in ("war", "campaign", "battle", "conference", "treaty", "coup", "disaster", "games"):
        assert counts[subkind] >= 20, subkind


def test_every_decade_has_events(events: list[Item]) -> None:
    decades = Counter((e.start or "")[:3] for e in events)
    assert all(decades[d] >= 30 for d in ("194", "195", "196", "197", "198", "199"))


def test_every_event_begins_some_time(events: list[Item]) -> None:
    assert [e.id for e in events if not e.start] == []


def test_wholes_are_events_that_last_as_long(items: dict[str, Item], events: list[Item]) -> None:
    faults = []
    for e in events:
        for whole in (items.get(id) for id in e.part_of):
            if whole is None or whole.kind != "event" or whole.id == e.id:
                faults.append((e.id, "no such whole"))
            elif not _within(e, whole):
                faults.append((e.id, f"{e.start}..{e.end} outside {whole.id} {whole.start}..{whole.end}"))
    assert faults == []


_EARLIER = {"Q170314"}  # wars that others grew into a greater one


def _within(part: Item, whole: Item) -> bool:
    """Whether the part begins while the whole lasts, each cut to what the coarser one knows."""
    begins, first, last = part.start or "", whole.start or "", whole.end or "9999"
    starts_late = part.id in _EARLIER or begins[: len(first)] >= first[: len(begins)]
    return starts_late and begins[: len(last)] <= last[: len(begins)]


def test_no_event_is_part_of_itself(items: dict[str, Item], events: list[Item]) -> None:
    def climb(id: str, seen: tuple[str, ...]) -> bool:
        return id in seen or any(climb(up, (*seen, id)) for up in items[id].part_of)

    assert [e.id for e in events if climb(e.id, ())] == []


def test_places_are_places_and_parties_can_act(items: dict[str, Item], events: list[Item]) -> None:
    assert [
        (e.id, id) for e in events for id in e.places if id not in items or items[id].kind != "place"
    ] == []
    actors = {"place", "unit", "organisation", "person"}
    assert [
        (e.id, id) for e in events for id in e.parties if id not in items or items[id].kind not in actors
    ] == []


def test_places_of_an_event_lie_where_its_label_says(items: dict[str, Item]) -> None:
    # Namesakes are easily confused: 西宁, 黑山, 永安, 北海, 汉江, 高平 and 巴东 each lie in two countries.
    for event, place in {
        "x-junction-city": "Q36608",
        "x-heishan-battle": "x-heishan-county",
        "Q4872690": "Q36088",
        "x-1953-north-sea-flood": "Q1693",
        "x-korea-fourth-campaign": "Q55500",
        "Q2748355": "Q1034096",
        "x-prri-permesta": "Q7253",
    }.items():
        assert place in items[event].places, event


def test_whatever_can_be_an_episode_has_a_type(events: list[Item]) -> None:
    assert [e.id for e in events if e.event_type is None and e.subkind not in _NO_TYPE] == []
    # An event without a type takes reports of every type, so it must have no place to take them at.
    assert [
        e.id for e in events if e.event_type is None and e.places and e.subkind in ("crisis", "campaign")
    ] == []


def test_wars_say_where_or_between_whom(events: list[Item]) -> None:
    silent = [
        e.id for e in events if e.subkind in _LASTING and not e.places and not e.parties and not e.country
    ]
    assert [id for id in silent if id not in {"Q361", "Q362", "x-eastern-europe-1989"}] == []


def test_chinese_names_are_no_clauses(events: list[Item]) -> None:
    names = [(e.id, text) for e in events for lang, text in (*e.labels, *e.aliases) if lang == "zh"]
    assert [(id, text) for id, text in names if _CLAUSE.match(text)] == []


def test_no_name_is_a_bare_trigger_word(events: list[Item]) -> None:
    """A report is known by the name of its event; 停战 or 政变 as a name would draw every one."""
    names = {
        text for e in events for lang, text in (*e.labels, *e.aliases) if lang == "zh" and len(text) <= 3
    }
    caught = [t for t in sorted(names) if any(s.text == t for s in demonstrate(t, Lang.ZH))]
    assert caught == []


@pytest.mark.parametrize(
    ("part", "whole"),
    [
        ("x-operation-castor", "Q748780"),
        ("Q604897", "Q748780"),
        ("Q492671", "Q8663"),
        ("x-huaihai-campaign", "Q179975"),
        ("Q482456", "Q8740"),
        ("x-zhenbao-island-battle", "Q244932"),
        ("x-geneva-accords", "Q482407"),
    ],
)
def test_famous_parts_of_famous_wholes(items: dict[str, Item], part: str, whole: str) -> None:
    assert whole in items[part].part_of


@pytest.mark.parametrize(
    ("name", "id"),
    [
        ("徐蚌会战", "x-huaihai-campaign"),
        ("抗美援朝战争", "Q8663"),
        ("越南抗战", "Q748780"),
        ("万隆会议", "x-bandung-conference"),
        ("苏伊士运河战争", "Q49101"),
        ("猪湾事件", "Q191721"),
    ],
)
def test_names_of_the_period_are_found(events: list[Item], name: str, id: str) -> None:
    assert [e.id for e in events if ("zh", name) in (*e.labels, *e.aliases)] == [id]


# --- those who act: persons and organisations -------------------------------------------------------


def test_many_persons_and_organisations_are_there(items: dict[str, Item]) -> None:
    counts = Counter(i.kind for i in items.values())
    assert counts["person"] >= 250
    assert counts["organisation"] >= 250


@pytest.mark.parametrize(
    "phrase",
    [
        *("人民进行土改", "人民革命到底", "农民建设家乡", "生产联合", "进行总结", "统一汽车价格", "东北大豆"),
        *("其中共有三人", "十日共歼敌", "方法共计", "村以北约十里", "中国旅客", "苏联大使", "对抗大会"),
        *("健康生活", "永保大堤", "越南日报", "参加文艺沙龙", "敬献哈达", "绵延万里", "卡特尔", "加利福尼亚"),
    ],
)
def test_short_names_do_not_hide_in_common_phrases(items: dict[str, Item], phrase: str) -> None:
    names = {
        text
        for i in items.values()
        if i.kind in ("person", "organisation")
        for lang, text in (*i.labels, *i.aliases)
        if lang == "zh" and len(text) > 1
    }
    assert [text for text in names if text in phrase] == []


def test_persons_have_the_years_of_their_lives(items: dict[str, Item]) -> None:
    assert [i.id for i in items.values() if i.kind == "person" and not i.start] == []
