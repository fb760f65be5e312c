"""The `Runner` port: a pure function over batches, run in this process or on all cores."""

from __future__ import annotations

import collections
import contextlib
import gc
import itertools
import multiprocessing
import multiprocessing.connection
import os
import signal
from collections.abc import Callable, Generator, Iterable, Iterator
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Protocol, TypeVar

from kg.errors import DatelineError

_COLLECT = 40
"""Batches after which a worker looks for garbage in cycles.  Articles leave none; looking for it as often as
Python does by itself cost 3 % of converting."""

T = TypeVar("T")
R = TypeVar("R")


class Runner(Protocol):
    """Runs a function over batches.

    The function must be pure: the same batch gives the same result in whatever process.  Results come in
    the order of the batches, and batches are drawn only as results are taken, so that memory is bounded.
    Call `run` before opening a store or starting a thread: it may fork.
    """

    def run(self, function: Callable[[T], R], batches: Iterable[T]) -> Generator[R, None, None]:
        """Results in the order of `batches`."""
        ...


class InProcess:
    """One batch after the other, here: for small inputs, for debugging, for other engines' workers."""

    def run(self, function: Callable[[T], R], batches: Iterable[T]) -> Generator[R, None, None]:
        """As `Runner.run`."""
        for batch in batches:
            yield function(batch)


class WorkerDied(DatelineError):
    """A worker process ended on its own: killed from outside, or out of memory."""


class Processes:
    """Forked worker processes.  What the function holds (matchers, an authority) is shared by fork.

    At most `ahead` batches a worker are on their way or waiting to be taken in order.
    """

    def __init__(self, count: int = 0, *, ahead: int = 3) -> None:
        self._count = count or os.cpu_count() or 1
        self._ahead = ahead

    def run(self, function: Callable[[T], R], batches: Iterable[T]) -> Generator[R, None, None]:
        """As `Runner.run`.  The workers are forked at once; they end with the iterator."""
        pool = _Pool(function, self._count)
        return _results(pool, batches, self._count * self._ahead)


def runner_for(processes: int) -> Runner:
    """The runner for a setting of `processes` (0: one a core)."""
    count = processes or os.cpu_count() or 1
    return InProcess() if count == 1 else Processes(count)


@contextlib.contextmanager
def seldom_collected() -> Iterator[None]:
    """Look for garbage in cycles a hundred times less often, and never in what is there already.

    Whoever takes results makes and lets go of some ten thousand tuples a batch, none of them in a cycle;
    looking through them took 0.1 ms an article.
    """
    first, *others = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(100 * first, *others)
    try:
        yield
    finally:
        gc.set_threshold(first, *others)
        gc.unfreeze()


def _work(function: Callable[[T], R], pipe: Connection, inherited: list[Connection]) -> None:
    """A worker: answers batches until the other end hangs up."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what an interrupt ends
    for connection in inherited:
        connection.close()
    gc.freeze()  # what came by fork stays, and its pages stay shared
    gc.disable()
    for number in itertools.count(1):
        if number % _COLLECT == 0:
            gc.collect()
        try:
            batch = pipe.recv()
        except EOFError:
            return
        try:
            answer: tuple[bool, object] = (True, function(batch))
        except Exception as e:  # noqa: BLE001  whatever it is, it is raised again in the parent
            answer = (False, e)
        try:
            pipe.send(answer)
        except BrokenPipeError:
            return


class _Pool:
    """Workers and their pipes."""

    def __init__(self, function: Callable[[T], R], count: int) -> None:
        context = multiprocessing.get_context("fork")
        self.idle: collections.deque[Connection] = collections.deque()
        self.workers: dict[Connection, BaseProcess] = {}
        for _ in range(count):
            ours, theirs = context.Pipe()
            worker = context.Process(
                target=_work, args=(function, theirs, [*self.workers, ours]), daemon=True
            )
            worker.start()
            theirs.close()
            self.workers[ours] = worker
            self.idle.append(ours)

    def close(self) -> None:
        """Hang up; a worker in the middle of a batch is ended."""
        for pipe, worker in self.workers.items():
            pipe.close()
            if pipe not in self.idle:
                worker.terminate()
        for worker in self.workers.values():
            worker.join()


def _results(pool: _Pool, batches: Iterable[T], window: int) -> Generator[R, None, None]:
    waiting: dict[int, R] = {}
    running: dict[Connection, int] = {}
    upcoming = enumerate(batches)
    wanted, more = 0, True
    try:
        while more or running or waiting:
            while more and pool.idle and len(running) + len(waiting) < window:
                number, batch = next(upcoming, (-1, None))
                if number < 0:
                    more = False
                    break
                pipe = pool.idle.popleft()
                running[pipe] = number
                _send(pool, pipe, batch)
            if wanted in waiting:
                yield waiting.pop(wanted)
                wanted += 1
            elif running:
                for ready in multiprocessing.connection.wait(list(running)):
                    assert isinstance(ready, Connection)  # noqa: S101  for the type checker
                    waiting[running.pop(ready)] = _receive(pool, ready)
                    pool.idle.append(ready)
    finally:
        pool.close()


def _send(pool: _Pool, pipe: Connection, batch: object) -> None:
    try:
        pipe.send(batch)
    except (BrokenPipeError, ConnectionResetError):
        raise _died(pool, pipe) from None


def _receive(pool: _Pool, pipe: Connection) -> R:  # type: ignore[type-var]
    try:
        good, value = pipe.recv()
    except (EOFError, ConnectionResetError):
        raise _died(pool, pipe) from None
    if not good:
        raise value
    return value  # type: ignore[no-any-return]


def _died(pool: _Pool, pipe: Connection) -> WorkerDied:
    worker = pool.workers[pipe]
    worker.join(5)
    return WorkerDied(
        f"worker process {worker.pid} ended with code {worker.exitcode}",
        remedy="nothing was published; free memory, or set fewer --processes, and run again",
    )
