"""Large answers: who loses a place where all are taken."""

from __future__ import annotations

import contextlib
import socket
import time

import pytest

from server import large
from server.limiter import Slots


def _reader() -> tuple[socket.socket, socket.socket]:
    """Our end of a connection that is full of an answer, and the end of who should read it."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        client = socket.create_connection(listener.getsockname())
        ours, _ = listener.accept()
    ours.setblocking(False)
    with contextlib.suppress(BlockingIOError):
        while True:
            ours.send(bytes(1 << 16))
    ours.setblocking(True)
    return ours, client


def test_the_slowest_reader_makes_room_for_another(monkeypatch):
    """One that takes less than 8 KiB a second while the server waits for it."""
    monkeypatch.setattr(large, "_JUDGED", 0.3)
    answers = large.LargeAnswers(4, Slots(0))
    (slow, slow_client), (quick, quick_client), (keeps_up, idle) = _reader(), _reader(), _reader()
    while large._waits(keeps_up):
        idle.recv(1 << 20)
    time.sleep(0.3)  # what the kernel of the others takes of its own accord, it has taken

    def begin(sock: socket.socket) -> int:
        def application(environ, start_response):
            start_response("200 OK", [])
            return [b"rows"]

        status: list[str] = []
        environ = {"REQUEST_METHOD": "GET", "gunicorn.socket": sock}
        answers.answer(application, environ, lambda line, headers: status.append(line))
        return int(status[0][:3])

    assert [begin(s) for s in (slow, quick, keeps_up)] == [200, 200, 200]
    another = socket.socket()
    assert (begin(another), answers.full) == (503, True)  # nobody is judged at once
    deadline = time.monotonic() + 0.35
    while time.monotonic() < deadline:
        quick_client.recv(1 << 16)
        with contextlib.suppress(BlockingIOError):
            quick.send(bytes(1 << 16), socket.MSG_DONTWAIT)
    assert begin(another) == 200
    with pytest.raises(BrokenPipeError):
        slow.send(b"more")
    with socket.socket() as third:
        assert begin(third) == 503  # those that are left are quick enough
    for sock in (slow, slow_client, quick, quick_client, keeps_up, idle, another):
        sock.close()


def test_one_client_does_not_get_all_places():
    answers = large.LargeAnswers(8, Slots(2, "large answers are sent to you"))

    def begin(sock: socket.socket, client: str) -> tuple[int, bytes]:
        def application(environ, start_response):
            start_response("200 OK", [])
            return [b"rows"]

        status: list[str] = []
        environ = {"REQUEST_METHOD": "GET", "gunicorn.socket": sock, "REMOTE_ADDR": client}
        body = b"".join(answers.answer(application, environ, lambda line, headers: status.append(line)))
        return int(status[0][:3]), body

    with contextlib.ExitStack() as stack:
        socks = [stack.enter_context(socket.socket()) for _ in range(5)]
        assert [begin(sock, "203.0.113.1")[0] for sock in socks[:2]] == [200, 200]
        status, told = begin(socks[2], "203.0.113.1")
        assert (status, b"more than 2 large answers are sent to you" in told) == (429, True)
        assert begin(socks[3], "203.0.113.2")[0] == 200
        answers.leave(socks[0])
        assert begin(socks[4], "203.0.113.1")[0] == 200
