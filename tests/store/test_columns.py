"""The columns of ``SELECT *`` come as the query names them, and are those of the engine."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from kg.store.columns import columns_in_order


@pytest.fixture(scope="module")
def store() -> ox.Store:
    store = ox.Store()
    e = "http://e/"
    for s, o in (("a", "b"), ("b", "c"), ("c", "a")):
        store.add(ox.Quad(ox.NamedNode(e + s), ox.NamedNode(e + "p"), ox.NamedNode(e + o)))
    return store


@pytest.mark.parametrize(
    ("query", "columns"),
    [
        ("SELECT * { ?z ?y ?x }", "z y x"),
        ("select distinct*{?z ?y ?x}", "z y x"),
        ("PREFIX e: <http://e/> BASE <http://e/> SELECT * WHERE { ?z e:p/e:p* ?a }", "z a"),
        ("SELECT * { ?z ?p ?o # ?a\n FILTER(?hidden || ?o != '?b') } ORDER BY ?o", "z p o"),
        ("SELECT * { { SELECT ?b ?a { ?a ?hidden ?b } } ?z ?b ?c }", "b a z c"),
        ("SELECT * { { SELECT (COUNT(*) AS ?n) { ?a ?b ?c } } BIND(?n * 2 AS ?m) }", "n m"),
        (
            "SELECT * { $z ?p ?o MINUS { ?z ?p ?gone } OPTIONAL { ?o ?p2 ?a } VALUES ?b { 1 } }",
            "z p o p2 a b",
        ),
        ("SELECT * { ?z ?p ?o FILTER NOT EXISTS { ?z ?x ?y } }", "z p o"),
        ("SELECT ?b ?a { ?a ?b ?c }", "b a"),
        ("SELECT (2*3 AS ?z) ?a { ?a ?b ?c }", "z a"),
        ("SELECT * {}", ""),
    ],
)
def test_columns(store: ox.Store, query: str, columns: str) -> None:
    plain = store.query(query)
    assert isinstance(plain, ox.QuerySolutions)
    names = [v.value for v in plain.variables]
    ordered = store.query(columns_in_order(query))
    assert isinstance(ordered, ox.QuerySolutions)
    assert [v.value for v in ordered.variables] == columns.split()
    assert sorted(names) == sorted(columns.split())

    def rows(found: ox.QuerySolutions) -> list[list[str]]:
        return sorted([str(solution[n]) for n in names] for solution in found)

    assert rows(ordered) == rows(plain)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { ?z ?y ?x ",
        "SELECT * { ?z e:p ?x }",
        "SELECT * { ?z ?y ?x SERVICE <http://127.0.0.1:9/sparql> { ?a ?b ?c } }",
        "ASK { ?z ?y ?x }",
        "CONSTRUCT WHERE { ?z ?y ?x }",
        "DESCRIBE *",
        "DESCRIBE * { ?z ?y ?x }",
    ],
)
def test_other_queries_stay_as_they_are(query: str) -> None:
    assert columns_in_order(query) == query


def test_options_are_those_of_the_query() -> None:
    query = "SELECT * { ?z e:p ?x }"
    assert columns_in_order(query, prefixes={"e": "http://e/"}) == "SELECT ?z ?x { ?z e:p ?x }"
    assert columns_in_order("SELECT * { ?z <p> ?x }", base_iri="http://e/") == "SELECT ?z ?x { ?z <p> ?x }"


def test_the_shell_has_them_in_order(tmp_path) -> None:
    from kg.store.oxigraph import OxigraphEngine

    store = ox.Store(str(tmp_path / "store"))
    store.add(ox.Quad(ox.NamedNode("http://e/a"), ox.NamedNode("http://e/p"), ox.Literal("1")))
    store.flush()
    del store
    assert OxigraphEngine(tmp_path / "store").query("SELECT * { ?s ?p ?o }").variables == ("s", "p", "o")
