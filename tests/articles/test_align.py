"""Paragraphs of the two languages find each other."""

from __future__ import annotations

import random

import pytest

from kg.articles.align import align
from kg.articles.anchors import anchors
from kg.articles.bodies import prose
from kg.model import Body, Lang
from tests.growth import assert_grows_with_size_only

# Pairs of paragraphs that render each other.
PAIRS = [
    (
        "【新华社天津十三日电】横跨海河的铁桥十三日举行通车典礼，市长和两千多名工人参加了典礼。",
        (
            "Xinhua News Agency, Tianjin, 13th: The opening ceremony of the iron bridge across the Hai River"
            " was held on the 13th. The mayor and more than 2,000 workers attended."
        ),
    ),
    (
        "铁桥长二百公尺，共有五孔，用钢材八百吨。",
        "The bridge is 200 meters long, has five spans and took 800 tons of steel.",
    ),
    ("苏联专家三人参加了设计。", "Three Soviet experts took part in the design."),
    (
        (
            "过去两岸居民过河全靠渡船，每逢大风，渡船停驶，行人只好绕道四十里，"
            "从上游的木桥过河，往往要走上大半天的工夫。"
        ),
        (
            "In the past the residents of both banks depended on the ferry. When a gale blew, the ferry"
            " stopped, and people had to make a detour of 40 li to the wooden bridge upstream, which often"
            " took them the better part of a day."
        ),
    ),
    ("塔斯社的记者拍了照片。", "The correspondent of TASS took photographs."),
    (
        "全市工厂昨天下午放假半天，学生们组织了十二支乐队，在桥上演奏到深夜，烟火映红了河面。",
        (
            "All factories of the city gave half a day off yesterday afternoon. The students formed twelve"
            " bands and played on the bridge until late in the night, and fireworks turned the river red."
        ),
    ),
]


def aligned(zh: list[str], en: list[str], names: tuple[tuple[str, str], ...] = ()) -> list[tuple[int, int]]:
    zh_body = prose(Lang.ZH, "铁桥通车", ["    " + p for p in zh]).body
    en_body = prose(Lang.EN, "Iron Bridge Opened", en).body
    got = align(zh_body, en_body, names)
    assert all(0 <= score <= 1 for _, _, score in got)
    assert [(a, b) for a, b, _ in got] == sorted((a, b) for a, b, _ in got)
    assert got[0][:2] == (0, 0)
    return [(a, b) for a, b, _ in got[1:]]


ZH, EN = [p[0] for p in PAIRS], [p[1] for p in PAIRS]


def test_one_to_one() -> None:
    assert aligned(ZH, EN) == [(i, i) for i in range(1, 7)]


@pytest.mark.parametrize("missing", range(6))
def test_paragraph_missing_in_the_translation(missing: int) -> None:
    want = [(i + 1, i + 1 - (i > missing)) for i in range(6) if i != missing]
    got = aligned(ZH, EN[:missing] + EN[missing + 1 :])
    assert len(set(want) - set(got)) <= 1  # the neighbour of a hole may be drawn into it


@pytest.mark.parametrize("i", range(5))
def test_two_paragraphs_rendered_as_one(i: int) -> None:
    en = [*EN[:i], EN[i] + " " + EN[i + 1], *EN[i + 2 :]]
    want = [(n + 1, n + 1 - (n > i)) for n in range(6)]
    assert aligned(ZH, en) == want


@pytest.mark.parametrize("i", [0, 3, 5])
def test_one_paragraph_rendered_as_two(i: int) -> None:
    first, second = EN[i].split(". ", 1)[0], EN[i].split(". ", 1)[1]
    en = [*EN[:i], first + ".", second, *EN[i + 1 :]]
    want = [
        (n + 1, m) for n in range(6) for m in ([n + 1] if n < i else [n + 1, n + 2] if n == i else [n + 2])
    ]
    assert aligned(ZH, en) == want


def test_added_subheading_is_left_alone() -> None:
    en = [*EN[:3], "Long Detours Are Over", *EN[3:]]
    got = aligned(ZH, en)
    assert {(1, 1), (2, 2), (4, 5), (5, 6), (6, 7)} <= set(got)


def test_anchors_decide_where_lengths_do_not() -> None:
    zh = [
        "据路透社讯，甲地有七人受伤。",
        "据塔斯社讯，乙地有九百人参加。",
        "据共同社讯，丙地有一千三百人罢工。",
    ]
    en = ["Nine hundred? No: 900 people took part.", "1,300 people went on strike in C."]
    assert set(aligned(zh, en)) >= {(2, 1), (3, 2)}


def test_pairs_of_names_are_anchors() -> None:
    names = (("莱州", "Lai Châu"), ("山萝", "Sơn La"))
    zh, en = anchors(["到了莱州", "到了山萝"], ["in Sơn La", "in Lai Châu"], names)
    assert zh[0] == en[1] != 0
    assert zh[1] == en[0] != 0


def test_scores_tell_a_rendering_from_another_text() -> None:
    zh = prose(Lang.ZH, "铁桥通车", ["    " + p for p in ZH]).body
    right = align(zh, prose(Lang.EN, "Iron Bridge Opened", EN).body)
    wrong = align(zh, prose(Lang.EN, "Iron Bridge Opened", [e[::-1].replace("0", "7") for e in EN]).body)
    assert sum(s for *_, s in right) > sum(s for *_, s in wrong) + 1


def test_title_only() -> None:
    assert aligned([], []) == []
    assert aligned(ZH, []) == []


def test_time_is_linear() -> None:
    def pair(n: int) -> tuple[Body, Body]:
        rng = random.Random(n)
        picks = [rng.randrange(6) for _ in range(n)]
        zh = prose(Lang.ZH, "t", ["    " + ZH[i] for i in picks]).body
        return zh, prose(Lang.EN, "t", [EN[i] for i in picks if rng.random() < 0.9]).body

    pairs = {n: pair(n) for n in (500, 4000)}
    assert_grows_with_size_only(lambda n: align(*pairs[n]), 500, 4000)
