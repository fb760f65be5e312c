"""What is packed into one literal comes out again."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.model import Alternative, Conflict, Evidence, Lang, Span
from kg.rdf import compact

WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc", "Z"], exclude_characters=";"), min_size=1)
NAMES = st.from_regex(r"[a-z_]+", fullmatch=True).filter(lambda s: s != "rule")
THOUSANDTHS = st.integers(-1000, 1000).map(lambda n: n / 1000)
SPANS = st.builds(
    lambda lang, start, length: Span(lang, start, start + length, "x" * length),
    st.sampled_from(Lang),
    st.integers(0, 10**6),
    st.integers(1, 50),
)


@given(st.lists(SPANS, min_size=1, max_size=20))
def test_spans(spans: list[Span]):
    packed = compact.pack_spans(spans)
    assert re.fullmatch(compact.SPANS_PATTERN, packed)
    found = {(lang, s, e) for lang, pairs in compact.unpack_spans(packed).items() for s, e in pairs}
    assert found == {(s.lang, s.start, s.end) for s in spans}


@pytest.mark.parametrize(
    "bad", ["", "zh:", "1-2", "zh:1-2en:3-4", "en:1-2 zh:3-4", "fr:1-2", "zh:1-2 ", "zh:1-2,"]
)
def test_what_is_no_spans(bad: str):
    assert not re.fullmatch(compact.SPANS_PATTERN, bad)


@given(st.lists(NAMES, unique=True), st.lists(st.builds(Evidence, NAMES, THOUSANDTHS, WORDS | st.just(""))))
def test_evidence(rules: list[str], evidence: list[Evidence]):
    packed = compact.pack_evidence(rules, evidence)
    assert compact.unpack_evidence(packed) == (tuple(rules), tuple(evidence))


def test_standing_explanations_are_left_out_and_others_kept():
    evidence = [Evidence("prior", 0.5, "how often"), Evidence("judgement", 1.0, "accept by Li; 2026")]
    packed = compact.pack_evidence([], evidence, explained={"prior"})
    assert packed == "prior=0.5; judgement=1 accept by Li； 2026"


@given(st.lists(st.builds(Alternative, st.from_regex(r"Q[1-9]\d{0,8}", fullmatch=True), WORDS, THOUSANDTHS)))
def test_alternatives(alternatives: list[Alternative]):
    assert compact.unpack_alternatives(compact.pack_alternatives(alternatives)) == tuple(alternatives)


@given(WORDS, WORDS, WORDS)
def test_conflict(zh: str, en: str, detail: str):
    conflict = Conflict(Span(Lang.ZH, 1, 1 + len(zh), zh), Span(Lang.EN, 7, 7 + len(en), en), detail)
    assert compact.unpack_conflict(compact.pack_conflict(conflict)) == conflict
