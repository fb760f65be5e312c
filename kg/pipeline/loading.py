"""Threads beside the converting processes: bulk loading and the archive, with back-pressure."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Stage(Generic[T]):
    """A thread that takes work from a queue.  `put` blocks while it is behind: that bounds the memory.

    An error in the thread is raised by the next `put`, or by `finish`.  ``seconds`` is its CPU time, also
    where the work is done in C or Rust without the GIL.
    """

    def __init__(self, name: str, work: Callable[[T], None], *, depth: int = 4) -> None:
        self._work = work
        self._queue: queue.Queue[T | None] = queue.Queue(depth)
        self._errors: list[Exception] = []
        self.seconds = 0.0
        self._thread: threading.Thread | None = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        started = time.thread_time()
        while (item := self._queue.get()) is not None:
            if self._errors:
                continue  # drain, so that whoever puts does not wait for ever
            try:
                self._work(item)
            except Exception as e:  # noqa: BLE001  raised again in the thread that puts
                self._errors.append(e)
        self.seconds = time.thread_time() - started

    def put(self, item: T) -> None:
        """Hand over work; waits while the queue is full."""
        if self._errors:
            raise self._errors[0]
        self._queue.put(item)

    def finish(self) -> None:
        """Wait until all is done."""
        self.stop()
        if self._errors:
            raise self._errors[0]

    def stop(self) -> None:
        """End the thread after what is queued, whatever happened; a second time nothing is done."""
        thread, self._thread = self._thread, None
        if thread is not None:
            self._queue.put(None)
            thread.join()
