"""From a request to what a worker is asked, without a server."""

from __future__ import annotations

from typing import ClassVar

import pytest

from server.errors import HttpError
from server.sparql.asked import Caller, understand
from server.sparql.questions import question
from server.sparql.request import SparqlRequest

CALLER = Caller("203.0.113.1", [("RateLimit", '"default";r=1;t=60')], 0.0)


class Site:
    """A site of which nothing is asked but what its queries may leave unsaid."""

    prefixes: ClassVar = {"dl": "https://w3id.org/dateline/ontology#"}
    forwarding = None

    def search(self, text, limit, snippets):
        return []


def asked(query="ASK {}", accept="", encoding="", release="r1", **more):
    environ = {"REQUEST_METHOD": "GET", "HTTP_ACCEPT": accept, "HTTP_ACCEPT_ENCODING": encoding}
    return understand(environ, SparqlRequest(query, **more), release, CALLER)


def test_a_tag_stands_for_one_answer():
    others = [
        asked("ASK { }"),
        asked(release="r2"),
        asked(accept="application/sparql-results+xml"),
        asked(accept="application/rdf+xml;q=0.9, */*;q=0.1"),
        asked(encoding="gzip"),
        asked(default_graphs=("http://e/g",)),
        asked(named_graphs=("http://e/g",)),
    ]
    tags = {one.tag for one in (asked(), *others)}
    assert len(tags) == 8
    assert asked().tag == asked().tag
    assert asked(encoding="gzip").key == asked().key


def test_the_end_of_a_query_is_taken_for_no_graph():
    query = "PREFIX urn: <http://e/> DESCRIBE <http://e/a>"
    assert asked(query, default_graphs=("urn:b",)).tag != asked(f"{query}\nurn:b").tag
    assert asked(default_graphs=("urn:b",)).tag != asked(named_graphs=("urn:b",)).tag


def test_what_changes_has_no_tag():
    one = asked("SELECT (RAND() AS ?n) {}")
    assert (one.key, one.tag) == ("", "")
    headers = dict(one.headers)
    assert headers["Cache-Control"] == "no-store"
    assert "ETag" not in headers


def test_the_limits_are_told_with_the_answer():
    assert CALLER.limits[0] in asked().headers


@pytest.mark.parametrize(
    ("query", "accept", "status"), [("", "", 400), (" \n", "", 400), ("ASK {}", "image/png", 406)]
)
def test_what_is_not_to_be_asked(query, accept, status):
    with pytest.raises(HttpError) as refused:
        asked(query, accept)
    assert refused.value.status == status


def test_a_question_has_the_dataset_where_one_is_named():
    assert question(asked(), Site(), ()) == {
        "query": "ASK {}",
        "result_format": "JSON",
        "graph_format": "TURTLE",
    }
    found = question(asked(named_graphs=("http://e/g",)), Site(), ())
    assert (found["default_graphs"], found["named_graphs"]) == ((), ("http://e/g",))


def test_a_text_search_is_answered_before_the_worker_is_asked():
    found = question(asked("SELECT * { SERVICE dl:search { ?a dl:text '上甘岭' } }"), Site(), ())
    assert "SERVICE" not in found["query"]
    assert "VALUES" in found["query"]


def test_what_service_may_not_name_is_refused_or_silenced():
    with pytest.raises(HttpError) as refused:
        question(asked("ASK { SERVICE <http://e/> {} }"), Site(), ())
    assert refused.value.status == 403
    one = asked("ASK { SERVICE SILENT <http://e/> {} }")
    assert "<about:invalid>" in question(one, Site(), ())["query"]
    assert "not allowed" in dict(one.headers)["X-Silenced"]
