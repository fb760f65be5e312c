"""Random and hostile input: never a crash, never more than linear time, always an answer."""

from __future__ import annotations

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.articles import CODES, parse, read_inputs, read_stream
from kg.articles.decoding import Undecodable, decode
from kg.articles.numerals import integer
from kg.model import Article, Body, RawArticle, Reject
from tests.growth import assert_grows_with_size_only

from .conftest import BILINGUAL, CHINESE, ENGLISH
from .test_inputs import CONTAINERS

PIECES = st.sampled_from(
    [
        *("Title: T\n", "Author:\n", "Date: 1953-12-14\n", "Date: 1989-06-10\n", "Page: 4\n", "Edition: x\n"),
        *("\n", "\n\n", "<hr />\n", "Original:\n", "### 标题\n", "###\n", "1953-12-14\n", "1953-13-14\n"),
        *("第4版()\n", "第1版(要闻)\n", "专栏：\n", "专栏：大地\n", "　　标题\n", "    标题\n"),
        *("**Named Entities**\n", "荷泽  Heze\n", "    【新华社荷泽十二日急电】消息。\n", "  “势”\n"),
        *("    新华社北京６月１０日电　消息\n", "▲一\n", "＠×?\n", "    " + "字" * 30 + "\n"),
        *("Xinhua News Agency, Heze, December 12th: news.\n", "\ufffd", "e\u0301", "\x07"),
    ]
)


def check(got: object) -> None:
    """Whatever came out is whole and consistent."""
    if isinstance(got, Reject):
        assert got.origin
        assert got.reason
        assert got.remedy
        return
    assert isinstance(got, Article)
    assert got.zh or got.en
    assert {n.code for n in got.notes} <= set(CODES)
    for body in (got.zh, got.en):
        if body:
            check_body(body)
    for zh, en, score in got.alignment:
        assert got.zh
        assert got.en
        assert zh < len(got.zh.paragraphs)
        assert en < len(got.en.paragraphs)
        assert 0 <= score <= 1


def check_body(body: Body) -> None:
    assert "\n".join(body.text[a:b] for a, b in body.paragraphs) == body.text
    assert all(body.text[a:b].strip() for a, b in body.paragraphs)
    body.text.encode()


def parsed(data: bytes, name: str = "-") -> list[Article | Reject]:
    raws = read_inputs([name], stdin=io.BytesIO(data))
    out = [parse(raw) if isinstance(raw, RawArticle) else raw for raw in raws]
    assert out
    for got in out:
        check(got)
    return out


@given(st.binary(max_size=3000))
def test_random_bytes(data: bytes) -> None:
    parsed(data)


MAGIC = [b"\x1f\x8b\x08", b"PK\x03\x04", b"\x28\xb5\x2f\xfd", b"\xfd7zXZ\0", b"PAR1", b"{"]
MARKS = [b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf", b"a" * 257 + b"ustar"]


@given(st.sampled_from(MAGIC + MARKS), st.binary(max_size=2000))
def test_random_bytes_behind_magic_numbers(magic: bytes, data: bytes) -> None:
    parsed(magic + data)


@given(st.lists(PIECES | st.text(max_size=30), max_size=40))
def test_pieces_in_any_order(pieces: list[str]) -> None:
    parsed("".join(pieces).encode("utf-8", "surrogatepass"))


@given(st.sampled_from([CHINESE, BILINGUAL, ENGLISH]), st.data())
def test_an_article_with_a_random_cut_and_a_random_insert(text: str, data: st.DataObject) -> None:
    whole = text.encode(data.draw(st.sampled_from(["utf-8", "gb18030", "utf-16"])))
    cut = data.draw(st.integers(0, len(whole)))
    insert = data.draw(st.binary(max_size=20))
    parsed(whole[:cut] + insert + whole[data.draw(st.integers(cut, len(whole))) :])


@given(st.sampled_from(sorted(CONTAINERS)), st.data())
def test_a_container_with_random_damage(name: str, data: st.DataObject) -> None:
    """Known by its name, and on standard input by its bytes alone."""
    damaged = bytearray(CONTAINERS[name][0])
    for _ in range(data.draw(st.integers(1, 4))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    whole = bytes(damaged[: data.draw(st.integers(1, len(damaged)) | st.just(len(damaged)))])
    for got in read_stream(name, io.BytesIO(whole)):
        check(parse(got) if isinstance(got, RawArticle) else got)
    parsed(whole)


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20),
    lambda s: st.lists(s, max_size=3) | st.dictionaries(st.text(max_size=5), s, max_size=3),
    max_leaves=6,
)
NAMES = st.sampled_from(["title", "title_zh", "date", "page", "text", "text_en", "original", "names", "x"])


@given(st.lists(st.dictionaries(NAMES, JSON | st.just("1953-12-14"), max_size=6), max_size=4))
def test_random_records(records: list[dict[str, object]]) -> None:
    lines = [json.dumps(r).encode() for r in records]
    got = list(read_inputs(["-"], stdin=io.BytesIO(b"{}\n" + b"\n".join(lines))))
    assert len(got) == len(records) + 1
    for raw in got:
        check(parse(raw) if isinstance(raw, RawArticle) else raw)


@given(st.text(alphabet="〇一二三四五六七八九十百千万亿两廿卅零0１2,，x", max_size=30))
def test_numerals(text: str) -> None:
    value = integer(text)
    assert value is None or value >= 0


@given(st.text(), st.sampled_from(["utf-8", "utf-16"]))
def test_decoding_is_stable(text: str, encoding: str) -> None:
    try:
        once, _ = decode(text.encode(encoding))
    except (Undecodable, UnicodeEncodeError):
        return
    try:
        assert decode(once.encode())[0] == once
    except Undecodable:
        assert encoding == "utf-16"  # the mark had vouched for a text of odd characters


HEAD = "### 标题\n\n1988-07-14\n第4版()\n专栏：\n\n"
EN_HEAD = "Title: T\nAuthor:\nDate: 1988-07-14\nPage: 4\n\n"
HOSTILE = {
    # name: what is repeated, before it, after it
    "one line": ("越南人民军", HEAD + "    ", ""),
    "spaces": (" ", HEAD + "    x", "x"),
    "ideographic spaces": ("　", HEAD + "    x", "x"),
    "spaces in the title": (" ", "### 标", "题\n\n1988-07-14\n第4版()\n专栏：\n\n  正文"),
    "spaces in a key": (" ", "Title:", "x\nDate: 1988-07-14\n\nbody"),
    "stars": ("*", EN_HEAD + "body\n\n", "\n\nmore"),
    "hashes": ("#", HEAD, ""),
    "marks of headings": ("### x\n", HEAD, ""),
    "dividers": ("Original:\n", EN_HEAD, HEAD + "字"),
    "names": ("荷泽  Heze\n", EN_HEAD + "body\n\n**Named Entities**\n\n", "\n<hr />\n\n" + HEAD + "荷泽"),
    "datelines": ("新华社日1", HEAD + "    ", ""),
    "agencies": ("社", HEAD + "    ", ""),
    "digits": ("1", HEAD + "    ", ""),
    "numerals": ("一", HEAD + "    ", ""),
    "months": ("May ", EN_HEAD, "\n\nOriginal:\n\n" + HEAD + "五月"),
    "quotation marks": ("  “字字字字字字字字字字字字字字字字字字字字字字\n", HEAD, ""),
    "short lines": ("字\n", HEAD, ""),
    "the headline": ("    标题\n", HEAD, "    正文"),
    "combining marks": ("\u0315\u0300", HEAD + "    a", ""),
    "controls": ("\x01", HEAD + "    " + "字" * 100, ""),
    "pages": ("第", HEAD.replace("第4版()", "第4版("), ""),
    "brackets": ("(", HEAD + "    【新华社", ""),
    "triangles": ("▲\n", HEAD, ""),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_time_is_linear(name: str) -> None:
    piece, before, after = HOSTILE[name]

    def read(size: int) -> None:
        parsed((before + piece * (size // len(piece.encode())) + after).encode())

    assert_grows_with_size_only(read, 60_000, 600_000)


def test_many_paragraphs_in_both_languages() -> None:
    def read(paragraphs: int) -> None:
        zh = "    【新华社十三日讯】二百公里的公路和三百吨货物都已经到了河内。\n" * paragraphs
        en = "Xinhua News Agency, 13th: the 200 kilometers of road and 300 tons have arrived.\n\n" * (
            paragraphs * 9 // 10
        )
        (got,) = parsed((EN_HEAD + en + "<hr />\n\nOriginal:\n\n" + HEAD + zh).encode())
        assert isinstance(got, Article)
        assert len(got.alignment) > paragraphs * 5 // 6

    assert_grows_with_size_only(read, 600, 6000)
