"""Finds joined into mentions: forms, languages, numbers, order; agreement and conflict."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.mentions import Understander
from kg.mentions.joining.grouping import group
from kg.model import Agreement, Echelon, Find, Kind, Lang, Name, Role, Span
from tests.mentions.test_understander import article


def zh(text, kind, subkind, item, prior=0.6):
    return Name(text, Lang.ZH, kind, subkind, (item,), prior)


def en(text, kind, subkind, item, prior=0.6):
    return Name(text, Lang.EN, kind, subkind, (item,), prior)


NAMES = [
    zh("合众社", "source", "agency", "Q493845"),
    en("Associated Press", "source", "agency", "Q40469"),
    zh("越南", "place", "country", "Q881", 0.9),
    zh("越南人民军", "unit", "force", "Q878078"),
    zh("人民军", "unit", "force", "Q240670"),
    en("Vietnamese People's Army", "unit", "force", "Q878078"),
    zh("应城", "place", "county", "Q1"),
    zh("中国人民解放军", "unit", "force", "Q200106"),
    zh("解放军", "unit", "force", "Q200106"),
]


@pytest.fixture(scope="module")
def understander():
    return Understander(NAMES)


def mentions(understander, kind, zh_text, en_text="", names=()):
    a = article(["题目", zh_text], ["Title", en_text] if en_text else (), names=names)
    return [m for m in understander.understand(a).mentions if m.kind is kind]


def test_a_conflict_is_recorded_and_the_original_wins(understander):
    (m,) = mentions(
        understander, Kind.SOURCE, "合众社八日报道说。", "On the 8th, the Associated Press reported."
    )
    assert m.agreement is Agreement.CONFLICT
    assert m.items == ("Q493845",)
    assert (m.conflicts[0].zh.text, m.conflicts[0].en.text) == ("合众社", "Associated Press")


def test_a_short_form_is_its_full_name(understander):
    (m,) = mentions(understander, Kind.UNIT, "越南人民军前进。人民军渡河。")
    assert m.surfaces(Lang.ZH) == ("越南人民军", "人民军")
    assert m.items == ("Q878078",)


def test_our_army_is_the_force_of_the_text(understander):
    (m,) = mentions(understander, Kind.UNIT, "解放军攻城，我军大胜。")
    assert m.surfaces(Lang.ZH) == ("解放军", "我军")


def test_a_settlement_with_and_without_its_head_word(understander):
    (m,) = mentions(understander, Kind.PLACE, "在应城县，应城农民丰收。")
    assert m.surfaces(Lang.ZH) == ("应城县", "应城")


def test_numbered_units_are_one_in_both_languages(understander):
    found = mentions(
        understander,
        Kind.UNIT,
        "敌六十八军和第四师被歼。",
        "The enemy's 4th Division and 68th Army were wiped out.",
    )
    pairs = {(m.surfaces(Lang.ZH), m.surfaces(Lang.EN)) for m in found}
    assert pairs == {(("六十八军",), ("68th Army",)), (("第四师",), ("4th Division",))}
    assert {m.agreement for m in found} == {Agreement.AGREE}


def test_formations_of_one_number_are_told_apart_by_whose_they_are(understander):
    found = mentions(
        understander,
        Kind.UNIT,
        "我军战士在阵地上打退美一师、伪一师和敌二师。美二师第三团和二师五团都有伤亡。",
        "Our soldiers repulsed the American 1st Division, the puppet 1st Division and the 2nd Division. "
        "The Third Regiment of the American 2nd Division and the 5th Regiment lost men.",
    )
    pairs = {(m.surfaces(Lang.ZH), m.surfaces(Lang.EN)) for m in found}
    assert pairs >= {
        (("美一师",), ("American 1st Division",)),
        (("伪一师",), ("puppet 1st Division",)),
        (("美二师第三团",), ("Third Regiment",)),
        (("二师五团",), ("5th Regiment",)),
    }


def test_names_that_no_dictionary_has_are_one_by_their_sound(understander):
    found = mentions(
        understander, Kind.PLACE, "敌人驻于瑟家庄车站。", "The enemy was stationed at Sejiazhuang station."
    )
    assert [(m.surfaces(Lang.ZH), m.surfaces(Lang.EN)) for m in found] == [(("瑟家庄",), ("Sejiazhuang",))]


def test_the_list_of_names_joins(understander):
    found = mentions(
        understander,
        Kind.PLACE,
        "敌人退到颢沟。",
        "The enemy withdrew to Haogou.",
        names=[("颢沟", "Haogou")],
    )
    assert [(m.surfaces(Lang.ZH), m.surfaces(Lang.EN)) for m in found] == [(("颢沟",), ("Haogou",))]


def test_different_things_stay_apart(understander):
    found = mentions(understander, Kind.UNIT, "越南人民军和解放军会师，四个连和三个连参加战斗。")
    assert len(found) == 4


def find(start, text, kind=Kind.PLACE, lang=Lang.ZH, **kw):
    return Find(kind, Span(lang, start, start + len(text), text), "r", **kw)


def test_the_strongest_role_wins_and_strength_is_kept():
    a = article(["某社某社某社"])
    (m,) = group(
        a,
        [
            find(0, "某社", Kind.SOURCE, role=Role.MENTIONED),
            find(2, "某社", Kind.SOURCE, role=Role.DATELINE),
            find(4, "某社", Kind.SOURCE, role=Role.CITED),
        ],
    )
    assert m.role is Role.DATELINE
    (u,) = group(
        a,
        [
            find(0, "某社", Kind.UNIT, echelon=Echelon.FORCE),
            find(2, "某社", Kind.UNIT, strength=800, strength_min=True),
        ],
    )
    assert (u.strength, u.strength_min, u.echelon) == (800, True, Echelon.FORCE)


def test_two_known_stations_are_not_joined_by_their_order():
    bodies = ["甲台播放了声明。"], ["The B station showed a statement."]
    for subkind, mentions_found in (("broadcaster", 2), ("agency", 1)):
        finds = [
            find(0, "甲台", Kind.SOURCE, subkind=subkind, items=("x-a",)),
            find(4, "B station", Kind.SOURCE, Lang.EN, subkind=subkind, items=("x-b",)),
        ]
        assert len(group(article(*bodies), finds)) == mentions_found


def test_a_new_paper_is_one_with_and_without_its_town():
    finds = [
        find(0, "江城新声报", Kind.SOURCE),
        Find(Kind.SOURCE, Span(Lang.ZH, 2, 5, "新声报"), "source-nested"),
    ]
    (m,) = group(article(["江城新声报载文。"]), finds)
    assert m.name == "江城新声报"


def test_keys_count_by_kind_in_text_order():
    a = article(["甲乙丙丁"])
    found = group(a, [find(2, "丙"), find(0, "甲"), find(1, "乙", Kind.UNIT)])
    assert [(m.key, m.name) for m in found] == [("place-1", "甲"), ("unit-1", "乙"), ("place-2", "丙")]


@settings(max_examples=50)
@given(st.lists(st.tuples(st.integers(0, 30), st.sampled_from(list(Kind)))))
def test_every_find_is_in_one_mention_whatever_the_order(given_finds):
    a = article(["甲乙丙" * 12])
    finds = [find(s, "甲乙丙"[s % 3], k) for s, k in given_finds]
    one, other = group(a, finds), group(a, reversed(finds))
    assert sorted(f.span.start for m in one for f in m.finds) == sorted(s for s, _ in given_finds)
    assert [(m.key, m.name) for m in one] == [(m.key, m.name) for m in other]
