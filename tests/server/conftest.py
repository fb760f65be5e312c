"""Real servers for the tests of the web faces.

``server_url``
    The address (``http://127.0.0.1:PORT/``) of a ``kg serve`` process over a release that was built from
    ``samples/``; one for the whole session, with no rate limit.  It reads only: do not publish to its data.
``release_data``
    The data directory of that release: ``Settings(data=release_data)``.  Copy it before changing it.
``serve``
    Starts further servers: ``serve("--rdf", path, KG_QUERY_TIMEOUT="1")`` -> `Server` with ``url``, ``pid``;
    ended with the test session.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from tests.server.protocol import TRIG

ROOT = Path(__file__).resolve().parent.parent.parent
KG = Path(sys.executable).with_name("kg")
_START = 60.0


@dataclass(slots=True)
class Server:
    """A running ``kg serve``."""

    url: str
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def pid(self) -> int:
        return self.process.pid

    def stop(self) -> None:
        """End it as an operator would, and the whole of it where that does not help."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()


def children(pid: int) -> list[int]:
    """The processes that a process started, from whichever of its threads; one may end meanwhile."""
    found: list[int] = []
    for one in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            found += map(int, one.read_text().split())
    return found


def descendants(pid: int) -> list[int]:
    """The processes that a process and those it started have started."""
    return [p for child in children(pid) for p in (child, *descendants(child))]


def metrics_with(url: str, *parts: str) -> str:
    """The text of ``/metrics`` once it has all of `parts`: each process tells of its own once a second."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        text = requests.get(url + "metrics", timeout=30).text
        missing = [part for part in parts if part not in text]
        if not missing:
            return text
        time.sleep(0.1)
    raise AssertionError(f"{missing} not in:\n{text}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def kg(*arguments: str | Path, **environ: str) -> None:
    """Run a ``kg`` command to its end."""
    subprocess.run(
        [KG, *map(str, arguments)],
        check=True,
        cwd=ROOT,
        env={**os.environ, **environ},
        capture_output=True,
    )


def start(log: Path, *arguments: str | Path, **environ: str) -> Server:
    """Start ``kg serve`` on a free loopback port and wait until it is ready."""
    port = free_port()
    url = f"http://127.0.0.1:{port}/"
    with log.open("wb") as sink:
        process = subprocess.Popen(
            [KG, "serve", "--port", str(port), *map(str, arguments)],
            cwd=ROOT,
            env={**os.environ, "KG_RATE_LIMIT": "0", "KG_BASE": url, **environ},
            stdout=sink,
            stderr=sink,
            start_new_session=True,
        )
    server = Server(url, process, log)
    deadline = time.monotonic() + _START
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(requests.RequestException):
            if requests.get(url + "readyz", timeout=5).status_code == 200:
                return server
        time.sleep(0.05)
    server.stop()
    raise AssertionError(f"kg serve did not get ready:\n{log.read_text()}")


@pytest.fixture(scope="session")
def release_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with one release, built from ``samples/``."""
    data = tmp_path_factory.mktemp("release") / "data"
    kg("--data", data, "build", ROOT / "samples")
    return data


@pytest.fixture(scope="session")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Server]]:
    """Start servers that end with the session."""
    started: list[Server] = []

    def run(*arguments: str | Path, **environ: str) -> Server:
        log = tmp_path_factory.mktemp("serve") / "log.txt"
        started.append(start(log, *arguments, **environ))
        return started[-1]

    yield run
    for server in started:
        server.stop()


@pytest.fixture(scope="session")
def server_url(release_data: Path, serve: Callable[..., Server]) -> str:
    """The address of a server over the release built from ``samples/``."""
    return serve("--data", release_data, KG_BASE="http://127.0.0.1:8000/").url


@pytest.fixture(scope="session")
def protocol_url(serve: Callable[..., Server], tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of an endpoint over `tests.server.protocol.TRIG`."""
    file = tmp_path_factory.mktemp("protocol") / "data.trig"
    file.write_text(TRIG, encoding="utf-8")
    return serve("--rdf", file).url + "sparql"
