"""One table of formats, and one of prefixes."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from kg.rdf.formats import GRAPHS, PREFIXES, QUADS, RESULTS, Format, media_types, prefixes, prologue


@pytest.mark.parametrize("format", list(Format), ids=lambda f: f.name)
def test_format_agrees_with_the_engine(format: Format):
    engine = format.engine
    assert engine.media_type.partition(";")[0] == format.media_type
    assert engine.file_extension == format.extension
    assert Format.from_media_type(engine.media_type) is format
    for name in (format.extension, format.name, format.label, format.media_type.upper()):
        found = Format.from_name(name)
        assert found is format or (found is not None and found.media_type == format.media_type)


@pytest.mark.parametrize("format", [f for f in Format if f.is_graph], ids=lambda f: f.name)
def test_a_graph_survives(format: Format):
    quad = ox.Quad(
        ox.NamedNode("http://a/s"), ox.NamedNode("http://a/p"), ox.Literal("奠边府", language="zh")
    )
    written = ox.serialize([quad], format=format.rdf)
    assert written is not None
    assert list(ox.parse(input=written, format=format.rdf)) == [quad]
    with pytest.raises(TypeError, match="not of query results"):
        _ = format.results


@pytest.mark.parametrize("format", RESULTS, ids=lambda f: f.name)
def test_results_are_written(format: Format):
    written = ox.Store().query("SELECT (1 AS ?x) {}").serialize(format=format.results)
    assert b"1" in written
    with pytest.raises(TypeError, match="not of graphs"):
        _ = format.rdf


def test_every_format_is_offered_somewhere():
    assert set(GRAPHS) | set(QUADS) | set(RESULTS) == set(Format)


def test_media_types_and_extensions_are_unambiguous():
    types = media_types(Format)
    assert len(types) == sum(1 + len(f.synonyms) for f in Format)
    assert len({f.extension for f in Format}) == len(Format)


@pytest.mark.parametrize("unknown", ["", "docx", "text/html", "*/*"])
def test_unknown_is_none(unknown: str):
    assert Format.from_name(unknown) is None


def test_prologue_is_sparql():
    base = "https://example.org/kg/"
    query = prologue(base) + "ASK { entity:Q1 a schema:Place ; geo:hasGeometry ?g }"
    assert not ox.Store().query(query)
    assert set(PREFIXES) < set(prefixes(base))


def test_prefixes_serialise_turtle():
    quad = ox.Quad(
        ox.NamedNode("https://example.org/kg/entity/Q1"),
        ox.NamedNode(PREFIXES["rdf"] + "type"),
        ox.NamedNode(PREFIXES["schema"] + "Place"),
    )
    written = ox.serialize([quad], format=Format.TURTLE.rdf, prefixes=prefixes("https://example.org/kg/"))
    assert written is not None
    assert b"entity:Q1 a schema:Place" in written
