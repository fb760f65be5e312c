"""The process that asks endpoints for the engine: redirects, limits, certificates, ends."""

from __future__ import annotations

import contextlib
import http.client
import http.server
import shutil
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator

import pytest
import requests

from server.outward import asking, forwarder
from server.outward.addresses import NotPublic
from server.outward.forwarder import Forwarder, Terms
from tests.server.endpoints import ROWS, Endpoint, answer_with, listening, redirecting


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    with listening() as found:
        yield found


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
    """Where names lead to which redirects go; the addresses of this machine count as public ones."""
    leads: dict[str, list[str]] = {}

    def found(host: str) -> list[str]:
        if host not in leads:
            raise NotPublic(f"{host} leads to an address that is not public, or to none")
        return leads[host]

    monkeypatch.setattr(asking, "public_addresses", found)
    monkeypatch.setattr(asking, "is_public", lambda address: address in ("127.0.0.1", "::1"))
    return leads


def ask(address, body=b"ASK {}"):
    return requests.post(address, data=body, headers={"Content-Type": "application/sparql-query"}, timeout=30)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_redirects_ask_again(inside, endpoint, status):
    inside["e.example"] = ["127.0.0.1"]
    endpoint.answer = redirecting("/there", status=status)
    with forwarding(f"http://e.example:{endpoint.port}/sparql") as address:
        assert ask(address + "0/127.0.0.1").content == ROWS
    assert [(method, path, body) for method, path, _, body in endpoint.asked] == [
        ("POST", "/sparql", b"ASK {}"),
        ("POST", "/there", b"ASK {}"),
    ]


def test_see_other_is_read(inside, endpoint):
    inside["e.example"] = ["127.0.0.1"]
    endpoint.answer = redirecting("/there", status=303)
    with forwarding(f"http://e.example:{endpoint.port}/sparql") as address:
        assert ask(address + "0/127.0.0.1").content == ROWS
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
        assert ask(address + "0/127.0.0.1").status_code == 502
    assert [path for _, path, _, _ in endpoint.asked] == ["/sparql"]


def test_redirects_have_an_end(inside, endpoint):
    inside["e.example"] = ["127.0.0.1"]
    endpoint.answer = redirecting(*["/sparql"] * 99)
    with forwarding(f"http://e.example:{endpoint.port}/sparql") as address:
        response = ask(address + "0/127.0.0.1")
    assert (response.status_code, len(endpoint.asked)) == (502, 6)
    assert response.text.startswith("more than 5 redirects")


def test_a_redirect_is_looked_up_and_checked(inside, endpoint):
    """Also to the host that was asked: its name may have moved."""
    endpoint.answer = redirecting("/there")
    with forwarding(f"http://e.example:{endpoint.port}/sparql") as address:
        response = ask(address + "0/127.0.0.1")
    assert (response.status_code, len(endpoint.asked)) == (502, 1)
    assert response.text == "e.example leads to an address that is not public, or to none"


@pytest.mark.parametrize("at", ["127.0.0.1", "::1", "10.0.0.1", "169.254.169.254", "1.1.1.1,127.0.0.1"])
def test_an_address_that_is_not_public_is_not_asked(endpoint, monkeypatch, at):
    """Whoever says so, and whatever the name leads to."""
    monkeypatch.setattr(asking, "_connection", lambda url, address, *_: Refusing(address))
    with forwarding(f"http://e.example:{endpoint.port}/sparql") as address:
        response = ask(f"{address}0/{at}")
    assert (response.status_code, response.text) == (502, "e.example leads to an address that is not public")
    assert endpoint.asked == []


class Refusing(http.client.HTTPConnection):
    """To an address that takes no connection."""

    def connect(self) -> None:
        assert self.host == "1.1.1.1"
        raise ConnectionRefusedError


def test_the_next_address_is_tried(inside, endpoint):
    with forwarding(f"http://e.example:{endpoint.port}/sparql") as address:
        assert ask(address + "0/::1,127.0.0.1").content == ROWS  # the endpoint listens at one of them


def test_who_does_not_know_the_secret_asks_nobody(inside, endpoint):
    inside["e.example"] = ["127.0.0.1"]
    with forwarding(f"http://e.example:{endpoint.port}/sparql") as address:
        root, secret, _ = address.rsplit("/", 2)
        for path in (
            "/0/127.0.0.1",
            "/x/0/127.0.0.1",
            f"/{secret}/1",
            f"/{secret}/-1/127.0.0.1",
            f"/{secret}/1/127.0.0.1",
            f"/{secret}/0",
            f"/{secret}/0/",
            f"/{secret}/0/,",
            f"/{secret}/x",
            f"/{secret}",
            f"/{secret}/²",
        ):
            assert ask(root + path).status_code == 502
        assert requests.get(address + "0/127.0.0.1", timeout=30).status_code == 501
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
        ask(address + "0/127.0.0.1")


def test_an_answer_that_breaks_off_is_not_taken_for_whole(inside, endpoint):
    inside["e.example"] = ["127.0.0.1"]
    endpoint.answer = lambda handler: answer_with(handler, 200, ROWS, {"Content-Length": str(len(ROWS) + 1)})
    with (
        forwarding(f"http://e.example:{endpoint.port}/sparql") as address,
        pytest.raises(requests.exceptions.ChunkedEncodingError),
    ):
        ask(address + "0/127.0.0.1")


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
        response = ask(address + "0/127.0.0.1")
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
        ask(address + "0/127.0.0.1")


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
        connection.request("POST", f"/{path}0/127.0.0.1", b"ASK {}")
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
            unknown = ask(address + "0/127.0.0.1")
            trust = ssl.create_default_context(cafile=str(certificate))
            monkeypatch.setattr(asking, "_trust", lambda: trust)
            assert ask(address + "0/127.0.0.1").content == ROWS
            wrong = ask(address + "1/127.0.0.1")
            secure.answer = redirecting(f"http://e.example:{secure.port}/sparql")
            lowered = ask(address + "0/127.0.0.1")
        assert (unknown.status_code, wrong.status_code, lowered.status_code) == (502, 502, 502)
        assert "self-signed" in unknown.text
        assert "other.example" in wrong.text
        assert "redirects to http://e.example" in lowered.text
