"""What becomes of a connection after a request whose body was read, refused, or never sent; over HTTP."""

from __future__ import annotations

import time

import pytest

from tests.server.test_repeats import Connection

ASK = b"ASK {}"
KIND = "Content-Type: application/sparql-query\r\n"
LARGE = 11 << 20


@pytest.fixture
def client(protocol_url):
    connection = Connection(protocol_url)
    yield connection
    connection.close()


def receive(client: Connection) -> tuple[int, str, bytes]:
    """Status, ``Connection`` and body of the next response; the loop's say nothing of it and stay."""
    status, headers, body = client.receive()
    return status, headers.get("Connection", "keep-alive"), body


def closes(client: Connection) -> bool:
    """Whether the server closes soon, without saying more."""
    client.sock.settimeout(1)
    try:
        return client.sock.recv(1) == b""
    except TimeoutError:
        return False


def post(length: int | str | None, *more: str, kind: str = KIND, path: str = "/sparql") -> bytes:
    size = "Transfer-Encoding: chunked\r\n" if length is None else f"Content-Length: {length}\r\n"
    return f"POST {path} HTTP/1.1\r\nHost: x\r\n{kind}{size}{''.join(more)}\r\n".encode()


REFUSED = {
    "of a length that is no number of bytes": post("9" * 5000),
    "too long": post(LARGE),
    "of no known type": post(100_000, kind="Content-Type: image/png\r\n"),
    "where none is wanted": post(100_000, path="/healthz"),
    "where nothing is": post(100_000, path="/none"),
    "chunked": post(None, kind="Content-Type: image/png\r\n") + b"3\r\nabc\r\n",
    "no chunks": post(None) + b"zz\r\n",
    "expected": post(LARGE, "Expect: 100-continue\r\n"),
    "expected and short": post(5, "Expect: 100-continue\r\n", kind="Content-Type: image/png\r\n"),
}


@pytest.mark.parametrize("request_", REFUSED.values(), ids=REFUSED)
def test_a_refused_body_closes_the_connection_which_is_told(client, request_):
    client.sock.sendall(request_)
    status, connection, _ = receive(client)
    assert 400 <= status < 500
    assert connection == "close"
    assert closes(client)


SHORT = {
    "of no known type": post(6, kind="Content-Type: image/png\r\n") + ASK,
    "where none is wanted": post(6, path="/healthz") + ASK,
    "of a page": b"GET /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\n\r\n" + ASK,
    "read": post(6, "X-Unknown: thread\r\n") + ASK,
    "chunked": post(None) + b"6\r\nASK {}\r\n0\r\n\r\n",
}


@pytest.mark.parametrize("request_", SHORT.values(), ids=SHORT)
def test_after_a_short_body_the_next_request_is_answered(client, request_):
    """Refused or not; also where it came right behind."""
    following = post(6) + ASK
    client.sock.sendall(request_ + following)
    assert receive(client)[1] == "keep-alive"
    assert receive(client)[0] == 200
    client.sock.sendall(following)
    assert receive(client)[0] == 200


@pytest.mark.parametrize("length", [6, 100_000, None])
def test_a_body_that_waits_to_be_wanted(client, length):
    client.sock.sendall(post(length, "Expect: 100-continue\r\n"))
    assert receive(client)[0] == 100
    client.sock.sendall(b"6\r\nASK {}\r\n0\r\n\r\n" if length is None else ASK.ljust(length))
    status, connection, body = receive(client)
    assert (status, connection) == (200, "keep-alive")
    assert b"true" in body
    client.sock.sendall(post(6) + ASK)
    assert receive(client)[0] == 200


def test_a_body_that_did_not_wait_is_read_all_the_same(client):
    client.sock.sendall(post(6, "Expect: 100-continue\r\n") + ASK)
    time.sleep(0.2)
    assert receive(client)[0] == 100
    assert receive(client)[0] == 200


def test_other_expectations_are_not_met(client):
    client.sock.sendall(post(6, "Expect: the-unexpected\r\n") + ASK)
    assert receive(client)[:2] == (417, "close")
    assert closes(client)


def test_later_versions_are_answered_as_this_one(client):
    client.sock.sendall(b"GET /healthz HTTP/1.2\r\nHost: x\r\n\r\n")
    assert client.file.readline() == b"HTTP/1.1 200 OK\r\n"


@pytest.mark.parametrize("path", ["/sparql?query=ASK%7B%7D", "/healthz"])
@pytest.mark.parametrize(
    ("version", "fields", "connection"),
    [
        ("1.1", "Connection: close\r\n", "close"),
        ("1.1", "TE: deflate\r\nConnection: TE, Close\r\n", "close"),  # as Perl's LWP has it
        ("1.1", "Connection: keep-alive, TE\r\n", "keep-alive"),
        ("1.0", "", "close"),
        ("1.0", "Connection: keep-alive\r\n", "keep-alive"),
        ("1.0", "Expect: 100-continue\r\n", "close"),  # to be ignored
    ],
)
def test_who_keeps_a_connection(client, path, version, fields, connection):
    client.sock.sendall(f"GET {path} HTTP/{version}\r\nHost: x\r\n{fields}\r\n".encode())
    status, told, _ = receive(client)
    assert (status, told) == (200, connection)
    assert closes(client) == (connection == "close")
