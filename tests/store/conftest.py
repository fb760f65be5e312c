"""A real ``oxigraph serve`` process."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def oxigraph(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Its address, without the slash at the end; it is empty at first."""
    url = f"http://127.0.0.1:{free_port()}"
    command = [
        str(Path(sys.executable).with_name("oxigraph")), "serve", "--bind", url.removeprefix("http://"),
        "--location", str(tmp_path_factory.mktemp("oxigraph")),
    ]  # fmt: skip
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        for _ in range(600):
            try:
                requests.get(f"{url}/", timeout=5).close()
                break
            except requests.ConnectionError:
                assert process.poll() is None
                time.sleep(0.1)
        yield url
        process.terminate()
