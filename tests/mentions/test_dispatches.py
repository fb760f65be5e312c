"""Dispatches put together from the datelines of both languages."""

from __future__ import annotations

import datetime as dt

import pytest

from kg.mentions import Understander
from kg.model import Lang, Name
from tests.mentions.test_understander import article


@pytest.fixture(scope="module")
def understander():
    return Understander(
        [
            Name("新华社", Lang.ZH, "source", "agency", ("Q204839",), 0.9),
            Name("Xinhua News Agency", Lang.EN, "source", "agency", ("Q204839",), 0.9),
            Name("塔斯社", Lang.ZH, "source", "agency", ("Q12345",), 0.9),
            Name("开罗", Lang.ZH, "place", "city", ("Q85",), 0.7),
            Name("Cairo", Lang.EN, "place", "city", ("Q85",), 0.7),
        ]
    )


def test_one_dispatch_in_two_languages(understander):
    a = article(
        ["开罗水灾", "【新华社开罗一日电】据塔斯社报道，开罗大水。"],
        ["Flood in Cairo", "Xinhua News Agency, Cairo, January 1st: TASS reports a flood in Cairo."],
    )
    u = understander.understand(a)
    (d,) = u.dispatches
    names = {m.key: m.name for m in u.mentions}
    assert d.date == dt.date(1953, 1, 1)
    assert (names[d.source], names[d.place]) == ("新华社", "开罗")
    assert [names[k] for k in d.chain] == ["塔斯社"]
    assert [s.lang for s in d.spans] == [Lang.ZH, Lang.EN]


def test_several_dispatches_divide_the_text(understander):
    a = article(["要闻", "【新华社开罗一日电】大水。", "【新华社三十一日电】大雪。"])
    first, second = understander.understand(a).dispatches
    assert first.spans[0].end <= second.spans[0].start
    assert (first.date, second.date) == (dt.date(1953, 1, 1), dt.date(1952, 12, 31))


def test_no_dateline_no_dispatch(understander):
    assert understander.understand(article(["开罗水灾", "大水。"])).dispatches == ()


@pytest.mark.parametrize(
    ("zh", "en", "noted"),
    [("五日", "5th", ()), ("五日", "6th", ("五日, 6th",)), ("一月三十一日", "31st", ())],
)
def test_a_day_that_the_translation_changes_is_noted(zh, en, noted):
    texts = f"【新华社昆明{zh}电】边境平静。", f"Xinhua News Agency, Kunming, {en}. The border is calm."
    a = article(["题目", texts[0]], ["Title", texts[1]])
    found = Understander([]).understand(a)
    assert tuple((n.code, n.detail) for n in found.notes) == tuple(
        ("translation-day-differs", d) for d in noted
    )
