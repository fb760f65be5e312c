"""Records become the triples that the data model promises."""

from __future__ import annotations

import dataclasses
import random
import shutil
import subprocess
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.errors import ValidationError
from kg.model import (
    Evidence,
    Item,
    LinkedArticle,
    Note,
    Understanding,
)
from kg.rdf import Minter, Writer
from kg.rdf.check import check, ensure
from kg.rdf.formats import prologue
from kg.rdf.validate import validate

BASE = "http://127.0.0.1:8000/"


def store_of(*parts: bytes) -> ox.Store:
    store = ox.Store()
    for part in parts:
        store.load(part, format=ox.RdfFormat.N_TRIPLES)
    return store


def ask(store: ox.Store, pattern: str) -> bool:
    return bool(store.query(prologue(BASE) + f"ASK {{ {pattern} }}"))


@pytest.fixture(scope="module")
def store(graph: bytes) -> ox.Store:
    return store_of(graph)


# --- what is written ---


def patterns() -> dict[str, str]:
    blocks = (Path(__file__).parent / "statements.txt").read_text(encoding="utf-8").split("\n== ")[1:]
    return {name: pattern for name, _, pattern in (block.partition("\n") for block in blocks)}


@pytest.mark.parametrize("pattern", patterns().values(), ids=patterns())
def test_the_graph_says(store: ox.Store, pattern: str):
    assert ask(store, pattern)


def test_the_historian_is_answered(store: ox.Store):
    """What did Xinhua report of 1953 in Laos on the word of the Vietnam News Agency, and how late?"""
    rows = list(
        store.query(
            prologue(BASE)
            + """SELECT ?headline ?begin ?printed WHERE {
                ?report a dl:EventReport ; sem:eventType dl:Capture ; sem:hasBeginTimeStamp ?begin ;
                    sem:hasPlace/schema:containedInPlace? entity:Q819 ;
                    dl:reportedBy entity:x-vietnam-news-agency ;
                    dl:inDispatch/dl:datelineSource entity:Q204839 .
                ?article dl:hasEventReport ?report ; schema:datePublished ?printed ;
                    schema:headline ?headline .
                FILTER (YEAR(?begin) = 1953 && LANG(?headline) = "en")
            }"""
        )
    )
    assert [(r["begin"].value, r["printed"].value) for r in rows] == [("1953-02-04", "1953-02-06")]


# --- how it is written ---


def test_an_article_owns_exactly_its_lines(
    writer: Writer, minter: Minter, articles: tuple[LinkedArticle, ...]
):
    for linked in articles:
        written = writer.article(linked)
        id = linked.article.id
        for quad in store_of(written.own):
            assert minter.owns(id, quad.subject.value)
        for quad in store_of(*written.shared):
            assert not minter.owns(id, quad.subject.value)
            assert quad.subject.value.startswith(BASE)


def test_no_blank_nodes_and_no_duplicates(graph: bytes, store: ox.Store):
    assert b"_:" not in graph
    assert len(store) == graph.count(b"\n")


def test_everything_an_article_names_is_described(store: ox.Store):
    named = store.query(
        prologue(BASE)
        + """SELECT DISTINCT ?e WHERE {
            ?s dl:entity|dl:reports|dl:cites|sem:hasPlace|sem:hasActor|dl:country|schema:isPartOf ?e
            FILTER NOT EXISTS { ?e a ?class }
        }"""
    )
    assert [str(row["e"]) for row in named] == []


def test_the_store_gives_back_the_very_bytes(graph: bytes, store: ox.Store):
    dumped = store.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=ox.DefaultGraph())
    assert dumped is not None
    assert b"".join(sorted(dumped.splitlines(keepends=True))) == graph


@pytest.mark.skipif(shutil.which("rapper") is None, reason="raptor's rapper is not installed")
def test_raptor_counts_the_same(graph: bytes):
    done = subprocess.run(
        ["rapper", "-c", "-i", "ntriples", "-", BASE], input=graph, capture_output=True, check=False
    )
    assert f"returned {len(graph.splitlines())} triples" in done.stderr.decode()
    assert b"error" not in done.stderr.lower()


def test_same_record_same_bytes(minter: Minter, articles: tuple[LinkedArticle, ...]):
    for linked in articles:
        one, other = Writer(minter).article(linked), Writer(minter).article(linked)
        assert one == other
        assert one.own == b"".join(sorted(one.own.splitlines(keepends=True)))
        assert list(one.shared) == sorted(set(one.shared))


def test_order_of_links_does_not_matter(writer: Writer, articles: tuple[LinkedArticle, ...]):
    linked = articles[0]
    shuffled = list(linked.links)
    random.Random(7).shuffle(shuffled)
    assert writer.article(dataclasses.replace(linked, links=tuple(shuffled))) == writer.article(linked)


def test_where_the_file_lay_does_not_matter(writer: Writer, articles: tuple[LinkedArticle, ...]):
    linked = articles[0]
    moved = dataclasses.replace(linked, article=dataclasses.replace(linked.article, origin="elsewhere.txt"))
    assert writer.article(moved) == writer.article(linked)


def test_shared_graph_is_the_union_whatever_the_order(writer: Writer, articles: tuple[LinkedArticle, ...]):
    written = [writer.article(a).shared for a in articles]
    forward = sorted({line for lines in written for line in lines})
    backward = sorted({line for lines in reversed(written) for line in lines})
    assert forward == backward
    assert len(forward) < sum(map(len, written))  # the newspaper is in all of them


# --- options and faults ---


def test_text_is_in_the_graph_only_if_asked(minter: Minter, articles: tuple[LinkedArticle, ...]):
    text = articles[0].article.zh.text.splitlines()[1]
    assert text not in Writer(minter).article(articles[0]).own.decode()
    included = Writer(minter, include_text=True).article(articles[0])
    assert text in included.own.decode()
    assert check(included.own) == ()


def test_explained_features_are_not_explained_again(minter: Minter, articles: tuple[LinkedArticle, ...]):
    own = Writer(minter, explained={"name_match"}).article(articles[0]).own.decode()
    assert "name_match=1; both_languages=1 both languages lead to it" in own


def test_translation_that_is_no_witness_says_nothing(writer: Writer, articles: tuple[LinkedArticle, ...]):
    article = dataclasses.replace(articles[0].article, witness_en=False)
    written = writer.article(LinkedArticle(article, Understanding((), (), (), ()), (), (), "2026-11-01"))
    store = store_of(written.own)
    assert not ask(store, "?a schema:headline ?h FILTER (LANG(?h) = 'en')")
    assert not ask(store, "?a schema:inLanguage 'en'")
    assert not ask(store, "?a dl:lengthEn ?n")


def test_notes_of_understanding_are_kept(writer: Writer, articles: tuple[LinkedArticle, ...]):
    understanding = Understanding((), (), (), (), notes=(Note("translation-drops-dateline", "新华社"),))
    written = writer.article(dataclasses.replace(articles[2], understanding=understanding))
    assert ask(store_of(written.own), "?a dl:readingNote dl:note-translation-drops-dateline")


def test_a_mention_without_a_decision_is_refused(writer: Writer, articles: tuple[LinkedArticle, ...]):
    with pytest.raises(
        ValidationError, match=r"article 1953-02-06/4/0a1b2c3d: nothing was decided for 'source-1'"
    ):
        writer.article(dataclasses.replace(articles[0], links=()))
    with pytest.raises(ValidationError, match="event-1"):
        writer.article(dataclasses.replace(articles[0], event_links=()))


def test_half_a_character_is_refused(writer: Writer, articles: tuple[LinkedArticle, ...]):
    article = dataclasses.replace(articles[2].article, title_zh="图\ud83d")
    with pytest.raises(ValidationError, match="1963-01-05/2/00000000"):
        writer.article(dataclasses.replace(articles[2], article=article))


def test_hard_text_gives_valid_triples(writer: Writer, articles: tuple[LinkedArticle, ...]):
    hard = 'a"b\\c\nd\te\x01\u2028é🀄'
    article = dataclasses.replace(articles[2].article, title_zh=hard, author=hard, column=hard)
    own = writer.article(dataclasses.replace(articles[2], article=article)).own
    assert check(own) == ()
    assert {q.object.value for q in store_of(own) if q.predicate.value.endswith(("headline", "byline"))} == {
        hard
    }


def test_one_item_in_two_mentions_is_written(writer: Writer, articles: tuple[LinkedArticle, ...]):
    linked = articles[0]
    same = tuple(
        dataclasses.replace(link, item="Q819", entity="Q819")
        for link in linked.links
        if link.key == "place-3"
    )
    links = tuple(same[0] if link.key == "place-3" else link for link in linked.links)
    assert check(writer.article(dataclasses.replace(linked, links=links)).own) == ()


def test_references_lead_to_all_items(writer: Writer):
    item = Item(
        "Q1", "event", "war", (("en", "x"),), part_of=("Q2",), parties=("Q3",), places=("Q4",), country="Q5"
    )
    assert writer.references(item) == ("Q2", "Q3", "Q4", "Q5")
    assert writer.references(dataclasses.replace(item, part_of=("Q1",))) == ("Q3", "Q4", "Q5")


@pytest.mark.parametrize("kind", ["place", "source", "unit", "measure", "event", "person", "organisation"])
def test_items_of_every_kind_have_a_class(writer: Writer, kind: str):
    written = writer.entity(Item("Q1", kind, "other", (("zh", "某"), ("en", "Some"))))
    assert ask(store_of(written), "?e a ?class ; rdfs:label ?l ; owl:sameAs wd:Q1")
    assert check(written) == ()


# --- against the checks ---


def test_the_graph_passes_the_fast_check(graph: bytes):
    ensure(graph, of="the graph")


@pytest.mark.slow
def test_the_graph_conforms_to_the_shapes(graph: bytes):
    report = validate(graph)
    assert report.conforms, report.text()
    assert report.triples == len(graph.splitlines())


@pytest.mark.parametrize(
    ("field", "value", "shape"),
    [
        ("confidence", 1.5, "link-confidence"),
        ("entity", "place-0123456789ab", "link-verdict-entity"),
        ("evidence", (Evidence("x", 1.0),), None),
    ],
)
def test_faults_of_links_are_caught(
    writer: Writer, articles: tuple[LinkedArticle, ...], field: str, value: object, shape: str | None
):
    linked = articles[0]
    links = (dataclasses.replace(linked.links[0], **{field: value}), *linked.links[1:])
    faults = check(writer.article(dataclasses.replace(linked, links=links)).own)
    assert {f.shape for f in faults} == ({shape} if shape else set())


def test_offsets_outside_the_text_are_caught(writer: Writer, articles: tuple[LinkedArticle, ...]):
    linked = articles[0]
    body = linked.article.zh
    short = dataclasses.replace(linked.article, zh=dataclasses.replace(body, text=body.text[:-30]))
    own = writer.article(dataclasses.replace(linked, article=short)).own
    assert {f.shape for f in check(own)} == {"found-spans-inside"}
    with pytest.raises(ValidationError, match=r"article x: .* found-spans-inside: .*\(and \d+ more\)"):
        ensure(own, of="article x")


# --- size ---


def test_an_article_costs_few_statements(writer: Writer, articles: tuple[LinkedArticle, ...]):
    """Two languages, twelve mentions, two events, a chain of two sources: a third more than is usual."""
    written = writer.article(articles[0])
    assert len(written.own.splitlines()) < 240
    assert len(written.shared) < 25
