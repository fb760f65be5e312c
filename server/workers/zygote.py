"""The process that forks workers: it holds no store and no threads, so forking it is quick and safe.

``python -m server.workers.zygote FD`` reads orders, a message each, from the socket FD: ``{"fork": {...}}``
together with its ends of the sockets for answers and for questions makes a worker and is answered with its
``pid``; ``{"kill": pid}`` ends one, ``pause`` and ``resume`` do that, ``yield`` gives it a low priority.  It
ends, and its workers with it, when the socket closes.
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

_NICE = 10  # of long queries: a tenth of the share of quick ones where both want the processor
_SIGNALS = {"kill": signal.SIGKILL, "pause": signal.SIGSTOP, "resume": signal.SIGCONT}


def _fork(orders: socket.socket, answers: int, questions: int, arguments: dict[str, Any]) -> int:
    pid = os.fork()
    if pid:
        os.close(answers)
        os.close(questions)
        return pid
    status = 1
    try:
        orders.close()
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        status = child.main(answers, questions, **arguments)
    finally:
        os._exit(status)


def _obey(children: set[int], verb: str, pid: int) -> None:
    """Do something to a child, and never to a process that has taken over its number."""
    if pid not in children:
        return
    if verb == "yield":
        os.setpriority(os.PRIO_PROCESS, pid, _NICE)
        return
    os.kill(pid, _SIGNALS[verb])
    if verb == "kill":
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
        message, fds, _, _ = socket.recv_fds(orders, 1 << 16, 2)
        if not message:
            break
        _reap(children)
        for verb, argument in json.loads(message).items():
            if verb == "fork":
                answers, questions = fds
                pid = _fork(orders, answers, questions, argument)
                children.add(pid)
                orders.send(json.dumps({"pid": pid}).encode())
            else:
                _obey(children, verb, int(argument))
    for pid in list(children):
        _obey(children, "kill", pid)
    return 0


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    raise SystemExit(main(int(sys.argv[1])))
