"""One question and its answer: waiting for a worker's frames, and for what may come instead of them."""

from __future__ import annotations

import contextlib
import itertools
import math
import select
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from kg.rdf.formats import Format
from server.workers.frames import (
    LONGEST,
    NUMBER,
    Frame,
    send_question,
    unpack_answer,
    unpack_data,
    unpack_json,
)
from server.workers.trouble import Busy, Died, Ended, Refused

SETTLED_AFTER = 0.01  # seconds for which a query counts as one that has just begun
LONG_AFTER = 0.1  # seconds after which a query counts as a long one, if it had the processor
_PROCESSOR = 0.01  # seconds that it had: a machine that is busy otherwise makes no query long
_LONG_ANYWAY = 0.5  # seconds after which it counts as one all the same: it waits for a disk, or for others
_DOWNLOAD_AFTER = 1.0  # seconds after which an answer that is being read counts as a download
_DOWNLOAD_SIZE = 1 << 19  # bytes after which it does: a reader may stop at any time, and keep a place
YIELD_AFTER = 2.0  # seconds of work after which a query runs at a low priority
_DOWNLOAD_YIELD_AFTER = 10.0  # the same for one whose answer is being read
LOOK = 0.05  # seconds between two looks at whether a query is long, or a paused one may go on
_ROOM = bytearray(LONGEST)  # of the event loop, which a process has one of: getting as much anew costs 40 µs
_numbers = itertools.count()  # of questions
_LAST_NUMBER = (1 << 8 * NUMBER.size) - 1  # after it they begin anew
_GONE = select.POLLHUP | getattr(select, "POLLRDHUP", 0)


@dataclass(slots=True, eq=False)
class Place:
    """A place in the queue for a worker, until `until`.

    Where it gets its ``worker`` later, `ready` is called with it by whoever freed that one: it must not wait.
    ``behind`` says that the worker may be busy with another such place; ``question`` is the frame that was
    put to it, empty before.
    """

    ready: Callable[[Place], None]
    until: float
    behind: bool = False
    worker: Worker | None = None
    question: bytes = b""

    @property
    def put(self) -> bool:
        """Whether the worker has the question."""
        return bool(self.question)


@dataclass(slots=True, eq=False)
class Worker:
    """A worker process, and our ends of the sockets to it: answers come from ``sock``.

    ``unread`` is another hold on its own end of ``questions``.  ``places`` are those that it works for, one
    after the other.
    """

    pid: int
    sock: socket.socket
    questions: socket.socket
    unread: socket.socket
    generation: int
    places: list[Place] = field(default_factory=list)
    yielded: bool = False
    long: bool = False
    paused: bool = False
    download: bool = False

    def processor(self) -> float:
        """Seconds for which its process has had the processor; without end where that has gone."""
        try:
            return time.clock_gettime((~self.pid << 3) | 2)  # its clock's number (Linux, posix-timers.h)
        except OSError:
            return math.inf

    def take_back(self) -> list[Place]:
        """The places whose questions it has not begun, and will not see now; one stays, which it is at.

        It takes questions meanwhile: what it has then may be any of them, and not the first.
        """
        taken = []
        with contextlib.suppress(BlockingIOError):
            while True:
                taken.append(self.unread.recv(LONGEST, socket.MSG_DONTWAIT))
        back = []
        for place in reversed(self.places):
            if place.question in taken:
                taken.remove(place.question)
            elif place.put:
                continue
            back.append(place)
        back.reverse()
        if len(back) == len(self.places):  # it has not come to any
            self.questions.send(back.pop(0).question)
        return back

    def close(self) -> None:
        """Close the sockets."""
        for sock in (self.sock, self.questions, self.unread):
            sock.close()


class Keeper(Protocol):
    """What a conversation asks of the pool its worker is from."""

    def give(self, worker: Worker) -> None:
        """The answer was read to its end: the worker is free."""

    def end(self, worker: Worker, *, died: bool) -> None:
        """End the worker's process, or take note that it died."""

    def settle(self, worker: Worker) -> bool:
        """The query has run for a while, or its answer is long: another may begin.

        False where the worker had not come to it and is at another: its place is in the queue again.
        """

    def lengthen(self, worker: Worker) -> None:
        """The query is a long one: it gets a place for these, or is paused; `Busy` where too many are."""

    def download(self, worker: Worker) -> None:
        """The answer is long and is being read: it needs no place; `Busy` where there are too many."""

    def resume(self, worker: Worker) -> bool:
        """Whether a paused query got a place and goes on."""

    def lower(self, worker: Worker) -> None:
        """Give it a low priority from now on."""


@dataclass(slots=True)
class Answer:
    """A result as it comes: ``kind`` (solutions, boolean, graph), ``format``, and ``chunks`` of bytes.

    Call ``close`` in the end, also when ``chunks`` was not read: it gives the worker back, or ends it where
    the answer was not read whole.  Reading ``chunks`` may raise `Ended`, `Died` or `Refused` when something
    happens after the first bytes.  ``end`` holds ``rows`` and ``bytes`` once all was read.
    """

    kind: str
    format: str
    chunks: Iterator[bytes]
    close: Callable[[], None]
    end: dict[str, Any] = field(default_factory=dict)


class Whole(NamedTuple):
    """A small answer that came in one piece: ``body`` is there until the loop reads the next.

    ``seconds`` are those between the question's turn and the answer.
    """

    kind: str
    format: Format
    rows: int
    body: memoryview
    seconds: float


class Conversation:
    """One question and its answer; leads to a free worker again, or to its end, whatever happens.

    `timeout` is in seconds of the worker's work, planning included; time in which the reader of the answer
    makes it wait does not count, but `longest` limits both together.  `client` is watched for a hang-up.
    """

    def __init__(
        self,
        keeper: Keeper,
        worker: Worker,
        *,
        timeout: float,
        longest: float,
        client: socket.socket | None,
    ) -> None:
        self._keeper = keeper
        self._worker: Worker | None = worker
        self.sock = worker.sock
        self._timeout = timeout
        self._left = timeout
        self._longest = longest
        self._client = client
        self._number = next(_numbers) & _LAST_NUMBER
        self._settled = False
        self._finished = False
        self._sent = 0  # bytes given out
        self._first = b""  # frame of the answer, where it was read but not used
        self._room = bytearray()
        self._poll: select.poll | None = None
        self._had = 0.0  # seconds of the processor, when it settled
        self.start()

    def start(self) -> None:
        """It is the question's turn now: for one that was put behind another."""
        self._began = self._since = time.monotonic()

    # --- for an event loop -------------------------------------------------------------------------

    @property
    def patience(self) -> float:
        """Seconds after which `look` is to be called for the first time."""
        return min(SETTLED_AFTER, self._timeout)

    def look(self) -> None:
        """To be called every `LOOK` seconds while nothing has come; `Ended` or `Busy` where it is over."""
        self._count()
        self._step()

    def put(self, question: dict[str, Any]) -> bytes:
        """Send the question: its frame; `Died` where the worker has gone."""
        assert self._worker is not None  # noqa: S101  it was just begun
        question["number"] = self._number
        try:
            return send_question(question, self._worker.questions, self.sock)
        except OSError as e:
            raise self._died() from e
        except BaseException:
            self.leave()
            raise

    def feed(self) -> Whole | None:
        """What came of the answer, when the socket is readable: the whole, or None where more is to come.

        Raises as `begin` does.  After None, `begin` (in a thread that may wait) goes on.
        """
        frame = self._receive(_ROOM)
        if frame[0] not in (Frame.WHOLE, Frame.ERROR):
            self._first = bytes(frame)
            self._settle()
            return None
        self._finished = True
        self.leave()
        if frame[0] == Frame.ERROR:
            raise _refused(frame)
        return Whole(*unpack_answer(frame), time.monotonic() - self._began)

    # --- for a thread ------------------------------------------------------------------------------

    def begin(self) -> Answer:
        """Wait for the answer's beginning; `Busy`, `Refused`, `Ended`, `Died` where there is none."""
        self._count()
        try:
            return self._begin()
        except BaseException:
            self.leave()
            raise

    def _begin(self) -> Answer:
        frame = memoryview(self._first) if self._first else self._next()
        if frame[0] == Frame.ERROR:
            self._finished = True
            raise _refused(frame)
        kind, format, rows, body = unpack_answer(frame)
        if frame[0] == Frame.WHOLE:
            self._finished = True
            self.leave()
            end = {"rows": rows, "bytes": len(body)}
            return Answer(kind, format.name, iter((bytes(body),)), self.leave, end)
        self._settle()
        answer = Answer(kind, format.name, iter(()), self.leave)
        answer.chunks = self._chunks(answer, self._next())
        return answer

    def _chunks(self, answer: Answer, frame: memoryview) -> Iterator[bytes]:
        try:
            while frame[0] == Frame.DATA:
                worked, data = unpack_data(frame)
                self._left = min(self._left, self._timeout - worked)
                self._check_size(len(data))
                if data:
                    yield data
                self._check_age()
                frame = self._next()
            self._finished = True
            if frame[0] == Frame.ERROR:
                raise _refused(frame)
            answer.end.update(unpack_json(frame))
        finally:
            self.leave()

    def _check_size(self, size: int) -> None:
        """Before a chunk is given out: it may be long until the reader asks for the next."""
        self._sent += size
        if self._sent > _DOWNLOAD_SIZE and self._worker is not None and not self._worker.download:
            self._keeper.download(self._worker)

    def _check_age(self) -> None:
        age = time.monotonic() - self._began
        if age > self._longest:
            raise Ended(f"the answer was read more slowly than {self._longest:g} s allow", "timeout")
        if self._left <= 0:
            raise self._too_long()
        worker = self._worker
        if worker is None:
            return
        if age > _DOWNLOAD_AFTER and not worker.download:
            self._keeper.download(worker)
        if self._timeout - self._left > _DOWNLOAD_YIELD_AFTER and not worker.yielded:
            self._keeper.lower(worker)

    def _next(self) -> memoryview:
        self._wait()
        if not self._room:
            self._room = bytearray(LONGEST)
        return self._receive(self._room)

    def _receive(self, room: bytearray) -> memoryview:
        """The frame that has come, in `room`."""
        try:
            length = self.sock.recv_into(room)
        except OSError as e:
            raise self._died() from e
        if not length:
            raise self._died()
        if room[: NUMBER.size] != NUMBER.pack(self._number):
            raise self._died("a worker answered another query than this one; ask again")
        return memoryview(room)[NUMBER.size : length]

    # --- waiting -----------------------------------------------------------------------------------

    def _watch(self) -> select.poll:
        if self._poll is None:
            self._poll = select.poll()
            self._poll.register(self.sock, select.POLLIN)
            if self._client is not None and self._client.fileno() >= 0:
                self._poll.register(self._client, _GONE)
        return self._poll

    def _wait(self) -> None:
        """Until the worker has sent something; time counts only here, where the worker makes us wait."""
        poll = self._watch()
        self._since = time.monotonic()
        while True:
            pause = min(self._left, self._until_next_step())
            ready = poll.poll(max(0.0, pause) * 1000 + 1)
            self._count()
            files = {fd for fd, _ in ready}
            if self.sock.fileno() in files:
                return
            if files:
                raise Ended.by_client()
            self._step()

    def _count(self) -> None:
        now = time.monotonic()
        self._left -= now - self._since
        self._since = now

    def _too_long(self) -> Ended:
        return Ended(f"the query ran longer than {self._timeout:g} s and was ended", "timeout")

    def _until_next_step(self) -> float:
        worker = self._worker
        if worker is None or worker.yielded or worker.download:
            return self._left
        if worker.paused:
            return LOOK
        worked = self._timeout - self._left
        if worked < SETTLED_AFTER:
            return SETTLED_AFTER - worked
        if worker.long:
            return YIELD_AFTER - worked
        return LONG_AFTER - worked if worked < LONG_AFTER else LOOK

    def _step(self) -> None:
        """Long queries give way to quick ones: they need a place, then they lose priority, then they end."""
        if self._left <= 0:
            raise self._too_long()
        worked = self._timeout - self._left
        if worked >= SETTLED_AFTER:
            self._settle()
        worker = self._worker
        if worker is None or worker.yielded or worker.download or worked < LONG_AFTER:
            return
        if not worker.long and not worker.paused:
            had = worker.processor() - self._had
            if had < _PROCESSOR and worked < _LONG_ANYWAY:
                return
            self._keeper.lengthen(worker)
        if worker.paused:
            if not self._keeper.resume(worker) and worked > min(self._timeout, 5.0):
                raise Busy("all places for long queries are taken", 10)
        elif worked >= YIELD_AFTER:
            self._keeper.lower(worker)

    def _settle(self) -> None:
        if not self._settled and self._worker is not None:
            self._settled = True
            self._had = self._worker.processor()
            if not self._keeper.settle(self._worker):
                self._worker = None

    # --- ending ------------------------------------------------------------------------------------

    def _died(
        self, why: str = "the query ended its worker: it needs too much memory, or crashed the engine"
    ) -> Died:
        worker, self._worker = self._worker, None
        if worker is not None:
            self._keeper.end(worker, died=True)
        return Died(why)

    def leave(self) -> None:
        """Give the worker back if the answer was read to its end; else end it."""
        worker, self._worker = self._worker, None
        if worker is None:
            return
        if self._finished:
            self._keeper.give(worker)
        else:
            self._keeper.end(worker, died=False)


def _refused(frame: memoryview) -> Refused:
    return Refused(unpack_json(frame))
