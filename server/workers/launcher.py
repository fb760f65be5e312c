"""The web process's side of the zygote: it forks workers, ends them, pauses them."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from kg.errors import StoreError

_LONGEST = 1 << 10  # bytes of an answer


def run_module(module: str, sock: socket.socket) -> subprocess.Popen[bytes]:
    """A process of ours, which gets the number of its end of a socket as its argument."""
    root = str(Path(__file__).resolve().parent.parent.parent)
    path = os.pathsep.join(p for p in (root, os.environ.get("PYTHONPATH", "")) if p)
    command = [sys.executable, "-m", module, str(sock.fileno())]
    return subprocess.Popen(command, pass_fds=[sock.fileno()], env={**os.environ, "PYTHONPATH": path})


def end(process: subprocess.Popen[bytes]) -> None:
    """Wait for a process of ours whose socket was closed; kill it where it does not end by itself."""
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


class Launcher:
    """The forking process, and the orders to it; for use from many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._start()

    def _start(self) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._process = run_module("server.workers.zygote", theirs)
        theirs.close()
        self._orders = ours

    def fork(self, arguments: dict[str, Any], answers: socket.socket, questions: socket.socket) -> int:
        """A new worker with these sockets: its process id."""
        with self._lock:
            if self._process.poll() is not None:
                self._orders.close()
                self._start()
            order = json.dumps({"fork": arguments}).encode()
            socket.send_fds(self._orders, [order], [answers.fileno(), questions.fileno()])
            answer = self._orders.recv(_LONGEST)
        if not answer:
            raise StoreError("the process that forks query workers has ended", remedy="restart the server")
        return int(json.loads(answer)["pid"])

    def order(self, verb: str, pid: int) -> None:
        """``kill``, ``pause``, ``resume`` a worker or make it ``yield`` (low priority).

        Orders are obeyed one after the other; it neither waits for that nor raises.
        """
        with contextlib.suppress(
            OSError
        ):  # the zygote is gone, and its workers with it: `fork` starts another
            self._orders.send(json.dumps({verb: pid}).encode())

    def close(self) -> None:
        """End the process and all workers."""
        with self._lock:
            self._orders.close()
            end(self._process)
