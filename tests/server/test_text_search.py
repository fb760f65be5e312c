"""Full text inside SPARQL, over the release built from the samples."""

from __future__ import annotations

import pytest
import requests

DL = "PREFIX dl: <https://w3id.org/dateline/ontology#> PREFIX schema: <https://schema.org/>\n"


def ask(server_url, query, prefixes=DL):
    return requests.get(
        server_url + "sparql",
        params={"query": prefixes + query},
        headers={"Accept": "application/sparql-results+json"},
        timeout=30,
    )


def rows(response):
    assert response.status_code == 200, response.text
    return response.json()["results"]["bindings"]


def test_two_characters(server_url):
    found = rows(ask(server_url, 'SELECT * { SERVICE dl:search { ?a dl:text "北京" ; dl:score ?s } }'))
    assert found
    assert all(row["a"]["type"] == "uri" and float(row["s"]["value"]) >= 0 for row in found)
    scores = [float(row["s"]["value"]) for row in found]
    assert scores == sorted(scores, reverse=True)


def test_joined_with_the_graph(server_url):
    query = """SELECT ?a ?title ?snippet {
      SERVICE dl:search { ?a dl:text "北京" ; dl:snippet ?snippet ; dl:limit 5 }
      ?a schema:headline ?title FILTER(LANG(?title) = "zh")
    }"""
    found = rows(ask(server_url, query))
    assert 0 < len({row["a"]["value"] for row in found}) <= 5
    assert all("北京" in row["snippet"]["value"] for row in found)


def test_english_words(server_url):
    assert rows(ask(server_url, 'SELECT ?a { SERVICE dl:search { ?a dl:text "Xinhua" } }'))


def test_limit(server_url):
    assert (
        len(rows(ask(server_url, 'SELECT ?a { SERVICE dl:search { ?a dl:text "北京" ; dl:limit 1 } }'))) == 1
    )


def test_nothing_found_is_no_row(server_url):
    assert rows(ask(server_url, 'SELECT ?a { SERVICE dl:search { ?a dl:text "没有这样的词语组合" } }')) == []


def test_in_optional_and_union(server_url):
    query = """SELECT ?a { { SERVICE dl:search { ?a dl:text "北京" ; dl:limit 2 } }
      UNION { SERVICE dl:search { ?a dl:text "上海" ; dl:limit 2 } } }"""
    assert rows(ask(server_url, query))


def test_prefixes_may_go_unsaid(server_url):
    assert rows(ask(server_url, 'SELECT ?a { SERVICE dl:search { ?a dl:text "北京" } }', prefixes=""))


def test_the_whole_iri(server_url):
    query = """SELECT ?x { SERVICE <https://w3id.org/dateline/ontology#search>
      { ?x <https://w3id.org/dateline/ontology#text> "北京" . } }"""
    assert rows(ask(server_url, query, prefixes=""))


@pytest.mark.parametrize("text", ['"北京"', "'北京'", '"""北京"""', '"\\u5317\\u4EAC"', '"北京"@zh'])
def test_every_way_to_write_a_string(server_url, text):
    assert rows(ask(server_url, f"SELECT ?a {{ SERVICE dl:search {{ ?a dl:text {text} }} }}"))


@pytest.mark.parametrize(
    "body",
    [
        "?a dl:score ?s",
        "?a dl:text ?t",
        '?a dl:text "x" ; dl:limit ?n',
        '?a dl:text "x" ; dl:other 1',
        '<http://e/> dl:text "x"',
        '?a dl:text "x" ; dl:score 5',
        '?a dl:text "x" ; dl:limit 1.5',
        '?a dl:text "x" ; dl:limit ²',
        f'?a dl:text "x" ; dl:limit {"9" * 5000}',
        f'?a dl:text "{"x " * 300}"',
        "",
    ],
)
def test_wrong_use_is_explained(server_url, body):
    response = ask(server_url, f"SELECT * {{ SERVICE dl:search {{ {body} }} }}")
    assert response.status_code == 400
    assert "dl:search" in response.json()["error"]
    assert "dl:text" in response.json()["remedy"]


@pytest.mark.parametrize("text", ["", "   ", "*", '\\"', "AND OR NOT", "a AND (", "NEAR(", "-", "\\n"])
def test_odd_searches_do_no_harm(server_url, text):
    response = ask(server_url, f'SELECT * {{ SERVICE dl:search {{ ?a dl:text "{text}" }} }}')
    assert response.status_code in (200, 400)


def test_snippets_cannot_break_out(server_url):
    """What stands in articles is written into the query as a literal, whatever it is."""
    query = 'SELECT ?t { SERVICE dl:search { ?a dl:text "the" ; dl:snippet ?t ; dl:limit 100 } }'
    assert all(row["t"]["type"] == "literal" for row in rows(ask(server_url, query)))


def test_same_search_is_kept(server_url):
    query = 'SELECT ?a { SERVICE dl:search { ?a dl:text "北京" } }'
    assert ask(server_url, query).headers["ETag"] == ask(server_url, query).headers["ETag"]


def test_plain_rdf_has_no_search(serve, tmp_path):
    file = tmp_path / "a.ttl"
    file.touch()
    url = serve("--rdf", file).url
    response = ask(url, 'SELECT ?a { SERVICE dl:search { ?a dl:text "x" } }')
    assert response.status_code in (400, 404)
    assert "no articles" in response.json()["error"]
