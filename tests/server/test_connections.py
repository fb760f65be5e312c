"""Connections as clients really use them: many, slow, half-closed, one request behind another."""

from __future__ import annotations

import contextlib
import resource
import socket
import threading
import time
from urllib.parse import quote, urlsplit

import pytest
import requests
from gunicorn.config import Config
from gunicorn.http.errors import NoMoreData
from hypothesis import given, settings
from hypothesis import strategies as st

from server import connection as connections
from server.connection import Connection
from server.heads import body_length, read_head
from tests.server.conftest import children, metrics_with
from tests.server.test_repeats import Connection as Client

ASK = "ASK { VALUES ?n { 1 } }"
HEAD = "Host: x\r\nAccept: application/sparql-results+json\r\n"
LONG = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"


@pytest.fixture(scope="module")
def server(serve, tmp_path_factory):
    """One web worker with two threads, so that what keeps a thread is soon noticed."""
    file = tmp_path_factory.mktemp("connections") / "data.nt"
    file.write_text("".join(f'<http://e/{n}> <http://e/p> "{n}" .\n' for n in range(3000)))
    return serve("--rdf", file, "--workers", "1", "--threads", "2", KG_QUERY_TIMEOUT="20")


@pytest.fixture
def connect(server):
    """Opens connections to the server."""
    opened: list[socket.socket] = []

    def connection() -> socket.socket:
        where = urlsplit(server.url)
        opened.append(socket.create_connection((where.hostname, where.port), timeout=30))
        return opened[-1]

    yield connection
    for each in opened:
        each.close()


def get(query: str, *more: str) -> bytes:
    return f"GET /sparql?query={quote(query)} HTTP/1.1\r\n{HEAD}{''.join(more)}\r\n".encode()


def post(query: str, *more: str) -> bytes:
    fields = f"{HEAD}Content-Type: application/sparql-query\r\nContent-Length: {len(query)}\r\n"
    return f"POST /sparql HTTP/1.1\r\n{fields}{''.join(more)}\r\n{query}".encode()


def everything(sock: socket.socket) -> bytes:
    """What comes until the server closes."""
    return b"".join(iter(lambda: sock.recv(1 << 16), b""))


def assert_serves(server) -> None:
    """By the loop, and by a thread."""
    for path in ("sparql", "healthz"):
        assert requests.get(server.url + path, params={"query": ASK}, timeout=15).status_code == 200


BEGUN = {
    "head": get(ASK)[:40],
    "head of a page": b"GET /healthz HTTP/1.1\r\nHost: x\r\n",
    "nothing": b"",
    "body": post("ASK {}" + " " * 1000)[:-900],
    "form": b"POST /reconcile HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\nqueries=",
}


@pytest.mark.parametrize("begun", BEGUN.values(), ids=BEGUN)
def test_requests_that_do_not_come_whole_keep_no_thread(server, connect, begun):
    for _ in range(10):
        connect().sendall(begun)
    assert_serves(server)


def test_a_request_may_come_in_pieces(connect):
    for whole in (get(ASK), post(ASK), b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"):
        sock = connect()
        for start in range(0, len(whole), 25):
            sock.sendall(whole[start : start + 25])
            time.sleep(0.005)
        assert sock.recv(1 << 16).startswith(b"HTTP/1.1 200 OK\r\n")


def test_an_address_may_be_sent_as_it_was_typed(server):
    """As curl does: by the loop, and by a thread."""
    connection = Client(server.url)
    for more in ("", "X-Unknown: thread\r\n"):
        target = "/sparql?query=SELECT*%7BVALUES?n%7B'奠边府'%7D%7D"
        connection.sock.sendall(f"GET {target} HTTP/1.1\r\n{HEAD}{more}\r\n".encode())
        status, _, body = connection.receive()
        assert status == 200
        assert "奠边府".encode() in body
    connection.close()


def test_a_request_without_a_host_is_refused(connect):
    for path in ("/sparql?query=ASK%7B%7D", "/healthz"):
        sock = connect()
        sock.sendall(f"GET {path} HTTP/1.1\r\n\r\n".encode())
        assert sock.recv(1 << 16).split(b" ")[1] == b"400"
    sock = connect()
    sock.sendall(b"GET /healthz HTTP/1.0\r\n\r\n")
    assert sock.recv(1 << 16).split(b" ")[1] == b"200"


def test_slow_readers_of_large_answers_leave_threads_for_others(server, connect):
    rows = get("SELECT * { ?a ?b ?c . ?d ?e ?f }")
    readers = [connect() for _ in range(6)]
    for reader in readers:
        reader.sendall(rows)
    answers = sorted(reader.recv(32).partition(b"\r\n")[0] for reader in readers)
    assert answers == [b"HTTP/1.1 200 OK"] + [b"HTTP/1.1 503 Service Unavailable"] * 5
    assert_serves(server)
    graph = requests.get(server.url + "store?default", timeout=15)  # short: there is room for it
    assert graph.status_code == 200


def test_clients_that_do_not_close_hold_nobody_up(server, connect):
    for _ in range(20):
        sock = connect()
        sock.sendall(b"nonsense\r\n\r\n")
        assert sock.recv(1 << 16).startswith(b"HTTP/1.1 400 ")
    assert_serves(server)


def test_requests_behind_each_other_are_answered_in_order(server, connect):
    """Some by the loop, some by threads, two of them too slow for the loop, and a body between."""
    queries = [f"SELECT ?n {{ VALUES ?n {{ {n} }} }}" for n in range(40)]
    slow = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . FILTER(?c < ?f) }"
    requests_ = []
    for n, query in enumerate(queries):
        requests_ += [get(query, "X-Unknown: thread\r\n") if n % 7 == 3 else (get, post)[n % 2](query)]
        if n in (10, 30):
            requests_ += [get(slow)]
    connection = Client(server.url)
    connection.sock.sendall(b"".join(requests_))
    answers = [connection.receive() for _ in requests_]
    connection.close()
    assert {status for status, _, _ in answers} == {200}
    values = [body.partition(b'"value":"')[2].partition(b'"')[0] for _, _, body in answers]
    quick = [int(value) for value in values if int(value) < 40]
    assert quick == list(range(40))


def test_a_client_that_sends_no_more_gets_its_answer(server, connect):
    for request in (get(ASK), post(ASK), b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"):
        sock = connect()
        sock.sendall(request)
        sock.shutdown(socket.SHUT_WR)
        assert everything(sock).startswith(b"HTTP/1.1 200 OK\r\n")
    assert_serves(server)


@pytest.mark.parametrize("kind", ["Content-Length: 90", "Content-Length: 90000"])
def test_half_a_query_is_not_answered(connect, kind):
    """What came before the end would be a query too."""
    sock = connect()
    head = f"POST /sparql HTTP/1.1\r\n{HEAD}Content-Type: application/sparql-query\r\n{kind}\r\n\r\n"
    sock.sendall(head.encode() + b"ASK {} #")
    sock.shutdown(socket.SHUT_WR)
    got = everything(sock)
    assert not got.startswith(b"HTTP/1.1 200")
    assert b"boolean" not in got


@pytest.mark.parametrize("size", [1000, 60_000, 70_000, 1 << 20, (10 << 20) - 10])
def test_bodies_of_all_sizes(server, size):
    query = ASK + "#".ljust(size - len(ASK), "x")
    headers = {"Content-Type": "application/sparql-query"}
    response = requests.post(server.url + "sparql", data=query.encode(), headers=headers, timeout=30)
    assert response.json()["boolean"] is True


def test_a_hundred_connections_at_once(server, connect):
    """All are kept alive, none is refused, and each gets what it asked."""
    socks = [connect() for _ in range(100)]
    for turn in range(3):
        for n, sock in enumerate(socks):
            sock.sendall(get(f"SELECT ?n {{ VALUES ?n {{ '{n}-{turn}' }} }}"))
        for n, sock in enumerate(socks):
            got = sock.recv(1 << 16)
            assert got.startswith(b"HTTP/1.1 200 OK\r\n")
            assert f'"value":"{n}-{turn}"'.encode() in got


def test_those_that_wait_for_a_worker_keep_no_thread(server, connect):
    """More hopeless queries than there are threads and workers: what is quick is answered beside them."""
    waiting = [connect() for _ in range(12)]
    for n, sock in enumerate(waiting):
        sock.sendall((get, post)[n % 2](LONG + f" # {n}"))
    for n in range(20):
        response = requests.get(server.url + "sparql", params={"query": f"ASK {{ ?s ?p {n} }}"}, timeout=15)
        assert response.status_code == 200
    for sock in waiting:
        sock.close()


def test_many_clients_that_leave_at_once(server):
    """Nothing of them stays behind."""
    where = urlsplit(server.url)

    def come_and_go() -> None:
        for n in range(30):
            with socket.create_connection((where.hostname, where.port), timeout=30) as sock:
                sock.sendall(get(f"ASK {{ ?s ?p {n} }}") * (1 + n % 3))

    threads = [threading.Thread(target=come_and_go) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    metrics_with(server.url, 'workers{state="busy"} 0.0', 'workers{state="waiting"} 0.0')
    assert_serves(server)


@pytest.mark.parametrize("begun", [b"", get(ASK)[:40]], ids=["idle", "begun"])
def test_more_connections_than_there_may_be(server, begun):
    """Those that only wait make room for who asks."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < 3000:
        pytest.skip("this system does not let a process open as many files")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 3000), hard))
    where = urlsplit(server.url)
    socks = []
    for _ in range(1100):
        socks.append(socket.create_connection((where.hostname, where.port), timeout=30))
        socks[-1].sendall(begun)
    for n in range(3):
        response = requests.get(server.url + "sparql", params={"query": f"{ASK} # {n}"}, timeout=30)
        assert response.status_code == 200
    for sock in socks:
        sock.close()
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.fixture(scope="module")
def few(serve, tmp_path_factory):
    """A server where one client may have five queries running."""
    file = tmp_path_factory.mktemp("few") / "data.nt"
    file.write_text("".join(f'<http://e/{n}> <http://e/p> "{n}" .\n' for n in range(3000)))
    return serve("--rdf", file, "--workers", "1", KG_CLIENT_QUERIES="5", KG_QUERY_TIMEOUT="30")


LARGE = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"


@pytest.mark.parametrize(
    ("query", "wait"),
    [
        (ASK, 0),
        (LONG, 0),
        (LONG, 0.3),
        (LARGE, 0),
        (LARGE, 0.5),
        ("SELEKT", 0),
        ("ASK { SERVICE <x:y> {} }", 0),
    ],
)
def test_clients_that_leave_count_no_longer(few, query, wait):
    """Whatever they asked, and whenever they go: more of them than may have queries running."""
    where = urlsplit(few.url)
    for n in range(12):
        with socket.create_connection((where.hostname, where.port), timeout=30) as sock:
            thread = ["X-Unknown: thread\r\n"] * (n % 3 == 0)
            sock.sendall((get, post)[n % 2](f"{query} # {n} {wait}", *thread))
            time.sleep(wait)
    deadline = time.monotonic() + 20
    statuses = []
    while 200 not in statuses and time.monotonic() < deadline:
        again = f"ASK {{ VALUES ?n {{ {len(statuses)} {wait} }} }} # {query[:6]}"
        statuses.append(requests.get(few.url + "sparql", params={"query": again}, timeout=15).status_code)
        time.sleep(0.1)
    assert statuses[-1] == 200


PIECES = st.sampled_from(
    [
        *(get(ASK), post(ASK), get("SELEKT"), b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"),
        *(b"GET ", b"POST ", b"/sparql", b"?query=", b"ASK%7B%7D", b" HTTP/1.1", b"\r\n", b"\r\n\r\n"),
        *(b"\n", b"\r", b"\0", b"\xff", b":", b" ", b"\t", b"x" * 9000, b"3\r\nabc\r\n", b"0\r\n\r\n"),
        *(b"Host: x\r\n", b"Content-Length: 3\r\n", b"Content-Length: -1\r\n", b"Connection: close\r\n"),
        *(b"Content-Length: " + b"9" * 5000 + b"\r\n", b"Accept: */*\r\n"),
        *(b"Transfer-Encoding: chunked\r\n", b"Expect: 100-continue\r\n"),
    ]
)


@given(
    parts=st.lists(st.one_of(PIECES, st.binary(max_size=8)), min_size=1, max_size=12),
    cut=st.integers(0, 60),
    leave=st.booleans(),
)
@settings(max_examples=150)
def test_whatever_is_sent_ends_no_worker(server, parts, cut, leave):
    """Each response begins as one, none says that the server failed, and the process that answers stays."""
    before = children(server.pid)
    where = urlsplit(server.url)
    data = b"".join(parts)
    with (
        socket.create_connection((where.hostname, where.port), timeout=30) as sock,
        contextlib.suppress(BrokenPipeError, ConnectionResetError),  # it need not be heard to its end
    ):
        sock.sendall(data[:cut])
        sock.sendall(data[cut:])
        if not leave:
            sock.shutdown(socket.SHUT_WR)
            got = everything(sock)
            assert got == b"" or got.startswith(b"HTTP/1.1 ")
            assert b"HTTP/1.1 500" not in got
    assert children(server.pid) == before


# --- the pieces ----------------------------------------------------------------------------------------


@pytest.fixture
def pair():
    ours, theirs = socket.socketpair()
    settings = Config()
    settings.set("keepalive", 1000)
    yield Connection(settings, ours, ("192.0.2.1", 1), ("192.0.2.2", 80)), theirs
    ours.close()
    theirs.close()


def test_what_comes_drop_by_drop_has_a_deadline(pair):
    conn, _ = pair
    idle = conn.deadline
    conn.await_rest()
    first = conn.deadline
    assert first < idle
    conn.await_rest()
    assert conn.deadline == first


def test_a_thread_does_not_wait_for_ever_for_the_rest(pair, monkeypatch):
    conn, theirs = pair
    monkeypatch.setattr(connections, "_GRACE", 1.0)
    conn.buffer = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\nabc"
    conn.hand_over()
    conn.sock.setblocking(True)
    request = next(conn.parser)
    theirs.sendall(b"d" * 1021)
    assert request.body.read(1024) == b"abc" + b"d" * 1021
    with pytest.raises(NoMoreData):
        request.body.read(1024)


def test_what_was_read_ahead_is_given_back(pair):
    conn, _ = pair
    following = b"GET /next HTTP/1.1\r\n"
    conn.buffer = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n" + following
    conn.hand_over()
    assert conn.buffer == b""
    assert next(conn.parser).path == "/"
    conn.take_back()
    assert conn.buffer == following


SIMPLE = b"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nHost: x\r\n"


@pytest.mark.parametrize(
    "head",
    [
        SIMPLE + b"X-Unknown: 1\r\n\r\n",
        SIMPLE + b"Host: y\r\n\r\n",
        SIMPLE + b"Connection: close\r\n\r\n",
        SIMPLE + b"Transfer-Encoding: chunked\r\n\r\n",
        SIMPLE + b"Expect: 100-continue\r\n\r\n",
        SIMPLE + b"Content-Length: +1\r\n\r\n",
        SIMPLE + b"Content-Length: 1234567890\r\n\r\n",
        SIMPLE + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n",
        SIMPLE + b"Accept: a\nb: c\r\n\r\n",
        SIMPLE + b" folded\r\n\r\n",
        SIMPLE + b"Cookie: \xe9\r\n\r\n",
        SIMPLE.replace(b"1.1", b"1.0") + b"\r\n",
        SIMPLE.replace(b"Host", b"Accept") + b"\r\n",
        SIMPLE.replace(b"/sparql", b"/sparql/x") + b"\r\n",
        SIMPLE.replace(b"ASK", b"ASK#") + b"\r\n",
        SIMPLE.replace(b"ASK", b"ASK\x80") + b"\r\n",
        SIMPLE.replace(b"ASK", b"A SK") + b"\r\n",
        SIMPLE.replace(b"GET", b"PUT") + b"\r\n",
        SIMPLE.replace(b"ASK", b"ASK" + b"x" * 9000) + b"\r\n",
    ],
)
def test_what_needs_interpretation_is_left_to_gunicorn(head):
    assert read_head(head) is None


def test_simple_heads():
    environ = read_head(
        SIMPLE + b"ACCEPT:  text/csv \r\nConnection: Keep-Alive\r\ncontent-length: 12\r\n\r\n"
    )
    assert environ == {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": "/sparql",
        "QUERY_STRING": "query=ASK%7B%7D",
        "HTTP_HOST": "x",
        "HTTP_ACCEPT": "text/csv",
        "CONTENT_LENGTH": "12",
    }
    assert body_length(b"", environ) == 12
    assert read_head(SIMPLE + b"\r\n") is not read_head(SIMPLE + b"\r\n")  # each may be added to


@pytest.mark.parametrize(
    ("fields", "length"),
    [
        (b"Content-Length: 7", 7),
        (b"content-length:7 ", 7),
        (b"Content-Length: 7\r\nExpect: 100-continue", 0),
        (b"Transfer-Encoding: chunked\r\nContent-Length: 7", 0),
        (b"Content-Length: x", 0),
        (b"X: y", 0),
    ],
)
def test_the_length_of_bodies_for_others(fields, length):
    assert body_length(b"POST / HTTP/1.1\r\n" + fields + b"\r\n\r\n", None) == length
