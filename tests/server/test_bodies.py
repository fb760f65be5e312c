"""Bodies of requests: how long they may be, however they come, over HTTP."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
import requests

from server.sparql.request import LARGEST_BODY
from tests.server.test_streaming import resident

FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=x"
PART = b'--x\r\nContent-Disposition: form-data; name="queries"%b\r\n\r\n'
_PIECE = b"a" * (1 << 20)
_GIGABYTE = 1 << 30


@pytest.fixture(scope="module")
def server(serve, release_data):
    return serve(
        "--data", release_data, "--workers", "1", KG_BASE="http://127.0.0.1:8000/", KG_EDIT_TOKEN="secret"
    )


def pieces(first: bytes, size: int) -> Iterator[bytes]:
    yield first
    for _ in range(size // len(_PIECE)):
        yield _PIECE


def send(server, path: str, kind: str, body: Iterator[bytes]) -> tuple[int, dict, int]:
    """Status, document, and how many bytes of a chunked body were taken until nobody read any more."""
    where = urlsplit(server.url)
    taken, answer = 0, b""
    with socket.create_connection((where.hostname, where.port), timeout=30) as sock:
        head = f"POST /{path} HTTP/1.1\r\nHost: x\r\nAccept: application/json\r\nContent-Type: {kind}\r\n"
        sock.sendall(f"{head}Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n".encode())
        try:
            for piece in body:
                sock.sendall(b"%x\r\n%b\r\n" % (len(piece), piece))
                taken += len(piece)
            sock.sendall(b"0\r\n\r\n")
        except (BrokenPipeError, ConnectionResetError):
            pass
        try:
            while data := sock.recv(1 << 16):
                answer += data
        except ConnectionResetError:
            pass
    head, _, document = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(document), taken


@pytest.mark.parametrize(
    ("path", "kind", "first"),
    [
        ("sparql", FORM, b"query="),
        ("sparql", "application/sparql-query", b"ASK {} #"),
        ("reconcile", FORM, b"queries={}&x="),
        ("reconcile", "application/json", b'{"queries":{},"x":"'),
        ("reconcile", MULTIPART, PART % b""),
        ("reconcile", MULTIPART, PART % b'; filename="a"'),
        ("review/sign-in", FORM, b"token="),
        ("review/place/x", FORM, b"decision=accept&x="),
        ("api/articles", FORM, b"x="),
    ],
)
def test_a_chunked_body_ends_where_it_may_be_no_longer(server, path, kind, first):
    """Not read to its end, not cut off there and taken for whole, and not kept."""
    before = resident(server.pid)
    status, document, taken = send(server, path, kind, pieces(first, _GIGABYTE))
    assert status == 413, document
    assert str(LARGEST_BODY) in document["remedy"]
    assert taken < 128 << 20
    assert resident(server.pid) - before < 96 << 20


@pytest.mark.parametrize("path", ["nothing", "store?default", "articles", "healthz"])
def test_a_body_that_nobody_wants_is_not_read_for_long(server, path):
    status, _, taken = send(server, path, "text/turtle", pieces(b"a", _GIGABYTE))
    assert status in (403, 404, 405)
    assert taken < 128 << 20


@pytest.mark.parametrize("chunk", [b"-1\r\n{}", b"x", b"2\r\n{}x", b"2;\x01\r\n{}\r\n"])
@pytest.mark.parametrize(("path", "kind"), [("reconcile", "application/json"), ("sparql", FORM)])
def test_chunks_that_are_none_are_the_clients_fault(server, chunk, path, kind):
    """They are told, and nothing is logged of them."""
    logged = server.log.read_bytes()
    where = urlsplit(server.url)
    with socket.create_connection((where.hostname, where.port), timeout=30) as sock:
        head = (
            f"POST /{path} HTTP/1.1\r\nHost: x\r\nContent-Type: {kind}\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        sock.sendall(head.encode() + chunk + b"\r\n\r\n")
        assert sock.recv(1 << 16).startswith(b"HTTP/1.1 400 ")
    assert server.log.read_bytes() == logged


def test_as_long_as_may_be(server):
    queries = b'{"queries":{"q":{"query":"\xe6\xb2\xb3\xe5\x86\x85"}}}'
    body = queries + b" " * (LARGEST_BODY - len(queries))
    status, document, _ = send(server, "reconcile", "application/json", iter([body[:1000], body[1000:]]))
    assert status == 200
    assert "q" in document
    status, _, _ = send(server, "reconcile", "application/json", iter([body, b" "]))
    assert status == 413
    announced = {"Content-Type": "application/json"}
    assert requests.post(server.url + "reconcile", body, headers=announced, timeout=30).status_code == 200
    assert (
        requests.post(server.url + "reconcile", body + b" ", headers=announced, timeout=30).status_code == 413
    )


@pytest.mark.parametrize(
    ("kind", "body", "said"),
    [
        (FORM, b"queries={}" + b"&a" * 1000, "more than 1000 fields"),
        (FORM, b"queries=" + b"[" * 500_000, "queries is nested too deeply"),
        (FORM, b"queries={", "queries is not JSON"),
        ("application/json", b'{"queries":' + b"[" * 500_000, "the body is nested too deeply"),
        ("application/json", b'{"queries":', "the body is not JSON"),
        ("application/json", b'{"queries":"\xff"}', "the body is not UTF-8"),
    ],
    ids=["fields", "deep", "broken", "deep JSON", "broken JSON", "other bytes"],
)
def test_what_cannot_be_read_is_told(server, kind, body, said):
    response = requests.post(server.url + "reconcile", body, headers={"Content-Type": kind}, timeout=30)
    assert response.status_code == 400
    assert said in response.json()["error"]
