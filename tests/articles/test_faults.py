"""Faults of the archive: each is noted where it is, and not where it only looks like it."""

from __future__ import annotations

import datetime as dt

import pytest

from kg.articles import CODES, parse
from kg.articles.faults import day_slip, in_summer_time, is_invented
from kg.articles.notes import note
from kg.model import Article, RawArticle

EN = "Title: {title}\nAuthor:\nDate: {date}\nPage: 1\n\n{en}\n\n<hr />\n\nOriginal:\n\n"
ZH = "### {title}\n\n{date}\n第1版()\n专栏：\n\n    {zh}\n"


def chinese(zh: str, *, title: str = "铁桥通车", date: str = "1953-12-14") -> Article:
    got = parse(RawArticle("t", "0", text=ZH.format(title=title, date=date, zh=zh)))
    assert isinstance(got, Article), got
    return got


def bilingual(zh: str, en: str, *, date: str = "1953-12-14", title: str = "铁桥通车") -> Article:
    text = EN.format(title="Bridge Opened", date=date, en=en) + ZH.format(title=title, date=date, zh=zh)
    got = parse(RawArticle("t", "0", text=text))
    assert isinstance(got, Article), got
    return got


def codes(got: Article) -> list[str]:
    return [n.code for n in got.notes if n.code != "headline-repeated"]


# --- invented translations

ZH_100 = "铁桥全长二百公尺共有五孔" * 8  # 96 characters, with the title 100
ESSAY = "The bridge is a symbol of the strength of the people, and of their friendship. " * 20


@pytest.mark.parametrize(
    ("zh", "en", "invented"),
    [
        (ZH_100, "x" * (600 - 14), False),
        (ZH_100, "x" * (601 - 13), True),
        (ZH_100, "x" * 420, False),
        ("晨　　林之远作", ESSAY, True),
        ("晨　　林之远作", "Morning on the Hai River, a drawing by Lin Zhiyuan", False),
        ("图为通车典礼。", "The picture shows the ceremony of the opening of the iron bridge.", False),
    ],
)
def test_invented_translation(zh: str, en: str, invented: bool) -> None:
    got = bilingual(zh, en)
    assert ("invented-translation" in codes(got)) == invented
    assert got.witness_en != invented
    assert got.en is not None
    assert bool(got.alignment) != invented


def test_the_limit_is_six_from_forty_characters_on() -> None:
    for n in range(40, 3000, 7):
        assert is_invented(n, 6 * n + 1)
        assert not is_invented(n, 6 * n)


def test_short_originals_have_a_higher_limit_that_grows() -> None:
    limits = [next(e for e in range(1000) if is_invented(n, e)) for n in range(60)]
    assert limits == sorted(limits)
    assert limits[0] == 61


def test_abridged_translation() -> None:
    assert "abridged-translation" in codes(bilingual(ZH_100 * 2, "The bridge was opened."))


# --- the daylight-saving slip

SLIPPED = [
    ("1989-06-10", "新华社北京６月１０日电　今天开幕。"),
    ("1989-06-10", "新华社北京６月１１日电　今天开幕。"),
    ("1987-05-31", "本报北京６月１日讯　今天开幕。"),
    ("1990-06-30", "新华社上海一日电　今天开幕。"),
    ("1988-07-03", "据新华社东京七月三日电　（记者何平）今天开幕。"),
    ("1991-08-20", "▲铁道部长８月２０日下午会见了客人。"),
    ("1986-06-05", "【新华社六月五日讯】今天开幕。"),
]
NOT_SLIPPED = [
    ("1989-06-10", "新华社北京６月９日电　昨天开幕。"),
    ("1989-06-10", "新华社北京６月２０日电　这是印错的日子。"),
    ("1989-06-10", "会议将于６月１０日上午在北京开幕。"),
    ("1989-06-10", "铁桥通车已经三年。"),
    ("1989-03-01", "新华社北京３月１日电　不在夏时制里。"),
    ("1985-06-10", "新华社北京６月１０日电　那一年没有夏时制。"),
    ("1992-06-10", "新华社北京６月１０日电　夏时制已经停止。"),
]


@pytest.mark.parametrize(("date", "zh"), SLIPPED)
def test_day_early(date: str, zh: str) -> None:
    got = chinese(zh, date=date)
    assert "day-early" in codes(got)
    assert got.day_shift == 1
    assert got.printed == dt.date.fromisoformat(date) + dt.timedelta(days=1)
    assert got.id.startswith(date)  # the identity keeps the date of the archive


@pytest.mark.parametrize(("date", "zh"), NOT_SLIPPED)
def test_not_early(date: str, zh: str) -> None:
    got = chinese(zh, date=date)
    assert got.day_shift == 0
    assert ("day-may-be-early" in codes(got)) == in_summer_time(got.date)


@pytest.mark.parametrize(
    ("date", "inside"),
    [("1986-05-03", False), ("1986-05-04", True), ("1986-09-13", True), ("1986-09-14", False),
     ("1991-09-14", True), ("1991-09-15", False), ("1988-04-16", False), ("1988-04-17", True)],
)  # fmt: skip
def test_summers(date: str, inside: bool) -> None:
    assert in_summer_time(dt.date.fromisoformat(date)) == inside


def test_slip_over_the_end_of_a_month_and_year() -> None:
    assert day_slip(dt.date(1989, 5, 31), "新华社北京６月１日电")[0] == 1
    assert day_slip(dt.date(1989, 5, 31), "新华社北京三十日电")[0] == 0
    assert day_slip(dt.date(1989, 5, 31), "新华社北京四十日电")[0] == 0


# --- originals


@pytest.mark.parametrize(
    ("zh", "detail"),
    [
        ("敌军第＠师和第＠团逃走。", "＠2"),
        ("师长姓×。", "×1"),
        ("在?河边", "?1"),
        ("在\ufffd河边", "\ufffd1"),
    ],
)
def test_lost_characters(zh: str, detail: str) -> None:
    assert ("lost-characters", detail) in [(n.code, n.detail) for n in chinese(zh).notes]


@pytest.mark.parametrize("zh", ["谁来了？", "面积２×３公尺", "a@b.c", "What? 3 x 4"])
def test_no_characters_lost(zh: str) -> None:
    assert "lost-characters" not in codes(chinese(zh))


def test_several_items() -> None:
    got = chinese("▲甲国总统到达乙国。\n    ▲丙国地震。\n    ▲丁国大选。", title="国际简讯")
    assert ("several-items", "3") in [(n.code, n.detail) for n in got.notes]
    assert "several-items" not in codes(chinese("▲只有一条。"))


@pytest.mark.parametrize(
    ("title", "zh", "caption"),
    [
        ("图片", "河北某县农民积肥　　新华社稿", True),
        ("晨雾（图片）", "林之远", True),
        ("晨雾", "木刻　　林之远作", True),
        ("铁桥通车", "新华社天津十三日电　铁桥通车。（附图片）", False),
        ("举办图片展览", "新华社天津十三日电　展览开幕。", False),
        ("铁桥通车", "铁桥今天通车。", False),
    ],
)
def test_photo_captions(title: str, zh: str, caption: bool) -> None:
    assert ("photo-caption" in codes(chinese(zh, title=title))) == caption


# --- translations


@pytest.mark.parametrize(
    ("zh", "en", "dropped"),
    [
        ("新华社天津十三日电　铁桥通车。", "The bridge was opened.", True),
        ("【新华社天津十三日电】铁桥通车。", "Reuters reports that the bridge was opened.", True),
        ("本报天津十三日电　铁桥通车。", "The bridge was opened today.", True),
        (
            "新华社天津十三日电　铁桥通车。",
            "Xinhua News Agency, Tianjin, December 13th: The bridge was opened.",
            False,
        ),
        ("本报天津十三日电　铁桥通车。", "From our correspondent in Tianjin: The bridge was opened.", False),
        ("塔斯社莫斯科十三日电　铁桥通车。", "TASS, Moscow: The bridge was opened.", False),
        ("铁桥通车了，据新华社报道。", "The bridge was opened.", False),
    ],
)
def test_dropped_dateline(zh: str, en: str, dropped: bool) -> None:
    assert ("translation-drops-dateline" in codes(bilingual(zh, en))) == dropped


@pytest.mark.parametrize(
    ("zh", "en", "strange"),
    [
        ("铁桥十月二日动工。", "Work began on August 2nd.", "August"),
        ("铁桥10月2日动工。", "Work began on October 2.", None),
        ("铁桥二日动工。", "Work began on December 2nd.", None),
        ("铁桥上月动工。", "Work began on 2 November 1953.", None),
        ("铁桥可能三日动工。", "Work may start, or march 3 miles on.", None),
        ("铁桥七、八月动工。", "Work began on July 3 or August 4.", None),
        ("五一节。", "On May 1st and March 8th.", "March, May"),
    ],
)
def test_strange_months(zh: str, en: str, strange: str | None) -> None:
    found = [n.detail for n in bilingual(zh, en).notes if n.code == "translation-month-differs"]
    assert found == ([strange] if strange else [])


# --- the table of codes


def test_an_unknown_code_is_refused() -> None:
    with pytest.raises(KeyError):
        note("no-such-code")


def test_codes_are_words_and_explained() -> None:
    for code, meaning in CODES.items():
        assert code == code.lower().strip()
        assert " " not in code
        assert meaning.endswith(".")
