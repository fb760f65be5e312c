"""The heavy part of dumping: a piece of the graph to compressed frames of every format, in processes.

A job is a pure function of some articles (or shared lines), so its frames are the same in whatever process
they are made; the parent joins them in order.  Frames of gzip and of zstd can be joined as they are.

The processes are programs of their own (``python -m kg.dumps.worker``), not forks: the parent has a store
open.  Jobs and results go through pipes.
"""

from __future__ import annotations

import collections
import pickle
import subprocess
import sys
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import IO, Any

import zstandard
from isal import isal_zlib

from kg.dumps import parquet
from kg.dumps.parts import OWN, links, split_article, split_shared
from kg.dumps.pieces import Piece, ends_piece
from kg.dumps.tables import OWN_TABLES, Reader, Row, csv_rows, parted
from kg.dumps.turtle import TurtleWriter
from kg.errors import DatelineError
from kg.store.documents import unpack

_ZSTD_LEVEL = 3
_GZIP_LEVEL = 1  # of ISA-L: 2,000 MB/s, a fifth of what zlib's costs, and as small as its level 2
_GZIP_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"  # no name, no time, no system: the same bytes


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be made: for the nodes under ``base``, beside the N-Triples as zstd."""

    base: str
    gzip: bool = True
    turtle: bool = True
    nquads: bool = True
    tables: bool = True
    kinds: bool = True


@dataclass(frozen=True, slots=True)
class Job:
    """Some of the graph: packed own lines of articles (``own``) or sorted shared lines (``lines``).

    ``ends`` is for who asked: that this is the last job of several that belong together.
    """

    section: str
    own: tuple[tuple[str, bytes], ...] = ()
    lines: bytes = b""
    ends: bool = False


@dataclass(frozen=True, slots=True)
class Frame:
    """Compressed bytes by extension (``zst``, ``gz``), and how many triples or rows are in them."""

    data: dict[str, bytes]
    count: int


@dataclass(frozen=True, slots=True)
class Pressed:
    """The frames of a job.  ``ntriples`` are by kind and in their order, piece by piece (of which ``pieces``
    tells); ``arrow`` are record batches.
    """

    section: str
    ntriples: tuple[tuple[str, Frame], ...]
    pieces: tuple[Piece, ...] = ()
    ends: bool = False
    links: Frame | None = None
    turtle: Frame | None = None
    nquads: Frame | None = None
    csv: dict[str, Frame] = field(default_factory=dict)
    arrow: dict[str, bytes] = field(default_factory=dict)


def gzip_member(data: bytes) -> bytes:
    """A gzip file; the same bytes for the same data."""
    deflate = isal_zlib.compressobj(_GZIP_LEVEL, isal_zlib.DEFLATED, -isal_zlib.MAX_WBITS)
    body = deflate.compress(data) + deflate.flush()
    tail = isal_zlib.crc32(data).to_bytes(4, "little") + (len(data) & 0xFFFFFFFF).to_bytes(4, "little")
    return _GZIP_HEADER + body + tail


class Press:
    """Does jobs, one after the other."""

    def __init__(self, wanted: Wanted) -> None:
        self._wanted = wanted
        self._base = wanted.base.encode()
        self._turtle = TurtleWriter(wanted.base)
        self._reader = Reader(wanted.base)
        self._zstd = zstandard.ZstdCompressor(level=_ZSTD_LEVEL)

    def frame(self, data: bytes, count: int | None = None) -> Frame:
        """Compress; `count` are lines unless it is said otherwise."""
        found = data.count(b"\n") if count is None else count
        packed = {"zst": self._zstd.compress(data)}
        if self._wanted.gzip:
            packed["gz"] = gzip_member(data)
        return Frame(packed, found)

    def press(self, job: Job) -> Pressed:
        """All frames of a job."""
        if job.lines:
            return self.lines(job.section, job.lines)
        return self._articles(job)

    def lines(self, section: str, lines: bytes) -> Pressed:
        """Frames of sorted lines that no article owns."""
        runs = list(split_shared(lines.splitlines(), self._base))
        same = b"".join(links(run) for _, run in runs)
        return Pressed(
            section,
            tuple((kind, self.frame(run)) for kind, run in runs),
            links=self.frame(same) if same else None,
            turtle=self._in_turtle(lines) if self._wanted.turtle else None,
            nquads=self.frame(lines) if self._wanted.nquads else None,
        )

    def _articles(self, job: Job) -> Pressed:
        pieces = _Pieces(self.frame)
        rows: dict[str, list[Row]] = {table.name: [] for table in OWN_TABLES}
        whole: list[bytes] = []
        quads: list[bytes] = []
        turtle: list[bytes] = []
        for id, packed in job.own:
            own = unpack(packed)
            runs = list(split_article(own))
            for kind, run in runs:
                pieces.kinds[kind].append(run)
            whole.append(own)
            if ends_piece(id):
                pieces.add(id)
            if self._wanted.nquads:
                # A line feed stands at the end of a statement only: literals escape theirs.
                quads.append(own.replace(b" .\n", b" <%sarticle/%s> .\n" % (self._base, id.encode())))
            if self._wanted.turtle or self._wanted.tables:
                parts = parted(runs)
                if self._wanted.turtle:
                    turtle += [self._turtle.of(some) for _, some in parts]
                if self._wanted.tables:
                    for name, found in self._reader.rows(parts, own.count(b"\n")).items():
                        rows[name] += found
        if job.own:
            pieces.add(job.own[-1][0])
        same = b"".join(map(links, whole)) if self._wanted.kinds else b""
        count = sum(piece.count for piece in pieces.done)
        return Pressed(
            job.section,
            tuple(pieces.frames),
            tuple(pieces.done),
            job.ends,
            links=self.frame(same) if same else None,
            turtle=self.frame(b"".join(turtle), count) if self._wanted.turtle else None,
            nquads=self.frame(b"".join(quads), count) if self._wanted.nquads else None,
            csv={t.name: self.frame(csv_rows(t, rows[t.name]), len(rows[t.name]))
                 for t in OWN_TABLES if rows[t.name]},
            arrow={t.name: parquet.batch(t, rows[t.name]) for t in OWN_TABLES if rows[t.name]},
        )  # fmt: skip

    def _in_turtle(self, lines: bytes) -> Frame:
        return self.frame(self._turtle.body(lines), lines.count(b"\n"))


class _Pieces:
    """What articles say, by kind, pressed piece by piece."""

    def __init__(self, frame: Callable[[bytes], Frame]) -> None:
        self._frame = frame
        self.kinds: dict[str, list[bytes]] = {kind: [] for kind in OWN}
        self.frames: list[tuple[str, Frame]] = []
        self.done: list[Piece] = []

    def add(self, last: str) -> None:
        """Press the articles up to `last`, if there are any since the piece before."""
        frames = [(kind, self._frame(b"".join(runs))) for kind, runs in self.kinds.items() if runs]
        if frames:
            self.kinds = {kind: [] for kind in OWN}
            self.frames += frames
            size = sum(len(frame.data["zst"]) for _, frame in frames)
            self.done.append(Piece(last, size, sum(frame.count for _, frame in frames)))


class Presses:
    """Several presses at work: results come in the order of the jobs, few of them wait in memory.

    With one process everything is done here.
    """

    def __init__(self, wanted: Wanted, processes: int) -> None:
        self._wanted = wanted
        self._processes = processes

    def run(self, jobs: Iterable[Job]) -> Generator[Pressed, None, None]:
        """Press all `jobs`; the processes end with the iterator."""
        if self._processes <= 1:
            yield from map(Press(self._wanted).press, jobs)
            return
        workers = [_Worker(self._wanted) for _ in range(self._processes)]
        idle = collections.deque(workers)
        waiting: collections.deque[Future[Pressed]] = collections.deque()
        pool = ThreadPoolExecutor(self._processes)
        try:
            for job in jobs:
                if len(waiting) >= 2 * self._processes:
                    yield waiting.popleft().result()
                waiting.append(pool.submit(_ask, idle, job))
            while waiting:
                yield waiting.popleft().result()
        finally:
            for worker in workers:
                worker.close()
            pool.shutdown(cancel_futures=True)


def _ask(idle: collections.deque[_Worker], job: Job) -> Pressed:
    """There are as many threads as workers, so one is idle."""
    worker = idle.popleft()
    try:
        return worker.ask(job)
    finally:
        idle.append(worker)


class _Worker:
    """A process that presses."""

    def __init__(self, wanted: Wanted) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "kg.dumps.worker"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self._send(wanted)

    def _send(self, value: object) -> None:
        assert self._process.stdin is not None  # noqa: S101  for the type checker
        pickle.dump(value, self._process.stdin, protocol=pickle.HIGHEST_PROTOCOL)
        self._process.stdin.flush()

    def ask(self, job: Job) -> Pressed:
        """Hand over a job and wait for its frames."""
        assert self._process.stdout is not None  # noqa: S101  for the type checker
        try:
            self._send(job)
            return pickle.load(self._process.stdout)  # type: ignore[no-any-return]  # noqa: S301  our own
        except (EOFError, OSError, pickle.UnpicklingError) as e:
            code = self._process.wait(10)
            raise DatelineError(
                f"a process that writes dumps ended with code {code}", remedy="free memory and run again"
            ) from e

    def close(self) -> None:
        """End it."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        self._process.terminate()
        self._process.wait()


def serve(source: IO[bytes], sink: IO[bytes]) -> None:
    """A worker: what is wanted, then jobs, until the pipe ends."""
    press = Press(pickle.load(source))  # noqa: S301  from our parent
    while True:
        try:
            job: Any = pickle.load(source)  # noqa: S301  from our parent
        except EOFError:
            return
        pickle.dump(press.press(job), sink, protocol=pickle.HIGHEST_PROTOCOL)
        sink.flush()
