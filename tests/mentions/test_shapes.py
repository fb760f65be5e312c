"""Candidates for Chinese places, the judge that weighs them, and its weights file."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import RuleError
from kg.mentions.places.judging import OBSERVATIONS, Judge, observe, place_judge, probability, read_weights
from kg.mentions.places.shapes import candidates
from kg.mentions.words import segment


def proposed(text):
    return {text[c.start : c.end]: c for c in candidates(text, segment(text), [])}


def test_head_words_transcriptions_and_patterns_propose():
    found = proposed("在青根乡，他们去了，又到科耳韦济。敌人进犯四分区。")
    assert found["青根乡"].subkind == "township"
    assert found["科耳韦济"].way == "run"
    assert found["四分区"].way == "pattern"


@pytest.mark.parametrize("text", ["各县都来人", "长达３００公里", "在运河", "这个村", "两国政府"])
def test_common_words_are_no_candidates(text):
    assert not [s for s in proposed(text) if s in text and s.endswith(("县", "里", "河", "村", "府"))]


def test_the_judge_prefers_a_place_where_a_place_is_looked_for():
    judge = place_judge()
    scores = []
    for text in ("敌人逃到青洼村附近。", "青洼村说他不知道。"):
        words = segment(text)
        scores.append(max(judge(c, text, words) for c in candidates(text, words, []) if c.head == "村"))
    assert scores[0] > scores[1]


def test_reasons_add_up_to_the_score():
    text = "敌人逃到青洼村附近。"
    words = segment(text)
    judge = place_judge()
    for c in candidates(text, words, []):
        bias = judge(c, text, words) - sum(w for _, _, w in judge.reasons(c, text, words))
        assert bias == pytest.approx(Judge(read_weights("bias\t\t0"))(c, text, words) + _bias())


def _bias():
    from importlib import resources

    text = (resources.files("kg.mentions.places") / "place-weights.tsv").read_text(encoding="utf-8")
    return read_weights(text).get("bias", {}).get("", 0.0)


def test_a_broken_weights_line_is_named():
    with pytest.raises(RuleError, match=r"w\.tsv, line 2: 'way'"):
        read_weights("# comment\nway\n", "w.tsv")


def test_weights_are_of_known_observations():
    from importlib import resources

    text = (resources.files("kg.mentions.places") / "place-weights.tsv").read_text(encoding="utf-8")
    assert set(read_weights(text)) <= {"bias", *OBSERVATIONS}


@given(
    st.text(alphabet=st.one_of(st.sampled_from("县市河山在从、科尔维拉斯张李〇三个的\n “”"), st.characters()))
)
def test_any_text(text):
    words = segment(text)
    assert "".join(words.words).replace("\ufffd", "") == "".join(
        c for c in text.replace("\ufffd", "") if not "\ud800" <= c <= "\udfff"
    )
    for c in candidates(text, words, []):
        assert 0 <= c.start < c.end <= len(text)
        assert len(observe(c, text, words)) == len(OBSERVATIONS)


def test_probability_is_kept_off_the_ends():
    assert probability(-50) < 0.001
    assert probability(2) == 0.881
