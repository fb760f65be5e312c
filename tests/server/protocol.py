"""What the tests of the protocol ask, and how: over HTTP, of `protocol_url` (``conftest.py``)."""

from __future__ import annotations

import requests

from kg.rdf.formats import Format

TRIG = """@prefix e: <http://e/> .
e:a e:p "default", 1, "奠边府"@zh .
e:g1 { e:a e:p "one" } e:g2 { e:a e:p "two" }
"""
SELECT = "SELECT ?o WHERE { <http://e/a> <http://e/p> ?o } ORDER BY STR(?o)"
CONSTRUCT = "CONSTRUCT WHERE { ?s ?p ?o }"
EXPECTED = ["1", "default", "奠边府"]
JSON = Format.JSON.media_type


def values(response: requests.Response) -> list[str]:
    assert response.status_code == 200, response.text
    return [row["o"]["value"] for row in response.json()["results"]["bindings"]]


def get(url: str, query: str = SELECT, accept: str | None = JSON, **parameters) -> requests.Response:
    headers = {} if accept is None else {"Accept": accept}
    return requests.get(url, params={"query": query, **parameters}, headers=headers, timeout=30)
