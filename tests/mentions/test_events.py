"""What counts as a reported event, when and where it was, who took part, and what is one and the same."""

from __future__ import annotations

import datetime as dt

import pytest

from kg.articles import parse
from kg.authority import open_authority
from kg.mentions import Understander
from kg.mentions.events.cues import find_cues, sentences
from kg.mentions.events.weigh import read_weights
from kg.model import Article, Body, EventReport, EventType, Form, Lang, RawArticle, Reject

T = EventType


@pytest.fixture(scope="module")
def understander() -> Understander:
    return Understander(open_authority().names())


def chinese(title: str, body: str, date: str = "1953-12-14") -> Article:
    lines = "\n".join(f"    {line}" for line in [title, *body.split("\n")])
    text = f"### {title}\n\n{date}\n第4版()\n专栏：\n\n{lines}\n"
    article = parse(RawArticle("test.txt", "0" * 64, text))
    assert not isinstance(article, Reject)
    return article


def bilingual(zh: list[str], en: list[str]) -> Article:
    """Paragraphs in both languages, the nth rendering the nth."""

    def body(lang: Lang, paragraphs: list[str]) -> Body:
        text, spans = "", []
        for p in paragraphs:
            text += "\n" if text else ""
            spans.append((len(text), len(text) + len(p)))
            text += p
        return Body(lang, text, tuple(spans))

    return Article(
        "1953-12-14/4/00000000", "x.txt", "0" * 64, Form.BILINGUAL, dt.date(1953, 12, 14), 4, zh[0], en[0],
        body(Lang.ZH, zh), body(Lang.EN, en), witness_en=True,
        alignment=tuple((i, i, 0.9) for i in range(len(zh))),
    )  # fmt: skip


def found(understander: Understander, article: Article, kind: EventType) -> list[EventReport]:
    return [e for e in understander.understand(article).events if e.type is kind]


def only(understander: Understander, article: Article, kind: EventType) -> EventReport:
    reports = found(understander, article, kind)
    assert len(reports) == 1, reports
    return reports[0]


def start(report: EventReport) -> str | None:
    return report.interval.start if report.interval is not None else None


# --- what is an event -----------------------------------------------------------------------------------

UNREAL = [
    "敌军企图攻占河内。",
    "守军没有撤退。",
    "如果敌人轰炸河内，我们就还击。",
    "敌方扬言要炮击海防。",
    "双方可能停火。",
    "他们要求外军撤出河内。",
    "内阁决不辞职。",
    "为了防止政变，军队戒备。",
    "Rebels threatened to attack the harbour.",
    "The garrison did not surrender.",
    "If they bomb the town, we fight.",
]
REAL = [
    ("我军攻占河内。", "攻占"),
    ("守军撤退了。", "撤退"),
    ("敌机轰炸河内。", "轰炸"),
    ("双方停火。", "停火"),
    ("驻军不得不撤出河内。", "撤出"),
    ("Rebels attacked the harbour.", "attacked"),
    ("The garrison surrendered.", "surrendered"),
]


def cues(text: str) -> list[str]:
    lang = Lang.EN if text.isascii() else Lang.ZH
    folded = text.lower() if lang is Lang.EN else text
    bounds = sentences(folded, [(0, len(text))], lang)
    return [folded[c.start : c.end] for c in find_cues(folded, lang, bounds)]


@pytest.mark.parametrize("text", UNREAL)
def test_denied_threatened_and_hypothetical_happenings_are_none(text: str) -> None:
    assert cues(text) == []


@pytest.mark.parametrize(("text", "word"), REAL)
def test_what_happened_is_one_even_where_it_was_forced(text: str, word: str) -> None:
    assert word in cues(text)


def test_a_cue_is_unreal_within_its_clause_only() -> None:
    assert cues("敌人企图固守，我军攻占河内。") == ["攻占"]


def test_a_report_names_the_source_that_reports_it(understander: Understander) -> None:
    article = chinese("联军撤出海防", "【新华社十三日讯】据路透社消息：联军十二日撤出海防。")
    report = only(understander, article, T.RETREAT)
    named = {m.key: m.name for m in understander.understand(article).mentions}
    assert report.source is not None
    assert named[report.source] == "路透社"


def test_without_a_cited_source_it_is_the_agency_of_the_dateline(understander: Understander) -> None:
    article = chinese("联军撤出海防", "【新华社十三日讯】联军十二日撤出海防。")
    report = only(understander, article, T.RETREAT)
    named = {m.key: m.name for m in understander.understand(article).mentions}
    assert report.source is not None
    assert named[report.source] == "新华社"


# --- when -----------------------------------------------------------------------------------------------

LINE = "【新华社十三日讯】"
DATES = [
    ("人民军十一日攻占海防。", T.CAPTURE, "1953-12-11"),
    ("人民军昨晚攻占海防。", T.CAPTURE, "1953-12-12"),
    ("人民军上月二十日攻占海防。", T.CAPTURE, "1953-11-20"),
    ("人民军在去年攻占海防。", T.CAPTURE, "1952"),
    ("人民军去年秋天攻占海防。", T.CAPTURE, "1952"),
    ("人民军最近攻占海防。", T.CAPTURE, None),
    ("人民军攻占海防。", T.CAPTURE, None),
    ("司令部十二日宣布，人民军攻占海防。", T.CAPTURE, None),
    ("截至十二日，人民军共炮击海防三十次。", T.BATTLE, None),
    ("代表团今天离开河内。", T.VISIT, "1953-12-13"),
    ("代表团今天结束了对缅甸的访问。", T.VISIT, None),
    ("十日到达河内的代表团今天举行记者招待会。", T.TALKS, "1953-12-13"),
    ("人民军十一日攻占海防。守军逃往海上。", T.RETREAT, "1953-12-11"),
    ("人民军十一日攻占海防。另一部守军由河内逃往西贡。", T.RETREAT, None),
    ("两国总理十日在河内会谈。\n总理在会谈后举行的记者招待会上发言。", T.TALKS, "1953-12-10"),
    ("人民军于五日将海防完全攻占。", T.CAPTURE, "1953-12-05"),
    ("三年来，人民军攻占海防等地。", T.CAPTURE, None),
]


@pytest.mark.parametrize(("body", "kind", "day"), DATES)
def test_the_time_that_governs(
    understander: Understander, body: str, kind: EventType, day: str | None
) -> None:
    reports = found(understander, chinese("战地消息", LINE + body), kind)
    assert reports, "nothing found"
    assert start(reports[0]) == day


def test_a_report_without_a_time_is_no_later_than_its_dateline(understander: Understander) -> None:
    report = only(understander, chinese("战地消息", LINE + "人民军攻占海防。"), T.CAPTURE)
    assert report.interval is not None
    assert (report.interval.start, report.interval.end) == (None, "1953-12-13")


def test_an_anniversary_dates_what_is_kept(understander: Understander) -> None:
    article = chinese("友协成立三周年", LINE + "各界今晚集会，庆祝友好协会成立三周年。")
    assert start(only(understander, article, T.FOUNDING)) == "1950"


# --- where and who --------------------------------------------------------------------------------------


def places(report: EventReport) -> list[str]:
    return [p.text for p in report.places]


def test_the_place_beside_the_trigger(understander: Understander) -> None:
    article = chinese("战地消息", "【新华社河内十三日电】人民军十一日攻占海防，主力开往西贡。")
    assert places(only(understander, article, T.CAPTURE))[0] == "海防"


def test_the_place_of_the_dateline_is_not_that_of_a_battle(understander: Understander) -> None:
    article = chinese("战地消息", "【新华社河内十三日电】游击队十一日伏击敌军车队。")
    assert "河内" not in places(only(understander, article, T.BATTLE))


def test_a_visit_to_hua_is_one_to_china(understander: Understander) -> None:
    article = chinese("贸易代表团访华", LINE + "缅甸贸易代表团十二日启程访华。")
    assert "中国" in places(found(understander, article, T.VISIT)[0])


def test_what_goes_on_happens_where_the_story_is(understander: Understander) -> None:
    article = chinese("战地消息", LINE + "人民军十一日攻占海防。守军逃往海上。")
    assert places(only(understander, article, T.RETREAT)) == ["海防"]


def test_he_is_the_person_told_last(understander: Understander) -> None:
    article = chinese("外宾来访", LINE + "缅甸总理吴努十一日会见记者。他十二日离开河内。")
    assert "吴努" in [p.text for p in only(understander, article, T.VISIT).actors]


# --- one or several -------------------------------------------------------------------------------------


def test_triggers_of_both_languages_are_one_report(understander: Understander) -> None:
    article = bilingual(
        ["战地消息", "人民军十二月十一日攻占河内。"],
        ["News", "The People's Army captured the city and occupied Hanoi."],
    )
    report = only(understander, article, T.CAPTURE)
    assert {t.lang for t in report.triggers} == {Lang.ZH, Lang.EN}


def test_the_headline_joins_what_the_body_tells(understander: Understander) -> None:
    report = only(understander, chinese("人民军攻占海防", LINE + "人民军十一日攻占海防。"), T.CAPTURE)
    assert len(report.triggers) >= 2


def test_two_days_are_two_happenings(understander: Understander) -> None:
    article = chinese("战地消息", LINE + "人民军十日攻占海防。人民军十二日攻占河内。")
    assert [start(r) for r in found(understander, article, T.CAPTURE)] == ["1953-12-10", "1953-12-12"]


def test_talks_of_others_in_another_item_are_others(understander: Understander) -> None:
    article = chinese(
        "外事简讯", LINE + "缅甸总理吴努十二日会见记者。\n" + LINE + "印度总理尼赫鲁十二日会见学生。"
    )
    assert len(found(understander, article, T.TALKS)) == 2


def test_a_welcome_belongs_to_the_visit(understander: Understander) -> None:
    article = chinese("贵宾到京", LINE + "缅甸代表团十二日到达北京。各界代表到机场欢迎。")
    assert len(found(understander, article, T.VISIT)) == 1


# --- hostile text ---------------------------------------------------------------------------------------


def test_a_sentence_without_an_end_is_cut() -> None:
    text = "解放" * 5000
    bounds = sentences(text, [(0, len(text))], Lang.ZH)
    assert max(b - a for a, b in bounds) <= 400
    assert (bounds[0][0], bounds[-1][1]) == (0, len(text))


def test_a_crowd_of_triggers_is_bounded(understander: Understander) -> None:
    text = "敌机五日轰炸河内，" * 3000
    bounds = sentences(text, [(0, len(text))], Lang.ZH)
    assert len(find_cues(text, Lang.ZH, bounds)) <= 24 * len(bounds)
    events = understander.understand(chinese("题", text)).events
    assert all(len(e.triggers) <= 96 for e in events)


def test_weights_are_read_and_a_bad_line_is_named() -> None:
    judge = read_weights("# note\nthreshold\t0.4\nbias\t1\nlead\t2\n")
    assert (judge.threshold, judge.weights["lead"]) == (0.4, 2.0)
    with pytest.raises(Exception, match="line 2"):
        read_weights("bias\t1\nlead two\n")
