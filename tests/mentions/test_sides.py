"""Whose an army is that is named by its number alone, from what the article says beside it."""

from __future__ import annotations

import pytest

from kg.mentions.names import NameDictionary
from kg.mentions.units.finding import find_units
from kg.mentions.units.sides import NATIONALIST, SIDE_RULE
from kg.mentions.view import view
from kg.model import Lang, Name
from tests.mentions.test_understander import body

BOTH = ("x-ours", "x-theirs")
COUNTRIES = {"x-ours": "Q148", "x-theirs": NATIONALIST}
NAMES = NameDictionary.build(
    [Name(n, Lang.ZH, "unit", "army", BOTH, 0.3) for n in ("第三十五军", "三十五军", "第四十军", "四十军")]
    + [Name("35th Army", Lang.EN, "unit", "army", BOTH, 0.3)]
)


def items(text: str, lang: Lang = Lang.ZH) -> list[tuple[str, ...]]:
    return [f.items for f in find_units(view(body(lang, text), NAMES), {}, COUNTRIES) if f.items]


@pytest.mark.parametrize(
    "text",
    [
        "我三十五军昨夜渡江",
        "三十五军的战士们在街上休息",
        "三十五军解放该城",
        "我四十军、三十五军向前追击敌人",
        "三十五军是夜入城，敌军逃窜。我三十五军秋毫无犯",
    ],
)
def test_ours(text: str) -> None:
    assert set(items(text)) == {("x-ours",)}


@pytest.mark.parametrize(
    "text",
    [
        "敌三十五军在城内固守",
        "傅作义部三十五军被我包围",
        "战士们在该地全歼三十五军",
        "第三十五军残部向西逃窜",
        "蒋匪四十军、三十五军出动",
        "国民党第三十五军昨日起义",
    ],
)
def test_the_enemys(text: str) -> None:
    assert set(items(text)) == {("x-theirs",)}


@pytest.mark.parametrize("text", ["三十五军昨在某地", "关于三十五军的消息"])
def test_nobody_tells(text: str) -> None:
    assert items(text) == [BOTH]


def test_the_armies_of_an_enumeration_are_on_one_side() -> None:
    assert set(items("关于四十军、三十五军残部")) == {("x-theirs",)}
    assert set(items("三十五军、四十军约两万人围攻我青平解放区")) == {("x-theirs",)}


def test_before_the_liberation_army_numbered_its_armies() -> None:
    seen = view(body(Lang.ZH, "三十五军昨在某地"), NAMES)
    assert find_units(seen, {}, COUNTRIES, "1947-03-01")[0].items == ("x-theirs",)
    assert find_units(seen, {}, COUNTRIES, "1949-03-01")[0].items == BOTH


def test_one_word_for_all_places_where_the_number_stands() -> None:
    finds = find_units(view(body(Lang.ZH, "我三十五军渡江。三十五军昨在某地"), NAMES), {}, COUNTRIES)
    assert [(f.items, f.rule) for f in finds] == [(("x-ours",), SIDE_RULE)] * 2


def test_in_english() -> None:
    assert items("The enemy 35th Army was surrounded.", Lang.EN) == [("x-theirs",)]
    assert items("The 35th Army crossed the river and entered the city.", Lang.EN) == [("x-ours",)]
