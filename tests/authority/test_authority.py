"""The authority as readers use it."""

from __future__ import annotations

import pytest

from kg.model import Lang
from kg.text import fold

from .conftest import ITEMS


def test_items(authority):
    assert len(authority) == len(ITEMS)
    assert [i.id for i in authority.items()] == sorted(i.id for i in ITEMS)
    assert authority.item("Q12") in ITEMS
    assert authority.item("Q999") is None
    assert [i.id for i in authority.items("place", "city")] == ["Q11", "Q12"]
    assert (authority.date, len(authority.version)) == ("2026-01-02", 16)


@pytest.mark.parametrize(
    ("surface", "lang", "found"),
    [
        ("奠边府", None, [("Q12", "label")]),
        ("奠邊府", Lang.ZH, [("Q12", "folded")]),
        ("Điện Biên Phủ", Lang.EN, [("Q12", "label")]),
        ("dien bien phu", Lang.EN, [("Q12", "folded")]),
        ("DIEN BIEN", Lang.EN, [("Q12", "folded")]),
        ("莱州", Lang.ZH, [("Q11", "label"), ("Q10", "generated")]),
        ("Lai Châu", Lang.EN, [("Q10", "generated")]),
        ("the Morning Post", Lang.EN, [("Q13", "folded")]),
        ("the PRC", Lang.EN, [("Q9", "alias")]),
        ("奠边府", Lang.EN, []),
        ("Laizhou", Lang.ZH, []),
        ("美军第九师", Lang.ZH, [("x-guards", "generated")]),
        ("", None, []),
        ("无此地", None, []),
    ],
)
def test_lookup(authority, surface, lang, found):
    assert [(h.item, h.how) for h in authority.lookup(surface, lang)] == found


def test_lookups_put_exact_names_before_folded_ones_and_weigh_them(authority):
    laizhou, laichau = authority.lookup("莱州")
    assert laizhou.prior > laichau.prior
    assert laichau.name == "莱州"


def test_names_are_sorted_and_merged_by_folded_text(authority):
    names = list(authority.names())
    keys = [(fold(n.text), n.kind) for n in names]
    assert keys == sorted(set(keys))
    (laizhou,) = [n for n in names if n.text == "莱州"]
    assert laizhou.items == ("Q11", "Q10")
    assert (laizhou.lang, laizhou.kind, laizhou.subkind) == (Lang.ZH, "place", "city")


@pytest.mark.parametrize(
    ("prefix", "first"),
    [
        ("dien b", "Q12"), ("ĐIỆN", "Q12"), ("dianbian", "Q12"), ("dian bian fu", "Q12"), ("奠邊", "Q12"),
        ("zhong", "Q9"), ("Lai", "Q10"), ("morning", None), ("the m", "Q13"), ("", None), (" ", None),
    ],
)  # fmt: skip
def test_suggest(authority, prefix, first):
    found = authority.suggest(prefix)
    assert (found[0].id if found else None) == first


def test_suggest_narrows_and_labels(authority):
    assert [s.id for s in authority.suggest("qing", kind="event")] == ["Q14", "Q15"]
    assert authority.suggest("qing", kind="place") == ()
    assert authority.suggest("zhong", Lang.ZH)[0].label == "中国"
    assert len(authority.suggest("q", limit=1)) == 1


def test_events_by_time(authority):
    assert [e.id for e in authority.events()] == ["Q15", "Q14"]
    assert [e.id for e in authority.events("1953-11-25", "1953-11-25")] == ["Q15", "Q14"]
    assert [e.id for e in authority.events("1953-11-01", "1953-11-19")] == ["Q15"]
    assert [e.id for e in authority.events("1954", "1954")] == ["Q15"]
    assert authority.events("1955", "1960") == ()


def test_geography(authority):
    assert authority.ancestors("Q12") == ("Q10", "Q881")
    assert authority.contains("Q881", "Q12")
    assert authority.contains("Q12", "Q12")
    assert not authority.contains("Q9", "Q12")
    assert [(round(km), i.id) for km, i in authority.near(21.4, 103.0, 100)] == [(2, "Q12"), (67, "Q10")]
    assert authority.near(21.4, 103.0, 1, "place") == ()


def test_measures_keep_their_unit(authority):
    assert (authority.item("Q16").unit_name, authority.item("Q16").factor) == ("kilometre", 1000.0)
