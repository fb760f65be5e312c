"""Times: one value, many ways of writing it, at fixed days; what is no time; hostile texts."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.mentions.times.finding import dateline_date, find_times, iso_cut, resolve_day
from kg.model import Body, Grain, Interval, Lang, TimeExpression
from tests.growth import assert_grows_with_size_only

ZH, EN = Lang.ZH, Lang.EN
FILED = dt.date(1953, 12, 13)  # a Sunday


def times(text: str, lang: Lang, *, filed: dt.date = FILED) -> list[TimeExpression]:
    body = Body(lang, text, ((0, len(text)),))
    found = list(find_times(body, filed + dt.timedelta(days=1), [(0, filed)]))
    assert all(body.text[t.span.start : t.span.end] == t.span.text for t in found)
    return found


def day(year: int, month: int, day: int) -> Interval:
    iso = dt.date(year, month, day).isoformat()
    return Interval(iso, iso, Grain.DAY)


def days(start: str | None, end: str | None) -> Interval:
    return Interval(start, end, Grain.DAY)


def month(iso: str, to: str | None = None) -> Interval:
    return Interval(iso, to or iso, Grain.MONTH)


def year(iso: str, to: str | None = None) -> Interval:
    return Interval(iso, to or iso, Grain.YEAR)


# Each surface stands alone in its text, as a dispatch of 1953-12-13.
CORPUS: list[tuple[Interval | None, list[str]]] = [
    (
        day(1953, 12, 11),
        [
            "十二月十一日",
            "十一日",
            "11日",
            "１１日",
            "十二月十一日早上",
            "本月十一日",
            "一九五三年十二月十一日",
            "今年十二月十一日",
            "五三年十二月十一日",
            "1953-12-11",
            "前天",
            "前日",
            "December 11th",
            "on the 11th.",
            "Dec. 11",
            "the morning of December 11th",
            "the 11th of December",
            "December 11, 1953",
            "the day before yesterday",
            "two days ago",
            "两天前",
            "星期五",
            "本周五",
        ],
    ),
    (
        day(1953, 12, 13),
        [
            "今天",
            "今日",
            "今晨",
            "今晚",
            "今天上午",
            "today",
            "this morning",
            "tonight",
            "13日",
            "同日",
            "当天",
        ],
    ),
    (
        day(1953, 12, 12),
        [
            "昨天",
            "昨日",
            "昨晚",
            "昨夜",
            "yesterday",
            "last night",
            "yesterday afternoon",
            "十二日",
            "on the 12th,",
        ],
    ),
    (day(1953, 12, 14), ["明天", "明日", "明晨", "tomorrow"]),
    (
        day(1953, 11, 20),
        [
            "十一月二十日",
            "二十日",
            "上月二十日",
            "November 20th",
            "20 November 1953",
            "on the 20th of last month",
        ],
    ),
    (day(1953, 11, 30), ["三十日", "卅日", "30日", "11月30日", "November 30"]),
    (day(1953, 1, 5), ["一月五日", "January 5"]),
    (
        day(1949, 10, 1),
        [
            "一九四九年十月一日",
            "１９４９年１０月１日",
            "October 1, 1949",
            "1949年10月1日",
            "民国三十八年十月一日",
        ],
    ),
    (day(1952, 10, 1), ["去年十月一日", "一九五二年国庆节", "October 1 last year"]),
    (day(1954, 1, 5), ["定于一月五日", "将于明年一月五日", "will open on January 5"]),
    (
        days("1953-11-23", "1953-11-25"),
        [
            "十一月二十三日至二十五日",
            "二十三日至二十五日",
            "二十三至二十五日",
            "November 23rd to 25th",
            "11月23—25日",
            "November 23-25",
        ],
    ),
    (
        days("1953-09-25", "1953-10-02"),
        [
            "从九月二十五日到十月二日",
            "from September 25th to October 2nd",
            "二十五日到十月二日",
            "９月２５日—１０月２日",
        ],
    ),
    (
        days("1953-12-09", "1953-12-10"),
        ["九、十两日", "九日和十日", "本月九、十两日", "December 9 and 10", "12月9日、10日"],
    ),
    (days("1953-08-01", "1953-12-13"), ["八月一日以来", "since August 1st", "八月一日至今"]),
    (days("1953-08-01", None), ["八月一日起", "八月一日以后"]),
    (days(None, "1953-08-01"), ["八月一日以前", "before August 1st"]),
    (month("1953-12"), ["本月", "十二月", "十二月份", "这个月", "this month", "in December", "本月初"]),
    (
        month("1953-11"),
        [
            "上月",
            "十一月",
            "上个月",
            "last month",
            "上月底",
            "late November",
            "一个月前",
            "November of this year",
        ],
    ),
    (month("1954-01"), ["下月", "明年一月", "next month", "January 1954"]),
    (
        month("1952-09"),
        ["去年九月", "一九五二年九月", "September 1952", "September of last year", "五二年九月份"],
    ),
    (
        month("1953-01", "1953-06"),
        [
            "上半年",
            "今年上半年",
            "the first half of this year",
            "一至六月",
            "一月到六月",
            "from January to June",
        ],
    ),
    (month("1953-07", "1953-09"), ["第三季度", "今年第三季度", "the third quarter"]),
    (
        month("1952-11", "1952-12"),
        ["去年底", "去年年底", "一九五二年底", "late last year", "the end of 1952"],
    ),
    (month("1953-01", "1953-02"), ["年初", "今年年初", "early this year"]),
    (month("1952-03", "1952-05"), ["去年春天", "一九五二年春季", "去春", "the spring of 1952"]),
    (month("1952-12", "1953-02"), ["去冬", "去年冬天", "last winter"]),
    (Interval("1953-12-01", "1953-12-10", Grain.TEN_DAYS), ["本月上旬", "十二月上旬", "十二月初旬", "上旬"]),
    (Interval("1953-10-21", "1953-10-31", Grain.TEN_DAYS), ["十月下旬", "今年十月下旬"]),
    (
        year("1953"),
        ["今年", "本年", "一九五三年", "1953年", "５３年", "this year", "in 1953", "民国四十二年"],
    ),
    (year("1952"), ["去年", "一九五二年", "last year", "五二年"]),
    (year("1951"), ["前年", "两年前", "two years ago", "the year before last"]),
    (year("1954"), ["明年", "来年", "next year", "in 1954"]),
    (year("1960"), ["一九六○年", "一九六〇年", "一九六零年", "in 1960"]),
    (
        year("1953", "1957"),
        ["一九五三至一九五七年", "一九五三年到一九五七年", "1953—1957年", "1953-57", "from 1953 to 1957"],
    ),
    (
        Interval("1950", "1959", Grain.DECADE),
        ["五十年代", "1950年代", "二十世纪五十年代", "the 1950s", "the fifties"],
    ),
    (
        Interval("1800", "1899", Grain.DECADE),
        ["十九世纪", "上世纪", "19世纪", "the 19th century", "the nineteenth century", "last century"],
    ),
    (days("1953-11-30", "1953-12-06"), ["上星期", "上周", "last week"]),
    (days("1953-12-07", "1953-12-13"), ["本星期", "本周", "this week"]),
    (day(1953, 12, 9), ["星期三", "周三", "本星期三", "Wednesday"]),
    (day(1953, 12, 4), ["上星期五", "上周五"]),
    (day(1953, 10, 1), ["国庆节", "National Day"]),
    (day(1953, 5, 1), ["“五一”国际劳动节", "五一劳动节", "May Day"]),
    (day(1954, 2, 3), ["春节", "Spring Festival"]),
    (month("1953-02"), ["今年春节", "一九五三年春节"]),
    (day(1953, 2, 13), ["今年除夕"]),
    (day(1952, 10, 3), ["去年中秋节", "去年的中秋"]),
    (day(1953, 8, 1), ["八一建军节", "“八一”节"]),
    (None, ["农历八月十五", "春节期间", "正月初三", "阴历除夕", "五月初五"]),
]

NEGATIVE = [
    "三八线",
    "北纬三十八度线",
    "一二九运动",
    "五一口径",
    "八路军三五九旅",
    "十月革命",
    "八月革命",
    "三个月",
    "二十四小时",
    "三十年",
    "光明日报",
    "今后",
    "从今以后",
    "二十年如一日",
    "第十日",
    "三十日元",
    "日本",
    "同时",
    "一时",
    "有时",
    "五点意见",
    "第三季",
    "每年十月",
    "每逢星期日",
    "二百五十日",
    "年年",
    "年代",
    "月亮",
    "一百年",
    "五、六百年",
    "２０年",
    "周恩来",
    "甲种１７和１８号",
    "第一五三师",
    "the 38th Parallel",
    "the 68th Army",
    "the 17th session",
    "soldiers march",
    "they may go",
    "1,953 men",
    "1953 tons",
    "a second-hand truck",
    "every Sunday",
    "a 20-year loan",
    "five days",
    "Madras Sunday Times",
    "the October Revolution",
    "page 4",
]


@pytest.mark.parametrize(
    ("interval", "text"), [(interval, text) for interval, texts in CORPUS for text in texts]
)
def test_value(interval: Interval | None, text: str) -> None:
    found = times(text, ZH if any("\u3400" < c < "\ua000" for c in text) else EN)
    assert [t.interval for t in found] == [interval]


@pytest.mark.parametrize("text", NEGATIVE)
def test_no_time(text: str) -> None:
    assert not times(text, ZH if any("\u3400" < c < "\ua000" for c in text) else EN)


@pytest.mark.parametrize(
    ("text", "clock"),
    [
        ("晚六时四十分", "18:40"),
        ("十一日下午三时", "15:00"),
        ("中午十二时", "12:00"),
        ("上午９点３０分", "09:30"),
        ("凌晨４点半", "04:30"),
        ("十四时三十七分", "14:37"),
        ("at 4:00 PM", "16:00"),
        ("at 14:37", "14:37"),
        ("at 8 o'clock in the evening", "20:00"),
    ],
)
def test_time_of_day(text: str, clock: str) -> None:
    assert [t.clock for t in times(text, EN if text.startswith("at") else ZH)] == [clock]


@pytest.mark.parametrize(
    ("text", "starts"),
    [
        (
            "十一月二十日伞兵占领该地，翌日增援，二十三日筑成工事。",
            ["1953-11-20", "1953-11-21", "1953-11-23"],
        ),
        # what follows a day of a past year is of that year, unless it is news
        ("一九五○年六月二十五日战争爆发，六月三十日敌军参战。", ["1950-06-25", "1950-06-30"]),
        ("学校一九五二年五月一日成立，十二月十日迁入新址。", ["1952-05-01", "1953-12-10"]),
        ("一九五二年三月五日签字，同年十月生效，次年废除。", ["1952-03-05", "1952-10", "1953"]),
        ("八日离开河内，当天到达，第二天返回。", ["1953-12-08", "1953-12-08", "1953-12-09"]),
        ("On November 20th they landed; the next day they dug in.", ["1953-11-20", "1953-11-21"]),
        ("会议将于十五日举行。", ["1953-12-15"]),
        ("代表团定于明年一月三日起程，一月二十日返回。", ["1954-01-03", "1954-01-20"]),
    ],
)
def test_told_one_after_the_other(text: str, starts: list[str]) -> None:
    lang = EN if text.isascii() else ZH
    assert [t.interval and t.interval.start for t in times(text, lang)] == starts


def test_each_dispatch_has_its_own_day() -> None:
    text = "新华社二日讯　今日雨。\n新华社三十一日讯　今日晴。"
    second = text.index("\n") + 1
    body = Body(ZH, text, ((0, second - 1), (second, len(text))))
    found = find_times(body, dt.date(1949, 2, 3), [(0, dt.date(1949, 2, 2)), (second, dt.date(1949, 1, 31))])
    assert [t.interval and t.interval.start for t in found] == [
        "1949-02-02",
        "1949-02-02",
        "1949-01-31",
        "1949-01-31",
    ]


def test_without_a_dispatch_the_issue_counts() -> None:
    body = Body(ZH, "今天和昨天", ((0, 5),))
    starts = [t.interval and t.interval.start for t in find_times(body, dt.date(1949, 3, 1))]
    assert starts == ["1949-03-01", "1949-02-28"]


@pytest.mark.parametrize(
    ("text", "issue", "date"),
    [
        ("十三日", "1953-12-14", "1953-12-13"),
        ("十四日", "1953-12-14", "1953-12-14"),
        ("三十一日", "1949-02-02", "1949-01-31"),
        ("卅一日", "1946-06-02", "1946-05-31"),
        ("三十日", "1949-03-01", "1949-01-30"),
        ("十二月三十日", "1963-01-02", "1962-12-30"),
        ("１０月３０日", "1990-10-31", "1990-10-30"),
        ("31st", "1963-01-01", "1962-12-31"),
        ("the 30th", "1953-12-01", "1953-11-30"),
        ("December 31", "1963-01-01", "1962-12-31"),
        ("十五日", "1989-06-14", "1989-06-15"),
        ("二十九日", "1952-03-01", "1952-02-29"),
    ],
)
def test_dateline(text: str, issue: str, date: str) -> None:
    assert dateline_date(text, dt.date.fromisoformat(issue)) == dt.date.fromisoformat(date)


@pytest.mark.parametrize("text", ["", "日", "四十日", "十三月一日", "Hanoi 3", "电"])
def test_no_dateline(text: str) -> None:
    assert dateline_date(text, dt.date(1953, 12, 14)) is None


def test_a_day_that_no_month_nearby_has() -> None:
    assert resolve_day(31, 2, anchor=FILED) is None
    assert resolve_day(29, 2, 1953, anchor=FILED) is None
    assert not times("二月三十日", ZH)


def test_ten_days_are_cut_to_the_month() -> None:
    assert iso_cut(Interval("1953-12-01", "1953-12-10", Grain.TEN_DAYS)) == ("1953-12", "1953-12")
    assert iso_cut(Interval(None, "1953-12-10", Grain.DAY)) == (None, "1953-12-10")


PIECES = "年月日上下本去今明昨前天星期一二三十九五0１28至到—、，。以来起前后的晚时分半旬初底"


@given(st.text(alphabet=PIECES, max_size=40), st.dates(dt.date(1946, 1, 1), dt.date(2003, 12, 31)))
@settings(max_examples=300)
def test_any_text_is_survived(text: str, filed: dt.date) -> None:
    at = 0
    for t in times(text, ZH, filed=filed):
        assert at <= t.span.start < t.span.end
        at = t.span.end
        if t.interval is not None and t.interval.start and t.interval.end:
            assert t.interval.start[:4] <= t.interval.end[:4]


@given(st.text(max_size=80))
def test_any_characters_are_survived(text: str) -> None:
    for lang in Lang:
        times(text, lang)


@pytest.mark.parametrize(
    "piece",
    [
        "十",
        "1",
        "一九五三年",
        "去年",
        "十二月十一日至",
        "1,",
        "The 8th of ",
        "on the 8th and ",
        "May ",
        "、九",
    ],
)
def test_time_is_linear(piece: str) -> None:
    def find(size: int) -> None:
        for lang in Lang:
            times(piece * (size // len(piece)), lang)

    assert_grows_with_size_only(find, 20_000, 200_000)
