"""The dictionary matcher: folding, longest first, word ends, letter case, nesting, linear time."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kg.mentions.names import NameDictionary
from kg.model import Lang, Name
from tests.growth import assert_grows_with_size_only


def name(text, lang=Lang.ZH, kind="place", subkind="city", items=("Q1",), prior=0.5):
    return Name(text, lang, kind, subkind, items, prior)


NAMES = [
    name("上海"),
    name("上海中学", kind="organisation", subkind="school"),
    name("莱州", items=("Q10",)),
    name("莱州省", subkind="province", items=("Q11",)),
    name("Lai Châu", Lang.EN),
    name("The Hague", Lang.EN),
    name("US", Lang.EN, subkind="country"),
    name("AP", Lang.EN, "source", "agency"),
    name("puppet troops", Lang.EN, "unit", "force"),
    name("Turkey", Lang.EN, subkind="country"),
]
DICTIONARY = NameDictionary.build(NAMES)


def texts(text, lang=Lang.ZH, **kw):
    return [m.text for m in DICTIONARY.match(text, lang, **kw)]


def test_longest_wins_and_text_order():
    assert texts("莱州省的莱州和上海中学") == ["莱州省", "莱州", "上海中学"]


def test_of_two_as_long_the_well_known_one():
    known = NameDictionary.build([name("中沙", prior=0.1), name("沙特", prior=0.8)])
    assert [m.text for m in known.match("其中沙特和别国", Lang.ZH)] == ["沙特"]


def test_nested_names_are_given_with_their_container():
    found = DICTIONARY.match("在上海中学", Lang.ZH, nested=True)
    assert [(m.text, m.inside and m.inside.text) for m in found] == [("上海中学", None), ("上海", "上海中学")]


def test_traditional_characters_and_diacritics_fold_and_the_surface_is_kept():
    assert texts("萊州省") == ["萊州省"]
    assert texts("to LAI CHAU and Lai Châu.", Lang.EN) == ["LAI CHAU", "Lai Châu"]


def test_english_names_end_at_words():
    assert texts("Lai Châuvian USAP", Lang.EN) == []
    assert texts("Turkey's border, US-made", Lang.EN) == ["Turkey", "US"]
    assert texts("the US's and the US' border, US'an", Lang.EN) == ["US", "US"]


def test_english_case():
    assert texts("they ate turkey with us; ap", Lang.EN) == []
    assert texts("Puppet troops", Lang.EN) == ["Puppet troops"]


def test_article_is_no_part_of_a_name():
    assert texts("in The Hague and the Hague", Lang.EN) == ["Hague", "Hague"]


def test_one_string_of_two_kinds_keeps_both():
    d = NameDictionary.build(
        [name("华盛顿", prior=0.8), name("华盛顿", kind="person", items=("Q23",), prior=0.5)]
    )
    (m,) = d.match("华盛顿说", Lang.ZH)
    assert m.name.kind == "place"
    assert m.of_kind("person").items == ("Q23",)
    assert m.of_kind("unit") is None


def test_single_characters_are_no_names():
    assert NameDictionary.build([name("中")]).match("中苏", Lang.ZH) == []


def test_order_of_names_does_not_matter():
    assert NameDictionary.build(NAMES).match("莱州省", Lang.ZH) == NameDictionary.build(NAMES[::-1]).match(
        "莱州省", Lang.ZH
    )


@given(st.text(alphabet=st.one_of(st.sampled_from("上海中学莱州省 \u202e\u0000萊"), st.characters())))
def test_any_text_gives_spans_that_hold(text):
    for lang in Lang:
        last = 0
        for m in DICTIONARY.match(text, lang):
            assert text[m.start : m.end] == m.text
            assert m.start >= last
            last = m.end


def test_time_grows_with_length_only():
    d = NameDictionary.build([name("中" * n) for n in range(2, 12)])
    assert_grows_with_size_only(lambda n: d.match("中" * n, Lang.ZH), 50_000, 200_000)
