"""What nobody means well, asked of pages and interfaces over HTTP: each is answered, and none with a 500."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest
import requests

DIGITS = "9" * 5000  # more than Python makes a number of
PAGES = """
    search search.csv search/tops.json entities events timeline map.csv trends issues complete export
    review store page/entity/Q956 api/articles api/search api/entities api/events sparql
    reconcile reconcile/suggest/entity reconcile/preview reconcile/flyout/entity reconcile/extend/propose
"""
PARAMETERS = """
    q after year since until limit cursor page confidence from to date lang entity within event order kind
    type prefix id callback format graph named measure
"""
KINDS = """
    article entity event issue ontology dumps changes ldes store static cite/article sitemaps changes/x ldes/x
    api/entities
"""
VALUES = ["", "-1", "²", "1e999", "\0", "\ud800", "((", "1954-02-30", DIGITS]
IDS = [
    "\0",
    "\ud800",
    "../../etc/passwd",
    "..%2f",
    "北京",
    "Q956.ttl.ttl",
    ".ttl",
    "Q956.xyz",
    f"Q{DIGITS}",
    "//",
    "%",
    "x\ny",
]


@pytest.fixture(scope="module")
def session():
    with requests.Session() as session:
        session.headers["Accept"] = "text/html"
        yield session


def escaped(text: str) -> str:
    return quote(text.encode("utf-8", "surrogatepass"), safe="%")


@pytest.mark.parametrize("page", PAGES.split())
def test_parameters_of_any_kind(server_url, session, page):
    for name in PARAMETERS.split():
        for value in VALUES:
            address = f"{server_url}{page}?{name}={escaped(value)}"
            response = session.get(address, allow_redirects=False, timeout=30)
            assert response.status_code < 500, address


@pytest.mark.parametrize("kind", KINDS.split())
def test_names_of_any_kind(server_url, session, kind):
    forms = (kind,) if "/" in kind else (kind, f"page/{kind}", f"data/{kind}")
    for form in forms:
        for id in (*IDS, f"articles-{DIGITS}-1.xml", f"{DIGITS}.atom", f"{DIGITS}..{DIGITS}/"):
            address = f"{server_url}{form}/{escaped(id)}"
            response = session.get(address, allow_redirects=False, timeout=30)
            assert response.status_code < 500, address
            assert not response.headers.get("Location", "").startswith("//"), address


def query(**what: object) -> str:
    return json.dumps({"q": {"query": "Hanoi", **what}})


def near(*values: object) -> str:
    return query(
        properties=[{"pid": pid, "v": v} for pid in ("coordinates", "start", "country") for v in values]
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("queries", near(f"{'9' * 400},5", f"5,{'9' * 400}", "1e5,1e400", "nan,nan", "91,181")),
        ("queries", near(1e308, -1, True, None, {"id": 1}, [1, [2]], {"x": "y"}, "x" * 10_000)),
        ("queries", query(limit=10**4000)),
        ("queries", query(limit=1e300)),
        ("queries", query(query="\ud800")),
        ("queries", '{"\\ud800": {"query": "Hanoi"}}'),
        ("queries", f'{{"q": {{"query": "x", "limit": {DIGITS}}}}}'),
        ("queries", '{"q": {"query": "x", "limit": NaN}}'),
        ("queries", "[" * 100_000),
        ("extend", '{"ids": ["\\ud800"], "properties": [{"id": "country"}]}'),
        ("extend", '{"ids": ["Q1858"], "properties": [{"id": ["x"]}]}'),
        ("extend", '{"ids": ["Q1858"], "properties": [{"id": "country", "settings": {"limit": "²"}}]}'),
        ("extend", '{"ids": ["Q1858"], "properties": [null]}'),
    ],
)
def test_batches_of_any_kind(server_url, name, value):
    sent = (
        {"data": {name: value}},
        {"data": f'{{"{name}": {value}}}', "headers": {"Content-Type": "application/json"}},
    )
    for one in sent:
        assert requests.post(server_url + "reconcile", timeout=30, **one).status_code < 500


def test_whole_characters_in_escapes_are_read(server_url):
    """Both halves, as JSON has them."""
    queries = '{"q": {"query": "\\u5317\\u4eac \\ud83d\\ude00"}}'
    response = requests.post(server_url + "reconcile", data={"queries": queries}, timeout=30)
    assert response.status_code == 200
