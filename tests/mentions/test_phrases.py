"""Units of which only the words of their names tell: phrases, and the judge of them."""

from __future__ import annotations

import pytest

from kg.mentions.names import NameDictionary
from kg.mentions.units.finding import find_units
from kg.mentions.units.judging import WEIGHTS, Judge, asked, judged, observe
from kg.mentions.units.phrases import phrases
from kg.mentions.view import view
from kg.model import Echelon, Lang, Name
from tests.mentions.test_understander import body
from tests.mentions.test_units import NAMES


def seen(text, lang):
    return view(body(lang, text), NAMES)


def grown(text, lang=Lang.ZH):
    """For each head the phrases that end with it."""
    return [[text[p.start : p.end] for p in g] for g in phrases(seen(text, lang))]


def found(text, lang=Lang.ZH):
    return [(f.span.text, f.echelon) for f in find_units(seen(text, lang)) if f.rule == "unit-phrase"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("敌军同妇女支队交火", [["妇女支队"]]),
        ("驻青平部队修路", [["驻青平部队"]]),
        ("他们开到第二守备大队", [["第二守备大队"]]),
        ("他们和一个工兵营出发", [["一个工兵营"]]),
        ("人民教师和难民营", []),  # heads of other words
        ("革命军队和英雄部队", []),  # what many are called
        ("加拿大、青平民兵", []),  # of several towns
        ("干部队伍很大", []),
        ("共产主义青年团和青河大队", []),
        ("（本报记者陈海军）", []),  # a person
        ("区自卫大队和敌海军", [["自卫大队"]]),  # begins as none does
    ],
)
def test_chinese_phrases_begin_where_a_part_begins(text, expected):
    assert grown(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("the women's detachment left", [["women's detachment"]]),
        ("the Morland Security Regiment", [["Morland Security Regiment"]]),
        ("seized by a torpedo boat brigade", [["a torpedo boat brigade"]]),
        ("the militia company commander", []),  # the man, not his company
        ("600 bandits, the main force and guerrillas", [["guerrillas"]]),
        ("the Guard Army's commando groups", [["commando groups"]]),
        ("on the 5th troops left", []),
        ("by company and platoon", []),
        ("Officers' School Battalion", [["Officers' School Battalion"]]),
    ],
)
def test_english_phrases_begin_where_a_part_begins(text, expected):
    assert [g for g in grown(text, Lang.EN) if g != ["Guard Army"]] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("战士们同敌军交火，莫坎族伪军被歼", [("莫坎族伪军", Echelon.FORCE)]),
        ("部队的战士们歼灭敌军，苏河支队退走", [("苏河支队", Echelon.OTHER)]),
        ("敌军和部队出动，妇女支队守城", [("妇女支队", Echelon.OTHER)]),
        ("妇女支队植树", []),  # nothing speaks of soldiers
    ],
)
def test_the_judge_finds_chinese_units_that_no_rule_knows(text, expected):
    assert found(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Naval units attacked the enemy troops", [("Naval units", Echelon.FORCE)]),
        (
            "The army attacked; a torpedo boat brigade fled",
            [("a torpedo boat brigade", Echelon.BRIGADE)],
        ),
        ("the enemy attacked the oil company and the troops", []),
    ],
)
def test_the_judge_finds_english_units_that_no_rule_knows(text, expected):
    assert found(text, Lang.EN) == expected


def test_what_a_rule_has_found_is_no_question():
    text = "战士们和部队在第三师"
    v = seen(text, Lang.ZH)
    finds = find_units(v)
    assert [f.span.text for f in finds] == ["第三师"]
    assert list(asked(v, finds)) == []
    assert judged(v, finds) == finds


def test_a_phrase_may_be_longer_than_a_find_of_a_general_word():
    v = seen("the enemy troops saw the fishermen's militia attack", Lang.EN)
    assert [f.span.text for f in find_units(v) if not f.optional] == ["fishermen's militia"]


def test_in_english_a_force_may_be_whose_a_smaller_one_is():
    names = NameDictionary.build([Name("National Guard", Lang.EN, "unit", "force", ("x-guard",), 0.5)])
    v = view(body(Lang.EN, "the enemy troops fled and a National Guard battalion surrendered"), names)
    found = [f for f in find_units(v) if not f.optional]
    assert [(f.span.text, f.echelon, f.items) for f in found] == [
        ("a National Guard battalion", Echelon.BATTALION, ())
    ]


def test_a_formation_by_its_words_is_joined_with_its_numbered_part():
    text = "战士们同敌军交火，苏河团第二营被歼"
    assert [f.span.text for f in find_units(seen(text, Lang.ZH)) if not f.optional] == ["苏河团第二营"]


def test_an_observation_weighs_what_the_file_says():
    v = seen("妇女支队", Lang.ZH)
    (phrase,) = next(phrases(v))
    assert ("word", "妇女") in observe(v, phrase, 0)
    judge = Judge({"zh bias": {"": -1.0}, "zh word": {"妇女": 3.0}, "en word": {"妇女": 9.0}}, Lang.ZH)
    assert judge(v, phrase, 0) == 2.0
    assert WEIGHTS.endswith(".tsv")
