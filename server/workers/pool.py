"""The pool of workers: who waits, who runs, who is paused, who is ended."""

from __future__ import annotations

import logging
import socket
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kg.errors import StoreError
from server.workers.conversation import Answer, Conversation, Place, Worker
from server.workers.frames import socket_pair
from server.workers.launcher import Launcher
from server.workers.trouble import Busy

log = logging.getLogger(__name__)
_DOWNLOADS = 8  # answers that may be read at once, for each worker of the pool
_START = 20.0  # seconds that a worker may take to open its store
_BEHIND = 3  # questions that wait at a worker itself, which goes on with the next at once


@dataclass(frozen=True, slots=True)
class PoolStatus:
    """Numbers for ``/metrics``: of workers by what they do, of callers that wait, and since start."""

    workers: int
    idle: int
    busy: int
    long: int
    paused: int
    download: int
    waiting: int
    started: int
    killed: int
    died: int


class Pool:
    """Workers over one store, for use from many threads.

    `size` workers are kept ready for quick queries.  A query that works longer than
    `conversation.LONG_AFTER` needs one of `long` places beside them (as many as `size` unless told), and a
    fresh worker takes over its old place before all others are busy, so that long queries never keep quick
    ones waiting; where none had to, it comes back with all that its store has read.  Where all
    places are taken it is paused until one is free.  A large answer that is being read needs no place, since
    its reader sets the pace.  `queue` callers may wait for a worker, for at most `patience` seconds each;
    they are served in the order in which they came.  `store` is a directory or the address of a SPARQL
    endpoint; `prefixes` and `base` are what queries may leave unsaid.  Pools may share a `launcher`; who made
    it closes it.

    Of queries that have just begun, `abreast` run at once (all unless told); the next begins when one of them
    is answered, or has worked for `conversation.SETTLED_AFTER`.  More of them than there are processors only
    take the caches from each other.  A few wait behind these at the worker itself, so that it need not wait
    for us between two; where the first takes its time, they come back to the head of the queue.
    """

    def __init__(
        self,
        store: Path | str,
        *,
        size: int,
        long: int | None = None,
        abreast: int | None = None,
        memory: int = 0,
        queue: int = 32,
        patience: float = 5.0,
        longest: float = 3600.0,
        prefixes: dict[str, str] | None = None,
        base: str | None = None,
        launcher: Launcher | None = None,
    ) -> None:
        self._store = str(store)
        self._size = max(1, size)
        self._places = max(1, size if long is None else long)
        self._abreast = max(1, size if abreast is None else abreast)
        self._arguments = {"memory": memory, "prefixes": prefixes or {}, "base": base, "timeout": longest}
        self._queue = queue
        self._patience = patience
        self._longest = longest
        self._launcher = launcher or Launcher()
        self._own = launcher is None
        self._lock = threading.Lock()
        self._short = threading.Condition(self._lock)  # there are too few workers
        self._idle: list[Worker] = []
        self._line: deque[Place] = deque()  # who waits: for an idle worker, or for those that have just begun
        self._begun: set[Worker] = set()  # these
        self._quick = 0  # workers that are idle, starting, or busy with a quick query
        self._long: set[Worker] = set()
        self._paused: set[Worker] = set()
        self._downloads: set[Worker] = set()
        self._generation = 0
        self._started = self._killed = self._died = 0
        self._closed = False
        self._add()
        self._refiller = threading.Thread(target=self._refill, name="refill", daemon=True)
        self._refiller.start()

    # --- life of workers ---------------------------------------------------------------------------

    def _spawn(self) -> Worker:
        with self._lock:
            store, generation = self._store, self._generation
        (sock, answers), (questions, unread) = socket_pair(), socket_pair()
        with answers:  # its own end alone: it closes when the process ends
            pid = self._launcher.fork({"store": store, **self._arguments}, answers, unread)
        worker = Worker(pid, sock, questions, unread, generation)
        sock.settimeout(_START)
        try:
            ready = sock.recv(1)
        except OSError:
            ready = b""
        if not ready:
            self._kill(worker)
            raise StoreError(f"{store}: a query worker could not open it", remedy="verify the release")
        sock.settimeout(None)
        return worker

    def _add(self) -> bool:
        """Start one worker if there should be more; False where there are enough."""
        with self._lock:
            if self._closed or not self._too_few():
                return False
            self._quick += 1
        try:
            worker = self._spawn()
        except (StoreError, OSError):
            with self._lock:
                self._quick -= 1
            raise
        with self._lock:
            self._started += 1
            if not self._closed and worker.generation == self._generation:
                self._offer(worker)
                return True
            self._quick -= 1
        self._kill(worker)
        return not self._closed

    def _too_few(self) -> bool:
        """Whether another worker is needed; the lock is held."""
        if self._quick >= self._size:
            return False
        away = len(self._long) + len(self._paused) + len(self._downloads)  # and may come back
        return self._quick + away < self._size or 2 * len(self._idle) < self._size

    def _refill(self) -> None:
        """Keep up the number of workers, in a thread of its own, until the pool closes."""
        while True:
            with self._lock:
                while not self._closed and not self._too_few():
                    self._short.wait()
                if self._closed:
                    return
            try:
                self._add()
            except (StoreError, OSError):
                if not self._closed:
                    log.exception("a query worker did not start; trying again")
                    time.sleep(1)

    def _kill(self, worker: Worker) -> None:
        worker.close()
        self._launcher.order("kill", worker.pid)

    def _forget(self, worker: Worker) -> None:
        """Take a worker out of the books; the lock is held."""
        if worker.download:
            self._downloads.discard(worker)
        elif worker.long:
            self._long.discard(worker)
        elif worker.paused:
            self._paused.discard(worker)
        else:
            self._quick -= 1
        worker.long = worker.paused = worker.download = False
        self._short.notify()
        self._begun.discard(worker)
        self._serve()

    def reload(
        self, store: Path | str, *, prefixes: dict[str, str] | None = None, base: str | None = None
    ) -> None:
        """Serve another store: running queries end on the old one, the next begin on the new.

        `prefixes` and `base` are the new store's; those that are None stay.
        """
        changes = {"prefixes": prefixes, "base": base}
        with self._lock:
            self._store = str(store)
            self._arguments |= {name: value for name, value in changes.items() if value is not None}
            self._generation += 1
        fresh = [self._spawn() for _ in range(self._size)]
        with self._lock:
            old, self._idle = self._idle, []
            self._quick += len(fresh) - len(old)
            self._started += len(fresh)
            self._begun.clear()
            self._offer(*fresh)
        for worker in old:
            self._kill(worker)

    def close(self) -> None:
        """End all workers."""
        with self._lock:
            self._closed = True
            self._short.notify()
        self._refiller.join()
        with self._lock:
            idle, self._idle = self._idle, []
        for worker in idle:
            self._kill(worker)
        if self._own:
            self._launcher.close()

    def status(self) -> PoolStatus:
        """How things stand."""
        with self._lock:
            idle, long, paused = len(self._idle), len(self._long), len(self._paused)
            downloads = len(self._downloads)
            return PoolStatus(
                self._quick + long + paused + downloads,
                idle,
                self._quick - idle,
                long,
                paused,
                downloads,
                len(self._line),
                self._started,
                self._killed,
                self._died,
            )

    # --- asking ------------------------------------------------------------------------------------

    def ask(self, question: dict[str, Any], *, timeout: float, client: socket.socket | None = None) -> Answer:
        """Put a question to a worker; returns when the first bytes are there.

        `timeout` and `client` as in `server.workers.conversation.Conversation`.  Raises `Busy`, `Refused`,
        `Ended`, `Died`.
        """
        freed = threading.Event()
        place = self.line_up(lambda _: freed.set(), behind=False)
        if place.worker is None and not freed.wait(self._patience):
            self.withdraw(place)
            raise Busy.waited()
        return self.begin(place, question, timeout=timeout, client=client).begin()

    def line_up(self, ready: Callable[[Place], None], *, behind: bool) -> Place:
        """A place in the queue, with a worker already where one is free; `Busy` where too many wait.

        For callers that cannot wait themselves; `begin` or `withdraw` must follow.  `behind`: it may get a
        worker that is busy with another such place, and lose it again (``worker`` is None then) until
        `ready` is called anew.  Its answer comes after that one's, and `Conversation.start` is to be called
        then.  That is for a single thread that leads all these conversations, and for short questions.
        """
        place = Place(ready, time.monotonic() + self._patience, behind)
        with self._lock:
            worker = None if self._line else self._free(place)
            if worker is not None:
                self._assign(place, worker)
            elif len(self._line) >= self._queue:
                raise Busy("too many queries are waiting", 2)
            else:
                self._line.append(place)
        return place

    def withdraw(self, place: Place) -> None:
        """Leave the queue before the question is put; a worker that the place got goes to the next."""
        with self._lock:
            worker = place.worker
            if worker is None:
                self._line.remove(place)
                return
            if len(worker.places) > 1:
                worker.places.remove(place)
                return
        self.give(worker)

    def begin(
        self, place: Place, question: dict[str, Any], *, timeout: float, client: socket.socket | None = None
    ) -> Conversation:
        """Put a question to the worker that a place has got; `Died` where that has gone."""
        assert place.worker is not None  # noqa: S101  that is when to call this
        conversation = Conversation(self, place.worker, timeout=timeout, longest=self._longest, client=client)
        place.question = conversation.put(question)
        return conversation

    def _free(self, place: Place) -> Worker | None:
        """A worker for the place, if there is one; the lock is held.

        First the one that was busy last, whose memory is in the caches.
        """
        if self._idle and len(self._begun) < self._abreast:
            return self._idle.pop()
        if not place.behind:
            return None
        found, fewest = None, _BEHIND + 1
        for worker in self._begun:
            if len(worker.places) < fewest and worker.places[-1].behind:
                found, fewest = worker, len(worker.places)
        return found

    def _assign(self, place: Place, worker: Worker) -> None:
        """A place gets a worker; the lock is held."""
        place.worker = worker
        worker.places.append(place)
        self._begun.add(worker)
        if self._quick < self._size:
            self._short.notify()

    def _offer(self, *workers: Worker) -> None:
        """Workers are free: for who waits longest, if anybody does; the lock is held."""
        self._idle += workers
        self._serve()

    def _serve(self) -> None:
        """Give workers to those who wait longest, as far as there are any for them; the lock is held."""
        while self._line and (worker := self._free(self._line[0])) is not None:
            place = self._line.popleft()
            self._assign(place, worker)
            place.ready(place)

    def _recall(self, worker: Worker, places: list[Place]) -> None:
        """Places of a worker go back to the head of the queue; the lock is held."""
        for place in reversed(places):
            worker.places.remove(place)
            place.worker, place.question = None, b""
            self._line.appendleft(place)

    # --- what conversations tell (see `conversation.Keeper`) -----------------------------------------

    def give(self, worker: Worker) -> None:
        """The worker has answered: it goes on with the next question, or is idle, if still wanted."""
        with self._lock:
            del worker.places[0]
            wanted = worker.generation == self._generation and not self._closed
            if worker.places:
                if wanted:
                    self._begun.add(worker)
                self._serve()
                return
            self._begun.discard(worker)
            wanted = wanted and not worker.yielded and not worker.paused
            if worker.long or worker.download:  # its old place may have been taken by another
                self._forget(worker)
                wanted = wanted and self._quick < self._size
                self._quick += wanted
            elif not wanted:
                self._forget(worker)
            if wanted:
                self._offer(worker)
                return
        self._kill(worker)

    def end(self, worker: Worker, *, died: bool) -> None:
        """End a worker; the refilling thread starts another."""
        self._kill(worker)
        with self._lock:
            self._died += died
            self._killed += not died
            self._recall(worker, worker.places[1:])
            self._forget(worker)

    def settle(self, worker: Worker) -> bool:
        """The query has run for a while: another may begin, and those behind it need not wait."""
        with self._lock:
            self._begun.discard(worker)
            first = worker.places[0]
            if len(worker.places) > 1:
                self._recall(worker, worker.take_back())
            stays = worker.places[0] is first
            self._serve()
            return stays

    def lengthen(self, worker: Worker) -> None:
        """Move a worker from the quick to the long ones, or pause it; `Busy` where too many are paused."""
        with self._lock:
            free = len(self._long) < self._places
            if not free and len(self._paused) >= self._size:
                raise Busy("all places for long queries are taken", 10)
            self._quick -= 1
            (self._long if free else self._paused).add(worker)
            worker.long, worker.paused = free, not free
            self._short.notify()
        if not free:
            self._launcher.order("pause", worker.pid)

    def download(self, worker: Worker) -> None:
        """Let an answer that is being read go on outside the places."""
        with self._lock:
            if len(self._downloads) >= _DOWNLOADS * self._size:
                raise Busy("too many large answers are being read", 30)
            paused = worker.paused
            self._forget(worker)
            self._downloads.add(worker)
            worker.download = True
        if paused:
            self._launcher.order("resume", worker.pid)

    def resume(self, worker: Worker) -> bool:
        """Let a paused worker go on where a place is free."""
        with self._lock:
            if len(self._long) >= self._places:
                return False
            self._paused.discard(worker)
            self._long.add(worker)
            worker.long, worker.paused = True, False
        self._launcher.order("resume", worker.pid)
        return True

    def lower(self, worker: Worker) -> None:
        """Give a worker a low priority; it ends with its query, for it cannot be raised again."""
        worker.yielded = True
        self._launcher.order("yield", worker.pid)
