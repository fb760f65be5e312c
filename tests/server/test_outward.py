"""Where the requests of SERVICE go: to the address that was checked, and through redirects that are."""

from __future__ import annotations

import contextlib
import http.client
import http.server
import itertools
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import requests

from server.outward import asking, forwarder
from server.outward.addresses import NotPublic, is_public, public_addresses
from server.outward.forwarder import Forwarder, Terms
from tests.server.conftest import descendants
from tests.server.rebinding import PUBLIC, Names

ROWS = b'{"head":{"vars":["o"]},"results":{"bindings":[{"o":{"type":"literal","value":"there"}}]}}'
JSON = "application/sparql-results+json"


@dataclass
class Endpoint:
    """A SPARQL endpoint at this machine: `answer` says how it answers, `asked` what it was asked."""

    server: http.server.ThreadingHTTPServer
    asked: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list)
    answer: Callable[[http.server.BaseHTTPRequestHandler], None] | None = None

    @property
    def port(self) -> int:
        return self.server.server_port


@contextlib.contextmanager
def listening(wrap: ssl.SSLContext | None = None) -> Iterator[Endpoint]:
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            endpoint.asked.append((self.command, self.path, dict(self.headers), body))
            self.close_connection = True
            with contextlib.suppress(OSError):
                (endpoint.answer or answer_rows)(self)

        do_GET = do_POST  # noqa: N815  the name that the base class calls

        def log_message(self, *arguments: object) -> None:
            pass

    class Server(http.server.ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request, client_address):
            pass  # a handshake that the other side broke off

    with Server(("127.0.0.1", 0), Handler) as server:
        if wrap is not None:
            server.socket = wrap.wrap_socket(server.socket, server_side=True)
        endpoint = Endpoint(server)
        threading.Thread(target=server.serve_forever, args=(0.05,)).start()
        try:
            yield endpoint
        finally:
            server.shutdown()


def answer_rows(handler: http.server.BaseHTTPRequestHandler) -> None:
    answer_with(handler, 200, ROWS, {"Content-Type": JSON})


def answer_with(handler, status, body=b"", headers=None) -> None:
    handler.send_response(status)
    for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body)


def redirecting(*targets: str, status: int = 302) -> Callable[[http.server.BaseHTTPRequestHandler], None]:
    """Leads to one target after another, then answers."""
    left = iter(targets)

    def answer(handler):
        target = next(left, None)
        if target is None:
            answer_rows(handler)
        else:
            answer_with(handler, status, headers={"Location": target})

    return answer


# --- addresses -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "127.8.8.8", "10.1.2.3", "172.16.0.1", "192.168.0.1", "169.254.169.254", "100.64.0.1",
     "100.100.100.200", "168.63.129.16", "192.0.0.192", "0.0.0.0", "255.255.255.255", "224.0.0.1",
     "240.0.0.1", "198.18.0.1", "203.0.113.7", "::", "::1", "::7f00:1", "::ffff:127.0.0.1",
     "::ffff:10.0.0.1", "fd00:ec2::254", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1",
     "64:ff9b::127.0.0.1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1",
     "2002:7f00:1::", "2002:a00:1::1", "2001:db8::1", "2001:0:7f00:1::", "4000::1"],
)  # fmt: skip
def test_addresses_of_the_house(address):
    assert not is_public(address)
    with pytest.raises(NotPublic):
        public_addresses(address)


@pytest.mark.parametrize(
    "address",
    ["1.1.1.1", "91.198.174.192", "2606:4700::1111", "2a02:ec80:300:ed1a::1", "::ffff:1.1.1.1",
     "64:ff9b::101:101"],
)  # fmt: skip
def test_addresses_outside(address):
    assert is_public(address)


def test_one_address_inside_is_enough(monkeypatch):
    found = [(None, None, None, "", (address, 0)) for address in ("1.1.1.1", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    with pytest.raises(NotPublic, match="not public"):
        public_addresses("two.example")


# --- over a server ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def endpoint() -> Iterator[Endpoint]:
    with listening() as found:
        yield found


@pytest.fixture(autouse=True)
def afresh(endpoint: Endpoint) -> None:
    endpoint.asked.clear()
    endpoint.answer = None


@pytest.fixture(scope="module")
def names(tmp_path_factory) -> Names:
    return Names(tmp_path_factory.mktemp("names"))


@pytest.fixture(scope="module")
def server(serve, tmp_path_factory, names, endpoint):
    file = tmp_path_factory.mktemp("outward") / "data.ttl"
    file.write_text("<http://e/a> <http://e/p> 1 .")
    allowed = [f"http://{name}.example:{endpoint.port}/sparql" for name in ("moving", "steady", "other")]
    environ = {"KG_SERVICE_ALLOW": " ".join(allowed), "KG_USER_AGENT": "Archive/1 (a@example.org)"}
    return serve("--rdf", file, "--workers", "1", **environ, **names.environ)


def post(server, query):
    return requests.post(server.url + "sparql", data={"query": query}, timeout=30)


def test_a_name_that_moves_leads_nowhere(server, names, endpoint):
    """It leads outside when it is looked at, and into the house when it is asked (DNS rebinding)."""
    clause = f"SERVICE <http://moving.example:{endpoint.port}/sparql> {{ ?s ?p ?o }}"
    names.lead("moving.example", PUBLIC, "127.0.0.1")
    response = post(server, f"SELECT * {{ {clause} }}")
    assert response.status_code == 502
    assert "moving.example leads to an address that is not public" in response.json()["error"]
    names.lead("moving.example", PUBLIC, "169.254.169.254")
    silent = post(server, f"SELECT * {{ {clause.replace('SERVICE', 'SERVICE SILENT')} }}")
    assert (silent.status_code, silent.json()["results"]["bindings"]) == (200, [{}])
    assert endpoint.asked == []


def test_an_endpoint_is_asked_at_the_address_that_was_checked(server, names, endpoint):
    """The name is looked up for the refusal and for the request, and not once more to connect."""
    names.lead("moving.example", PUBLIC, PUBLIC, "127.0.0.1")
    response = post(
        server, f"SELECT ?o {{ SERVICE <http://moving.example:{endpoint.port}/sparql> {{ ?s ?p ?o }} }}"
    )
    assert response.json()["results"]["bindings"] == [{"o": {"type": "literal", "value": "there"}}]
    assert names.asked("moving.example") == 2
    [(method, path, headers, body)] = endpoint.asked
    base = f"{server.url}sparql".encode()
    assert (method, path, body) == ("POST", "/sparql", b"BASE <%b>\nSELECT * WHERE { ?s ?p ?o . }" % base)
    assert headers["Host"] == f"moving.example:{endpoint.port}"
    assert headers["User-Agent"] == "Archive/1 (a@example.org)"


def test_queries_of_several_clauses(server, names, endpoint):
    """Prefixed names, relative to a base, one inside another (which is a matter of the outer endpoint)."""
    for name in ("steady.example", "other.example"):
        names.lead(name, PUBLIC)
    inner = f"SERVICE <http://other.example:{endpoint.port}/sparql> {{ ?a ?b ?c }}"
    silent = inner.replace("SERVICE", "SERVICE SILENT").replace("?c", "?o")
    query = f"""PREFIX e: <http://steady.example:{endpoint.port}/>
      SELECT * {{ ?x <http://e/p> ?y . SERVICE e:sparql {{ ?s ?p ?o . {inner} }} OPTIONAL {{ {silent} }} }}"""
    response = post(server, query)
    assert response.status_code == 200, response.text
    assert [row["o"]["value"] for row in response.json()["results"]["bindings"]] == ["there"]
    asked = {headers["Host"].partition(".")[0]: body for _, _, headers, body in endpoint.asked}
    assert (len(endpoint.asked), asked.keys()) == (2, {"steady", "other"})
    assert f"SERVICE <http://other.example:{endpoint.port}/sparql>".encode() in asked["steady"]


def test_what_an_endpoint_says_of_an_error_is_told(server, names, endpoint):
    names.lead("steady.example", PUBLIC)
    endpoint.answer = lambda handler: answer_with(handler, 429, b"slowly, please")
    address = f"http://steady.example:{endpoint.port}/sparql"
    response = post(server, f"SELECT * {{ SERVICE <{address}> {{ ?s ?p ?o }} }}")
    assert response.status_code == 502
    assert response.json()["error"] == (
        f"a SERVICE did not answer: {address}: it answered 429 Too Many Requests: slowly, please"
    )


@pytest.mark.parametrize("query", [
    "SELECT * {{ SERVICE <{address}> {{ ?s ?p }} }}",
    "PREFIX e: <{base}>\nSELECT * {{ SERVICE e:sparql {{ ?s ?p ?o }} ; }}",
    "PREFIX e: <{base}>\nASK {{ SERVICE e:sparql {{ ?s ?p ?o }}\n SERVICE SILENT e:sparql {{ ?s ?p }} }}",
])  # fmt: skip
def test_mistakes_stand_where_they_are(server, names, endpoint, query):
    """The address that the engine gets instead of the endpoint's moves nothing, and is not told."""
    names.lead("steady.example", PUBLIC)
    base = f"http://steady.example:{endpoint.port}/"
    query = query.format(address=base + "sparql", base=base)
    document = post(server, query).json()
    plain = post(server, query.replace("SERVICE SILENT", "GRAPH").replace("SERVICE", "GRAPH")).json()
    lines = query.split("\n")
    assert document["status"] == 400
    assert lines[document["line"] - 1][document["column"] - 1 :].startswith(document["near"])
    assert document["line"] == plain["line"]
    assert "127.0.0.1" not in str(document)


def test_the_forwarder_ends_with_the_web_worker(serve, tmp_path, names, endpoint):
    file = tmp_path / "data.ttl"
    file.write_text("<http://e/a> <http://e/p> 1 .")
    names.lead("steady.example", PUBLIC)
    address = f"http://steady.example:{endpoint.port}/sparql"
    own = serve("--rdf", file, "--workers", "1", KG_SERVICE_ALLOW=address, **names.environ)
    assert post(own, f"ASK {{ SERVICE <{address}> {{ ?s ?p ?o }} }}").json()["boolean"] is True
    [pid] = [p for p in descendants(own.pid) if b"forwarder" in Path(f"/proc/{p}/cmdline").read_bytes()]
    own.stop()
    deadline = time.monotonic() + 5
    while Path(f"/proc/{pid}").exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)


# --- the forwarder itself --------------------------------------------------------------------------


@contextlib.contextmanager
def forwarding(*endpoints: str, timeout: float = 20.0) -> Iterator[str]:
    """The address of a forwarder to these endpoints, without their numbers."""
    with Forwarder(Terms(endpoints, timeout, "Archive/1")) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,)).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/{server.secret}/"
        finally:
            server.shutdown()


@pytest.fixture
def inside(monkeypatch) -> dict[str, list[str]]:
    """Where names lead: the addresses of this machine count as public where they are listed."""
    leads: dict[str, list[str]] = {}

    def found(host: str) -> list[str]:
        if host not in leads:
            raise NotPublic(f"{host} leads to an address that is not public, or to none")
        return leads[host]

    monkeypatch.setattr(asking, "public_addresses", found)
    return leads


def ask(address, body=b"ASK {}"):
    return requests.post(address, data=body, headers={"Content-Type": "application/sparql-query"}, timeout=30)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_redirects_ask_again(inside, endpoint, status):
    inside["e.example"] = ["127.0.0.1"]
    endpoint.answer = redirecting("/there", status=status)
    with forwarding(f"http://e.example:{endpoint.port}/sparql") as address:
        assert ask(address + "0").content == ROWS
    assert [(method, path, body) for method, path, _, body in endpoint.asked] == [
        ("POST", "/sparql", b"ASK {}"),
        ("POST", "/there", b"ASK {}"),
    ]


def test_see_other_is_read(inside, endpoint):
    inside["e.example"] = ["127.0.0.1"]
    endpoint.answer = redirecting("/there", status=303)
    with forwarding(f"http://e.example:{endpoint.port}/sparql") as address:
        assert ask(address + "0").content == ROWS
    assert [(method, body) for method, _, _, body in endpoint.asked] == [("POST", b"ASK {}"), ("GET", b"")]


@pytest.mark.parametrize("target", [
    "http://127.0.0.1:{port}/x", "http://localhost:{port}/", "http://elsewhere.example:{port}/", "http://[::1]/",
    "http://169.254.169.254/latest/", "http://e.example:6379/", "file:///etc/passwd", "gopher://e.example:{port}/",
    "http://e.example@elsewhere.example:{port}/", "http://a:b@e.example:{port}/", "//elsewhere.example/",
    "http://e.example.elsewhere.example:{port}/", "http://e.example:{port}:80/",
])  # fmt: skip
def test_redirects_lead_nowhere_else(inside, endpoint, target):
    inside |= {"e.example": ["127.0.0.1"], "elsewhere.example": ["127.0.0.1"]}
    endpoint.answer = redirecting(target.format(port=endpoint.port))
    with forwarding(f"http://e.example:{endpoint.port}/sparql") as address:
        assert ask(address + "0").status_code == 502
    assert [path for _, path, _, _ in endpoint.asked] == ["/sparql"]


def test_redirects_have_an_end(inside, endpoint):
    inside["e.example"] = ["127.0.0.1"]
    endpoint.answer = redirecting(*["/sparql"] * 99)
    with forwarding(f"http://e.example:{endpoint.port}/sparql") as address:
        response = ask(address + "0")
    assert (response.status_code, len(endpoint.asked)) == (502, 6)
    assert response.text.startswith("more than 5 redirects")


def test_a_redirect_is_looked_up_and_checked_like_the_first(inside, endpoint, monkeypatch):
    """A name that moves between the two is refused."""
    leads = itertools.chain([["127.0.0.1"]], itertools.repeat(None))

    def found(host: str) -> list[str]:
        if (addresses := next(leads)) is None:
            raise NotPublic(f"{host} leads inside")
        return addresses

    monkeypatch.setattr(asking, "public_addresses", found)
    endpoint.answer = redirecting("/there")
    with forwarding(f"http://e.example:{endpoint.port}/sparql") as address:
        response = ask(address + "0")
    assert (response.status_code, response.text, len(endpoint.asked)) == (502, "e.example leads inside", 1)


def test_the_next_address_is_tried(inside, endpoint):
    inside["e.example"] = ["::1", "127.0.0.1"]  # the endpoint listens at one of them
    with forwarding(f"http://e.example:{endpoint.port}/sparql") as address:
        assert ask(address + "0").content == ROWS


def test_who_does_not_know_the_secret_asks_nobody(inside, endpoint):
    inside["e.example"] = ["127.0.0.1"]
    with forwarding(f"http://e.example:{endpoint.port}/sparql") as address:
        root, secret, _ = address.rsplit("/", 2)
        for path in (
            "/0",
            "/x/0",
            f"/{secret}/1",
            f"/{secret}/-1",
            f"/{secret}/x",
            f"/{secret}",
            f"/{secret}/²",
        ):
            assert ask(root + path).status_code == 502
        assert requests.get(address + "0", timeout=30).status_code == 501
    assert endpoint.asked == []


def test_an_answer_has_an_end(inside, endpoint, monkeypatch):
    inside["e.example"] = ["127.0.0.1"]
    monkeypatch.setattr(forwarder, "LARGEST_ANSWER", 1 << 20)

    def flood(handler):
        handler.send_response(200)
        handler.end_headers()
        while True:
            handler.wfile.write(b"x" * (1 << 16))

    endpoint.answer = flood
    with (
        forwarding(f"http://e.example:{endpoint.port}/sparql") as address,
        pytest.raises(requests.exceptions.ChunkedEncodingError),
    ):
        ask(address + "0")


def test_an_answer_that_breaks_off_is_not_taken_for_whole(inside, endpoint):
    inside["e.example"] = ["127.0.0.1"]
    endpoint.answer = lambda handler: answer_with(handler, 200, ROWS, {"Content-Length": str(len(ROWS) + 1)})
    with (
        forwarding(f"http://e.example:{endpoint.port}/sparql") as address,
        pytest.raises(requests.exceptions.ChunkedEncodingError),
    ):
        ask(address + "0")


@pytest.mark.parametrize("head", [b"", b"HTTP/1.1 200 OK\r\nX: "])
def test_an_endpoint_that_sends_a_byte_now_and_then_is_left(inside, endpoint, head):
    """No wait of its own takes long: the whole has a limit."""
    inside["e.example"] = ["127.0.0.1"]

    def drip(handler):
        handler.wfile.write(head)
        for _ in range(200):
            handler.wfile.write(b"H")
            handler.wfile.flush()
            time.sleep(0.05)

    endpoint.answer = drip
    with forwarding(f"http://e.example:{endpoint.port}/sparql", timeout=0.5) as address:
        began = time.monotonic()
        response = ask(address + "0")
        assert (response.status_code, response.text) == (502, "no answer in 0.5 s")
        assert time.monotonic() - began < 4


def test_an_answer_that_came_too_slowly_is_not_taken_for_whole(inside, endpoint):
    """One that ends where its connection does looks whole when that is ended."""
    inside["e.example"] = ["127.0.0.1"]

    def drip(handler):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
        for _ in range(200):
            handler.wfile.write(b" ")
            time.sleep(0.05)

    endpoint.answer = drip
    with (
        forwarding(f"http://e.example:{endpoint.port}/sparql", timeout=0.5) as address,
        pytest.raises(requests.exceptions.ChunkedEncodingError),
    ):
        ask(address + "0")


def test_nobody_is_asked_any_longer_for_a_query_that_was_ended(inside, endpoint):
    inside["e.example"] = ["127.0.0.1"]
    ended = threading.Event()

    def wait(handler):
        handler.connection.settimeout(10)
        if handler.connection.recv(1) == b"":
            ended.set()

    endpoint.answer = wait
    with forwarding(f"http://e.example:{endpoint.port}/sparql") as address:
        port, _, path = address.removeprefix("http://127.0.0.1:").partition("/")
        connection = http.client.HTTPConnection("127.0.0.1", int(port))
        connection.request("POST", f"/{path}0", b"ASK {}")
        while not endpoint.asked:
            time.sleep(0.02)
        connection.close()
        assert ended.wait(3)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl to make a certificate")
def test_the_certificate_is_the_names(inside, monkeypatch, tmp_path):
    """We connect to an address, and want a certificate of the name."""
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
         "-days", "2", "-subj", "/CN=e.example", "-addext", "subjectAltName=DNS:e.example",
         "-keyout", key, "-out", certificate],
        check=True, capture_output=True,
    )  # fmt: skip
    ours = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ours.load_cert_chain(certificate, key)
    inside |= {"e.example": ["127.0.0.1"], "other.example": ["127.0.0.1"]}
    with listening(ours) as secure:
        endpoints = [f"https://{name}.example:{secure.port}/sparql" for name in ("e", "other")]
        with forwarding(*endpoints) as address:
            unknown = ask(address + "0")
            trust = ssl.create_default_context(cafile=str(certificate))
            monkeypatch.setattr(asking, "_trust", lambda: trust)
            assert ask(address + "0").content == ROWS
            wrong = ask(address + "1")
            secure.answer = redirecting(f"http://e.example:{secure.port}/sparql")
            lowered = ask(address + "0")
        assert (unknown.status_code, wrong.status_code, lowered.status_code) == (502, 502, 502)
        assert "self-signed" in unknown.text
        assert "other.example" in wrong.text
        assert "redirects to http://e.example" in lowered.text
