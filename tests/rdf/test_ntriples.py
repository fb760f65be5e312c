"""The N-Triples writer against two independent strict parsers."""

from __future__ import annotations

import datetime as dt
import shutil
import subprocess
from decimal import Decimal
from fractions import Fraction

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import ValidationError
from kg.rdf import ntriples as nt

S, P = "<http://example.org/s>", "<http://example.org/p>"
TEXT = st.text(st.characters(exclude_categories=["Cs"]))
HARD = [
    "",
    '"',
    "\\",
    "\\\"'",
    "a\nb\rc\td\be\ff",
    "\x00\x01\x1f\x7f\x80\x9f",
    "\u2028\u2029\ufeff\ufffe\uffff",
    "\U00020000𠀀🀄",
    "العربية עברית",
    "\\u0041 \\n",
    "奠边府\u3000“引号”",
    "e\u0301",
]


def parse(line: str) -> ox.Triple:
    (quad,) = ox.parse(input=line.encode(), format=ox.RdfFormat.N_TRIPLES)
    return ox.Triple(quad.subject, quad.predicate, quad.object)


@given(TEXT)
def test_any_text_survives(text: str):
    assert parse(nt.statement(S, P, nt.string(text))).object == ox.Literal(text)


@given(TEXT, st.sampled_from(["zh", "en", "zh-Hant", "vi"]))
def test_any_text_survives_with_its_language(text: str, lang: str):
    assert parse(nt.statement(S, P, nt.text(text, lang))).object == ox.Literal(text, language=lang.lower())


@pytest.mark.parametrize("text", HARD)
def test_hard_text_survives(text: str):
    line = nt.statement(S, P, nt.string(text))
    assert line.count("\n") == 1
    assert parse(line).object == ox.Literal(text)


@given(TEXT)
def test_a_statement_is_one_line_without_control_characters(text: str):
    line = nt.statement(S, P, nt.string(text))
    assert line.endswith(" .\n")
    assert not any(ord(c) < 0x20 or ord(c) == 0x7F for c in line[:-1])


@pytest.mark.skipif(shutil.which("rapper") is None, reason="raptor's rapper is not installed")
def test_raptor_reads_hard_text_too():
    # U+0000 and noncharacters are valid N-Triples; raptor takes neither.
    lines = [
        nt.statement(S, P, nt.string(f"{i} {t}"))
        for i, t in enumerate(HARD)
        if "\x00" not in t and "\ufffe" not in t
    ]
    done = subprocess.run(
        ["rapper", "-q", "-c", "-i", "ntriples", "-", "http://example.org/"],
        input="".join(lines),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""


def test_lone_surrogate_is_refused_by_name():
    with pytest.raises(ValidationError, match="article 1953: holds half a character"):
        nt.encode([nt.statement(S, P, nt.string("\ud800"))], of="article 1953")


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "relative/x",
        "http://a/ b",
        "http://a/<b>",
        'http://a/"',
        "http://a/\n",
        "http://a/\\",
        "http://a/\ud800",
    ],
)
def test_bad_iri_is_refused(bad: str):
    with pytest.raises(ValidationError, match="IRI"):
        nt.iri(bad)


@pytest.mark.parametrize("good", ["http://a/b#c", "https://例え.jp/道?q=1", "urn:x:y"])
def test_good_iri_is_taken(good: str):
    assert parse(nt.statement(S, P, nt.iri(good))).object == ox.NamedNode(good)


@pytest.mark.parametrize("bad", ["", "1", "zh_CN", "zh-", "english language", 'zh"'])
def test_bad_language_is_refused(bad: str):
    with pytest.raises(ValidationError, match="language"):
        nt.text("x", bad)


@given(st.fractions(min_value=-(10**12), max_value=10**12, max_denominator=10**9))
def test_decimals_are_near_and_canonical_in_the_store(value: Fraction):
    term = nt.decimal(value)
    store = ox.Store()
    store.load(nt.statement(S, P, term).encode(), format=ox.RdfFormat.N_TRIPLES)
    (quad,) = store
    assert str(quad.object) == term
    assert abs(Fraction(Decimal(quad.object.value)) - value) <= Fraction(1, 10**9)


@given(st.floats(0, 1))
def test_confidences_are_canonical_in_the_store(value: float):
    store = ox.Store()
    store.load(nt.statement(S, P, nt.decimal(value)).encode(), format=ox.RdfFormat.N_TRIPLES)
    assert [str(q.object) for q in store] == [nt.decimal(value)]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_no_number_is_refused(value: float):
    with pytest.raises(ValidationError, match="not finite"):
        nt.decimal(value)


@given(st.dates(min_value=dt.date(1000, 1, 1)), st.integers(-(2**62), 2**62))
def test_dates_and_integers_are_canonical_in_the_store(date: dt.date, number: int):
    lines = nt.encode([nt.statement(S, P, nt.date(date)), nt.statement(S, P, nt.integer(number))], of="test")
    store = ox.Store()
    store.load(lines, format=ox.RdfFormat.N_TRIPLES)
    assert {str(q.object) for q in store} == {nt.date(date), nt.integer(number)}


@pytest.mark.parametrize(("lat", "lon"), [(91, 0), (-91, 0), (0, 181), (0, -181), (float("nan"), 0)])
def test_position_off_the_earth_is_refused(lat: float, lon: float):
    with pytest.raises(ValidationError, match="not on the Earth"):
        nt.point(lat, lon)


def test_lines_are_sorted_as_bytes_and_each_is_there_once():
    lines = [nt.statement(S, P, nt.string(t)) for t in ("b", "\U0001f000", "\uffee", "a", "b")]
    encoded = nt.encode(lines, of="test").splitlines(keepends=True)
    assert encoded == sorted(set(encoded))
    assert len(encoded) == 4
