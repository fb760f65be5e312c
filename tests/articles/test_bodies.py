"""Prose: the headline once, broken lines joined, indentation gone, offsets right."""

from __future__ import annotations

import pytest

from kg.articles.bodies import Prose, prose
from kg.model import Lang


def texts(got: Prose) -> list[str]:
    return [got.body.text[a:b] for a, b in got.body.paragraphs]


HEADLINES = {
    "once": (["　　铁桥通车　举行典礼"], 1),
    "over two lines": (["    铁桥通车", "    举行典礼"], 1),
    "three times": (["    铁桥通车　举行典礼"] * 3, 3),
    "over two lines, twice": (["    铁桥通车", "    举行典礼"] * 2, 2),
    "other spaces and marks": (["    铁桥通车——举行典礼！"], 1),
    "first half only": (["    铁桥通车"], 1),
    "not at all": ([], 0),
}


@pytest.mark.parametrize("name", HEADLINES)
def test_headline_is_kept_once(name: str) -> None:
    lines, repeated = HEADLINES[name]
    got = prose(
        Lang.ZH, "铁桥通车  举行典礼", [*lines, "    【新华社天津十三日电】铁桥通车。", "    典礼隆重。"]
    )
    assert texts(got) == ["铁桥通车  举行典礼", "【新华社天津十三日电】铁桥通车。", "典礼隆重。"]
    assert got.repeated == repeated


def test_kickers_and_decks_stay() -> None:
    lines = ["    三年苦战结出硕果", "    铁桥通车", "    苏联专家出席", "    新华社十三日讯　通车。"]
    got = prose(Lang.ZH, "铁桥通车", lines)
    assert texts(got) == ["铁桥通车", "三年苦战结出硕果", "苏联专家出席", "新华社十三日讯　通车。"]


@pytest.mark.parametrize(
    ("title", "line", "rest"),
    [
        ("晨雾（图片）", "    晨雾　　林之远", "林之远"),
        ("晨雾（图片）", "    晨雾", None),
        ("晨雾", "    晨雾（木刻）", "晨雾（木刻）"),
    ],
)
def test_captions(title: str, line: str, rest: str | None) -> None:
    assert texts(prose(Lang.ZH, title, [line])) == ([title, rest] if rest else [title])


def test_sentence_that_begins_with_the_title_stays_whole() -> None:
    got = prose(Lang.ZH, "海河铁桥", ["    海河铁桥是我国自行设计的，今天通车。"])
    assert texts(got) == ["海河铁桥", "海河铁桥是我国自行设计的，今天通车。"]


def test_headline_far_down_is_prose() -> None:
    lines = [f"    第{i}段讲的是另外一件事，同标题没有关系。" for i in range(9)]
    got = prose(Lang.ZH, "铁桥通车", [*lines, "    铁桥通车"])
    assert texts(got)[-1] == "铁桥通车"


LONG = "    向桥头堡进攻的部队在拂晓之前就已经到达河边，他们的行动"
BROKEN = {
    "before a quotation mark": ([LONG, "  “迅如疾风”，敌人来不及还击。"], 1),
    "before a bracket": ([LONG, "  （据目击者说）十分迅速。"], 1),
    "in a word": ([LONG, "  十分迅速。"], 1),
    "indented before a quotation mark": ([LONG, "    “迅如疾风”。"], 1),
    "three pieces": ([LONG, "  十分迅速，同友邻部队的配合也是天衣无缝，报纸称为", "  “奇迹”。"], 2),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_lines_are_joined(name: str) -> None:
    lines, joined = BROKEN[name]
    got = prose(Lang.ZH, "进攻", [*lines, "    战斗已经结束。"])
    assert len(got.body.paragraphs) == 3
    assert got.joined == joined
    assert texts(got)[1].startswith("向桥头堡进攻的部队在拂晓之前就已经到达河边，他们的行动")


WHOLE = {
    "new paragraph": ["    战斗已经结束，俘虏正在向后方转移之中。", "    桥头堡已经在我军的手里。"],
    "unindented text": ["战斗已经结束，俘虏正在向后方转移之中，", "桥头堡已经在我军的手里"],
    "quotation as a paragraph": [
        "    战斗已经结束，俘虏正在向后方转移之中。",
        "    “桥头堡已经在我军的手里。”",
    ],
    "signature and date": ["      中华人民共和国某某部部长，某某委员会主任　李某某", "  一九六三年一月一日"],
    "dateline": ["    战斗已经结束，俘虏正在向后方转移之中，桥已修好", "  【新华社天津十三日电】铁桥通车。"],
    "dash": ["    战斗已经结束，俘虏正在向后方转移之中，桥已修好", "  ——记海河铁桥"],
    "verse": ["    大河上下", "    顿失滔滔"],
    "signature": ["    战斗已经结束，俘虏正在向后方转移之中。", "　（何平）"],
}


@pytest.mark.parametrize("name", WHOLE)
def test_whole_lines_stay_apart(name: str) -> None:
    got = prose(Lang.ZH, "", WHOLE[name])
    assert [t.strip(" 　") for t in WHOLE[name]] == texts(got)
    assert got.joined == 0


def test_english_headline_over_two_lines_and_broken_line() -> None:
    lines = [
        "    Iron Bridge Opened",
        "   　Ceremony Held",
        "    It was opened on the",
        "13th by the mayor, and",
        "crossed at once.",
        "",
        "end",
    ]
    got = prose(Lang.EN, "Iron Bridge Opened, Ceremony Held", lines)
    assert texts(got)[0] == "Iron Bridge Opened, Ceremony Held"
    assert "13th by the mayor, and crossed at once." in got.body.text
    assert texts(got)[-1] == "end"
    assert got.joined == 1


@pytest.mark.parametrize("lang", list(Lang))
def test_offsets(lang: Lang) -> None:
    got = prose(lang, "标题", ["　　一", "", "    二二", "三"])
    assert got.body.text == "标题\n一\n二二\n三"
    assert got.body.paragraphs == ((0, 2), (3, 4), (5, 7), (8, 9))


def test_nothing() -> None:
    assert prose(Lang.ZH, "", []).body.paragraphs == ()
