"""What the endpoint refuses: with the right status, a message and a remedy, over HTTP."""

from __future__ import annotations

import pytest
import requests

from tests.server.test_protocol import JSON, get, url, values

__all__ = ["url"]  # the fixture: a server over the same small data


def test_bad_query_tells_message_and_position(url):
    response = get(url, "SELECT * WHERE {\n  ?s ?p ?o\n  ?broken }")
    assert response.status_code == 400
    document = response.json()
    assert document["line"] == 3
    assert document["column"] > 1
    assert "expected" in document["error"]


@pytest.mark.parametrize("query", ["", "   ", "SELEKT", "SELECT ?x WHERE", "SELECT * { ?s ex:p ?o }", "\x00"])
def test_bad_queries(url, query):
    assert get(url, query).status_code == 400


def test_more_than_one_query(url):
    assert requests.get(url + "?query=ASK{}&query=ASK{}", timeout=30).status_code == 400
    response = requests.post(
        url + "?query=ASK{}", data="ASK {}", headers={"Content-Type": "application/sparql-query"}, timeout=30
    )
    assert response.status_code == 400


def test_bytes_that_are_not_utf8(url):
    assert requests.get(url + "?query=ASK%7B%FF%7D", timeout=30).status_code == 400
    response = requests.post(
        url, data=b"ASK {\xff}", headers={"Content-Type": "application/sparql-query"}, timeout=30
    )
    assert response.status_code == 400


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE"])
def test_method_not_allowed(url, method):
    response = requests.request(method, url, timeout=30)
    assert response.status_code == 405
    assert response.headers["Allow"] == "GET, HEAD, POST, OPTIONS"


@pytest.mark.parametrize("kind", ["text/plain", "application/json", "multipart/form-data; boundary=x", ""])
def test_unsupported_media_type(url, kind):
    response = requests.post(url, data=b"ASK {}", headers={"Content-Type": kind}, timeout=30)
    assert response.status_code == 415
    assert "application/sparql-query" in response.json()["remedy"]


def test_unsupported_charset(url):
    response = requests.post(
        url,
        data="ASK {}".encode("utf-16"),
        headers={"Content-Type": "application/sparql-query; charset=utf-16"},
        timeout=30,
    )
    assert response.status_code == 415


def test_too_large(url):
    body = b"ASK {} #" + b"x" * (11 << 20)
    response = requests.post(url, data=body, headers={"Content-Type": "application/sparql-query"}, timeout=60)
    assert response.status_code == 413


def test_an_address_that_is_too_long_is_refused(url):
    response = get(url, "ASK {} #" + "x" * 200_000)
    assert response.status_code in (413, 414, 431)


def test_large_queries_go_by_post(url):
    query = "SELECT ?o { VALUES ?o { " + " ".join(str(n) for n in range(30_000)) + " } }"
    assert (
        len(values(requests.post(url, data={"query": query}, headers={"Accept": JSON}, timeout=60))) == 30_000
    )


@pytest.mark.parametrize(
    "send",
    [
        {"data": {"update": "INSERT DATA { <a:a> <a:b> 1 }"}},
        {"data": "INSERT DATA { <a:a> <a:b> 1 }", "headers": {"Content-Type": "application/sparql-update"}},
    ],
)
def test_updates_are_refused(url, send):
    response = requests.post(url, **send, timeout=30)
    assert response.status_code == 403
    assert "kg update" in response.json()["remedy"]


def test_updates_by_query_are_bad_queries(url):
    for update in ("INSERT DATA { <a:a> <a:b> 1 }", "LOAD <http://127.0.0.1/x>", "DROP ALL"):
        assert get(url, update).status_code == 400


@pytest.mark.parametrize("timeout", ["abc", "-1", "0", "nan", "1e99"])
def test_bad_timeouts(url, timeout):
    assert get(url, timeout=timeout).status_code == 400


def test_errors_have_cors_headers_and_are_not_kept(url):
    for response in (get(url, "SELEKT"), get(url, accept="image/png"), requests.put(url, timeout=30)):
        assert response.headers["Access-Control-Allow-Origin"] == "*"
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["Content-Type"] == "application/json"
