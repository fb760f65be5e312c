"""The process that forks workers: it holds no store and no threads, so forking it is quick and safe.

``python -m server.workers.zygote FD`` reads orders from the socket FD and answers each with a line of
JSON: ``{"fork": {...}}`` together with one end of a socket pair makes a worker and gives its ``pid``;
``{"kill": pid}`` ends one.  It ends, and its workers with it, when the socket closes.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import socket
import sys
from typing import Any

from server.workers import child


def _fork(orders: socket.socket, fd: int, arguments: dict[str, Any]) -> int:
    pid = os.fork()
    if pid:
        os.close(fd)
        return pid
    status = 1
    try:
        orders.close()
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        status = child.main(fd, **arguments)
    finally:
        os._exit(status)


def _kill(children: set[int], pid: int) -> None:
    """End a child and take its exit status, so that its number cannot be taken for another's."""
    if pid in children:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        children.discard(pid)


def _reap(children: set[int]) -> None:
    for pid in list(children):
        done, _ = os.waitpid(pid, os.WNOHANG)
        if done:
            children.discard(pid)


def main(fd: int) -> int:
    """Serve orders until the socket closes."""
    orders = socket.socket(fileno=fd)
    children: set[int] = set()
    gc.freeze()
    while True:
        message, fds, _, _ = socket.recv_fds(orders, 1 << 16, 1)
        if not message:
            break
        order = json.loads(message)
        _reap(children)
        if "fork" in order:
            pid = _fork(orders, fds[0], order["fork"])
            children.add(pid)
            orders.sendall(json.dumps({"pid": pid}).encode() + b"\n")
        else:
            _kill(children, int(order["kill"]))
            orders.sendall(b"{}\n")
    for pid in list(children):
        _kill(children, pid)
    return 0


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    raise SystemExit(main(int(sys.argv[1])))
