"""The pool of workers: who waits, who is ended, and what the client is told."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import select
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kg.errors import StoreError
from server.workers.frames import HEAD_SIZE, Frame, pack_json, read_frame, unpack_head

log = logging.getLogger(__name__)

SLOW_AFTER = 1.0  # seconds; a query that runs longer gives way to quick ones
_GONE = select.POLLHUP | select.POLLERR | getattr(select, "POLLRDHUP", 0)
_START = 20.0  # seconds that a worker may take to open its store


class Refused(StoreError):
    """The query is wrong; ``document`` is the engine's message, with line and column for syntax."""

    def __init__(self, document: dict[str, Any]) -> None:
        super().__init__(str(document.get("message", "")))
        self.document = document


class Busy(StoreError):
    """No worker is free, or all places for long queries are taken; try again after ``retry_after`` s."""

    def __init__(self, message: str, retry_after: int) -> None:
        super().__init__(message, remedy=f"try again in {retry_after} s")
        self.retry_after = retry_after


class Ended(StoreError):
    """The query was ended: ``why`` is ``timeout`` or ``client`` (hung up)."""

    def __init__(self, message: str, why: str) -> None:
        super().__init__(message)
        self.why = why


class Died(StoreError):
    """The worker died of the query: out of memory, or the engine crashed."""


@dataclass(slots=True)
class _Worker:
    pid: int
    sock: socket.socket
    generation: int
    nice: bool = False


@dataclass(frozen=True, slots=True)
class PoolStatus:
    """Numbers for ``/metrics``."""

    workers: int
    idle: int
    busy: int
    slow: int
    waiting: int
    started: int
    killed: int
    died: int


class _Zygote:
    """The forking process, and the orders to it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._start()

    def _start(self) -> None:
        ours, theirs = socket.socketpair()
        command = [sys.executable, "-m", "server.workers.zygote", str(theirs.fileno())]
        root = str(Path(__file__).resolve().parent.parent.parent)
        path = os.pathsep.join(p for p in (root, os.environ.get("PYTHONPATH", "")) if p)
        self._process = subprocess.Popen(
            command, pass_fds=[theirs.fileno()], env={**os.environ, "PYTHONPATH": path}
        )
        theirs.close()
        self._orders = ours
        self._answers = ours.makefile("rb")

    def fork(self, arguments: dict[str, Any]) -> tuple[int, socket.socket]:
        """A new worker: its process id and our end of the conversation."""
        ours, theirs = socket.socketpair()
        with self._lock:
            if self._process.poll() is not None:
                self._start()
            socket.send_fds(self._orders, [json.dumps({"fork": arguments}).encode()], [theirs.fileno()])
            answer = self._answers.readline()
        theirs.close()
        if not answer:
            ours.close()
            raise StoreError("the process that forks query workers has ended", remedy="restart the server")
        return int(json.loads(answer)["pid"]), ours

    def kill(self, pid: int) -> None:
        """End a worker at once."""
        with self._lock, contextlib.suppress(OSError):
            self._orders.sendall(json.dumps({"kill": pid}).encode())
            self._answers.readline()

    def close(self) -> None:
        """End the process and all workers."""
        with self._lock:
            self._answers.close()
            self._orders.close()
            try:
                self._process.wait(5)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()


@dataclass(slots=True)
class Answer:
    """A result as it comes: ``kind`` (solutions, boolean, graph), ``format``, and ``chunks`` of bytes.

    Call ``close`` in the end, also when ``chunks`` was not read: it gives the worker back, or ends it where
    the answer was not read whole.  Reading ``chunks`` may
    raise `Ended`, `Died` or `Refused` when something happens after the first bytes.  ``rows`` and
    ``size`` are known at the end.
    """

    kind: str
    format: str
    chunks: Iterator[bytes]
    close: Callable[[], None]
    end: dict[str, Any] = field(default_factory=dict)


class Pool:
    """Workers over one store, for use from many threads.

    `size` workers may run at once; at most ``size - 1`` of them (at least one) on queries that run longer
    than `SLOW_AFTER` seconds, so that quick queries always find one; long ones run at the lowest
    priority.  `queue` callers may wait for a worker, for at most `patience` seconds each.
    """

    def __init__(
        self, store: Path | str, *, size: int, memory: int = 0, queue: int = 32, patience: float = 5.0
    ) -> None:
        self._store = str(store)
        self._size = max(1, size)
        self._slow_places = max(1, self._size - 1)
        self._memory = memory
        self._queue = queue
        self._patience = patience
        self._zygote = _Zygote()
        self._lock = threading.Condition()
        self._idle: list[_Worker] = []
        self._alive = 0
        self._generation = 0
        self._slow = 0
        self._waiting = 0
        self._started = self._killed = self._died = 0
        self._closed = False
        while self._add():
            pass
        self._refiller = threading.Thread(target=self._refill, name="refill", daemon=True)
        self._refiller.start()

    # --- life of workers ---------------------------------------------------------------------------

    def _spawn(self) -> _Worker:
        with self._lock:
            store, generation = self._store, self._generation
        pid, sock = self._zygote.fork({"store": store, "memory": self._memory})
        sock.settimeout(_START)
        try:
            read_frame(sock)
        except (EOFError, OSError) as e:
            sock.close()
            self._zygote.kill(pid)
            raise StoreError(f"{store}: a query worker could not open it", remedy="verify the release") from e
        sock.settimeout(None)
        with self._lock:
            self._started += 1
        return _Worker(pid, sock, generation)

    def _add(self) -> bool:
        """Start one worker if there should be more; False where there are enough."""
        with self._lock:
            if self._closed or self._alive >= self._size:
                return False
            self._alive += 1
        try:
            worker = self._spawn()
        except StoreError:
            with self._lock:
                self._alive -= 1
            raise
        with self._lock:
            self._idle.append(worker)
            self._lock.notify_all()
        return True

    def _refill(self) -> None:
        """Keep up the number of workers, in a thread of its own, until the pool closes."""
        while True:
            with self._lock:
                while not self._closed and self._alive >= self._size:
                    self._lock.wait()
                if self._closed:
                    return
            try:
                self._add()
            except (StoreError, OSError):
                if not self._closed:
                    log.exception("a query worker did not start; trying again")
                    time.sleep(1)

    def _end(self, worker: _Worker) -> None:
        """End a worker; the refilling thread starts another."""
        worker.sock.close()
        self._zygote.kill(worker.pid)
        with self._lock:
            self._alive -= 1
            self._lock.notify_all()

    def reload(self, store: Path | str) -> None:
        """Serve another store: running queries end on the old one, the next begin on the new."""
        with self._lock:
            self._store = str(store)
            self._generation += 1
            old, self._idle = self._idle, []
        for worker in old:
            self._end(worker)

    def close(self) -> None:
        """End all workers."""
        with self._lock:
            self._closed = True
            self._lock.notify_all()
        self._refiller.join()
        with self._lock:
            idle, self._idle = self._idle, []
        for worker in idle:
            worker.sock.close()
        self._zygote.close()

    def status(self) -> PoolStatus:
        """How things stand."""
        with self._lock:
            idle = len(self._idle)
            return PoolStatus(
                self._alive,
                idle,
                self._alive - idle,
                self._slow,
                self._waiting,
                self._started,
                self._killed,
                self._died,
            )

    # --- asking ------------------------------------------------------------------------------------

    def _take(self) -> _Worker:
        deadline = time.monotonic() + self._patience
        with self._lock:
            if not self._idle and self._waiting >= self._queue:
                raise Busy("too many queries are waiting", 2)
            self._waiting += 1
            try:
                while not self._idle:
                    left = deadline - time.monotonic()
                    if left <= 0 or not self._lock.wait(left):
                        raise Busy("all query workers are busy", 2)
                return self._idle.pop()
            finally:
                self._waiting -= 1

    def _give(self, worker: _Worker) -> None:
        # A process cannot raise its own priority again, so one that was slow ends.
        with self._lock:
            if not self._closed and not worker.nice and worker.generation == self._generation:
                self._idle.append(worker)
                self._lock.notify()
                return
        self._end(worker)

    def _count(self, *, died: bool) -> None:
        with self._lock:
            if died:
                self._died += 1
            else:
                self._killed += 1

    def ask(self, question: dict[str, Any], *, timeout: float, client: socket.socket | None = None) -> Answer:
        """Put a question to a worker; returns when the first bytes are there.

        `timeout` is in seconds of the worker's work, planning included; time that the reader of the answer
        takes does not count.  `client` is the connection to watch for a hang-up.  Raises `Busy`, `Refused`,
        `Ended`, `Died`.
        """
        worker = self._take()
        conversation = _Conversation(self, worker, timeout, client)
        try:
            return conversation.begin(question)
        except BaseException:
            conversation.leave()
            raise


class _Conversation:
    """One question and its answer."""

    def __init__(self, pool: Pool, worker: _Worker, timeout: float, client: socket.socket | None) -> None:
        self._pool = pool
        self._worker: _Worker | None = worker
        self._sock = worker.sock
        self._left = timeout
        self._timeout = timeout
        self._client = client
        self._slow = False
        self._finished = False
        self._buffer = bytearray()
        self._poll = select.poll()
        self._poll.register(self._sock, select.POLLIN)
        if client is not None and client.fileno() >= 0:
            self._poll.register(client, _GONE & ~select.POLLERR)

    def begin(self, question: dict[str, Any]) -> Answer:
        try:
            self._sock.sendall(pack_json(Frame.QUESTION, question))
        except OSError as e:
            raise self._died() from e
        kind, payload = self._next()
        if kind is Frame.ERROR:
            self._finished = True
            self.leave()
            raise Refused(json.loads(payload))
        header = json.loads(payload)
        answer = Answer(header["kind"], header["format"], iter(()), self.leave)
        first = self._next()
        answer.chunks = self._chunks(answer, first)
        return answer

    def _chunks(self, answer: Answer, first: tuple[Frame, bytes]) -> Iterator[bytes]:
        kind, payload = first
        try:
            while kind is Frame.DATA:
                if payload:
                    yield payload
                kind, payload = self._next()
            self._finished = True
            if kind is Frame.ERROR:
                raise Refused(json.loads(payload))
            answer.end.update(json.loads(payload))
        finally:
            self.leave()

    def _next(self) -> tuple[Frame, bytes]:
        """The next frame; time counts only while the worker makes us wait."""
        length, kind = unpack_head(self._read(HEAD_SIZE))
        return kind, self._read(length) if length else b""

    def _read(self, count: int) -> bytes:
        while len(self._buffer) < count:
            self._wait()
            try:
                part = self._sock.recv(1 << 20)
            except OSError as e:
                raise self._died() from e
            if not part:
                raise self._died()
            self._buffer += part
        data = bytes(self._buffer[:count])
        del self._buffer[:count]
        return data

    def _wait(self) -> None:
        began = time.monotonic()
        while True:
            until_slow = SLOW_AFTER - (self._timeout - self._left) if not self._slow else self._left
            pause = max(0.0, min(self._left, until_slow))
            ready = self._poll.poll(pause * 1000 + 1)
            now = time.monotonic()
            self._left -= now - began
            began = now
            files = {fd for fd, _ in ready}
            if self._sock.fileno() in files:
                return
            if files:
                raise Ended("the client hung up", "client")
            if self._left <= 0:
                raise Ended(f"the query ran longer than {self._timeout:g} s and was ended", "timeout")
            if not self._slow:
                self._become_slow()

    def _become_slow(self) -> None:
        """Give way: run at the lowest priority, or end where too many long queries run already."""
        worker, pool = self._worker, self._pool
        if worker is None:
            return
        with pool._lock:
            if pool._slow >= pool._slow_places:
                raise Busy("all places for long queries are taken", 10)
            pool._slow += 1
        self._slow = True
        worker.nice = True
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, worker.pid, 19)

    def _died(self) -> Died:
        worker, self._worker = self._worker, None
        if worker is not None:
            self._pool._count(died=True)
            self._pool._end(worker)
            self._not_slow()
        return Died("the query ended its worker: it needs too much memory, or crashed the engine")

    def _not_slow(self) -> None:
        if self._slow:
            self._slow = False
            with self._pool._lock:
                self._pool._slow -= 1

    def leave(self) -> None:
        """Give the worker back if the answer was read to its end; else end it."""
        worker, self._worker = self._worker, None
        if worker is None:
            return
        self._not_slow()
        if self._finished:
            self._pool._give(worker)
        else:
            self._pool._count(died=False)
            self._pool._end(worker)
