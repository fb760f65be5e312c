"""What the endpoint refuses: with the right status, a message and a remedy, over HTTP."""

from __future__ import annotations

import contextlib
import gzip
import http.client
import json
import socket
from urllib.parse import urlsplit

import pytest
import requests

from tests.server.protocol import JSON, get, values


@pytest.fixture(scope="module")
def url(protocol_url: str) -> str:
    return protocol_url


def test_bad_query_tells_message_and_position(url):
    response = get(url, "SELECT * WHERE {\n  ?s ?p ?o\n  ?broken }")
    assert response.status_code == 400
    document = response.json()
    assert document["line"] == 3
    assert document["column"] == 3
    assert document["error"] == "error at 3:3: no . between two triples"
    assert "expected" in document["parser"]


@pytest.mark.parametrize("query", ["", "   ", "SELEKT", "SELECT ?x WHERE", "SELECT * { ?s ex:p ?o }", "\x00"])
def test_bad_queries(url, query):
    assert get(url, query).status_code == 400


@pytest.mark.parametrize(
    "update", ["PREFIX a: <http://a/>\nINSERT DATA { a:b a:c 1 }", "clear all", "WITH <http://g/> x"]
)
def test_an_update_sent_as_a_query_is_called_so(url, update):
    response = get(url, update)
    assert response.status_code == 400
    assert "is an update, not a query" in response.json()["error"]


def test_a_first_word_that_no_query_has_is_named(url):
    document = get(url, "BASE <http://a/>\nSELEKT * { ?s ?p ?o }").json()
    assert document["error"] == "error at 2:1: no query begins with SELEKT"
    assert "SELECT" in document["remedy"]


def test_an_undeclared_prefix_is_called_so(url):
    response = get(url, "PREFIX a: <http://a/>\nSELECT * { ?s a:b ?o ;\n  nope:c 'other:d' }")
    assert response.status_code == 400
    document = response.json()
    assert document["error"] == "error at 3:3: the prefix nope: is not declared"
    assert (document["line"], document["column"], document["near"]) == (3, 3, "nope:c 'other:d' }")
    assert "PREFIX nope:" in document["remedy"]
    assert "expected" in document["parser"]


def test_a_variable_that_is_not_grouped_by_is_named(url):
    document = get(url, "SELECT ?x (COUNT(?y) AS ?n) { ?x ?p ?y }").json()
    assert document["error"] == "error at 1:8: ?x is neither counted nor in GROUP BY"


def test_a_packed_body_is_refused(url):
    kinds = {"Content-Type": "application/sparql-query", "Content-Encoding": "gzip"}
    response = requests.post(url, data=gzip.compress(b"ASK {}"), headers=kinds, timeout=30)
    assert response.status_code == 415
    assert "gzip" in response.json()["error"]


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


@pytest.mark.parametrize("length", [8_200, 20_000, 200_000])
def test_an_address_that_is_too_long_is_refused(url, length):
    response = get(url, "ASK {} #" + "x" * length)
    assert response.status_code == 414
    assert "POST" in response.json()["remedy"]
    assert response.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("headers", [{}, {"X-Unknown": "to a thread"}])
def test_an_address_of_eight_thousand_characters_is_not_too_long(url, headers):
    query = "ASK {} #" + "x" * 7_900
    assert requests.get(url, params={"query": query}, headers=headers, timeout=30).status_code == 200


def test_headers_that_are_too_long_are_refused(url):
    response = requests.get(url, params={"query": "ASK {}"}, headers={"X-Long": "x" * 20_000}, timeout=30)
    assert response.status_code == 431
    assert "headers" in response.json()["error"]
    assert response.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"nonsense\r\n\r\n", 400),
        (b"GET /sparql?query=ASK%7B%7D HTTP/9.9\r\nHost: x\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n folded\r\n\r\n", 400),
        (b"POST /sparql HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: foreign\r\n\r\n", 501),
        (
            (
                b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\n"
                b"Transfer-Encoding: chunked\r\n\r\nzz\r\nASK {}\r\n0\r\n\r\n"
            ),
            400,
        ),
    ],
)
def test_what_is_no_http_is_told_as_all_errors_are(url, request_, status):
    where = urlsplit(url)
    with socket.create_connection((where.hostname, where.port), timeout=30) as sock:
        sock.sendall(request_)
        with contextlib.closing(http.client.HTTPResponse(sock)) as response:
            response.begin()
            document = json.loads(response.read())
    assert response.status == document["status"] == status
    assert document["error"]
    assert document["remedy"]
    assert response.headers["Content-Type"] == "application/json"
    assert response.headers["Access-Control-Allow-Origin"] == "*"


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


@pytest.mark.parametrize("timeout", ["abc", "-1", "0", "nan"])
def test_bad_timeouts(url, timeout):
    assert get(url, timeout=timeout).status_code == 400


@pytest.mark.parametrize("timeout", ["1e99", "inf", "31"])
def test_no_more_time_than_there_is(url, timeout):
    """The server's own limit is the most that anybody has."""
    assert get(url, timeout=timeout).status_code == 200


def test_errors_have_cors_headers_and_are_not_kept(url):
    for response in (get(url, "SELEKT"), get(url, accept="image/png"), requests.put(url, timeout=30)):
        assert response.headers["Access-Control-Allow-Origin"] == "*"
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["Content-Type"] == "application/json"
