"""The Graph Store HTTP Protocol, for reading."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
import requests

from kg.rdf.formats import GRAPHS, QUADS


@pytest.fixture(scope="module")
def server(serve, tmp_path_factory):
    directory = tmp_path_factory.mktemp("graphs")
    (directory / "a.nq").write_text(
        '<http://e/s> <http://e/p> "named" <http://e/g> .\n<http://e/s> <http://e/p> "plain" .\n'
    )
    return serve("--rdf", directory / "a.nq")


def get(server, query="", accept="application/n-triples", **more):
    return requests.get(server.url + "store" + query, headers={"Accept": accept}, timeout=30, **more)


def test_default_graph(server):
    assert get(server, "?default").text == '<http://e/s> <http://e/p> "plain" .\n'


def test_named_graph(server):
    assert get(server, "?graph=http://e/g").text == '<http://e/s> <http://e/p> "named" .\n'


@pytest.mark.parametrize("format", GRAPHS)
def test_formats(server, format):
    response = get(server, "?graph=http://e/g", format.media_type)
    assert response.headers["Content-Type"].partition(";")[0] == format.media_type
    assert len(list(ox.parse(response.content, format.rdf))) == 1


@pytest.mark.parametrize("format", QUADS)
def test_all_graphs(server, format):
    response = get(server, "", format.media_type)
    assert response.status_code == 200
    assert len(list(ox.parse(response.content, format.rdf))) == 2


def test_direct_identification(serve, tmp_path):
    file = tmp_path / "direct.nq"
    file.write_text('<http://e/s> <http://e/p> "x" <http://data.example/store/people> .\n')
    server = serve("--rdf", file, KG_BASE="http://data.example/")
    assert get(server, "/people").text == '<http://e/s> <http://e/p> "x" .\n'
    assert get(server, "/nobody").status_code == 404


@pytest.mark.parametrize(
    ("path", "status"), [("nothing", 404), ("store?graph=x", 400), ("store?default", 406)]
)
def test_errors_are_pages_for_browsers_here_too(server, path, status):
    """Plain RDF is served without the pages that releases have, and their words."""
    response = requests.get(server.url + path, headers={"Accept": "text/html"}, timeout=30)
    assert response.status_code == status
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "<h1>" in response.text


def test_missing_graph(server):
    response = get(server, "?graph=http://e/none")
    assert response.status_code == 404
    assert "http://e/none" in response.json()["error"]


def test_relative_graph(server):
    assert get(server, "?graph=g").status_code == 400


def test_two_graphs(server):
    assert get(server, "?graph=http://e/g&default").status_code == 400


def test_not_acceptable(server):
    assert get(server, "?default", "image/png").status_code == 406
    assert get(server, "", "text/turtle").status_code == 406


def test_head_and_options(server):
    head = requests.head(server.url + "store?default", timeout=30)
    assert head.status_code == 200
    assert head.content == b""
    options = requests.options(server.url + "store?default", timeout=30)
    assert options.status_code == 204
    assert options.headers["Allow"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE", "PATCH"])
def test_writing_is_refused(server, method):
    response = requests.request(method, server.url + "store?default", data="", timeout=30)
    assert response.status_code == 403
    assert "kg update" in response.json()["remedy"]
    assert response.headers["Allow"] == "GET, HEAD, OPTIONS"


def test_a_graph_that_the_client_has_is_not_sent_again(server):
    first = get(server, "?default")
    tag = first.headers["ETag"]
    again = requests.get(
        server.url + "store?default",
        headers={"Accept": "application/n-triples", "If-None-Match": tag},
        timeout=30,
    )
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag)
    asked = (("?graph=http://e/g",), ("?default", "text/turtle"))
    others = {get(server, *each).headers["ETag"] for each in asked}
    assert tag not in others
    assert len(others) == 2
