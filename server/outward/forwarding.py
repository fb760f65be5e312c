"""The web worker's side of the forwarder: it starts one when an endpoint is asked for the first time."""

from __future__ import annotations

import json
import socket
import subprocess
import threading
from collections.abc import Sequence

from server.errors import HttpError
from server.workers.launcher import end, run_module

_START = 20.0  # seconds that it may take
_TRIED = 16  # addresses of an endpoint
_LONGEST = 1 << 10  # bytes of what it says


class Forwarding:
    """Where the engine finds the endpoints that it may ask; for use from many threads."""

    def __init__(self, endpoints: tuple[str, ...], *, timeout: float, user_agent: str) -> None:
        self._terms = {"endpoints": endpoints, "timeout": timeout, "user_agent": user_agent}
        self._endpoints = endpoints
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._root = ""

    def address(self, endpoint: str, addresses: Sequence[str]) -> str:
        """What stands for one of the endpoints, which is to be asked at one of these IP addresses.

        `HttpError` 503 where nobody listens.
        """
        with self._lock:
            if self._process is None or self._process.poll() is not None:
                self._start()
            return f"{self._root}{self._endpoints.index(endpoint)}/{','.join(addresses[:_TRIED])}"

    def _start(self) -> None:
        if self._control is not None:
            self._control.close()
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = run_module("server.outward.forwarder", theirs)
        self._control.settimeout(_START)
        try:
            self._control.send(json.dumps(self._terms).encode())
            said = json.loads(self._control.recv(_LONGEST))
        except (OSError, ValueError) as e:
            raise HttpError(503, "other endpoints cannot be asked now", remedy="try later") from e
        self._root = f"http://127.0.0.1:{said['port']}/{said['secret']}/"

    def close(self) -> None:
        """End the process."""
        with self._lock:
            if self._control is None or self._process is None:
                return
            self._control.close()
            end(self._process)
