"""Requests as they come over the wire: one behind another, in pieces, malformed."""

from __future__ import annotations

import http.client
import json
import socket
import time
from urllib.parse import quote, urlsplit

import pytest
import requests

from tests.server.protocol import EXPECTED, JSON, SELECT, values


@pytest.fixture(scope="module")
def url(protocol_url: str) -> str:
    return protocol_url


def test_many_requests_on_one_connection(url):
    with requests.Session() as session:
        for n in range(50):
            response = session.get(url, params={"query": f"SELECT ?o {{ BIND({n} AS ?o) }}"}, timeout=30)
            assert values(response) == [str(n)]


class Shared:
    """One buffer for several responses on a connection; `http.client` would read ahead into the next."""

    def __init__(self, sock: socket.socket) -> None:
        self.file = sock.makefile("rb")

    def makefile(self, mode: str) -> Shared:
        return self

    def __getattr__(self, name: str):
        return getattr(self.file, name)

    def close(self) -> None:
        pass


def raw(url: str, data: bytes, count: int) -> list[tuple[int, bytes]]:
    """Send bytes as they are and read the status and body of `count` responses."""
    where = urlsplit(url)
    with socket.create_connection((where.hostname, where.port), timeout=30) as sock:
        sock.sendall(data)
        shared = Shared(sock)
        answers = []
        for _ in range(count):
            response = http.client.HTTPResponse(shared)
            response.begin()
            answers.append((response.status, response.read()))
        shared.file.close()
        return answers


def test_pipelined_requests_are_answered_in_order(url):
    one = f"GET /sparql?query={quote('SELECT ?o { BIND(%d AS ?o) }')} HTTP/1.1\r\nHost: x\r\n\r\n"
    data = b"".join(one.replace("%25d", str(n)).encode() for n in range(5))
    answers = [json.loads(body)["results"]["bindings"][0]["o"]["value"] for _, body in raw(url, data, 5)]
    assert answers == ["0", "1", "2", "3", "4"]


def test_a_request_that_comes_in_pieces(url):
    where = urlsplit(url)
    data = f"GET /sparql?query={quote(SELECT)} HTTP/1.1\r\nHost: x\r\nAccept: {JSON}\r\n\r\n".encode()
    with socket.create_connection((where.hostname, where.port), timeout=30) as sock:
        for part in (data[:10], data[10:60], data[60:]):
            sock.sendall(part)
            time.sleep(0.05)
        with http.client.HTTPResponse(sock) as response:
            response.begin()
            assert response.status == 200


@pytest.mark.parametrize(
    "head",
    [
        b"Host: x\r\nContent-Length: 5\r\n\r\nhello",
        b"Host: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"Host: x\r\nX-Unknown: yes\r\n\r\n",
        b"Host: x\r\nConnection: close\r\n\r\n",
    ],
)
def test_unusual_requests_go_the_usual_way(url, head):
    data = f"GET /sparql?query={quote(SELECT)} HTTP/1.1\r\n".encode() + head
    ((status, _),) = raw(url, data, 1)
    assert status == 200


def test_two_slashes_lead_to_one(url):
    """An address joined from a base that ends in a slash; nothing else may come of it, nor another host."""
    data = b"POST //sparql?format=json HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"
    assert raw(url, data, 1)[0][0] == 308
    base = url.removesuffix("sparql")
    assert values(requests.get(base + "/sparql", params={"query": SELECT}, timeout=30)) == EXPECTED
    moved = requests.get(f"{base}///example.org/", allow_redirects=False, timeout=30)
    assert moved.headers["Location"] == "/example.org/"


@pytest.mark.parametrize(
    "data",
    [
        b"GET /sparql?query=ASK{} HTTP/1.1\r\nHost: x\r\nHost: y\r\nBad Header\r\n\r\n",
        b"GET /sparql?query=ASK{} HTTP/1.1\r\nHost: x\r\n Folded: yes\r\n\r\n",
        b"GET /sparql?query=ASK{} HTTP/1.1\r\nHost: x\r\nUser-Agent: a\0b\r\n\r\n",
        b"GET /sparql?query=ASK{} HTTP/9.9\r\nHost: x\r\n\r\n",
    ],
)
def test_malformed_requests_are_refused(url, data):
    ((status, _),) = raw(url, data, 1)
    assert 400 <= status < 500


def test_http_1_0(url):
    ((status, body),) = raw(url, f"GET /sparql?query={quote(SELECT)} HTTP/1.0\r\n\r\n".encode(), 1)
    assert status == 200
    assert json.loads(body)["results"]["bindings"]
