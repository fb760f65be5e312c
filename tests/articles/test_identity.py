"""Identities: stable, and settled without regard to order where several articles claim one."""

from __future__ import annotations

import datetime as dt
import itertools
import random

import pytest

from kg.articles import Claim, article_id, claim, parse, renamed, settle
from kg.model import Article, RawArticle, Reject

from .conftest import BILINGUAL, CHINESE

DAY = dt.date(1953, 12, 14)


def article(text: str, origin: str = "a.txt") -> Article:
    got = parse(RawArticle(origin, "0", text=text))
    assert isinstance(got, Article)
    return got


def test_form() -> None:
    assert article_id(DAY, 4, "越南人民军解放莱州").startswith("1953-12-14/4/")
    assert article_id(DAY, None, "越南人民军解放莱州").startswith("1953-12-14/0/")
    assert len(article_id(DAY, 4, "x")) == len("1953-12-14/4/") + 8


def test_known_value() -> None:
    # Published identities must never change: if this fails, the recipe was changed.
    assert article(CHINESE).id == "1953-12-14/4/b206f369"


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("铁桥通车  举行典礼", "铁桥通车　举行典礼", True),
        ("铁桥１２日通车", "铁桥12日通车", True),
        ("Iron Bridge", "iron  bridge", True),
        ("铁桥通车", "铁桥通车！", False),
        ("铁桥通车", "鐵橋通車", False),
    ],
)
def test_what_the_title_counts_for(a: str, b: str, same: bool) -> None:
    assert (article_id(DAY, 1, a) == article_id(DAY, 1, b)) == same


def test_pictures_of_one_page_are_told_apart_by_their_captions() -> None:
    head = "### 图片\n\n1953-12-14\n第4版()\n专栏：\n\n    "
    a, b = article(head + "铁桥全景　新华社稿\n"), article(head + "炼钢工人　新华社稿\n")
    assert a.id != b.id
    assert "generic-title" in [n.code for n in a.notes]


def test_the_identity_does_not_depend_on_the_form_or_the_place() -> None:
    assert article(CHINESE).id == article(BILINGUAL, "other.txt").id


def test_no_conflict_no_ruling() -> None:
    assert settle([claim(article(CHINESE))]) == {}
    assert settle([]) == {}


def test_duplicate_is_rejected_in_any_order() -> None:
    claims = [claim(article(CHINESE, origin)) for origin in ("b.txt", "a.txt", "c.txt")]
    for order in itertools.permutations(claims):
        ruling = settle(order)
        assert sorted(ruling) == ["b.txt", "c.txt"]
        reject = ruling["b.txt"]
        assert isinstance(reject, Reject)
        assert reject.reason == "the same article as a.txt (1953-12-14/4/b206f369)"


def test_same_title_other_text() -> None:
    a, b = article(CHINESE, "a.txt"), article(CHINESE + "    另一条。\n", "b.txt")
    assert a.id == b.id
    rulings = [settle(order) for order in ([claim(a), claim(b)], [claim(b), claim(a)])]
    assert rulings[0] == rulings[1]
    ((origin, id),) = rulings[0].items()
    assert isinstance(id, str)
    assert id.startswith(f"{a.id}-")
    loser = renamed(a if origin == "a.txt" else b, id)
    assert loser.id == id
    assert loser.notes[-1].code == "same-title"


def test_who_was_published_keeps_the_identity() -> None:
    claims = [Claim("i", f"{n:016x}", f"{n}.txt") for n in range(5)]
    assert "3.txt" not in settle(claims, {"i": f"{3:016x}"})
    assert "0.txt" in settle(claims, {"i": f"{3:016x}"})
    assert "0.txt" not in settle(claims, {"i": "gone"})


def test_rulings_leave_every_identity_once() -> None:
    rng = random.Random(1)
    claims = [Claim(f"i{rng.randrange(9)}", f"{rng.randrange(6):08x}" * 2, f"{n}") for n in range(200)]
    ruling = settle(claims)
    kept = [ruling.get(c.origin, c.id) for c in claims]
    ids = [k for k in kept if isinstance(k, str)]
    assert len(ids) == len(set(ids)) == len({(c.id, c.text_hash) for c in claims})
