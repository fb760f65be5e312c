"""IRIs are minted in one place, are valid, and can be read back."""

from __future__ import annotations

import datetime as dt
from urllib.parse import urlsplit

import pyoxigraph as ox
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kg.errors import UsageError
from kg.rdf import Document, Minted, Minter, Node
from kg.rdf.iris import wikidata
from kg.rdf.ntriples import iri

MINTER = Minter("https://example.org/kg/")
LOCAL = st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(
    lambda s: not s.startswith("/") and not s.endswith("/")
)


@pytest.mark.parametrize(
    ("minted", "expected"),
    [
        (MINTER.article("1953-12-14/4/1a2b3c4d"), "article/1953-12-14/4/1a2b3c4d"),
        (MINTER.part("1953-12-14/4/1a2b3c4d", "place-3"), "article/1953-12-14/4/1a2b3c4d#place-3"),
        (MINTER.entity("Q36027"), "entity/Q36027"),
        (MINTER.entity("place-1f3a2b4c5d6e"), "entity/place-1f3a2b4c5d6e"),
        (MINTER.event("battle-1953-12-10-0123456789ab"), "event/battle-1953-12-10-0123456789ab"),
        (MINTER.item("Q748780", "event"), "event/Q748780"),
        (MINTER.item("Q881", "place"), "entity/Q881"),
        (MINTER.issue(dt.date(1953, 12, 14)), "issue/1953-12-14"),
        (MINTER.dataset(), "dataset"),
        (MINTER.dataset("20261101T120000Z"), "dataset/20261101T120000Z"),
        (MINTER.page(Node.ENTITY, "Q36027"), "page/entity/Q36027"),
        (MINTER.data(Node.ARTICLE, "1953-12-14/4/1a2b3c4d", "ttl"), "data/article/1953-12-14/4/1a2b3c4d.ttl"),
        (MINTER.data(Node.DATASET, "", "nt"), "data/dataset.nt"),
        (MINTER.entity("x-奠边府 %"), "entity/x-%E5%A5%A0%E8%BE%B9%E5%BA%9C%20%25"),
    ],
)
def test_minted(minted: str, expected: str):
    assert minted == MINTER.base + expected


@given(st.sampled_from([Node.ARTICLE, Node.ENTITY, Node.EVENT, Node.ISSUE]), LOCAL)
def test_any_local_name_gives_a_valid_iri_and_comes_back(node: Node, local: str):
    minted = MINTER.node(node, local)
    assert ox.NamedNode(minted).value == minted
    assert iri(minted).isascii()
    assert MINTER.parse(minted) == Minted(node, local)


@given(LOCAL, LOCAL)
def test_different_names_give_different_iris(one: str, other: str):
    assume(one != other)
    assert MINTER.entity(one) != MINTER.entity(other)


@given(LOCAL, st.sampled_from(["ttl", "nt", "rdf", "jsonld", "html"]))
def test_documents_come_back(local: str, extension: str):
    assert MINTER.parse(MINTER.page(Node.ENTITY, local)) == Minted(Node.ENTITY, local, "", Document.PAGE)
    data = MINTER.data(Node.ENTITY, local, extension)
    assert MINTER.parse(data) == Minted(Node.ENTITY, local, "", Document.DATA, extension)


def test_parts_come_back():
    assert MINTER.parse(MINTER.part("1953-12-14/4/1a", "event-2")) == Minted(
        Node.ARTICLE, "1953-12-14/4/1a", "event-2"
    )


@pytest.mark.parametrize(
    "foreign",
    [
        "http://www.wikidata.org/entity/Q1",
        "https://example.org/kg/",
        "https://example.org/kg/entity",
        "https://example.org/kg/entity/",
        "https://example.org/kg/secret/x",
        "https://example.org/kg/article/x?y",
        "https://example.org/kg2/entity/Q1",
        "",
    ],
)
def test_foreign_iris_are_none_of_ours(foreign: str):
    assert MINTER.parse(foreign) is None


@given(st.text())
def test_parse_never_fails(text: str):
    MINTER.parse(text)
    MINTER.parse(MINTER.base + text)


def test_an_article_owns_itself_and_its_parts_only():
    article = "1953-12-14/4/1a2b"
    assert MINTER.owns(article, MINTER.article(article))
    assert MINTER.owns(article, MINTER.part(article, "place-1"))
    assert not MINTER.owns(article, MINTER.article(article + "c"))
    assert not MINTER.owns(article, MINTER.issue(dt.date(1953, 12, 14)))


@pytest.mark.parametrize(
    "base",
    [
        "example.org/",
        "http://example.org",
        "ftp://example.org/",
        "http://a b/",
        "http://a/?x/",
        "http://a/#x/",
        "http://[a/",
        "http://a:b:1/",
    ],
)
def test_bad_base_is_refused(base: str):
    with pytest.raises(UsageError, match="base"):
        Minter(base)


@pytest.mark.parametrize("local", ["", "/", "a/", "/a", "\ud800"])
def test_bad_local_name_is_refused(local: str):
    with pytest.raises(UsageError, match="local name"):
        MINTER.entity(local)


def test_only_items_are_minted_in_wikidata():
    assert urlsplit(wikidata("Q1")).netloc == "www.wikidata.org"
    with pytest.raises(UsageError, match="x-lai-chau"):
        wikidata("x-lai-chau")
