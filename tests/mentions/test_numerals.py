"""Numerals: one value, many ways of writing it; and what is no number."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.mentions.figures import Amount, read_chinese
from kg.mentions.numerals import find_numbers, parse_number
from kg.model import Lang
from tests.growth import assert_grows_with_size_only

ZH, EN = Lang.ZH, Lang.EN


def exactly(n: int | float | str) -> Amount:
    return Amount(value=Fraction(str(n)))


def least(n: int) -> Amount:
    return Amount(value=Fraction(n), min=Fraction(n))


def most(n: int) -> Amount:
    return Amount(value=Fraction(n), max=Fraction(n))


def between(a: int, b: int) -> Amount:
    return Amount(min=Fraction(a), max=Fraction(b))


CORPUS: list[tuple[Amount, Lang, list[str]]] = [
    (exactly(5), ZH, ["五", "5", "５"]),
    (exactly(10), ZH, ["十", "一十", "10"]),
    (exactly(25), ZH, ["二十五", "廿五", "２５", "二五"]),
    (exactly(31), ZH, ["三十一", "卅一", "叁拾壹"]),
    (exactly(103), ZH, ["一百零三", "一百〇三", "一〇三", "１０３"]),
    (exactly(115), ZH, ["一百一十五", "一百十五"]),
    (exactly(1200), ZH, ["一千二", "一千二百", "1,200", "１，２００"]),
    (exactly(1002), ZH, ["一千零二"]),
    (exactly(250), ZH, ["二百五", "二百五十", "约二百五十", "大约二百五十"]),
    (exactly(1953), ZH, ["一九五三", "1953", "一千九百五十三"]),
    (exactly(35000), ZH, ["三万五千", "3万5千", "三万五", "３．５万", "3.5万", "三点五万"]),
    (exactly(120_000_000), ZH, ["1.2亿", "一亿二千万", "一亿二"]),
    (exactly(10_000), ZH, ["一万", "万"]),
    (exactly(3_500_000_000), ZH, ["35亿", "３５亿", "三十五亿"]),
    (exactly(400_000_000), ZH, ["四万万", "四亿"]),
    (exactly(105_000_000), ZH, ["一亿零五百万"]),
    (exactly(2_000_000_000_000), ZH, ["二万亿"]),
    (exactly("3.5"), ZH, ["三点五", "3.5", "３．５", "三个半"]),
    (Amount(value=Fraction(3, 100)), ZH, ["百分之三"]),
    (Amount(value=Fraction(2, 3)), ZH, ["三分之二"]),
    (Amount(min=Fraction(3, 10), max=Fraction(2, 5)), ZH, ["百分之三十至四十", "百分之三十到百分之四十"]),
    (least(2000), ZH, ["二千多", "两千多", "二千余", "超过二千", "二千以上", "至少二千", "2000多"]),
    (least(15000), ZH, ["万五千余", "一万五千多"]),
    (least(3_000_000), ZH, ["三百余万", "三百多万"]),
    (least(10_000), ZH, ["上万", "万余", "一万多"]),
    (most(300), ZH, ["近三百", "将近三百", "不到三百", "三百以下", "不足300"]),
    (between(300, 400), ZH, ["三四百", "三、四百", "三百至四百", "三至四百", "300—400", "３００～４００"]),
    (between(15, 16), ZH, ["十五六"]),
    (between(3, 5), ZH, ["三五", "三至五", "三到五"]),
    (between(10, 20), ZH, ["十几"]),
    (between(2000, 10000), ZH, ["数千", "几千", "好几千"]),
    (between(20, 100), ZH, ["几十", "数十"]),
    (exactly(2000), EN, ["two thousand", "2,000", "2000", "about 2,000", "some two thousand"]),
    (exactly(100), EN, ["a hundred", "one hundred", "100"]),
    (exactly(125), EN, ["one hundred and twenty-five", "125"]),
    (exactly(3_500_000), EN, ["3.5 million", "three and a half million", "3,500,000"]),
    (exactly(15_000), EN, ["fifteen thousand", "15 thousand"]),
    (exactly(24), EN, ["two dozen", "twenty-four"]),
    (exactly("0.5"), EN, ["half a", "half an", "half", "0.5"]),
    (Amount(value=Fraction(3, 4)), EN, ["three-quarters", "three quarters"]),
    (least(2000), EN, ["more than 2,000", "over two thousand", "at least 2000", "2,000 or more"]),
    (most(300), EN, ["nearly 300", "less than three hundred", "up to 300"]),
    (between(3, 5), EN, ["between 3 and 5", "3 to 5", "3-5", "three to five"]),
    (between(200, 1000), EN, ["several hundred"]),
    (Amount(min=Fraction(20_000)), EN, ["tens of thousands"]),
]

NEGATIVE = [
    (ZH, t) for t in ("三八线", "万岁", "千百万", "伍", "拾", "十分", "一切", "", "和平", "二百里")
] + [(EN, t) for t in ("someone", "often", "a", "thousandth", "", "ones", "an army", "peace")]


@pytest.mark.parametrize(
    ("amount", "lang", "text"), [(amount, lang, text) for amount, lang, texts in CORPUS for text in texts]
)
def test_value(amount: Amount, lang: Lang, text: str) -> None:
    assert parse_number(text, lang) == amount


@pytest.mark.parametrize(("lang", "text"), NEGATIVE)
def test_no_number(lang: Lang, text: str) -> None:
    assert parse_number(text, lang) is None


@pytest.mark.parametrize(
    ("lang", "text", "found"),
    [
        (ZH, "敌军三个团约二千余人", ["三", "二千余"]),
        (ZH, "发电二十万千瓦、生产３千克", ["二十万", "３"]),
        (ZH, "三点五十分", ["三", "五十"]),
        (ZH, "队伍里有大陆两岸的人", ["两"]),
        (ZH, "黄金三千两，两千人，一两天", ["三千", "两千", "一两"]),
        (EN, "the 308th Division lost 1,200 men and 3-5 tanks", ["1,200", "3-5"]),
        (EN, "Often ten of tenfold one-third", ["ten", "one-third"]),
    ],
)
def test_found_in_running_text(lang: Lang, text: str, found: list[str]) -> None:
    assert [text[n.start : n.end] for n in find_numbers(text, lang)] == found


def test_years_are_positional() -> None:
    assert [n.positional for n in find_numbers("一九五三年的三千人和五三年", ZH)] == [True, False, True]


@given(st.text(alphabet="0１２〇一二两三十百千万亿点.,，至-、多余几数半个分之 aonetw hundred", max_size=60))
def test_any_text_is_survived_and_spans_are_in_order(text: str) -> None:
    for lang in Lang:
        at = 0
        for n in find_numbers(text, lang):
            assert at <= n.start < n.end <= len(text)
            at = n.end


@given(st.integers(min_value=1, max_value=10**9))
def test_ascii_and_words_agree(number: int) -> None:
    assert read_chinese(f"{number:,}") == read_chinese(str(number)) == exactly(number)


@pytest.mark.parametrize(
    "piece", ["十", "9", "一千", "1,000", "三至", "百分之", "万多", "one hundred ", "ten and "]
)
def test_time_is_linear(piece: str) -> None:
    def find(size: int) -> None:
        for lang in Lang:
            for _ in find_numbers(piece * (size // len(piece)), lang):
                pass

    assert_grows_with_size_only(find, 20_000, 200_000)
