"""Amounts that the two languages give differently, from the text to the graph."""

from __future__ import annotations

from kg.pipeline.convert import Converter
from kg.rdf.check import ensure
from kg.settings import Settings
from tests.mentions.test_understander import article


def test_an_amount_given_differently_is_a_conflict_in_the_graph():
    converter = Converter.load(Settings())
    zh, en = "新厂每年炼钢一千八百万吨。", "The new mill makes 1.8 million tons of steel a year."
    triples = converter.writer.article(converter.linked(article(["题目", zh], ["Title", en])))
    ensure(triples.graph, of="the article")
    (line,) = [line for line in triples.own.decode().splitlines() if "ontology#conflict>" in line]
    assert "一千八百万吨 is 18,000,000, 1.8 million tons is 1,800,000" in line
    assert 'numericValue> "18000000"' in triples.own.decode()
