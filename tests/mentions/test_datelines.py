"""Datelines in running text: what the rules' own examples, which stand in the rule file, cannot show."""

from __future__ import annotations

import pytest

from kg.mentions.datelines import DatelineFind, find_datelines, is_relay
from kg.mentions.view import View
from kg.model import Body, Lang, Role
from kg.text import fold
from tests.growth import assert_grows_with_size_only


def read(text: str, lang: Lang = Lang.ZH) -> tuple[DatelineFind, ...]:
    return find_datelines(View(Body(lang, text, ((0, len(text)),)), fold(text), ()))


def told(text: str, lang: Lang = Lang.ZH) -> list[list[tuple[str, str]]]:
    """The sources of each dateline with their roles."""
    return [[(text[s.start : s.end], s.role.value) for s in d.sources] for d in read(text, lang)]


def test_offsets_hold_in_the_original_text() -> None:
    text = "　　驻美代表昨日抵京\n　　【新华社綏德１０日電】代表團今日抵達。"
    (d,) = read(text)
    assert text[d.start : d.end] == "【新华社綏德１０日電】"
    assert d.place is not None
    assert text[slice(*d.place)] == "綏德"
    assert d.day == "10日"


def test_each_dispatch_of_a_body_has_its_dateline() -> None:
    text = (
        "巴黎举行集会\n本报巴黎电　记者李明报道：集会昨天举行。\n"
        "罗马举行展览\n新华社罗马３日电　展览今天开幕。\n新华社讯　展览闭幕。"
    )
    assert [text[d.start : d.end] for d in read(text)] == ["本报巴黎电", "新华社罗马３日电", "新华社讯"]


def test_a_relay_is_cited_and_the_dispatch_is_its_own_agencys() -> None:
    assert told("【新华社八日讯】据法新社西贡七日电：战斗还在进行。") == [
        [("新华社", "dateline"), ("法新社", "cited")]
    ]
    assert told("[Xinhua News Agency, Beiping, 3rd] TASS, Warsaw: Work began.", Lang.EN) == [
        [("Xinhua News Agency", "dateline"), ("TASS", "cited")]
    ]


def test_a_foreign_agency_inside_a_dispatch_opens_none() -> None:
    found = read("新华社河内十日电　双方交火。\n据越南通讯社九日讯：敌军败退。")
    assert [is_relay(d) for d in found] == [False, True]


def test_a_foreign_agency_alone_signs_its_dispatch() -> None:
    assert told("据塔斯社莫斯科十日电：会议开幕。") == [[("塔斯社", "dateline")]]
    assert told("【塔斯社莫斯科十日电】会议开幕。") == [[("塔斯社", "dateline")]]


def test_a_headline_that_tells_who_reports_opens_no_dispatch() -> None:
    text = "罗马尼亚通讯社报道\n新华社布加勒斯特十日电　石油增产。"
    found = find_datelines(View(Body(Lang.ZH, text, ((0, 9), (10, len(text)))), fold(text), ()))
    assert [text[d.sources[0].start : d.sources[0].end] for d in found] == ["新华社"]


def test_a_foreign_agency_that_merely_reports_is_cited() -> None:
    assert told("据塔斯社报道，会议开幕。") == [[("塔斯社", "cited")]]


def test_colleagues_of_two_houses_both_sign() -> None:
    assert told("本报北京１０月１５日讯  新华社记者李明、本报记者王亮报道：会议开幕。") == [
        [("本报", "dateline"), ("新华社", "dateline")]
    ]
    assert told("本报江城１０月１５日电  本报记者李明、江城日报记者王亮报道：会议开幕。") == [
        [("本报", "dateline"), ("江城日报", "dateline")]
    ]


def test_closing_credits_stand_at_the_end() -> None:
    (d,) = read("代表团今天离开。　　（新华社）\n")
    assert d.closing
    assert told("图为春耕。　浙江人民摄（新华社发）") == [[("新华社", "dateline")]]
    assert read("他说（新华社）是一家通讯社，并且") == ()


def test_an_excerpt_cites_its_paper() -> None:
    assert told("价格便宜。（九月六日《江城晚报》王文）") == [[("江城晚报", "cited")]]


@pytest.mark.parametrize(
    "text",
    [
        "人民公社十日电话会议布置春耕",
        "这家通讯社说，会议开幕",
        "西方通讯社三日电讯说",
        "合作社讯：春耕开始",
        "他对新华社记者说",
        "（本报有删节）",
        "【编者按】这是一篇好文章",
    ],
)
def test_no_dateline(text: str) -> None:
    assert all(is_relay(d) for d in read(text))


@pytest.mark.parametrize(
    ("text", "place", "day"),
    [
        ("新华社绥远前线十日电　", "绥远", "十日"),
        ("新华社埃斯特角（乌拉圭）１５日电　", "埃斯特角", "15日"),
        ("据新华社长沙六日电　", "长沙", "六日"),
        ("新华社里约热内卢１２月３日电　", "里约热内卢", "12月3日"),
        ("新华社联合国３日电　", "联合国", "3日"),
    ],
)
def test_place_and_day(text: str, place: str, day: str) -> None:
    (d,) = read(text)
    assert d.place is not None
    assert (text[slice(*d.place)], d.day) == (place, day)


@pytest.mark.parametrize("piece", ["\n　", "【新华社", "（", "\n新华社北京十日电　", "社"])
def test_hostile_text_takes_linear_time(piece: str) -> None:
    def find(size: int) -> None:
        text = piece * (size // len(piece))
        find_datelines(View(Body(Lang.ZH, text, ((0, len(text)),)), fold(text), ()))

    assert_grows_with_size_only(find, 20_000, 200_000)


def test_roles_of_a_dateline_are_dateline_or_cited() -> None:
    text = "【新华社八日讯】据法新社讯：战斗。\n本报记者　李明\n（据新华社、路透社）"
    roles = {s.role for d in read(text) for s in d.sources}
    assert roles == {Role.DATELINE, Role.CITED}
