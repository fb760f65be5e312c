"""The whole understanding of one article."""

from __future__ import annotations

import datetime as dt
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.mentions import Understander
from kg.model import Agreement, Article, Body, Form, Kind, Lang, Name
from tests.growth import assert_grows_with_size_only


def body(lang, *paragraphs):
    text, spans = "", []
    for p in paragraphs:
        text += "\n" if text else ""
        spans.append((len(text), len(text) + len(p)))
        text += p
    return Body(lang, text, tuple(spans))


def article(zh=(), en=(), names=(), witness_en=True):
    z, e = body(Lang.ZH, *zh) if zh else None, body(Lang.EN, *en) if en else None
    trusted = bool(z and e and witness_en)
    return Article(
        id="1953-01-02/1/00000000", origin="x.txt", sha256="0" * 64, form=Form.BILINGUAL,
        date=dt.date(1953, 1, 2), page=1, title_zh=zh[0] if zh else None, title_en=en[0] if en else None,
        zh=z, en=e, witness_en=witness_en, names=tuple(names),
        alignment=tuple((i, i, 0.9) for i in range(min(len(zh), len(en)))) if trusted else (),
    )  # fmt: skip


@pytest.fixture(scope="session")
def understander():
    return Understander(
        [
            Name("开罗", Lang.ZH, "place", "city", ("Q85",), 0.7),
            Name("Cairo", Lang.EN, "place", "city", ("Q85",), 0.7),
            Name("法军", Lang.ZH, "unit", "force", ("Q477986",), 0.7),
        ]
    )


def test_keys_agreement_and_spans(understander):
    a = article(["开罗消息", "法军在开罗。"], ["News from Cairo", "French troops in Cairo."])
    u = understander.understand(a)
    place = next(m for m in u.mentions if m.kind is Kind.PLACE)
    assert (place.key, place.agreement, place.items) == ("place-1", Agreement.AGREE, ("Q85",))
    assert place.surfaces(Lang.EN) == ("Cairo",)
    for m in u.mentions:
        for f in m.finds:
            assert a.body(f.span.lang).text[f.span.start : f.span.end] == f.span.text


def test_invented_translation_takes_no_part(understander):
    a = article(["开罗消息", "法军。"], ["News from Cairo", "French troops in Cairo."], witness_en=False)
    mentions = understander.understand(a).mentions
    assert {f.span.lang for m in mentions for f in m.finds} == {Lang.ZH}
    assert {m.agreement for m in mentions} == {Agreement.SINGLE}


def test_same_article_same_understanding(understander):
    a = article(["开罗消息", "法军在开罗。"], ["News from Cairo", "French troops in Cairo."])
    assert understander.understand(a) == understander.understand(a)


HOSTILE = st.lists(
    st.one_of(
        st.sampled_from("开罗法军第一师三个连在从县河，。“”（）\n 新华社电讯日月年１9a'’-A"),
        st.characters(),
        st.sampled_from("\u202e\u05d0\u0627\u0000\u0001\u0008\u001b\u0085\u2028\ufeff\ufffd\ud800\U0001f600"),
        st.sampled_from(["等国", "省会马洛", "驻法军", "大李家庄", "《开罗", "town of Aa", "U.N. force"]),
    ),
    max_size=90,
).map("".join)


@settings(max_examples=60)
@given(zh=HOSTILE, en=HOSTILE)
def test_any_text_is_understood_and_spans_hold(understander, zh, en):
    a = article(["题", zh], ["Title", en])
    for m in understander.understand(a).mentions:
        for f in m.finds:
            assert a.body(f.span.lang).text[f.span.start : f.span.end] == f.span.text


@pytest.mark.slow
def test_a_body_of_five_megabytes(understander):
    pieces = (
        "我来到这里看见许多人",
        "开罗",
        "\u202e\u05d0\u05d1\u05d2",
        "\x00\x07\x1b",
        "Привет мир ",
        "法军三个连",
        "a1é☃",
    )
    chance = random.Random(5)
    text = "".join(chance.choices(pieces, k=420_000))
    assert len(text.encode()) > 5_000_000
    found = understander.understand(article(["题", text]))
    assert {m.kind for m in found.mentions} >= {Kind.PLACE, Kind.UNIT}


@pytest.mark.slow
@pytest.mark.parametrize(
    "piece",
    [
        "中",
        "开罗法军第四师",
        "县市河山",
        "科尔维拉斯",
        "三个",
        "A",
        "Aa Bb ",
        "1",
        "\n",
        "68th ",
        "【新华社开罗一日电】\n",
        "开罗、",
        "等国",
        "省会马洛",
        "驻开罗法军",
        "大李家庄",
        "《开罗",
        "边防部队民兵",
        "\u202e\u05d0\u05d1",
        "\x00\x01\x0b\x1b",
        "a中é☃\u0627",
        "town of Aa ",
        "two Thai U.N. ",
    ],
)
def test_time_grows_with_length_only(understander, piece):
    def understand(size: int) -> None:
        text = (piece * (size // len(piece) + 1))[:size]
        understander.understand(article(["题", text], ["Title", text]))

    assert_grows_with_size_only(understand, 10_000, 40_000)


def test_together_as_one_by_one(understander):
    articles = [
        article(["开罗消息", "法军在开罗。"], ["News from Cairo", "French troops in Cairo."]),
        article(["题", "无事。"]),
        article((), ["News from Cairo", "French troops in Cairo."]),
        article(["题", "法军三日撤离开罗。"]),
    ]
    assert understander.understand_all(articles) == [understander.understand(a) for a in articles]
    assert understander.understand_all([]) == []
